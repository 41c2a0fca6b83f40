//! Takes out of pictures what tells on people and is no picture: where and when, with which device, by whom, thumbnails
//! of what was cut off, and whatever hides behind the end.
//!
//! JPEG, PNG and WebP are walked part by part and copied without the parts that hold metadata; no pixel is decoded or
//! changed. What a viewer needs stays: colour profiles, animation, and which way is up, alone in a new record.

/// Why a picture could not be cleaned, and should not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadablePicture {
    /// A part is longer than what is left of the file, or a needed one is missing.
    #[error("the picture ends in the middle of a part")]
    CutOff,
    /// The parts do not follow each other as the format says.
    #[error("the picture has something where a part should begin")]
    Malformed,
}

/// Returns the picture without metadata; bytes of any other format come back as they are.
pub fn without_metadata(content: &[u8]) -> Result<Vec<u8>, UnreadablePicture> {
    if content.starts_with(&[0xff, 0xd8, 0xff]) {
        jpeg(content)
    } else if content.starts_with(PNG_SIGNATURE) {
        png(content)
    } else if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
        webp(content)
    } else {
        Ok(content.to_vec())
    }
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const EXIF_HEADER: &[u8] = b"Exif\0\0";

/// ITU T.81, annex B.
fn jpeg(content: &[u8]) -> Result<Vec<u8>, UnreadablePicture> {
    let mut kept = vec![0xff, 0xd8];
    // The record of the orientation goes behind the JFIF header, which must come first.
    let mut place_of_exif = kept.len();
    let mut orientation = None;
    let mut at = 2;
    loop {
        while content.get(at) == Some(&0xff) && content.get(at + 1) == Some(&0xff) {
            at += 1;
        }
        let [0xff, marker] = *content.get(at..at + 2).ok_or(UnreadablePicture::CutOff)? else {
            return Err(UnreadablePicture::Malformed);
        };
        // Behind 0xff, zero stands for data of a scan, and begins nothing: kept by itself it would become part of one.
        if marker == 0 {
            return Err(UnreadablePicture::Malformed);
        }
        if marker == 0xd9 {
            kept.extend([0xff, 0xd9]);
            break;
        }
        if matches!(marker, 0x01 | 0xd0..=0xd7) {
            kept.extend([0xff, marker]);
            at += 2;
            continue;
        }
        let length = content
            .get(at + 2..at + 4)
            .ok_or(UnreadablePicture::CutOff)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        if length < 2 {
            return Err(UnreadablePicture::Malformed);
        }
        let end = at + 2 + length;
        let payload = content.get(at + 4..end).ok_or(UnreadablePicture::CutOff)?;
        if let Some(exif) = payload.strip_prefix(EXIF_HEADER).filter(|_| marker == 0xe1) {
            orientation = orientation.or_else(|| orientation_in(exif));
        }
        let is_picture = match marker {
            0xe0 | 0xee => true,
            0xe2 => payload.starts_with(b"ICC_PROFILE\0"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if is_picture {
            kept.extend(&content[at..end]);
        }
        if marker == 0xe0 && place_of_exif == 2 {
            place_of_exif = kept.len();
        }
        at = end;
        if marker == 0xda {
            let data = &content[at..];
            // In the data of a scan, 0xff is followed by zero or by a mark that restarts it.
            let is_end =
                |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7 | 0xff);
            let length = data
                .windows(2)
                .position(is_end)
                .ok_or(UnreadablePicture::CutOff)?;
            kept.extend(&data[..length]);
            at += length;
        }
    }
    if let Some(orientation) = orientation {
        let exif = orientation_record(orientation);
        let length = (2 + EXIF_HEADER.len() + exif.len()) as u16;
        let segment = [&[0xff, 0xe1], &length.to_be_bytes()[..], EXIF_HEADER, &exif].concat();
        kept.splice(place_of_exif..place_of_exif, segment);
    }
    Ok(kept)
}

/// Chunks of PNG (third edition) and APNG that say how the picture looks; every critical one stays as well.
const PNG_KEPT: [&[u8; 4]; 15] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD",
    b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT",
];

fn png(content: &[u8]) -> Result<Vec<u8>, UnreadablePicture> {
    let mut kept = PNG_SIGNATURE.to_vec();
    let mut orientation = None;
    let mut at = PNG_SIGNATURE.len();
    loop {
        let head = content.get(at..at + 8).ok_or(UnreadablePicture::CutOff)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let name = &head[4..];
        let end = at.checked_add(length).and_then(|end| end.checked_add(12));
        let end = end.ok_or(UnreadablePicture::Malformed)?;
        let chunk = content.get(at..end).ok_or(UnreadablePicture::CutOff)?;
        if !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(UnreadablePicture::Malformed);
        }
        if name == b"eXIf" {
            orientation = orientation.or_else(|| orientation_in(&chunk[8..8 + length]));
        }
        if name == b"IEND" {
            if let Some(orientation) = orientation {
                kept.extend(png_chunk(b"eXIf", &orientation_record(orientation)));
            }
            kept.extend(chunk);
            return Ok(kept);
        }
        let is_critical = name[0].is_ascii_uppercase();
        if is_critical || PNG_KEPT.iter().any(|known| &known[..] == name) {
            kept.extend(chunk);
        }
        at = end;
    }
}

fn png_chunk(name: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let named = [name, payload].concat();
    let length = payload.len() as u32;
    [
        &length.to_be_bytes()[..],
        &named,
        &crc(&named).to_be_bytes(),
    ]
    .concat()
}

/// The check of PNG chunks (ISO 3309), bit by bit: it is needed for one short record.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            let is_odd = crc & 1 == 1;
            (crc >> 1) ^ if is_odd { 0xedb8_8320 } else { 0 }
        })
    })
}

/// RFC 9649.
fn webp(content: &[u8]) -> Result<Vec<u8>, UnreadablePicture> {
    let size = content.get(4..8).ok_or(UnreadablePicture::CutOff)?;
    let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
    let end = size.checked_add(8).ok_or(UnreadablePicture::Malformed)?;
    let inside = content.get(12..end).ok_or(UnreadablePicture::CutOff)?;
    let mut kept = Vec::with_capacity(inside.len());
    let mut flags_at = None;
    let mut orientation = None;
    let mut at = 0;
    while at < inside.len() {
        let head = inside.get(at..at + 8).ok_or(UnreadablePicture::CutOff)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        // Chunks are padded to an even length; some writers forget the last one's.
        let next = at.checked_add(8 + length + length % 2);
        let next = next.ok_or(UnreadablePicture::Malformed)?.min(inside.len());
        let payload = inside
            .get(at + 8..at + 8 + length)
            .ok_or(UnreadablePicture::CutOff)?;
        match &head[..4] {
            b"EXIF" => {
                let exif = payload.strip_prefix(EXIF_HEADER).unwrap_or(payload);
                orientation = orientation.or_else(|| orientation_in(exif));
            }
            b"VP8X" => {
                flags_at = Some(kept.len() + 8);
                kept.extend(&inside[at..next]);
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP" => {
                kept.extend(&inside[at..next])
            }
            _ => {}
        }
        at = next;
    }
    if kept.len() % 2 == 1 {
        kept.push(0);
    }
    if let Some(flags) = flags_at.and_then(|at| kept.get_mut(at)) {
        *flags &= !(WEBP_HAS_EXIF | WEBP_HAS_XMP);
        if let Some(orientation) = orientation {
            *flags |= WEBP_HAS_EXIF;
            let exif = orientation_record(orientation);
            kept.extend(b"EXIF");
            kept.extend((exif.len() as u32).to_le_bytes());
            kept.extend(exif);
        }
    }
    let size = kept.len() as u32 + 4;
    Ok([b"RIFF", &size.to_le_bytes()[..], b"WEBP", &kept].concat())
}

const WEBP_HAS_EXIF: u8 = 0b1000;
const WEBP_HAS_XMP: u8 = 0b0100;

/// The tag of TIFF 6.0 that says which way is up.
const ORIENTATION: u16 = 0x0112;

/// Reads which way is up from a TIFF structure; nothing where it is the usual way.
fn orientation_in(tiff: &[u8]) -> Option<u8> {
    let is_little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?;
        let bytes = [bytes[0], bytes[1]];
        Some(if is_little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let first = tiff.get(4..8)?;
    let first = [first[0], first[1], first[2], first[3]];
    let directory = if is_little {
        u32::from_le_bytes(first)
    } else {
        u32::from_be_bytes(first)
    } as usize;
    let entries = usize::from(short(directory)?);
    (0..entries)
        .map(|entry| directory + 2 + entry * 12)
        .find(|at| short(*at) == Some(ORIENTATION))
        .and_then(|at| short(at + 8))
        .filter(|value| (2..=8).contains(value))
        .map(|value| value as u8)
}

/// A TIFF structure that holds nothing but the orientation.
fn orientation_record(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08\0\x01".to_vec();
    tiff.extend(ORIENTATION.to_be_bytes());
    tiff.extend([0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    tiff
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A TIFF structure with a maker, a place and an orientation, in either byte order.
    fn exif(orientation: u16, is_little: bool) -> Vec<u8> {
        let short = |value: u16| {
            if is_little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let long = |value: u32| {
            if is_little {
                value.to_le_bytes()
            } else {
                value.to_be_bytes()
            }
        };
        let mut tiff = if is_little {
            b"II*\0".to_vec()
        } else {
            b"MM\0*".to_vec()
        };
        tiff.extend(long(8));
        tiff.extend(short(3));
        for (tag, kind, value) in [(0x010f, 2, 0x4142_4300), (0x8825, 4, 50)] {
            tiff.extend(short(tag));
            tiff.extend(short(kind));
            tiff.extend(long(4));
            tiff.extend(long(value));
        }
        tiff.extend(short(ORIENTATION));
        tiff.extend(short(3));
        tiff.extend(long(1));
        tiff.extend(short(orientation));
        tiff.extend(short(0));
        tiff.extend(b"GPS 22.2819N 114.1582E");
        tiff
    }

    fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
        let length = (payload.len() + 2) as u16;
        [&[0xff, marker], &length.to_be_bytes()[..], payload].concat()
    }

    fn jpeg_with(exif: &[u8]) -> Vec<u8> {
        [
            vec![0xff, 0xd8],
            segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xe1, &[EXIF_HEADER, exif].concat()),
            segment(
                0xe1,
                b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>secret</x:xmpmeta>",
            ),
            segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
            segment(0xe2, b"MPF\0secret"),
            segment(0xed, b"Photoshop 3.0\08BIM secret"),
            segment(0xfe, b"secret comment"),
            segment(0xdb, &[1; 65]),
            segment(0xda, &[0; 10]),
            vec![1, 2, 0xff, 0, 3, 0xff, 0xd3, 4],
            segment(0xc4, &[2; 20]),
            segment(0xda, &[0; 10]),
            vec![5, 6, 0xff, 0xd9],
            b"secret behind the end".to_vec(),
        ]
        .concat()
    }

    fn png_with(exif: &[u8]) -> Vec<u8> {
        [
            PNG_SIGNATURE.to_vec(),
            png_chunk(b"IHDR", &[0; 13]),
            png_chunk(b"gAMA", &[0, 0, 177, 143]),
            png_chunk(b"tEXt", b"Author\0secret"),
            png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0secret"),
            png_chunk(b"tIME", b"secret."),
            png_chunk(b"eXIf", exif),
            png_chunk(b"prVt", b"secret"),
            png_chunk(b"IDAT", b"pixels"),
            png_chunk(b"IEND", b""),
            b"secret behind the end".to_vec(),
        ]
        .concat()
    }

    fn webp_with(exif: &[u8]) -> Vec<u8> {
        let chunk = |name: &[u8; 4], payload: &[u8]| {
            let padding = vec![0; payload.len() % 2];
            [
                &name[..],
                &(payload.len() as u32).to_le_bytes(),
                payload,
                &padding,
            ]
            .concat()
        };
        let inside = [
            chunk(b"VP8X", &[0b0010_1100, 0, 0, 0, 9, 0, 0, 9, 0, 0]),
            chunk(b"ICCP", b"colours"),
            chunk(b"VP8L", b"pixels!"),
            chunk(b"EXIF", exif),
            chunk(b"XMP ", b"<x:xmpmeta>secret</x:xmpmeta>"),
        ]
        .concat();
        let size = inside.len() as u32 + 4;
        [b"RIFF", &size.to_le_bytes()[..], b"WEBP", &inside].concat()
    }

    fn holds(content: &[u8], text: &str) -> bool {
        content
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    }

    #[test]
    fn what_tells_on_people_goes_and_the_picture_stays() {
        for (format, build, pixels) in [
            ("jpeg", jpeg_with as fn(&[u8]) -> Vec<u8>, "\x05\x06"),
            ("png", png_with, "pixels"),
            ("webp", webp_with, "pixels!"),
        ] {
            for (orientation, is_little) in [(1, true), (6, true), (8, false)] {
                let before = build(&exif(orientation, is_little));
                let after = without_metadata(&before).expect("is whole");
                for gone in ["secret", "GPS", "114.15", "CBA", "ABC", "xmp"] {
                    assert!(!holds(&after, gone), "{format} {orientation} keeps {gone}");
                }
                assert!(holds(&after, pixels), "{format} lost its pixels");
                assert_eq!(holds(&after, "colours"), format != "png", "{format}");
                let turned = holds(
                    &after,
                    &format!(
                        "\u{1}\u{12}\0\u{3}\0\0\0\u{1}\0{}",
                        char::from(orientation as u8)
                    ),
                );
                assert_eq!(turned, orientation != 1, "{format} {orientation}");
                assert_eq!(
                    without_metadata(&after).as_ref(),
                    Ok(&after),
                    "{format}: twice"
                );
            }
        }
    }

    #[test]
    fn scans_keep_every_byte() {
        let after = without_metadata(&jpeg_with(&exif(1, true))).expect("is whole");
        let expected = [
            vec![0xff, 0xd8],
            segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
            segment(0xdb, &[1; 65]),
            segment(0xda, &[0; 10]),
            vec![1, 2, 0xff, 0, 3, 0xff, 0xd3, 4],
            segment(0xc4, &[2; 20]),
            segment(0xda, &[0; 10]),
            vec![5, 6, 0xff, 0xd9],
        ]
        .concat();
        assert_eq!(after, expected);
    }

    #[test]
    fn what_is_no_mark_begins_no_part_of_a_picture() {
        let strange = [
            vec![0xff, 0xd8],
            segment(0xda, &[0; 2]),
            vec![1, 2],
            segment(0xe1, b"Exif\0\0"),
            segment(0x00, &[3; 4]),
            vec![0xff, 0xd9],
        ]
        .concat();
        assert_eq!(
            without_metadata(&strange),
            Err(UnreadablePicture::Malformed)
        );
    }

    #[test]
    fn sizes_and_checks_fit_what_is_left() {
        let webp = without_metadata(&webp_with(&exif(1, true))).expect("is whole");
        assert_eq!(webp[4..8], (webp.len() as u32 - 8).to_le_bytes());
        assert_eq!(webp[20] & 0b1100, 0, "flags of what is gone");
        // The check of an empty last chunk, as every PNG file ends.
        assert_eq!(png_chunk(b"IEND", b"")[8..], [0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn cut_files_are_refused_and_others_left_alone() {
        for whole in [
            jpeg_with(&exif(6, true)),
            png_with(&exif(6, true)),
            webp_with(&exif(6, true)),
        ] {
            let cut = &whole[..whole.len() - whole.len() / 2];
            assert!(without_metadata(cut).is_err());
        }
        assert_eq!(
            without_metadata(b"%PDF-1.7").as_deref(),
            Ok(&b"%PDF-1.7"[..])
        );
        assert_eq!(without_metadata(b"").as_deref(), Ok(&b""[..]));
    }

    proptest! {
        #[test]
        fn broken_files_do_no_harm(which in 0..3_usize, at in 0..400_usize, byte in any::<u8>(), end in 0..500_usize) {
            let builds = [jpeg_with, png_with, webp_with];
            let mut content = builds[which](&exif(6, at % 2 == 0));
            content.truncate(end.max(12));
            if let Some(place) = content.get_mut(at) {
                *place = byte;
            }
            if let Ok(after) = without_metadata(&content) {
                prop_assert!(after.len() <= content.len() + 64);
            }
        }
    }
}

//! Files that visitors and agents attach: what they are by their content, whatever their name says.

use std::fmt;

use imagesize::ImageType;

use strum::{EnumString, IntoStaticStr};

use super::Author;
use crate::ids::{AttachmentId, ConversationId, MessageId, UnknownCode};
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};
use crate::time::Timestamp;

/// A file somebody attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name in the record.
    pub id: AttachmentId,
    /// Where it was attached.
    pub conversation: ConversationId,
    /// Whether the visitor or an agent attached it.
    pub author: Author,
    /// The message that carries it; `None` until one does.
    pub message: Option<MessageId>,
    /// What people call it.
    pub name: FileName,
    /// What it is.
    pub file: RecognisedFile,
    /// When it was attached.
    pub created: Timestamp,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecognisedFile {
    /// By its content.
    pub kind: FileKind,
    /// Its length.
    pub bytes: usize,
    /// Width and height of a picture.
    pub pixels: Option<(u32, u32)>,
}

/// Kinds of file that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum FileKind {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// A picture.
    Webp,
    /// A picture, perhaps a moving one.
    Gif,
    /// A document.
    Pdf,
    /// Plain text, such as a log.
    Text,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [FileKind; 6] = [
        FileKind::Png,
        FileKind::Jpeg,
        FileKind::Webp,
        FileKind::Gif,
        FileKind::Pdf,
        FileKind::Text,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the type under which it is served.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Png => "image/png",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Webp => "image/webp",
            FileKind::Gif => "image/gif",
            FileKind::Pdf => "application/pdf",
            FileKind::Text => "text/plain; charset=utf-8",
        }
    }

    /// Tells whether a page may show it; nothing in a raster picture can act.
    pub fn is_picture(self) -> bool {
        !matches!(self, FileKind::Pdf | FileKind::Text)
    }

    /// Endings a name may have; the first is given to one that has none of them.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            FileKind::Png => &["png"],
            FileKind::Jpeg => &["jpg", "jpeg"],
            FileKind::Webp => &["webp"],
            FileKind::Gif => &["gif"],
            FileKind::Pdf => &["pdf"],
            FileKind::Text => &[
                "txt", "log", "csv", "tsv", "json", "md", "yaml", "toml", "ini",
            ],
        }
    }
}

/// How much is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileLimits {
    /// Longest file.
    pub bytes: usize,
    /// Largest picture; a small file can unfold to one that fills the memory of whoever opens it.
    pub pixels: u64,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedFile {
    /// It has no content.
    #[error("the file is empty; choose another")]
    Empty,
    /// It is too long.
    #[error("the file has more than {0} bytes (attachments.max_bytes); send a smaller one")]
    TooLong(usize),
    /// It has too many pixels.
    #[error(
        "the picture has more than {0} pixels (attachments.max_megapixels); send a smaller one"
    )]
    TooManyPixels(u64),
    /// Its content is none of the kinds that are taken.
    #[error(
        "by its content the file is no PNG, JPEG, WebP, GIF, PDF or plain text; send one of those"
    )]
    Kind,
    /// It begins like a picture whose header cannot be read.
    #[error("the file is a damaged picture; save it again and send that")]
    Damaged,
}

/// Tells what a file is by its content, or why it is not taken.
pub fn recognise(content: &[u8], limits: FileLimits) -> Result<RecognisedFile, RefusedFile> {
    if content.is_empty() {
        return Err(RefusedFile::Empty);
    }
    if content.len() > limits.bytes {
        return Err(RefusedFile::TooLong(limits.bytes));
    }
    let bytes = content.len();
    if let Some(kind) = picture_kind(content) {
        let size = imagesize::blob_size(content).map_err(|_| RefusedFile::Damaged)?;
        let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
        let (Some(width), Some(height)) = (side(size.width), side(size.height)) else {
            return Err(RefusedFile::Damaged);
        };
        if u64::from(width) * u64::from(height) > limits.pixels {
            return Err(RefusedFile::TooManyPixels(limits.pixels));
        }
        return Ok(RecognisedFile {
            kind,
            bytes,
            pixels: Some((width, height)),
        });
    }
    let kind = match content {
        content if content.starts_with(b"%PDF-") => FileKind::Pdf,
        content if is_plain_text(content) => FileKind::Text,
        _ => return Err(RefusedFile::Kind),
    };
    Ok(RecognisedFile {
        kind,
        bytes,
        pixels: None,
    })
}

fn picture_kind(content: &[u8]) -> Option<FileKind> {
    match imagesize::image_type(content).ok()? {
        ImageType::Png => Some(FileKind::Png),
        ImageType::Jpeg => Some(FileKind::Jpeg),
        ImageType::Webp => Some(FileKind::Webp),
        ImageType::Gif => Some(FileKind::Gif),
        _ => None,
    }
}

/// Text that a browser or a system would act upon, by how it begins.
const ACTIVE: [&str; 11] = [
    "<!doctype",
    "<?xml",
    "<html",
    "<head",
    "<body",
    "<svg",
    "<math",
    "<script",
    "<iframe",
    "<!--",
    "#!",
];

/// Tells text for reading from binary content and from documents and scripts in disguise.
fn is_plain_text(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else {
        return false;
    };
    let text = text.trim_start_matches('\u{feff}');
    // Logs of terminals carry escape sequences.
    let is_odd = |character: char| {
        character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}')
    };
    if text.chars().any(is_odd) {
        return false;
    }
    let begin: String = text.trim_start().chars().take(16).collect();
    let begin = begin.to_ascii_lowercase();
    !ACTIVE.iter().any(|active| begin.starts_with(active))
}

/// What somebody calls a file they send: one line without a path and without secrets; nothing where nothing is left of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SaidName(Option<Words>);

/// What people call a file: what was said, with an ending that fits its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(Words);

/// Longest name kept, in characters.
const MAX_NAME_CHARS: usize = 120;
/// Longest name that is looked at; no system has longer ones.
const MAX_SAID_CHARS: usize = 1_000;

impl SaidName {
    /// Takes a name at a door.
    pub fn new(said: &str) -> Self {
        let last = said.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: String = last
            .chars()
            .filter(|character| !character.is_control() && !turns_direction(*character))
            .collect();
        Self(Words::shortened(
            &clean,
            MAX_SAID_CHARS,
            Lines::Joined,
            Hides::Everything,
        ))
    }
}

impl FileName {
    /// Makes a name from what was said.
    pub fn new(said: &SaidName, kind: FileKind) -> Self {
        let clean = said.0.as_ref().map_or("", Words::as_str);
        // Systems drop dots and spaces at the end, and hide files that begin with a dot.
        let clean = clean.trim_matches(['.', ' ']);
        let clean = if clean.is_empty() { "file" } else { clean };
        let endings = kind.endings();
        let ending = clean.rsplit_once('.').map(|(_, ending)| ending);
        let fits = ending.is_some_and(|ending| {
            endings
                .iter()
                .any(|known| known.eq_ignore_ascii_case(ending))
        });
        let (stem, ending) = match (fits, clean.rsplit_once('.')) {
            (true, Some((stem, ending))) => (stem, ending),
            _ => (clean, endings[0]),
        };
        let room = MAX_NAME_CHARS - ending.len() - 1;
        let stem: String = stem.chars().take(room).collect();
        // Hidden above; what is left of it is a name.
        Self(Words::from_record(format!("{stem}.{ending}")))
    }

    /// Takes a name that was made before.
    pub fn stored(name: String) -> Self {
        Self(Words::from_record(name))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

/// Characters that make `gnp.exe` read as `exe.png`.
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: FileLimits = FileLimits {
        bytes: 1_000,
        pixels: 1_000_000,
    };

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        content.extend(width.to_be_bytes());
        content.extend(height.to_be_bytes());
        content.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
        content
    }

    #[test]
    fn content_decides() {
        let check = |content: &[u8], expected: Result<FileKind, RefusedFile>| {
            let kind = recognise(content, LIMITS).map(|file| file.kind);
            assert_eq!(kind, expected, "{:?}", String::from_utf8_lossy(content));
        };
        check(&png(40, 30), Ok(FileKind::Png));
        check(b"GIF89a\x28\0\x1e\0\0\0\0", Ok(FileKind::Gif));
        check(
            b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0\x2f\x27\x40\x07\0\0\0\0\0\0\0\0\0\0",
            Ok(FileKind::Webp),
        );
        check(b"%PDF-1.7\n%\xe2\xe3", Ok(FileKind::Pdf));
        check("2026-11-22 出金エラー\n".as_bytes(), Ok(FileKind::Text));
        check(b"\x1b[31merror\x1b[0m", Ok(FileKind::Text));
        check(b"<13>Nov 22 host app: 503", Ok(FileKind::Text));
        check(b"", Err(RefusedFile::Empty));
        check(&[b'a'; 1_001], Err(RefusedFile::TooLong(1_000)));
        check(
            &png(60_000, 60_000),
            Err(RefusedFile::TooManyPixels(1_000_000)),
        );
        check(&png(0, 5), Err(RefusedFile::Damaged));
        check(
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0",
            Err(RefusedFile::Damaged),
        );
        for active in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\u{feff} \n<?xml version='1.0'?><svg/>",
            "<!DOCTYPE html><script>1</script>",
            "<ScRiPt>1</script>",
            "#!/bin/sh\nrm -rf /",
        ] {
            check(active.as_bytes(), Err(RefusedFile::Kind));
        }
        check(b"MZ\x90\0\x03", Err(RefusedFile::Kind));
        check(b"\x7fELF\x02\x01", Err(RefusedFile::Kind));
        check(b"PK\x03\x04\x14", Err(RefusedFile::Kind));
        check(b"text with \0 inside", Err(RefusedFile::Kind));
        check(
            b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0",
            Err(RefusedFile::Kind),
        );
    }

    #[test]
    fn names_are_one_line_with_a_fitting_ending() {
        let check = |said: &str, kind: FileKind, expected: &str| {
            let name = FileName::new(&SaidName::new(said), kind);
            assert_eq!(name.as_str(), expected, "{said:?}");
        };
        check("C:\\Users\\kim\\화면.PNG", FileKind::Png, "화면.PNG");
        check("../../etc/passwd", FileKind::Text, "passwd.txt");
        check("invoice.pdf.exe", FileKind::Png, "invoice.pdf.exe.png");
        check(
            "a\r\nSet-Cookie: x\u{202e}gnp",
            FileKind::Gif,
            "aSet-Cookie: xgnp.gif",
        );
        check("", FileKind::Pdf, "file.pdf");
        check("..", FileKind::Jpeg, "file.jpg");
        check("app.LOG", FileKind::Text, "app.LOG");
        check(
            "my card 4111 1111 1111 1111.png",
            FileKind::Png,
            "my card ⟦card⟧.png",
        );
        check("kim@example.com.pdf", FileKind::Pdf, "⟦mail⟧.pdf");
        check("a\0b\u{7}.log", FileKind::Text, "ab.log");
        let long = FileName::new(&SaidName::new(&"長".repeat(500)), FileKind::Webp);
        assert_eq!(long.as_str().chars().count(), 120);
    }
}

//! Pictures and other files of articles: found beside the text that names them, served under the hash of what they hold.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// A file that articles show or link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    /// Where it lies, relative to the knowledge folder.
    pub path: PathBuf,
    /// Fingerprint of what it holds.
    pub hash: String,
    /// What browsers are told that it is.
    pub content_type: &'static str,
    /// Width and height in pixels, of a picture that says so.
    pub size: Option<(u32, u32)>,
}

impl MediaFile {
    /// Gives its address relative to the site; another content has another address.
    pub fn address(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        format!("/help/media/{}/{}", self.hash, encoded(&name))
    }

    /// Tells whether pages show it, rather than link to it.
    pub fn is_picture(&self) -> bool {
        self.content_type.starts_with("image/")
    }
}

/// Characters that stay as they are in one part of an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Writes a text so that it can be one part of an address, such as `a%20b.png`.
pub fn encoded(part: &str) -> String {
    utf8_percent_encode(part, PLAIN).to_string()
}

/// The files of a knowledge folder.
#[derive(Debug, Clone, Default)]
pub struct Media {
    root: PathBuf,
    files: BTreeMap<PathBuf, MediaFile>,
    by_hash: HashMap<String, PathBuf>,
}

impl Media {
    /// Reads the files of a folder that can be served; others are left alone.
    pub(super) fn read(root: &Path, paths: Vec<PathBuf>) -> io::Result<Self> {
        let mut media = Self {
            root: root.to_owned(),
            ..Self::default()
        };
        for path in paths {
            let Some(content_type) = content_type(&path) else {
                continue;
            };
            let bytes = fs::read(&path)?;
            let size = imagesize::blob_size(&bytes).ok();
            let size = size.map(|size| (size.width as u32, size.height as u32));
            let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
            let hash = hash_of(&bytes);
            media.by_hash.insert(hash.clone(), path.clone());
            media.files.insert(
                path.clone(),
                MediaFile {
                    path,
                    hash,
                    content_type,
                    size,
                },
            );
        }
        Ok(media)
    }

    /// Finds the file that a text calls `target`: beside the text, or from the top of the folder where `target` begins
    /// with a slash.
    pub fn find(&self, text: &Path, target: &str) -> Option<&MediaFile> {
        if target.contains("://") || target.starts_with("//") {
            return None;
        }
        let target = target.split(['#', '?']).next().unwrap_or_default();
        let named = |target: &str| {
            let path = match target.strip_prefix('/') {
                Some(rest) => PathBuf::from(rest),
                None => text.parent().unwrap_or(Path::new("")).join(target),
            };
            self.files.get(&straightened(&path)?)
        };
        let decoded = percent_decode_str(target).decode_utf8();
        named(target).or_else(|| named(&decoded.ok()?))
    }

    /// Finds a file by its fingerprint.
    pub fn with_hash(&self, hash: &str) -> Option<&MediaFile> {
        self.files.get(self.by_hash.get(hash)?)
    }

    /// Reads what a file holds; nothing when it has changed since, for its address promises that it has not.
    pub fn bytes_of(&self, file: &MediaFile) -> io::Result<Option<Vec<u8>>> {
        let bytes = fs::read(self.root.join(&file.path))?;
        Ok((hash_of(&bytes) == file.hash).then_some(bytes))
    }

    /// Tells how many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Tells whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// A path without `.` and `..`; nothing when it leads out of the folder.
fn straightened(path: &Path) -> Option<PathBuf> {
    let mut straight = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => straight.push(name),
            Component::CurDir => {}
            Component::ParentDir if straight.pop() => {}
            _ => return None,
        }
    }
    Some(straight)
}

fn hash_of(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..12])
}

fn content_type(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "pdf" => "application/pdf",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest picture: one white point.
    const POINT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

    #[test]
    fn files_are_found_as_bodies_name_them_and_never_outside() {
        let root = std::env::temp_dir().join(format!("mondo-media-{}", std::process::id()));
        let folder = root.join("a/b/img");
        fs::create_dir_all(&folder).expect("a folder");
        let names = ["a b.gif", "写真.gif", "notes.txt"];
        let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
        for path in &paths {
            fs::write(path, POINT).expect("a file");
        }
        let media = Media::read(&root, paths.clone()).expect("readable files");
        let text = Path::new("a/b/en.md");
        let check = |target: &str, expected: bool| {
            assert_eq!(media.find(text, target).is_some(), expected, "{target}");
        };
        assert_eq!(media.len(), 2);
        check("img/a%20b.gif", true);
        check("img/a b.gif", true);
        check("./img/写真.gif?x=1", true);
        check("img/%E5%86%99%E7%9C%9F.gif", true);
        check("../b/img/a%20b.gif", true);
        check("/a/b/img/a%20b.gif", true);
        check("../../../etc/passwd", false);
        check("img/notes.txt", false);
        check("https://far.example/img/a%20b.gif", false);
        let file = media.find(text, "img/写真.gif").expect("found");
        assert_eq!((file.size, file.content_type), (Some((1, 1)), "image/gif"));
        assert!(
            file.address().ends_with("/%E5%86%99%E7%9C%9F.gif"),
            "{}",
            file.address()
        );
        assert_eq!(
            media.bytes_of(file).expect("readable").as_deref(),
            Some(POINT)
        );
        fs::write(root.join(&file.path), b"changed").expect("a file");
        assert_eq!(media.bytes_of(file).expect("readable"), None);
        fs::remove_dir_all(&root).expect("removable");
    }
}

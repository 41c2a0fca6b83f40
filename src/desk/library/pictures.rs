//! Pictures that authors put beside an article.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::LibraryDesk;
use super::folder::Library;
use super::sharing::Replaced;
use crate::bus::News;
use crate::conversation::{RefusedFile, recognise};
use crate::desk::DeskError;
use crate::knowledge::ArticleId;
use crate::safety::without_metadata;
use crate::store::StoreError;

/// Letters and digits of the longest name a picture is given, without its ending.
const MAX_STEM_CHARS: usize = 60;
/// Pictures of one name beside one article.
const MOST_OF_A_NAME: usize = 1_000;

impl LibraryDesk {
    /// Puts a picture beside the texts of an article, without what it tells of where and with what it was taken, and
    /// returns the name by which a text shows it. The same picture is not put there twice.
    pub async fn add_picture(
        &self,
        article: &ArticleId,
        name: &str,
        content: Vec<u8>,
    ) -> Result<String, DeskError> {
        let library = Arc::clone(self.folder()?);
        let folder = self.folder_of(article)?;
        let limits = self.store.file_settings().limits();
        let stem = stem_of(name);
        let _writing = library.writing.lock().await;
        let writer = Arc::clone(&library);
        let put = spawn_blocking(move || {
            let file = recognise(&content, limits)?;
            if !file.kind.is_picture() {
                return Err(DeskError::NoPicture);
            }
            let content = without_metadata(&content).map_err(|_| RefusedFile::Damaged)?;
            let ending = file.kind.endings()[0];
            let (name, is_there) = writer
                .free_name(&folder, &stem, ending, &content)
                .map_err(DeskError::Folder)?;
            Ok::<_, DeskError>((name, is_there, content))
        });
        let (name, is_there, content) = put.await.map_err(|_| StoreError::Stopped)??;
        if is_there {
            return Ok(name);
        }
        let path = self.folder_of(article)?.join(&name);
        let shared = Replaced {
            path: path.clone(),
            before: None,
            content: content.clone(),
        };
        self.share(vec![shared]).await?;
        let writer = Arc::clone(&library);
        let put = spawn_blocking(move || writer.prepare_bytes(&path, &content)?.put());
        let put = put.await.map_err(|_| StoreError::Stopped)?;
        put.map_err(DeskError::Folder)?;
        if self.store.is_shared() {
            self.store.bus().announce(News::Knowledge);
        }
        Ok(name)
    }
}

impl Library {
    /// Returns the first name for a picture that is free, or that it has already, and which of both. Blocks.
    fn free_name(
        &self,
        folder: &Path,
        stem: &str,
        ending: &str,
        content: &[u8],
    ) -> std::io::Result<(String, bool)> {
        let numbered = (2..MOST_OF_A_NAME).map(|number| format!("{stem}-{number}.{ending}"));
        for name in std::iter::once(format!("{stem}.{ending}")).chain(numbered) {
            let path = folder.join(&name);
            match self.read_bytes(&path) {
                Ok(lying) if lying == content => return Ok((name, true)),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok((name, false)),
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }
}

/// A name of a picture as it can stand in an address and a text: small letters, digits and hyphens.
fn stem_of(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut made = String::new();
    for character in stem.chars().flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '0'..='9' => made.push(character),
            _ if !made.is_empty() && !made.ends_with('-') => made.push('-'),
            _ => {}
        }
        if made.len() >= MAX_STEM_CHARS {
            break;
        }
    }
    match made.trim_end_matches('-') {
        "" => "picture".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_pictures_can_stand_in_addresses() {
        for (name, expected) in [
            (
                "Screenshot 2026-11-29 at 10.05.33.png",
                "screenshot-2026-11-29-at-10-05-33",
            ),
            ("提现页面.png", "picture"),
            ("../../etc/passwd", "picture"),
            ("", "picture"),
            (".png", "picture"),
        ] {
            assert_eq!(stem_of(name), expected, "{name}");
        }
        assert!(stem_of(&"a".repeat(500)).len() <= MAX_STEM_CHARS);
    }
}

//! The categories: their names in each language, and their order among each other.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::LibraryDesk;
use super::editing::blocking;
use super::folder::Library;
use super::sharing::Replaced;
use crate::bus::News;
use crate::desk::DeskError;
use crate::knowledge::{Category, category_file, content_hash};
use crate::language::Language;

/// A category with an article in it, as authors see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryLine {
    /// Its name in links.
    pub code: String,
    /// Its names for readers.
    pub titles: BTreeMap<Language, String>,
    /// Its place among the others; nothing where none was ever given, which comes last.
    pub place: Option<u32>,
    /// How many articles it has.
    pub articles: usize,
    /// Tells its file from others; nothing where there is none.
    pub hash: Option<String>,
}

impl LibraryDesk {
    /// Lists the categories that have an article, in the order readers see them.
    pub async fn categories(&self) -> Result<Vec<CategoryLine>, DeskError> {
        let library = Arc::clone(self.folder()?);
        let snapshot = self.room.snapshot();
        let knowledge = snapshot.knowledge();
        let mut lines = Vec::new();
        for code in knowledge.category_codes() {
            let articles = knowledge.articles.iter();
            let known = knowledge.categories.get(code);
            let path = self.file_of(code);
            let reader = Arc::clone(&library);
            let content = blocking(move || content_of(&reader, &path)).await?;
            let hash = content.as_deref().map(hash_of);
            lines.push(CategoryLine {
                code: code.to_owned(),
                titles: known.map(|one| one.titles.clone()).unwrap_or_default(),
                place: known.map(|one| one.place),
                articles: articles.filter(|article| article.category == code).count(),
                hash,
            });
        }
        Ok(lines)
    }

    /// Names and places a category that has an article, unless somebody else has since it was read; `read` is the hash
    /// of what was, or nothing where there was no file. It is served when this returns.
    pub async fn save_category(
        &self,
        code: &str,
        category: &Category,
        read: Option<&str>,
    ) -> Result<(), DeskError> {
        let library = Arc::clone(self.folder()?);
        if !self
            .room
            .snapshot()
            .knowledge()
            .category_codes()
            .contains(&code)
        {
            return Err(DeskError::NoSuchCategory(code.to_owned()));
        }
        let path = self.file_of(code);
        let text = category_file(category);
        let _writing = library.writing.lock().await;
        let lying = {
            let (library, path) = (Arc::clone(&library), path.clone());
            blocking(move || content_of(&library, &path)).await?
        };
        if lying.as_deref().map(hash_of).as_deref() != read {
            return Err(DeskError::EditedMeanwhile);
        }
        let shared = Replaced {
            path: path.clone(),
            before: lying,
            content: text.clone().into_bytes(),
        };
        self.share(vec![shared]).await?;
        let (writer, engine) = (Arc::clone(&library), Arc::clone(self.room.engine()));
        let served = blocking(move || {
            writer.prepare(&path, &text)?.put()?;
            Ok(writer.reload(&engine))
        });
        if let Err(error) = served.await? {
            tracing::error!("the names are not served, those before them are: {error}");
        }
        self.store.bus().announce(News::Knowledge);
        Ok(())
    }

    /// Path of the file that names a category, relative to the knowledge folder; its folder is called like it.
    fn file_of(&self, code: &str) -> PathBuf {
        let folder = self.folder_for(code);
        match folder.ends_with(code) {
            true => folder.join(FILE),
            false => Path::new(code).join(FILE),
        }
    }
}

/// Name of the file in the folder of a category.
const FILE: &str = "category.toml";

fn hash_of(content: &[u8]) -> String {
    content_hash(&String::from_utf8_lossy(content))
}

fn content_of(library: &Library, path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    match library.read_bytes(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

//! What authors begin: an article that was not there, in the languages it is written in so far.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use super::LibraryDesk;
use super::editing::MAX_FILE_BYTES;
use super::folder::ArticleFile;
use super::sharing::Replaced;
use crate::bus::News;
use crate::desk::DeskError;
use crate::desk::principal::speaker;
use crate::knowledge::{ArticleId, Publication, Stage, Wording, first_matter};
use crate::language::Language;
use crate::staff::Agent;
use crate::store::{NewText, TextOrigin};
use crate::time::Timestamp;

/// Longest name of an article or category, in characters.
const MAX_NAME_CHARS: usize = 60;

/// An article that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArticle {
    /// Its name, to which links will lead.
    pub id: String,
    /// What it is about.
    pub category: String,
    /// Where it stands at first.
    pub stage: Stage,
    /// What it says, in one language at least.
    pub texts: BTreeMap<Language, Wording>,
}

impl LibraryDesk {
    /// Begins an article; it is served when this returns, unless another edit of the folder is broken.
    pub async fn create_article(
        &self,
        new: NewArticle,
        by: &Agent,
        now: Timestamp,
    ) -> Result<ArticleId, DeskError> {
        let NewArticle {
            id,
            category,
            stage,
            texts,
        } = new;
        for name in [&id, &category] {
            if !is_name(name) {
                return Err(DeskError::ArticleName(
                    name.chars().take(MAX_NAME_CHARS).collect(),
                ));
            }
        }
        let article = ArticleId::new(id);
        let files = files_of(&article, &category, stage, texts)?;
        let library = Arc::clone(self.folder()?);
        let writing = library.writing.lock().await;
        if self.room.snapshot().knowledge().article(&article).is_some() {
            return Err(DeskError::ArticleTaken(article));
        }
        let folder = self.folder_for(&category).join(article.as_str());
        let kept = files
            .iter()
            .map(|(file, text)| NewText {
                article: article.clone(),
                file: file.name(),
                before: None,
                text: text.clone(),
                origin: TextOrigin::Edited,
                by: speaker(by),
                now,
            })
            .collect();
        let shared = files.iter().map(|(file, text)| Replaced {
            path: folder.join(file.name()),
            before: None,
            content: text.clone().into_bytes(),
        });
        self.share(shared.collect()).await?;
        let made = {
            let library = Arc::clone(&library);
            let made = spawn_blocking(move || library.create(&folder, &files));
            made.await.map_err(DeskError::EngineStopped)?
        };
        match made {
            Ok(()) => {}
            Err(error) if is_there(&error) => return Err(DeskError::ArticleTaken(article)),
            Err(error) => return Err(DeskError::Folder(error)),
        }
        self.store.keep_texts(kept).await?;
        drop(writing);
        let engine = Arc::clone(self.room.engine());
        let served = spawn_blocking(move || library.reload(&engine));
        if let Err(error) = served.await.map_err(DeskError::EngineStopped)? {
            tracing::error!("the new article is not served, what was there before is: {error}");
        }
        self.store.bus().announce(News::Knowledge);
        Ok(article)
    }

    /// Where articles of a category lie, relative to the knowledge folder: beside the others of it.
    pub(super) fn folder_for(&self, category: &str) -> PathBuf {
        let snapshot = self.room.snapshot();
        let mut articles = snapshot.knowledge().articles.iter();
        let sibling = articles.find(|article| article.category == category);
        sibling
            .and_then(|article| article.translations.values().next())
            .and_then(|translation| translation.path.parent()?.parent())
            .map_or_else(|| PathBuf::from(category), PathBuf::from)
    }
}

/// Small letters, digits and single hyphens between them: what stands in an address and in the name of a folder alike.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.len() <= MAX_NAME_CHARS && name.split('-').all(part)
}

fn files_of(
    article: &ArticleId,
    category: &str,
    stage: Stage,
    texts: BTreeMap<Language, Wording>,
) -> Result<Vec<(ArticleFile, String)>, DeskError> {
    if texts.is_empty() {
        return Err(DeskError::NoTexts);
    }
    let publication = Publication {
        stage,
        ..Publication::default()
    };
    let matter = publication.write(&first_matter(article, category))?;
    let mut files = vec![(ArticleFile::Matter, matter)];
    for (language, mut wording) in texts {
        wording.source_rev = 1;
        let text = wording.write(None);
        if text.len() > MAX_FILE_BYTES {
            return Err(DeskError::TextLength);
        }
        Wording::read(&text)?;
        files.push((ArticleFile::Wording(language), text));
    }
    Ok(files)
}

/// Another program may have made the folder meanwhile.
fn is_there(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{AlreadyExists, DirectoryNotEmpty};
    matches!(error.kind(), AlreadyExists | DirectoryNotEmpty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_into_addresses_and_folders() {
        for (name, fits) in [
            ("gift-wrapping", true),
            ("a1", true),
            ("", false),
            ("-a", false),
            ("a--b", false),
            ("A", false),
            ("../a", false),
            ("a/b", false),
            ("茶", false),
        ] {
            assert_eq!(is_name(name), fits, "{name}");
        }
        assert!(!is_name(&"a".repeat(MAX_NAME_CHARS + 1)));
    }
}

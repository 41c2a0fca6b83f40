//! What authors do: read and replace the files of an article, bring texts back, and take over what agents have sent.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use strum::IntoStaticStr;

use super::LibraryDesk;
use super::folder::{ArticleFile, ArticleFiles, Library, Staged, TextFile};
use super::sharing::Replaced;
use crate::bus::News;
use crate::desk::DeskError;
use crate::desk::principal::speaker;
use crate::knowledge::{
    ArticleId, Publication, UnreadableText, Wording, content_hash, raise_revision, read_matter,
};
use crate::language::Language;
use crate::staff::Agent;
use crate::store::{KeptText, NewText, TextOrigin};
use crate::time::Timestamp;

/// Longest file of an article, in bytes.
pub const MAX_FILE_BYTES: usize = 48 * 1024;

/// A file that is to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Of which article.
    pub article: ArticleId,
    /// Which file.
    pub file: ArticleFile,
    /// What it shall say.
    pub draft: Draft,
    /// Hash of what the author has read; nothing where there was no file.
    pub read: Option<String>,
}

/// What a file shall say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Draft {
    /// The whole text of the file.
    Text(String),
    /// The parts of a translation.
    Wording(Wording, Follows),
    /// Where the article stands, and on which days it may be given; in `article.toml`.
    Publication(Publication),
}

/// Which revision of the source a translation follows once it is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// The one it followed before: a slip of the pen was mended.
    AsBefore,
    /// The current one: the translation has caught up.
    Current,
    /// A new one: the meaning has changed, and the other languages have to follow.
    New,
}

impl LibraryDesk {
    /// Reads the files of an article as they lie in the folder.
    pub async fn article_files(&self, article: &ArticleId) -> Result<ArticleFiles, DeskError> {
        let library = Arc::clone(self.folder()?);
        let folder = self.folder_of(article)?;
        blocking(move || library.files(&folder)).await
    }

    /// Returns the text a file would have, without writing it.
    pub async fn drafted(&self, edit: &Edit) -> Result<String, DeskError> {
        let files = self.article_files(&edit.article).await?;
        Ok(texts_of(edit, &files)?.0)
    }

    /// Copies the folder with a draft in it, to be checked.
    pub async fn stage(&self, edit: &Edit) -> Result<Staged, DeskError> {
        let text = self.drafted(edit).await?;
        let path = self.folder_of(&edit.article)?.join(edit.file.name());
        let library = Arc::clone(self.folder()?);
        blocking(move || library.stage(&path, &text)).await
    }

    /// Replaces a file, unless somebody else has since it was read; what it said before is kept.
    pub async fn save_article(
        &self,
        edit: Edit,
        origin: TextOrigin,
        by: &Agent,
        now: Timestamp,
    ) -> Result<TextFile, DeskError> {
        let library = Arc::clone(self.folder()?);
        let folder = self.folder_of(&edit.article)?;
        let writing = library.writing.lock().await;
        let files = self.article_files(&edit.article).await?;
        let lying = files.get(&edit.file);
        if lying.map(|file| &file.hash) != edit.read.as_ref() {
            return Err(DeskError::EditedMeanwhile);
        }
        let (text, matter) = texts_of(&edit, &files)?;
        let mut replaced = vec![(edit.file, text.clone())];
        replaced.extend(matter.map(|matter| (ArticleFile::Matter, matter)));
        let kept = replaced
            .iter()
            .map(|(file, text)| NewText {
                article: edit.article.clone(),
                file: file.name(),
                before: files.get(file).map(|file| file.text.clone()),
                text: text.clone(),
                origin,
                by: speaker(by),
                now,
            })
            .collect();
        let shared = replaced
            .iter()
            .map(|(file, text)| Replaced {
                path: folder.join(file.name()),
                before: files.get(file).map(|file| file.text.clone().into_bytes()),
                content: text.clone().into_bytes(),
            })
            .collect();
        let prepared = {
            let library = Arc::clone(&library);
            blocking(move || {
                let prepare = |(file, text): (ArticleFile, String)| {
                    library.prepare(&folder.join(file.name()), &text)
                };
                replaced
                    .into_iter()
                    .map(prepare)
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?
        };
        self.share(shared).await?;
        self.store.keep_texts(kept).await?;
        blocking(move || prepared.into_iter().try_for_each(|prepared| prepared.put())).await?;
        drop(writing);
        self.serve_edits(library);
        let hash = content_hash(&text);
        Ok(TextFile { text, hash })
    }

    /// Reads the folder beside the serving; a fault in it is somebody else's edit, and what was served stays.
    fn serve_edits(&self, library: Arc<Library>) {
        let (engine, bus) = (Arc::clone(self.room.engine()), self.store.bus().clone());
        spawn_blocking(move || {
            if let Err(error) = library.reload(&engine) {
                tracing::error!("the edit is not served, the text before it is: {error}");
            }
            bus.announce(News::Knowledge);
        });
    }

    /// Reads the texts a file has had, the newest first.
    pub async fn kept_texts(
        &self,
        article: &ArticleId,
        file: ArticleFile,
    ) -> Result<Vec<KeptText>, DeskError> {
        let reader = self.store.reader();
        Ok(reader.kept_texts(article, &file.name()).await?)
    }

    /// Brings an earlier text of a file back.
    pub async fn restore_text(
        &self,
        id: &str,
        read: Option<String>,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(ArticleFile, TextFile), DeskError> {
        let kept = self.store.reader().kept_text(id).await?;
        let (kept, file) = kept
            .and_then(|kept| {
                let file = ArticleFile::from_name(&kept.file)?;
                Some((kept, file))
            })
            .ok_or(DeskError::UnknownText)?;
        let edit = Edit {
            article: kept.article,
            file,
            draft: Draft::Text(kept.text),
            read,
        };
        let restored = self
            .save_article(edit, TextOrigin::Restored, by, now)
            .await?;
        Ok((file, restored))
    }

    /// The folder of an article, relative to the knowledge folder.
    pub(super) fn folder_of(&self, article: &ArticleId) -> Result<PathBuf, DeskError> {
        let snapshot = self.room.snapshot();
        let known = snapshot.knowledge().article(article);
        known
            .and_then(|article| article.translations.values().next())
            .and_then(|translation| translation.path.parent())
            .map(PathBuf::from)
            .ok_or_else(|| DeskError::UnknownArticle(article.clone()))
    }

    /// Path of a file of an article, relative to the knowledge folder.
    pub fn path_of(&self, article: &ArticleId, file: ArticleFile) -> Result<PathBuf, DeskError> {
        Ok(self.folder_of(article)?.join(file.name()))
    }
}

/// The text a file will have, once it is known that it can be served; and that of `article.toml` where it changes too.
fn texts_of(edit: &Edit, files: &ArticleFiles) -> Result<(String, Option<String>), DeskError> {
    let matter = files
        .get(&ArticleFile::Matter)
        .map(|file| file.text.as_str());
    let (text, raised) = match (&edit.draft, edit.file) {
        (Draft::Text(text), _) => (text.replace("\r\n", "\n"), None),
        (Draft::Publication(publication), ArticleFile::Matter) => {
            (publication.write(matter.unwrap_or_default())?, None)
        }
        (Draft::Wording(..), ArticleFile::Matter)
        | (Draft::Publication(_), ArticleFile::Wording(_)) => return Err(DeskError::UnknownText),
        (Draft::Wording(wording, follows), file) => {
            let mut wording = wording.clone();
            let lying = files.get(&file).map(|file| file.text.as_str());
            let mut raised = None;
            wording.source_rev = match follows {
                Follows::AsBefore => match lying {
                    Some(lying) => Wording::read(lying)?.source_rev,
                    None => read_matter(matter.unwrap_or_default())?.rev,
                },
                Follows::Current => read_matter(matter.unwrap_or_default())?.rev,
                Follows::New => {
                    let (text, rev) = raise_revision(matter.unwrap_or_default())?;
                    raised = Some(text);
                    rev
                }
            };
            (wording.write(lying), raised)
        }
    };
    if text.len() > MAX_FILE_BYTES {
        return Err(DeskError::TextLength);
    }
    match edit.file {
        ArticleFile::Wording(_) => {
            Wording::read(&text)?;
        }
        ArticleFile::Matter => {
            let matter = read_matter(&text)?;
            if matter.id != edit.article {
                let message = format!(
                    "the id must stay {:?}; links lead to it",
                    edit.article.as_str()
                );
                return Err(DeskError::UnreadableText(UnreadableText {
                    line: 1,
                    message,
                }));
            }
        }
    }
    Ok((text, raised))
}

/// Does work with the folder where it may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, DeskError> {
    let done = spawn_blocking(work)
        .await
        .map_err(DeskError::EngineStopped)?;
    done.map_err(DeskError::Folder)
}

/// How one language of an article stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TranslationState {
    /// It follows the current text.
    Current,
    /// The text it follows has changed.
    Stale,
    /// There is none.
    Missing,
}

impl TranslationState {
    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Tells how a language of an article stands.
    pub fn of(article: &crate::knowledge::Article, language: Language) -> Self {
        match article.translations.get(&language) {
            None => TranslationState::Missing,
            Some(translation) if translation.source_rev < article.rev => TranslationState::Stale,
            Some(_) => TranslationState::Current,
        }
    }
}

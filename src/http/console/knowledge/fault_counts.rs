//! What the check of the folder has against each article, as the list of articles shows it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::desk::DeskError;
use crate::http::edge::state::AppState;
use crate::insights::check_languages;
use crate::knowledge::{Article, LoadError, Revision, load_folder};

/// Faults by the folder of the article, relative to the knowledge folder.
#[derive(Debug, Default)]
pub(super) struct FaultCounts(HashMap<PathBuf, usize>);

/// The counts of the revision they were asked for last, which change only when a file does; each process counts for
/// itself.
static COUNTED: Mutex<Option<(Revision, Arc<FaultCounts>)>> = Mutex::new(None);

impl FaultCounts {
    /// Counts what `mondo kb check` finds in the folder of each article but for meanings that are too near each other,
    /// which take a minute to compare; read once for every revision that is served.
    pub(super) async fn of(app: &AppState) -> Result<Arc<Self>, DeskError> {
        let desk = app.library();
        let revision = desk.snapshot().revision().clone();
        {
            let counted = COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((known, counts)) = counted.as_ref()
                && *known == revision
            {
                return Ok(Arc::clone(counts));
            }
        }
        let library = Arc::clone(desk.folder()?);
        let found = desk.with_encoder(move |encoder| {
            let root = library.root();
            let loaded = load_folder(root)?;
            let report = check_languages(root, &loaded.knowledge, loaded.faults, encoder, &[]);
            let mut counts = HashMap::new();
            for fault in &report.faults {
                // A fault is of a file, or of the folder itself.
                let is_file = fault.path.extension().is_some();
                let folder = fault.path.parent().filter(|_| is_file);
                let folder = folder.unwrap_or(&fault.path);
                *counts.entry(folder.to_owned()).or_default() += 1;
            }
            Ok::<_, LoadError>(Self(counts))
        });
        // What cannot be read at all is told when it is served.
        let counts = Arc::new(found.await?.unwrap_or_default());
        let mut counted = COUNTED.lock().unwrap_or_else(PoisonError::into_inner);
        *counted = Some((revision, Arc::clone(&counts)));
        Ok(counts)
    }

    /// Number of faults of an article.
    pub(super) fn of_article(&self, article: &Article) -> usize {
        let mut folders = article
            .translations
            .values()
            .filter_map(|text| text.path.parent());
        let folder = folders.next();
        folder
            .and_then(|folder| self.0.get(folder))
            .copied()
            .unwrap_or_default()
    }
}

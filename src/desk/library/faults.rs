//! What the check of the folder has against each article, as the list of articles shows it.

use std::sync::{Arc, PoisonError};

use super::LibraryDesk;
use super::fault_counts::{CountedFaults, FaultCounts};
use crate::desk::DeskError;
use crate::insights::check_languages;
use crate::knowledge::{Article, LoadError, load_folder};

impl LibraryDesk {
    /// Counts what `mondo kb check` finds in the folder of each article but for meanings that are too near each other,
    /// which take a minute to compare; read once for every revision that is served.
    pub async fn fault_counts(&self) -> Result<Arc<FaultCounts>, DeskError> {
        let revision = self.snapshot().revision().clone();
        let kept = |counted: &CountedFaults| {
            let kept = counted.0.lock().unwrap_or_else(PoisonError::into_inner);
            let of_now = kept.as_ref().filter(|(known, _)| *known == revision);
            of_now.map(|(_, counts)| Arc::clone(counts))
        };
        if let Some(counts) = kept(&self.faults) {
            return Ok(counts);
        }
        let library = Arc::clone(self.folder()?);
        let counted = self.with_encoder(move |encoder| {
            let root = library.root();
            let loaded = load_folder(root)?;
            let report = check_languages(root, &loaded.knowledge, loaded.faults, encoder, &[]);
            let mut counts = FaultCounts::new();
            for fault in &report.faults {
                // A fault is of a file, or of the folder itself.
                let is_file = fault.path.extension().is_some();
                let folder = fault.path.parent().filter(|_| is_file);
                let folder = folder.unwrap_or(&fault.path);
                *counts.entry(folder.to_owned()).or_default() += 1;
            }
            Ok::<_, LoadError>(counts)
        });
        // What cannot be read at all is told when it is served.
        let counts = Arc::new(counted.await?.unwrap_or_default());
        let mut kept = self.faults.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((revision, Arc::clone(&counts)));
        Ok(counts)
    }
}

/// Number of faults of an article.
pub fn faults_of(counts: &FaultCounts, article: &Article) -> usize {
    let texts = article.translations.values();
    let folder = texts.filter_map(|text| text.path.parent()).next();
    folder
        .and_then(|folder| counts.get(folder))
        .copied()
        .unwrap_or_default()
}

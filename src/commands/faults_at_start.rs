//! Says in one line, when a server starts, how many faults the knowledge check has.

use std::path::Path;

use crate::encoder::Encoder;
use crate::insights::{CheckFile, CheckSettings, check_with};
use crate::knowledge::{Level, load_folder_to_fill};

/// Checks the folder but for questions that are too near each other, which take long to compare, and tells the numbers.
pub fn tell(kb: &Path, picture_sites: &[String], encoder: &dyn Encoder) {
    let decisions = CheckFile::load(kb).unwrap_or_else(|error| {
        tracing::warn!("{error}");
        CheckFile::default()
    });
    let Ok(loaded) = load_folder_to_fill(kb) else {
        // What cannot be read has been told by then.
        return;
    };
    let settings = CheckSettings {
        languages: &[],
        picture_sites: Some(picture_sites),
    };
    let mut report = check_with(kb, &loaded.knowledge, loaded.faults, encoder, settings);
    decisions.apply(&mut report);
    let (errors, warnings) = (report.count(Level::Error), report.count(Level::Warning));
    if errors + warnings > 0 {
        tracing::warn!(
            errors,
            warnings,
            "the knowledge base has faults; `mondo kb check --kb {}` names them with file and line",
            kb.display()
        );
    }
}

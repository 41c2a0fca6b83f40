//! Faults of articles, counted once for each revision.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::knowledge::Revision;

/// Faults by the folder of the article, relative to the knowledge folder.
pub type FaultCounts = HashMap<PathBuf, usize>;

/// The counts of one revision, which change only when a file does; each process counts for itself.
#[derive(Debug, Default)]
pub(in crate::desk) struct CountedFaults(pub(super) Mutex<Option<(Revision, Arc<FaultCounts>)>>);

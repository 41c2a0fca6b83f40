//! Keeps what a snapshot computes on disk, under a fingerprint of everything it was computed from.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::lexical::{IndexedUnit, LexicalIndex, SCHEMA_VERSION};
use super::snapshot_error::SnapshotError;
use super::terms::TermTable;
use super::unit_kind::UnitKind;
use super::unit_texts::UNITS_VERSION;
use super::units::UnitTable;
use crate::encoder::{Encoder, VectorTable};
use crate::knowledge::{PassageLength, Revision};

/// Tables of one kind as they are kept.
pub(super) type KeptTable = (VectorTable, TermTable, TermTable);

/// The folder a snapshot of this knowledge, model and schema is kept in; how texts are cut is part of the schema.
pub(super) fn place(folder: &Path, revision: &Revision, encoder_identity: &str) -> PathBuf {
    let PassageLength(length) = PassageLength::default();
    folder.join(digest_of(&format!(
        "{SCHEMA_VERSION}.{UNITS_VERSION}.{length}\n{revision}\n{encoder_identity}"
    )))
}

fn digest_of(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..8])
}

/// Opens a kept snapshot; `None` when there is none, or when it is damaged and must be built anew.
pub(super) fn open(
    place: &Path,
    dimension: usize,
    rows: &[usize; 2],
) -> Option<([KeptTable; 2], LexicalIndex)> {
    let read_kind = |kind: UnitKind| -> Option<KeptTable> {
        let rows = rows[kind as usize];
        let vectors = read_whole(&place.join(file_name(kind, "vectors")))?;
        Some((
            VectorTable::from_bytes(dimension, rows, &vectors)?,
            read_terms(&place.join(file_name(kind, "bigrams")), rows)?,
            read_terms(&place.join(file_name(kind, "words")), rows)?,
        ))
    };
    let tables = [
        read_kind(UnitKind::Question)?,
        read_kind(UnitKind::Passage)?,
    ];
    let lexical = LexicalIndex::open(&place.join(LEXICAL)).ok()?;
    (lexical.len() == (rows[0] + rows[1]) as u64).then_some((tables, lexical))
}

/// Writes a snapshot beside its place and moves it there in one step, so that a crash leaves no half of one; then
/// removes the snapshots it replaces.
pub(super) fn save<'a>(
    folder: &Path,
    place: &Path,
    tables: &[UnitTable; 2],
    units: impl Iterator<Item = IndexedUnit<'a>>,
) -> Result<LexicalIndex, SnapshotError> {
    let unwritable = |source: io::Error| SnapshotError::Unwritable {
        path: folder.to_owned(),
        source,
    };
    let building = folder.join(format!("building-{}", std::process::id()));
    remove_if_there(&building).map_err(unwritable)?;
    fs::create_dir_all(building.join(LEXICAL)).map_err(unwritable)?;
    for kind in UnitKind::ALL {
        let table = &tables[kind as usize];
        let write = |part: &str, bytes: Vec<u8>| {
            write_whole(&building.join(file_name(kind, part)), bytes).map_err(unwritable)
        };
        write("vectors", table.vectors.table().to_bytes())?;
        write("bigrams", term_bytes(&table.bigrams))?;
        write("words", term_bytes(&table.words))?;
    }
    drop(LexicalIndex::build(Some(&building.join(LEXICAL)), units)?);
    remove_if_there(place).map_err(unwritable)?;
    fs::rename(&building, place).map_err(unwritable)?;
    // A snapshot that cannot be removed costs space, not answers.
    if let Err(error) = remove_others(folder, place) {
        tracing::warn!(%error, "could not remove an old search index");
    }
    Ok(LexicalIndex::open(&place.join(LEXICAL))?)
}

/// Adds up the files of a kept snapshot; one that cannot be read counts nothing.
pub(super) fn bytes(place: &Path) -> u64 {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, metadata)| match metadata.is_dir() {
            true => bytes(&path),
            false => metadata.len(),
        })
        .sum()
}

/// The vectors that a second encoder gave for a base.
pub(super) struct SecondVectors {
    /// Of the units of each [`UnitKind`], row by row.
    pub(super) units: [VectorTable; 2],
    /// Of the wordings that have an answer, each as a whole.
    pub(super) wholes: VectorTable,
}

/// Opens the vectors that a second encoder gave for a kept snapshot; `None` when there are none of this encoder.
pub(super) fn open_second(
    place: &Path,
    encoder: &dyn Encoder,
    rows: &[usize; 2],
    wholes: usize,
) -> Option<SecondVectors> {
    let read = |part: &str, rows: usize| {
        let bytes = read_whole(&place.join(second_file_name(part, encoder.identity())))?;
        VectorTable::from_bytes(encoder.dimension(), rows, &bytes)
    };
    let of_kind = |kind: UnitKind| read(name_of(kind), rows[kind as usize]);
    Some(SecondVectors {
        units: [of_kind(UnitKind::Question)?, of_kind(UnitKind::Passage)?],
        wholes: read(WHOLE, wholes)?,
    })
}

/// Keeps the vectors of a second encoder beside a kept snapshot, each file moved to its place once it is whole.
pub(super) fn save_second(
    place: &Path,
    encoder: &dyn Encoder,
    vectors: &SecondVectors,
) -> Result<(), SnapshotError> {
    let of_kinds = UnitKind::ALL.map(|kind| (name_of(kind), &vectors.units[kind as usize]));
    for (part, table) in of_kinds.into_iter().chain([(WHOLE, &vectors.wholes)]) {
        let path = place.join(second_file_name(part, encoder.identity()));
        let unfinished = path.with_extension(format!("part-{}", std::process::id()));
        write_whole(&unfinished, table.to_bytes())
            .and_then(|()| fs::rename(&unfinished, &path))
            .map_err(|source| SnapshotError::Unwritable {
                path: place.to_owned(),
                source,
            })?;
    }
    Ok(())
}

fn second_file_name(part: &str, identity: &str) -> String {
    format!("{part}.vectors.{}", digest_of(identity))
}

const LEXICAL: &str = "lexical";

fn file_name(kind: UnitKind, part: &str) -> String {
    format!("{}.{part}", name_of(kind))
}

fn name_of(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Question => "question",
        UnitKind::Passage => "passage",
    }
}

/// Names the files of whole wordings.
const WHOLE: &str = "whole";

/// Unit ends, then codes, as little-endian 32-bit numbers.
fn term_bytes(table: &TermTable) -> Vec<u8> {
    let (codes, ends) = table.parts();
    ends.iter()
        .chain(codes)
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn read_terms(path: &Path, rows: usize) -> Option<TermTable> {
    let bytes = read_whole(path)?;
    let mut numbers: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|chunk| u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]))
        .collect();
    if numbers.len() < rows {
        return None;
    }
    let codes = numbers.split_off(rows);
    let whole = numbers.last().copied().unwrap_or(0) as usize == codes.len();
    let ordered = numbers.is_sorted();
    (whole && ordered).then(|| TermTable::from_parts(codes, numbers))
}

/// Writes a file that ends with its checksum.
fn write_whole(path: &Path, mut bytes: Vec<u8>) -> io::Result<()> {
    let sum = checksum(&bytes);
    bytes.extend(sum);
    fs::write(path, bytes)
}

/// Reads a file that ends with its checksum, without that; `None` when it is not there or not as it was written: a disk
/// that forgets must not decide what visitors are told.
fn read_whole(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = fs::read(path).ok()?;
    let sum = bytes.split_off(bytes.len().checked_sub(size_of::<u32>())?);
    (sum == checksum(&bytes)).then_some(bytes)
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    sum.sum().to_le_bytes()
}

fn remove_others(folder: &Path, keep: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path != keep && path.is_dir() {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

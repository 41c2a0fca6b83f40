//! JSON files of a source: one, or every one of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::error::ImportError;
use super::front::text_of;
use super::origin::Origin;
use super::page::Notes;

/// Lists the JSON files of a source in name order, each with its name relative to it.
pub fn files(source: &Path) -> Result<Vec<(PathBuf, PathBuf)>, ImportError> {
    if source.is_file() {
        let name = source.file_name().map(PathBuf::from).unwrap_or_default();
        return Ok(vec![(source.to_owned(), name)]);
    }
    let mut found = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(ImportError::reading(&folder))? {
            let path = entry.map_err(ImportError::reading(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let name = path.strip_prefix(source).unwrap_or(&path).to_owned();
                found.push((path, name));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads one file; `None` with a fault where it is not JSON.
pub fn read(path: &Path, name: &Path, notes: &mut Notes) -> Result<Option<Value>, ImportError> {
    let bytes = fs::read(path).map_err(ImportError::reading(path))?;
    match serde_json::from_slice(&bytes) {
        Ok(value) => Ok(Some(value)),
        Err(error) => {
            let origin = Origin {
                path: name.to_owned(),
                line: Some(error.line()),
            };
            notes.fault(
                &origin,
                "not-json",
                format!("the file is not JSON: {error}"),
            );
            Ok(None)
        }
    }
}

/// Objects under one of some names, or the file itself where it is a list.
pub fn objects<'a>(file: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    let list = match file {
        Value::Array(values) => Some(values),
        Value::Object(map) => names.iter().find_map(|name| map.get(*name)?.as_array()),
        _ => None,
    };
    list.map(|values| values.iter().filter(|value| value.is_object()).collect())
        .unwrap_or_default()
}

/// The first of several fields that holds a text or number.
pub fn field(value: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text_of(value.get(*name)?))
}

/// Tells whether a field is true.
pub fn is_set(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool) == Some(true)
}

/// The path of an address as links are compared, and its last part.
pub fn address_of_url(url: &str) -> String {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url,
    };
    super::slug::address(path.split(['?', '#']).next().unwrap_or(path))
}

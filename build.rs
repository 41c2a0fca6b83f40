//! Prepares the widget for the binary: shrinks its files, names them by their content, compresses them.

#[path = "build/minify.rs"]
mod minify;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha384};

/// Groups of a locale file that the widget speaks with.
const SPOKEN: [&str; 3] = ["widget", "reply", "label"];
/// Locales in the order a visitor would look for them.
const LOCALES: [&str; 5] = ["en", "zh-Hans", "zh-Hant", "ja", "ko"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=web/widget");
    println!("cargo::rerun-if-changed=web/locales");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = scripts_and_styles(Path::new("web/widget"))?;
    let mut open = Map::new();
    for locale in LOCALES {
        let source = fs::read_to_string(format!("web/locales/{locale}.json"))?;
        let words: Map<String, Value> = serde_json::from_str(&source)?;
        open.insert(locale.to_owned(), words["widget"]["open"].clone());
        let spoken: Map<String, Value> = words
            .into_iter()
            .filter(|(group, _)| SPOKEN.contains(&group.as_str()))
            .collect();
        files.push((
            format!("words/{locale}.json"),
            serde_json::to_string(&spoken)?,
        ));
    }
    // Inside a script the words stand between single quotes.
    let open = serde_json::to_string(&open)?
        .replace('\\', "\\\\")
        .replace('\'', "\\'");
    for (_, text) in &mut files {
        *text = text.replace("%OPEN%", &open);
    }
    let version = version_of(&files);
    let mut listing = format!("const VERSION: &str = {version:?};\n\nstatic FILES: &[File] = &[\n");
    for (number, (path, text)) in files.iter().enumerate() {
        let bytes = text.replace("%VERSION%", &version).into_bytes();
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&bytes)));
        let place = |ending: &str| out.join(format!("widget-{number}{ending}"));
        fs::write(place(""), &bytes)?;
        fs::write(place(".gz"), gzip(&bytes)?)?;
        fs::write(place(".br"), brotli(&bytes)?)?;
        writeln!(
            listing,
            "    File {{ path: {path:?}, integrity: {integrity:?}, plain: include_bytes!({:?}), gzip: include_bytes!({:?}), brotli: include_bytes!({:?}) }},",
            place(""),
            place(".gz"),
            place(".br"),
        )?;
    }
    listing.push_str("];\n");
    fs::write(out.join("widget_files.rs"), listing)?;
    Ok(())
}

/// Reads the widget's own files, shrunk, in the order of their names.
fn scripts_and_styles(folder: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let source = fs::read_to_string(&path)?;
        let text = match path.extension().and_then(|extension| extension.to_str()) {
            Some("js" | "mjs") => minify::script(&source),
            Some("css") => minify::style(&source),
            _ => continue,
        };
        files.push((name, text));
    }
    files.sort();
    Ok(files)
}

/// Names all files together: they import each other, so one change makes new addresses for all.
fn version_of(files: &[(String, String)]) -> String {
    let mut hasher = Sha256::new();
    for (path, text) in files {
        hasher.update(path);
        hasher.update([0]);
        hasher.update(text);
        hasher.update([0]);
    }
    hasher
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut small = Vec::new();
    let settings = brotli::enc::BrotliEncoderParams {
        quality: 11,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut std::io::Cursor::new(bytes), &mut small, &settings)?;
    Ok(small)
}

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

/// The group of a locale file that the widget speaks with.
const SPOKEN: &str = "widget";
/// The locale that a visitor can switch to within a conversation, and the groups that write what was said before anew.
const SWITCHED_TO: (&str, [&str; 2]) = ("zh-Hant", ["reply", "label"]);
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
        let mut spoken = spoken_in(locale, words);
        // What staff may need has many names, and few visitors are asked for any.
        if let Some(fields) = spoken
            .get_mut(SPOKEN)
            .and_then(|said| said.as_object_mut()?.remove("fields"))
        {
            files.push((format!("words/{locale}.fields.json"), fields.to_string()));
        }
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
        let name = format!("widget-{number}");
        for (ending, content) in [
            ("", bytes.clone()),
            (".gz", gzip(&bytes)?),
            (".br", brotli(&bytes)?),
        ] {
            fs::write(out.join(format!("{name}{ending}")), content)?;
        }
        // Paths from the build's folder, so that the folder can be moved.
        let included = |ending: &str| {
            format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}{ending}\"))")
        };
        writeln!(
            listing,
            "    File {{ path: {path:?}, integrity: {integrity:?}, plain: {}, gzip: {}, brotli: {} }},",
            included(""),
            included(".gz"),
            included(".br"),
        )?;
    }
    listing.push_str("];\n");
    fs::write(out.join("widget_files.rs"), listing)?;
    Ok(())
}

/// Picks what the widget needs of a locale: its own words, and for the locale that is switched to those of replies. Small
/// talk is not worth its weight there.
fn spoken_in(locale: &str, words: Map<String, Value>) -> Map<String, Value> {
    let (switched_to, groups) = SWITCHED_TO;
    let mut spoken: Map<String, Value> = words
        .into_iter()
        .filter(|(group, _)| {
            group == SPOKEN || locale == switched_to && groups.contains(&group.as_str())
        })
        .collect();
    if let Some(Value::Object(replies)) = spoken.get_mut("reply") {
        replies.retain(|sentence, _| !sentence.starts_with("talk_"));
    }
    spoken
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

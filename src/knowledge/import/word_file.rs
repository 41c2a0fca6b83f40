//! Unpacks Word documents into pages of HTML, which are then read like a saved site.
//!
//! Office Open XML (ECMA-376, part 1): `document.xml` holds paragraphs and tables, whose styles say which are headings,
//! whose numbering says which are items of a list, and whose relations say where links lead and where pictures lie.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::ZipArchive;

use super::error::ImportError;
use super::word_html::{Document, html_of};
use super::xml_tree::Element;
use crate::knowledge::Fault;

/// Most that one part of a document may unfold to, in bytes; a picture or a text beyond it is no help page.
const LARGEST_PART: u64 = 64 * 1024 * 1024;

/// Endings of documents that are not read.
const OTHER_ENDINGS: [&str; 7] = ["pdf", "doc", "odt", "rtf", "pages", "ppt", "pptx"];

/// Documents as pages.
pub struct Unpacked {
    /// The folder of the pages, which goes away by itself.
    pub place: TempDir,
    /// Documents in other formats, relative to the source.
    pub left_out: Vec<PathBuf>,
}

/// Writes every document of a file or folder as HTML, with its pictures.
pub fn unpack(source: &Path) -> Result<Unpacked, ImportError> {
    let place = tempfile::tempdir().map_err(ImportError::reading(source))?;
    let root = match source.is_dir() {
        true => source,
        false => source.parent().unwrap_or(Path::new(".")),
    };
    let mut faults = Vec::new();
    let mut left_out = Vec::new();
    for file in documents(source)? {
        let relative = file.strip_prefix(root).unwrap_or(&file);
        if source.is_dir() && OTHER_ENDINGS.contains(&ending_of(&file).as_str()) {
            left_out.push(relative.to_owned());
            continue;
        }
        let page = place.path().join(relative).with_extension("html");
        let folder = page.parent().unwrap_or(place.path());
        fs::create_dir_all(folder).map_err(ImportError::reading(folder))?;
        match read(&file, folder) {
            Ok(document) => {
                let name = relative.file_stem().unwrap_or_default().to_string_lossy();
                let html = html_of(&document, &name);
                fs::write(&page, html).map_err(ImportError::reading(&page))?;
            }
            Err(error) => faults.push(Fault::error(
                relative,
                "not-a-document",
                format!("{error}; open it in Word and save it as .docx again"),
            )),
        }
    }
    match faults.is_empty() {
        true => Ok(Unpacked { place, left_out }),
        false => Err(ImportError::Faulty { faults }),
    }
}

fn documents(source: &Path) -> Result<Vec<PathBuf>, ImportError> {
    if !source.is_dir() {
        return Ok(vec![source.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(ImportError::reading(&folder))? {
            let path = entry.map_err(ImportError::reading(&folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let ending = ending_of(&path);
            let is_document = ending == "docx" || OTHER_ENDINGS.contains(&ending.as_str());
            if path.is_dir() {
                folders.push(path);
            } else if is_document && !name.starts_with("~$") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn ending_of(path: &Path) -> String {
    let ending = path.extension().unwrap_or_default();
    ending.to_string_lossy().to_lowercase()
}

/// Why a file is no document that can be read.
#[derive(Debug, thiserror::Error)]
enum WordError {
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error("the file is no Word document of 2007 or later: {0}")]
    Archive(#[from] zip::result::ZipError),
    #[error("its part {0} is not XML")]
    Xml(&'static str),
    #[error("its part {0} is too large")]
    TooLarge(String),
}

type Archive = ZipArchive<File>;

fn read(file: &Path, folder: &Path) -> Result<Document, WordError> {
    let mut archive = ZipArchive::new(File::open(file)?)?;
    let mut part = |name: &'static str| -> Result<Option<Element>, WordError> {
        match bytes_of(&mut archive, name)? {
            None => Ok(None),
            Some(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| WordError::Xml(name))?;
                Element::parse(&text).map(Some).ok_or(WordError::Xml(name))
            }
        }
    };
    let document = part("word/document.xml")?.ok_or(WordError::Xml("word/document.xml"))?;
    let styles = part("word/styles.xml")?.unwrap_or_default();
    let numbering = part("word/numbering.xml")?.unwrap_or_default();
    let relations = part("word/_rels/document.xml.rels")?.unwrap_or_default();
    let mut targets = HashMap::new();
    for relation in relations.all("Relationship") {
        let (Some(id), Some(target)) = (relation.attribute("Id"), relation.attribute("Target"))
        else {
            continue;
        };
        let is_picture = relation
            .attribute("Type")
            .is_some_and(|kind| kind.ends_with("/image"));
        let target = match is_picture {
            true => match picture(&mut archive, file, target, folder)? {
                Some(name) => name,
                None => continue,
            },
            false => target.to_owned(),
        };
        targets.insert(id.to_owned(), target);
    }
    Ok(Document {
        body: document.first("body").cloned().unwrap_or_default(),
        headings: headings(&styles),
        counts: counts(&numbering),
        targets,
    })
}

fn bytes_of(archive: &mut Archive, name: &str) -> Result<Option<Vec<u8>>, WordError> {
    let entry = match archive.by_name(name) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    entry.take(LARGEST_PART + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST_PART {
        true => Err(WordError::TooLarge(name.to_owned())),
        false => Ok(Some(bytes)),
    }
}

/// Puts a picture beside the page, under a name that no other document's has, and returns that name.
fn picture(
    archive: &mut Archive,
    file: &Path,
    target: &str,
    folder: &Path,
) -> Result<Option<String>, WordError> {
    let Some(bytes) = bytes_of(archive, &format!("word/{target}"))? else {
        return Ok(None);
    };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let own = target.rsplit('/').next().unwrap_or(target);
    let name = format!("{stem}-{own}").replace(|c: char| c.is_whitespace() || c == '%', "-");
    fs::write(folder.join(&name), bytes)?;
    Ok(Some(name))
}

/// Styles that are headings: by the level of their outline, else by the name that every language of Word keeps.
fn headings(styles: &Element) -> HashMap<String, u8> {
    let level_of = |style: &Element| -> Option<u8> {
        let name = style.value_of("name").unwrap_or_default().to_lowercase();
        if name == "title" {
            return Some(0);
        }
        let outlined = style
            .first("pPr")
            .and_then(|properties| properties.value_of("outlineLvl"))
            .and_then(|level| level.parse::<u8>().ok())
            .map(|level| level + 1);
        let named = || name.strip_prefix("heading ")?.parse::<u8>().ok();
        outlined
            .or_else(named)
            .filter(|level| (1..=6).contains(level))
    };
    let all = styles.children.iter().filter(|one| one.name == "style");
    all.filter_map(|style| Some((style.attribute("styleId")?.to_owned(), level_of(style)?)))
        .collect()
}

fn counts(numbering: &Element) -> HashMap<(String, u8), bool> {
    let mut levels: HashMap<&str, Vec<(u8, bool)>> = HashMap::new();
    for list in numbering
        .children
        .iter()
        .filter(|one| one.name == "abstractNum")
    {
        let of_list = list.children.iter().filter(|one| one.name == "lvl");
        let of_list = of_list.filter_map(|level| {
            let number = level.attribute("ilvl")?.parse().ok()?;
            Some((number, level.value_of("numFmt") != Some("bullet")))
        });
        let id = list.attribute("abstractNumId").unwrap_or_default();
        levels.insert(id, of_list.collect());
    }
    let mut found = HashMap::new();
    for list in numbering.children.iter().filter(|one| one.name == "num") {
        let (Some(id), Some(of)) = (list.attribute("numId"), list.value_of("abstractNumId")) else {
            continue;
        };
        for (level, counts) in levels.get(of).into_iter().flatten() {
            found.insert((id.to_owned(), *level), *counts);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::super::run::import;
    use super::super::settings::{ImportFormat, ImportSettings};
    use super::*;
    use crate::knowledge::load_folder;
    use crate::language::{Detector, Language};

    const STYLES: &str = r#"<w:styles xmlns:w="w">
      <w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
      <w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
      <w:style w:styleId="Own"><w:name w:val="Our heading"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
    </w:styles>"#;
    const NUMBERING: &str = r#"<w:numbering xmlns:w="w">
      <w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
      <w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>
    </w:numbering>"#;
    const RELATIONS: &str = r#"<Relationships>
      <Relationship Id="r1" Type="http://x/hyperlink" Target="https://shop.example/a?b=1&amp;c=2"/>
      <Relationship Id="r2" Type="http://x/image" Target="media/image 1.png"/>
    </Relationships>"#;

    fn paragraph(properties: &str, runs: &str) -> String {
        format!("<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>")
    }

    fn item(level: u8, text: &str) -> String {
        let numbering =
            format!(r#"<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>"#);
        paragraph(&numbering, &run(text))
    }

    fn run(text: &str) -> String {
        format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    }

    fn write_document(path: &Path, body: &str) {
        let mut archive = ZipWriter::new(File::create(path).expect("a file"));
        let document =
            format!("<w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body>{body}</w:body></w:document>");
        for (name, bytes) in [
            ("word/document.xml", document.as_bytes()),
            ("word/styles.xml", STYLES.as_bytes()),
            ("word/numbering.xml", NUMBERING.as_bytes()),
            ("word/_rels/document.xml.rels", RELATIONS.as_bytes()),
            ("word/media/image 1.png", b"\x89PNG\r\n\x1a\n"),
        ] {
            let options =
                SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            archive.start_file(name, options).expect("a part");
            archive.write_all(bytes).expect("its bytes");
        }
        archive.finish().expect("an archive");
    }

    fn settings(source: &Path, into: &Path) -> ImportSettings {
        ImportSettings {
            format: ImportFormat::Docx,
            source: source.to_owned(),
            into: into.to_owned(),
            language: None,
            category: "general".to_owned(),
            site: None,
            split_questions: false,
            joins: Default::default(),
            take_theirs: false,
            dry_run: false,
        }
    }

    #[test]
    fn a_document_becomes_an_article_with_everything_in_it() {
        let source = tempfile::tempdir().expect("a folder");
        let into = tempfile::tempdir().expect("a folder");
        let link = format!(
            "<w:hyperlink r:id=\"r1\">{}</w:hyperlink>",
            run("the counter")
        );
        let picture = "<w:r><w:drawing><wp:docPr descr=\"A parcel\"/><a:blip r:embed=\"r2\"/></w:drawing></w:r>";
        let strong = "<w:r><w:rPr><w:b/></w:rPr><w:t>never</w:t></w:r>";
        let cell = |text: &str| format!("<w:tc><w:p>{}</w:p></w:tc>", run(text));
        let row = |one: &str, two: &str| format!("<w:tr>{}{}</w:tr>", cell(one), cell(two));
        let body = [
            paragraph(
                "<w:pStyle w:val=\"Titel\"/>",
                &run("How do I send a parcel back?"),
            ),
            paragraph(
                "",
                &format!(
                    "{}{link}{}",
                    run("Bring it to "),
                    run(" within 14 days &amp; ask.")
                ),
            ),
            paragraph("<w:pStyle w:val=\"berschrift2\"/>", &run("What it costs")),
            paragraph(
                "",
                &format!("{}{strong}{}", run("We "), run(" charge a fee.")),
            ),
            item(0, "Pack it."),
            item(1, "With its box."),
            item(0, "Bring it."),
            paragraph("<w:pStyle w:val=\"Own\"/>", &run("Abroad")),
            format!(
                "<w:tbl>{}{}</w:tbl>",
                row("Land", "Days"),
                row("Korea", "5")
            ),
            paragraph("", picture),
            paragraph("", ""),
        ];
        write_document(&source.path().join("return.docx"), &body.concat());
        fs::write(source.path().join("~$return.docx"), "a lock").expect("a file");
        let outcome =
            import(&settings(source.path(), into.path()), &Detector::new()).expect("an import");
        assert_eq!((outcome.articles, outcome.pictures), (1, 1));
        let loaded = load_folder(into.path()).expect("a folder");
        let knowledge = loaded.into_served().expect("a sound base");
        let wording = &knowledge.articles[0].translations[&Language::English];
        assert_eq!(wording.title, "How do I send a parcel back?");
        for part in [
            "[the counter](https://shop.example/a?b=1&c=2) within 14 days & ask.",
            "## What it costs",
            "We **never** charge a fee.",
            "1. Pack it.\n   - With its box.\n2. Bring it.",
            "### Abroad",
            "| Land | Days |",
            "| Korea | 5 |",
            "![A parcel](return-image-1.png)",
        ] {
            assert!(
                wording.body.contains(part),
                "{part:?} is not in\n{}",
                wording.body
            );
        }
        let again =
            import(&settings(source.path(), into.path()), &Detector::new()).expect("an import");
        assert!(again.notable.is_empty(), "{:?}", again.notable);
    }

    #[test]
    fn what_is_no_document_is_named_and_nothing_is_written() {
        let source = tempfile::tempdir().expect("a folder");
        let into = tempfile::tempdir().expect("a folder");
        fs::write(source.path().join("old.docx"), "\u{d0}\u{cf}").expect("a file");
        let refused = import(&settings(source.path(), into.path()), &Detector::new());
        let said = refused.expect_err("no document").to_string();
        assert!(
            said.contains("old.docx") && said.contains("save it as .docx"),
            "{said}"
        );
        assert_eq!(fs::read_dir(into.path()).expect("a folder").count(), 0);
    }
}

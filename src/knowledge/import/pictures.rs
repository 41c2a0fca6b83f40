//! Pictures of pages: found on the disk, and given a name beside the article.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::locale_tag::below_language;
use super::page::Page;
use super::slug::percent_decoded;

/// Endings of the files that are served beside an article.
const ENDINGS: [&str; 10] = [
    "png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "mp4", "webm", "pdf",
];

/// Folders from which addresses with a slash in front are meant, below the source or beside it.
const PUBLIC: [&str; 13] = [
    "",
    "static",
    "public",
    "docs",
    "assets",
    "content",
    "docs/.vuepress/public",
    "docs/public",
    ".vuepress/public",
    "src/.vuepress/public",
    "src/public",
    "docs/.vitepress/public",
    "docs/assets",
];

/// Names that pictures have beside their articles.
#[derive(Debug, Default)]
pub struct Pictures {
    names: HashMap<String, HashMap<String, PathBuf>>,
}

/// Tells whether an address is that of a file that can come along.
pub fn is_servable(target: &str) -> bool {
    ENDINGS.contains(&ending_of(target).as_str())
}

/// Tells whether an address is that of a picture that can come along, and no video or document.
pub fn is_picture(target: &str) -> bool {
    is_servable(target) && !matches!(ending_of(target).as_str(), "mp4" | "webm" | "pdf")
}

fn ending_of(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or(target);
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.to_ascii_lowercase()
}

/// Finds the file that a page means; `None` where there is none.
pub fn find(target: &str, page: &Page, source: &Path) -> Option<PathBuf> {
    if !is_servable(target) {
        return None;
    }
    let plain = target.split(['?', '#']).next().unwrap_or(target);
    let root = match source.is_dir() {
        true => source,
        false => source.parent().unwrap_or(source),
    };
    let spellings = [plain.to_owned(), percent_decoded(plain)];
    spellings.iter().find_map(|path| {
        let path = path
            .trim_start_matches("pathname://")
            .trim_start_matches("~")
            .trim_start_matches("@site");
        let public = |path: &str| {
            let path = path.trim_start_matches('/');
            let above = root.parent().map(Path::to_owned);
            let beside = above
                .into_iter()
                .flat_map(|above| [above.join("static"), above.join("public")]);
            PUBLIC
                .iter()
                .map(|folder| root.join(folder))
                .chain(beside)
                .map(|folder| folder.join(path))
                .find(|file| file.is_file())
        };
        if path.starts_with('/') {
            let found = public(path).or_else(|| public(below_language(path)?));
            return found.or_else(|| attached(path, page, root));
        }
        let beside = page.folder.join(path);
        if beside.is_file() {
            return Some(beside);
        }
        // A translated tree often leaves its pictures to the first language.
        let first = Path::new(&page.folder_address).join(path);
        public(&first.to_string_lossy()).or_else(|| public(path))
    })
}

/// Folders in which programs that keep notes put what is attached to them, below the root or a folder above the note.
const ATTACHMENTS: [&str; 6] = [
    "Attachments",
    "attachments",
    "assets",
    "media",
    "files",
    "images",
];

fn attached(path: &str, page: &Page, root: &Path) -> Option<PathBuf> {
    let name = Path::new(path).file_name()?;
    let above = page
        .folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    let mut places = above.flat_map(|folder| ATTACHMENTS.map(|name| folder.join(name)));
    places.find_map(|place| Some(place.join(name)).filter(|file| file.is_file()))
}

impl Pictures {
    /// Returns the name of a picture beside an article: its own, unless another picture has it.
    pub fn name(&mut self, folder: &str, tag: &str, file: &Path) -> String {
        let names = self.names.entry(folder.to_owned()).or_default();
        let own = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (stem, ending) = own.rsplit_once('.').unwrap_or((own.as_str(), "png"));
        let others = std::iter::once(own.clone())
            .chain(std::iter::once(format!("{stem}-{tag}.{ending}")))
            .chain((2..).map(|number| format!("{stem}-{tag}-{number}.{ending}")));
        for name in others {
            match names.get(&name) {
                Some(known) if known == file => return name,
                Some(known) if same_bytes(known, file) => return name,
                Some(_) => {}
                None => {
                    names.insert(name.clone(), file.to_owned());
                    return name;
                }
            }
        }
        own
    }
}

fn same_bytes(left: &Path, right: &Path) -> bool {
    match (std::fs::read(left), std::fs::read(right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

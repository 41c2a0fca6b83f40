//! The pages of the handbook, made from their Markdown once.

use std::sync::LazyLock;

use rust_embed::RustEmbed;

use crate::knowledge::to_html;

/// The pages in the order they are read in; each is a file of `web/handbook`.
const NAMES: [&str; 22] = [
    "index",
    "first-hour",
    "articles",
    "import",
    "embed",
    "identity",
    "channels",
    "keys-and-webhooks",
    "mail",
    "assistants",
    "desk",
    "single-sign-on",
    "calibration",
    "proxy",
    "backup",
    "upgrade",
    "nodes",
    "limits",
    "tuning",
    "capacity",
    "troubleshooting",
    "privacy",
];

#[derive(RustEmbed)]
#[folder = "web/handbook/"]
struct Files;

/// The handbook of this binary.
pub(super) static BOOK: LazyLock<Book> = LazyLock::new(|| Book::of(&NAMES));

/// The handbook.
pub(super) struct Book(Vec<Page>);

/// One page.
pub(super) struct Page {
    /// Its name in addresses.
    pub(super) name: &'static str,
    /// What it is about.
    pub(super) title: String,
    /// Its text.
    pub(super) html: String,
    /// The places that links may lead to.
    pub(super) places: Vec<Place>,
}

/// A heading within a page.
pub(super) struct Place {
    /// Its name in addresses.
    pub(super) name: String,
    /// What it says, as safe HTML.
    pub(super) title: String,
}

impl Book {
    fn of(names: &[&'static str]) -> Self {
        Self(names.iter().map(|name| Page::read(name)).collect())
    }

    /// Returns the page that the others are found from.
    pub(super) fn first(&self) -> &Page {
        &self.0[0]
    }

    /// Returns a page by its name.
    pub(super) fn page(&self, name: &str) -> Option<&Page> {
        self.0.iter().find(|page| page.name == name)
    }

    /// Returns every page in the order they are read in.
    pub(super) fn pages(&self) -> impl Iterator<Item = &Page> {
        self.0.iter()
    }
}

impl Page {
    fn read(name: &'static str) -> Self {
        let file = Files::get(&format!("{name}.md"))
            .expect("every page that is named is part of the binary, as a test proves");
        let text = String::from_utf8_lossy(&file.data);
        let title = text.lines().find_map(|line| line.strip_prefix("# "));
        let html = to_html(&with_addresses(&text), |_| String::new());
        Self {
            name,
            title: title.unwrap_or(name).to_owned(),
            places: places(&html),
            html,
        }
    }

    /// Returns its address.
    pub(super) fn address(&self) -> String {
        match self.name == NAMES[0] {
            true => "/handbook".to_owned(),
            false => format!("/handbook/{}", self.name),
        }
    }
}

/// Turns links between files, as code hosts follow them, into links between pages.
fn with_addresses(text: &str) -> String {
    NAMES.iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("]({name}.md"), &format!("](/handbook/{name}"))
    })
}

/// Finds the headings of the second level in HTML that the renderer made.
fn places(html: &str) -> Vec<Place> {
    html.split("<h2 id=\"")
        .skip(1)
        .filter_map(|rest| {
            let (name, rest) = rest.split_once("\">")?;
            let (title, _) = rest.split_once("</h2>")?;
            let (name, title) = (name.to_owned(), title.to_owned());
            Some(Place { name, title })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_is_a_page_with_a_title() {
        let files: BTreeSet<String> = Files::iter().map(|name| name.to_string()).collect();
        let named: BTreeSet<String> = NAMES.iter().map(|name| format!("{name}.md")).collect();
        assert_eq!(files, named);
        for page in BOOK.pages() {
            assert!(
                page.html.starts_with("<h1"),
                "{} begins otherwise",
                page.name
            );
            assert_ne!(page.title, page.name);
        }
    }

    #[test]
    fn links_between_pages_lead_to_pages_and_places_that_are_there() {
        for page in BOOK.pages() {
            for target in page.html.split("href=\"").skip(1) {
                let (target, _) = target.split_once('"').expect("attributes end");
                let (path, place) = target.split_once('#').unwrap_or((target, ""));
                let other = match path.strip_prefix("/handbook/") {
                    Some(name) => BOOK.page(name),
                    None if path.is_empty() => Some(page),
                    None if path.starts_with("https://") => continue,
                    None => None,
                };
                let other =
                    other.unwrap_or_else(|| panic!("{}: {target} leads nowhere", page.name));
                let is_there = place.is_empty() || other.html.contains(&format!("id=\"{place}\""));
                assert!(is_there, "{}: {target} leads to no place", page.name);
            }
        }
    }
}

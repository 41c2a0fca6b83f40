//! Reads a site saved to disk: every HTML page of a folder, or those that a sitemap names.

use std::fs;
use std::path::{Path, PathBuf};

use scraper::{ElementRef, Html, Selector};

use super::error::ImportError;
use super::html_blocks::element_to_markdown;
use super::html_inline::words_of;
use super::json_file::address_of_url;
use super::locale_tag::Locale;
use super::loss::LossKind;
use super::opening::{says_nothing, without_title};
use super::origin::Origin;
use super::page::{Page, Reading};
use super::slug::{percent_decoded, slug};
use super::source_path::{Layout, addresses_of};

/// Where the text of a page stands, the likeliest first.
const MAIN: [&str; 8] = [
    "main article",
    "article",
    "main",
    "[role=main]",
    ".markdown-body",
    "#content",
    ".content",
    "body",
];

/// Reads every page.
pub fn read(reading: &mut Reading<'_>) -> Result<(), ImportError> {
    let source = reading.settings.source.clone();
    let (root, pages) = match source.is_dir() {
        true => (source.clone(), pages_below(&source)?),
        false => pages_of_sitemap(&source, reading)?,
    };
    let layout = Layout::of(pages.iter().map(String::as_str));
    for page in &pages {
        read_page(&root, page, &layout, reading)?;
    }
    Ok(())
}

fn pages_below(root: &Path) -> Result<Vec<String>, ImportError> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(ImportError::reading(&folder))? {
            let path = entry.map_err(ImportError::reading(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if is_page(&path) {
                let relative = path.strip_prefix(root).unwrap_or(&path);
                let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    found.retain(|path| !path.ends_with("404.html") && !path.ends_with("search.html"));
    found.sort();
    Ok(found)
}

fn is_page(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "html" || ending == "htm")
}

/// Pages that a sitemap names, as XML or one a line: paths beside it, or addresses whose paths are.
fn pages_of_sitemap(
    sitemap: &Path,
    reading: &mut Reading<'_>,
) -> Result<(PathBuf, Vec<String>), ImportError> {
    let text = fs::read_to_string(sitemap).map_err(ImportError::reading(sitemap))?;
    let root = sitemap.parent().unwrap_or(Path::new(".")).to_owned();
    let mut pages = Vec::new();
    for (number, line) in text.replace("<loc>", "\n<loc>").lines().enumerate() {
        let named = match line.split_once("<loc>") {
            Some((_, rest)) => rest.split("</loc>").next().unwrap_or_default().trim(),
            None if !text.contains("<loc>") => line.trim(),
            None => "",
        };
        if named.is_empty() || named.starts_with('#') {
            continue;
        }
        let named = named.replace("&amp;", "&");
        let path = match named.split_once("://") {
            Some(("file", path)) => path,
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => named.as_str(),
        };
        let path = percent_decoded(path.split(['?', '#']).next().unwrap_or(path));
        let beside = path.trim_start_matches('/').trim_end_matches('/');
        let candidates = [
            beside.to_owned(),
            format!("{beside}.html"),
            format!("{beside}/index.html"),
            "index.html".to_owned(),
        ];
        let tried = if beside.is_empty() {
            &candidates[3..]
        } else {
            &candidates[..3]
        };
        match tried.iter().find(|one| root.join(one).is_file()) {
            Some(found) => pages.push(found.clone()),
            None => {
                let origin = Origin {
                    path: sitemap.file_name().map(PathBuf::from).unwrap_or_default(),
                    line: Some(number + 1),
                };
                let message = format!("the page {named} is not saved beside the sitemap");
                reading.notes.fault(&origin, "missing-page", message);
            }
        }
    }
    Ok((root, pages))
}

fn select<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("the selectors here are written in this file");
    page.select(&selector).next()
}

fn read_page(
    root: &Path,
    path: &str,
    layout: &Layout,
    reading: &mut Reading<'_>,
) -> Result<(), ImportError> {
    let file = root.join(path);
    let origin = Origin {
        path: PathBuf::from(path),
        line: None,
    };
    let bytes = fs::read(&file).map_err(ImportError::reading(&file))?;
    let Ok(text) = String::from_utf8(bytes) else {
        let message = "the page is not UTF-8; save it as UTF-8";
        reading.notes.fault(&origin, "not-utf8", message);
        return Ok(());
    };
    let mut page = Html::parse_document(&text);
    remove_surroundings(&mut page);
    let sense = layout.read(path);
    let stated = select(&page, "html").and_then(|html| html.attr("lang").map(str::to_owned));
    let locale = sense.locale.clone().or_else(|| Locale::read(&stated?));
    let Some(main) = MAIN.iter().find_map(|selector| select(&page, selector)) else {
        return Ok(());
    };
    let body = element_to_markdown(main, &origin, reading.notes);
    let (heading, body) = without_title(&body);
    let heading = heading.or_else(|| select(&page, "h1").map(|one| words_of(&one)));
    let title = heading.or_else(|| {
        let title = words_of(&select(&page, "title")?);
        let parts = [" | ", " - ", " – ", " · ", "｜"];
        let own = parts.iter().find_map(|mark| title.split_once(mark));
        Some(own.map_or(title.as_str(), |(own, _)| own).to_owned())
    });
    let Some(title) = title.filter(|title| !title.is_empty()) else {
        reading.notes.lost(LossKind::EmptyPage, "no title", &origin);
        return Ok(());
    };
    if body.trim().is_empty() {
        reading.notes.lost(LossKind::EmptyPage, "no text", &origin);
        return Ok(());
    }
    let described = select(&page, "meta[name=description]")
        .and_then(|meta| meta.attr("content").map(str::to_owned))
        .filter(|text| !says_nothing(text, &title));
    let key = shared_key(&page).unwrap_or_else(|| sense.key.clone());
    let parts: Vec<&str> = sense.key.trim_end_matches('/').split('/').collect();
    let mut addresses = addresses_of(&sense.key, locale.as_ref());
    if let Some(link) = select(&page, "link[rel=canonical]").and_then(|link| link.attr("href")) {
        addresses.push(address_of_url(link));
    }
    reading.give(Page {
        name: slug(parts.last().copied().unwrap_or_default()),
        category: if parts.len() > 1 {
            slug(parts[0])
        } else {
            String::new()
        },
        key,
        locale,
        title,
        keywords: described.into_iter().collect(),
        body,
        addresses,
        folder: file.parent().unwrap_or(root).to_owned(),
        folder_address: sense
            .key
            .rfind('/')
            .map_or(String::new(), |end| sense.key[..end].to_owned()),
        origin,
        joinable: true,
        ..Page::default()
    })
}

/// What all translations of a page name alike: the English page among its alternates, else the first.
fn shared_key(page: &Html) -> Option<String> {
    let selector = Selector::parse("link[rel=alternate][hreflang]")
        .expect("the selectors here are written in this file");
    let mut found: Vec<(bool, String)> = page
        .select(&selector)
        .filter_map(|link| {
            let tag = link.attr("hreflang")?;
            let address = address_of_url(link.attr("href")?);
            Some((!tag.starts_with("en"), address))
        })
        .collect();
    found.sort();
    found.dedup_by(|left, right| left.1 == right.1);
    (found.len() > 1).then(|| format!("hreflang/{}", found.swap_remove(0).1))
}

/// Takes away what surrounds the text: menus, headers, footers, paths, lists of contents.
fn remove_surroundings(page: &mut Html) {
    let selector = Selector::parse(
        "nav, body > header, body > footer, [role=navigation], .breadcrumb, .breadcrumbs, .toc, .table-of-contents, .pagination, .sidebar, #sidebar, .footer, #footer, .edit-page, .theme-doc-footer, .pagination-nav",
    )
    .expect("the selectors here are written in this file");
    let unwanted: Vec<_> = page.select(&selector).map(|one| one.id()).collect();
    for id in unwanted {
        if let Some(mut node) = page.tree.get_mut(id) {
            node.detach();
        }
    }
}

//! Where the links and pictures of one page lead.

use std::path::Path;

use super::links::{Found, Rewrite};
use super::locale_tag::below_language;
use super::loss::LossKind;
use super::page::{Notes, Page};
use super::pictures::find;
use super::plan::Plan;
use super::settings::ImportSettings;
use super::slug::{address, percent_decoded, unnumbered};
use crate::language::Language;

/// Decides where the links of one page lead.
pub struct Linking<'a> {
    /// The page.
    pub page: &'a Page,
    /// What was asked for.
    pub settings: &'a ImportSettings,
    /// The language of the page, and whether it is in traditional characters.
    pub text: (Language, bool),
    /// Where every page goes.
    pub plan: &'a Plan,
    /// Takes what cannot be carried.
    pub notes: &'a mut Notes,
}

impl Linking<'_> {
    /// Decides about a picture; `name` gives the name of a file that comes along.
    pub fn picture(self, found: &Found, name: impl FnOnce(&Path) -> String) -> Rewrite {
        let target = found.target.as_str();
        let origin = &self.page.origin;
        let words = self.page.title.replace(['[', ']'], " ");
        if target.starts_with("data:") {
            self.notes.lost(LossKind::EmbeddedPicture, "data:", origin);
            return Rewrite::Words;
        }
        if let Some((_, rest)) = target
            .split_once("//")
            .filter(|(scheme, _)| scheme.is_empty() || matches!(*scheme, "http:" | "https:"))
        {
            let host = rest.split('/').next().unwrap_or_default();
            self.notes.lost(LossKind::RemotePicture, host, origin);
            let full = format!("https://{rest}");
            return match (found.has_words, target.starts_with("//")) {
                (true, false) => Rewrite::Keep,
                (true, true) => Rewrite::To(full),
                (false, true) => Rewrite::Picture(words, full),
                (false, false) => Rewrite::Picture(words, target.to_owned()),
            };
        }
        match find(target, self.page, &self.settings.source) {
            Some(file) => {
                let name = name(&file);
                match found.has_words {
                    true => Rewrite::To(name),
                    false => Rewrite::Picture(words, name),
                }
            }
            None => {
                self.notes.lost(LossKind::MissingPicture, target, origin);
                Rewrite::Words
            }
        }
    }

    /// Decides about a link; `name` gives the name of a file that comes along.
    pub fn link(self, found: &Found, name: impl FnOnce(&Path) -> String) -> Rewrite {
        let target = found.target.trim();
        let schemes = ["mailto:", "tel:", "http://", "https://"];
        if let Some(id) = target.strip_prefix("article:") {
            return self.article(id);
        }
        if target.starts_with('#') && target.len() > 1 {
            return self.place_in_page(target);
        }
        let is_web = schemes.iter().any(|scheme| target.starts_with(scheme));
        let (path, anchor) = match target.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (target, None),
        };
        let path = path.split('?').next().unwrap_or(path);
        if let Some((id, anchor)) = self.article_of(path, anchor, is_web) {
            return Rewrite::To(self.joined(&id, anchor));
        }
        if is_web {
            return Rewrite::Keep;
        }
        if let Some(file) = find(path, self.page, &self.settings.source) {
            return Rewrite::To(name(&file));
        }
        if let Some(site) = &self.settings.site
            && !path.is_empty()
        {
            let full = match path.strip_prefix('/') {
                Some(rest) => rest.to_owned(),
                None => address(&format!("{}/{path}", self.page.folder_address)),
            };
            let anchor = anchor
                .map(|anchor| format!("#{anchor}"))
                .unwrap_or_default();
            return Rewrite::To(format!("{}/{full}{anchor}", site.trim_end_matches('/')));
        }
        self.notes
            .lost(LossKind::DeadLink, target, &self.page.origin);
        Rewrite::Words
    }

    /// A link that names an article by its identifier in the source.
    fn article(self, target: &str) -> Rewrite {
        let (name, anchor) = match target.split_once('#') {
            Some((name, anchor)) => (name, Some(anchor)),
            None => (target, None),
        };
        match self.plan.article_at(&format!("article:{name}")) {
            Some(id) => Rewrite::To(self.joined(&id, anchor)),
            None => Rewrite::Keep,
        }
    }

    /// A link within the page, which after a split may lead to another article.
    fn place_in_page(self, target: &str) -> Rewrite {
        let anchor = &target[1..];
        let own = self
            .plan
            .place(&self.page.key)
            .map(|place| place.id.clone());
        if self.settings.split_questions {
            let addresses = self.page.addresses.iter();
            let mut bases = addresses.map(|one| one.split('#').next().unwrap_or(one));
            let part = bases.find_map(|base| self.plan.part_at(base, anchor));
            if let Some(id) = part.filter(|id| Some(id) != own.as_ref()) {
                return Rewrite::To(format!("article:{id}"));
            }
        }
        let is_known = own.is_some_and(|id| self.plan.has_anchor(&id, self.text, anchor));
        if is_known || anchor.starts_with("fn") {
            return Rewrite::Keep;
        }
        self.notes
            .lost(LossKind::DeadAnchor, target, &self.page.origin);
        Rewrite::Words
    }

    /// The article at a path, and the place in it that is still to be named.
    fn article_of<'p>(
        &self,
        path: &str,
        anchor: Option<&'p str>,
        is_web: bool,
    ) -> Option<(String, Option<&'p str>)> {
        if path.is_empty() {
            return None;
        }
        let decoded = percent_decoded(path);
        let candidates = match is_web {
            true => self.web_addresses(&decoded)?,
            false => self.local_addresses(&decoded),
        };
        let part = anchor.and_then(|anchor| {
            candidates
                .iter()
                .find_map(|one| self.plan.part_at(one, anchor))
        });
        if let Some(id) = part {
            return Some((id, None));
        }
        let found = candidates.iter().find_map(|one| self.plan.article_at(one));
        let id = found.or_else(|| match is_web {
            true => None,
            false => self.by_ending(&decoded),
        })?;
        Some((id, anchor))
    }

    /// The only page whose address ends as a link from the root of the site does: what is imported may be a part of the
    /// site, and generators leave out folders of the source and the language that is the default.
    fn by_ending(&self, path: &str) -> Option<String> {
        let below = address(path.strip_prefix('/')?);
        let without_language = below_language(&below).map(str::to_owned);
        let endings = std::iter::once(below).chain(without_language);
        endings
            .filter(|ending| !ending.is_empty())
            .find_map(|ending| self.plan.article_ending(&ending))
    }

    /// Addresses that a link in full may mean, where it leads to the site itself.
    fn web_addresses(&self, url: &str) -> Option<Vec<String>> {
        // Help centres name their own articles in full, and readers keep those addresses as they are.
        let mut found = vec![url.to_owned()];
        let (_, rest) = url.split_once("://")?;
        if let Some((host, path)) = rest.split_once('/') {
            let site = self
                .settings
                .site
                .as_deref()
                .and_then(|site| site.split_once("://"));
            let is_own = site.is_some_and(|(_, own)| own.split('/').next() == Some(host));
            if is_own || self.plan.is_own_host(host) {
                found.push(address(path));
                found.extend(without_title_of_address(&address(path)));
            }
        }
        Some(found)
    }

    fn local_addresses(&self, path: &str) -> Vec<String> {
        let plain = path
            .trim_start_matches("@site/")
            .trim_start_matches("pathname://");
        if plain.starts_with('/') || plain != path {
            let below = plain.trim_start_matches('/').trim_start_matches("docs/");
            return vec![address(plain), address(below)];
        }
        let folder = &self.page.folder_address;
        let leaf = self.page.key.rsplit('/').next().unwrap_or_default();
        let mut found = vec![
            address(&format!("{folder}/{plain}")),
            // Addresses are sometimes meant from the page itself, as a browser sees it.
            address(&format!("{folder}/{leaf}/{plain}")),
            address(plain),
        ];
        let plain: Vec<String> = found.iter().map(|one| unnumbered(one)).collect();
        found.extend(plain);
        found
    }

    /// A link to an article, with the place in it where its text in this language has one.
    fn joined(self, id: &str, anchor: Option<&str>) -> String {
        let Some(anchor) = anchor.filter(|anchor| !anchor.is_empty()) else {
            return format!("article:{id}");
        };
        let is_dead =
            self.plan.has_text(id, self.text) && !self.plan.has_anchor(id, self.text, anchor);
        if is_dead {
            let name = format!("{id}#{anchor}");
            self.notes
                .lost(LossKind::DeadAnchor, name, &self.page.origin);
            return format!("article:{id}");
        }
        format!("article:{id}#{anchor}")
    }
}

/// The address of an article without the title that help centres write behind its number.
fn without_title_of_address(path: &str) -> Option<String> {
    let (folder, leaf) = path.rsplit_once('/')?;
    let number = leaf.split('-').next()?;
    let is_number = !number.is_empty() && number.chars().all(|one| one.is_ascii_digit());
    is_number.then(|| format!("{folder}/{number}"))
}

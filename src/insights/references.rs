//! What an article points at: other articles, pages, pictures. Nothing is fetched.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::sources::{Sources, matter_of};
use super::wording::at;
use crate::knowledge::{
    Article, ArticleId, Fault, KnowledgeBase, Link, Translation, encoded, links, sections,
};

pub(super) fn check(knowledge: &KnowledgeBase, sources: &Sources<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let places = Places::default();
    for article in &knowledge.articles {
        faults.extend(follow_up_faults(knowledge, article, sources));
        for translation in article.translations.values() {
            for link in links(&translation.body) {
                let problem = if link.is_image {
                    image_problem(&link, knowledge, translation, sources)
                } else {
                    link_problem(&link, knowledge, translation, (sources, &places))
                };
                if let Some((check, message)) = problem {
                    // Blank lines above the body are cut off when it is read, so its lines may lie further down.
                    let counted = translation.body_line + link.line - 1;
                    let line = sources.line_with(&translation.path, counted, &link.target);
                    faults.push(
                        Fault::error(&translation.path, check, message)
                            .at_line(line.unwrap_or(counted)),
                    );
                }
            }
        }
    }
    faults
}

fn follow_up_faults(
    knowledge: &KnowledgeBase,
    article: &Article,
    sources: &Sources<'_>,
) -> Vec<Fault> {
    let path = matter_of(article);
    let unknown = article
        .follow_ups
        .iter()
        .filter(|id| knowledge.article(id).is_none());
    unknown
        .map(|id| {
            let begin = sources.line_of_key(&path, "follow_ups").unwrap_or(1);
            at(
                Fault::error(
                    &path,
                    "unknown-follow-up",
                    format!(
                        "there is no article `{id}`; correct the id or remove it from follow_ups"
                    ),
                ),
                sources.line_with(&path, begin, &format!("\"{id}\"")),
            )
        })
        .collect()
}

/// Reports pictures on other sites that the policy of the pages blocks, one line a site: one setting mends them all.
pub(super) fn blocked_pictures(
    knowledge: &KnowledgeBase,
    allowed: &[String],
    sources: &Sources<'_>,
) -> Vec<Fault> {
    let mut sites: BTreeMap<String, (usize, &Translation, Link)> = BTreeMap::new();
    let texts = knowledge
        .articles
        .iter()
        .flat_map(|article| article.translations.values());
    for translation in texts {
        for link in links(&translation.body) {
            let Some(site) = site_of(&link.target).filter(|_| link.is_image) else {
                continue;
            };
            if !allowed.iter().any(|one| one.trim_end_matches('/') == site) {
                sites.entry(site).or_insert((0, translation, link)).0 += 1;
            }
        }
    }
    sites
        .into_iter()
        .map(|(site, (count, translation, first))| {
            let counted = translation.body_line + first.line - 1;
            let line = sources.line_with(&translation.path, counted, &first.target);
            let stand = match count {
                1 => "this picture stands".to_owned(),
                _ => format!("{count} pictures, this one among them, stand"),
            };
            let message = format!(
                "{stand} on {site}, whose pictures pages may not show, so it becomes a link; add the site to http.site.pictures, or put the files beside the articles"
            );
            Fault::warning(&translation.path, "blocked-picture", message)
                .at_line(line.unwrap_or(counted))
        })
        .collect()
}

/// The scheme and host of a web address.
fn site_of(target: &str) -> Option<String> {
    let (scheme, rest) = target.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    matches!(scheme, "http" | "https").then(|| format!("{scheme}://{host}"))
}

type Problem = (&'static str, String);

fn link_problem(
    link: &Link,
    knowledge: &KnowledgeBase,
    translation: &Translation,
    (sources, places): (&Sources<'_>, &Places),
) -> Option<Problem> {
    let target = link.target.as_str();
    let dead = |message: String| Some(("dead-link", message));
    if let Some(slug) = target.strip_prefix("article:") {
        let (slug, place) = slug.split_once('#').unwrap_or((slug, ""));
        let linked = knowledge.article(&ArticleId::new(slug));
        if let Some(article) = linked
            && !place.is_empty()
            && !places.has(article, translation, place)
        {
            return dead(format!(
                "the article `{slug}` has no heading `#{place}`; name one it has, or write {{#{place}}} behind one"
            ));
        }
        let exists = linked.is_some();
        return match exists {
            true => None,
            false => dead(format!(
                "links to the article `{slug}`, which does not exist"
            )),
        };
    }
    if let Some(number) = target.strip_prefix("tel:") {
        return match number.chars().any(|one| one.is_ascii_digit()) {
            true => None,
            false => dead(format!("`{number}` is not a telephone number")),
        };
    }
    if let Some(address) = target.strip_prefix("mailto:") {
        return match is_mail_address(address) {
            true => None,
            false => dead(format!("`{address}` is not a mail address")),
        };
    }
    if let Some(place) = target.strip_prefix('#').filter(|place| !place.is_empty()) {
        return match places.are_named(translation, place) {
            true => None,
            false => dead(format!(
                "this page has no heading `#{place}`; name one it has, or write {{#{place}}} behind one"
            )),
        };
    }
    if is_web_address(target) || is_within_the_site(target) {
        return None;
    }
    if target.is_empty() {
        return dead(format!("the link `{}` points nowhere", link.text));
    }
    if target.contains("://") {
        return dead(format!(
            "`{target}` is not a web address; it needs http:// or https://, a host and no spaces"
        ));
    }
    let is_media = knowledge.media.find(&translation.path, target).is_some();
    if is_media || sources.has_file(&beside(translation, target)) {
        return None;
    }
    dead(format!(
        "`{target}` is neither a web address nor a file beside the article; write https:// before an address, or article: before an article's id"
    ))
}

fn image_problem(
    link: &Link,
    knowledge: &KnowledgeBase,
    translation: &Translation,
    sources: &Sources<'_>,
) -> Option<Problem> {
    let target = &link.target;
    if link.text.trim().is_empty() {
        return Some((
            "image-without-alt",
            format!(
                "the picture `{target}` has no alternative text; say in the brackets what it shows"
            ),
        ));
    }
    let has_file = || {
        knowledge.media.find(&translation.path, target).is_some()
            || sources.has_file(&beside(translation, target))
    };
    if is_web_address(target) || has_file() {
        return None;
    }
    Some((
        "missing-image",
        format!(
            "there is no picture `{target}` beside the article; add the file or correct the name"
        ),
    ))
}

/// Places that the headings of texts name, each text read once: a long page is linked to from many.
#[derive(Default)]
struct Places {
    known: RefCell<HashMap<PathBuf, HashSet<String>>>,
}

impl Places {
    /// Tells whether an article has a place in the language of the text that links to it.
    fn has(&self, article: &Article, from: &Translation, place: &str) -> bool {
        let wording = article.translations.get(&from.language);
        wording.is_none_or(|wording| self.are_named(wording, place))
    }

    fn are_named(&self, wording: &Translation, place: &str) -> bool {
        let mut known = self.known.borrow_mut();
        let names = known.entry(wording.path.clone()).or_insert_with(|| {
            let headings = sections(&wording.body)
                .into_iter()
                .filter_map(|section| section.heading);
            headings
                .flat_map(|heading| [encoded(&heading.anchor), heading.anchor])
                .collect()
        });
        let raw = [format!("id=\"{place}\""), format!("name=\"{place}\"")];
        names.contains(place) || raw.iter().any(|raw| wording.body.contains(raw))
    }
}

/// A path as it is meant in a body: relative to the file it stands in.
fn beside(translation: &Translation, target: &str) -> PathBuf {
    let folder = translation.path.parent().unwrap_or(Path::new(""));
    let file = target.split(['#', '?']).next().unwrap_or(target);
    folder.join(file)
}

/// A page of the site itself, or a place on the same page.
fn is_within_the_site(target: &str) -> bool {
    let is_page = target.starts_with('/') && !target.starts_with("//");
    let is_place = target.starts_with('#') && target.len() > 1;
    (is_page || is_place) && !has_space(target)
}

fn is_web_address(target: &str) -> bool {
    let Some(rest) = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("http://"))
    else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let port_is_sound = port.is_none_or(|port| port.parse::<u16>().is_ok());
    port_is_sound && is_host(name) && !has_space(target)
}

fn is_mail_address(address: &str) -> bool {
    let address = address.split('?').next().unwrap_or_default();
    let Some((name, host)) = address.split_once('@') else {
        return false;
    };
    !name.is_empty() && is_host(host) && !has_space(address)
}

/// Labels of letters, digits and hyphens with dots between them; letters of any script, because domains may have them.
fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || character == '-')
    };
    name == "localhost" || (name.contains('.') && name.split('.').all(is_label))
}

fn has_space(target: &str) -> bool {
    target.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_judged_by_their_form() {
        for (target, expected) in [
            ("https://kumora.example/verify?q=1#top", true),
            ("http://localhost:8090/", true),
            ("https://例え.テスト/", true),
            ("https://", false),
            ("https://kumora", false),
            ("https://kumora..example", false),
            ("https://kumora.example:99999/", false),
            ("https://kumora.example/a b", false),
            ("htps://kumora.example", false),
            ("kumora.example/verify", false),
        ] {
            assert_eq!(is_web_address(target), expected, "{target}");
        }
    }

    #[test]
    fn mail_addresses_and_site_pages_are_judged_by_their_form() {
        for (address, expected) in [
            ("help@kumora.example", true),
            ("help@kumora.example?subject=x", true),
            ("help", false),
            ("@kumora.example", false),
        ] {
            assert_eq!(is_mail_address(address), expected, "{address}");
        }
        for (target, expected) in [
            ("/help/en", true),
            ("#top", true),
            ("/", true),
            ("//x", false),
            ("#", false),
        ] {
            assert_eq!(is_within_the_site(target), expected, "{target}");
        }
    }
}

//! Links of our pages where the server is reached beneath a path of another site: pages are written as if the server had a
//! name of its own, and the path is put before their links on the way out.

/// Attributes whose value may be a link; a test holds every template to them.
const LINKS: [&str; 6] = ["href", "src", "action", "formaction", "poster", "data-logo"];

/// First parts of our own paths. What an article links to beyond them, such as `/pricing`, is a page of the site around us.
const PLACES: [&str; 11] = [
    "assets",
    "console",
    "handbook",
    "help",
    "mail",
    "robots.txt",
    "sitemap.xml",
    "t",
    "v1",
    "verify",
    "widget",
];

/// Puts a path before every link of a page to a place of ours.
pub(in crate::http) fn beneath(page: &str, base: &str) -> String {
    let mut written = String::with_capacity(page.len() + page.len() / 8);
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        written.push_str(text);
        rest = write_tag(tag, base, &mut written);
    }
    written.push_str(rest);
    written
}

/// Writes the tag that a text begins with, and returns what follows it.
fn write_tag<'page>(text: &'page str, base: &str, written: &mut String) -> &'page str {
    let mut rest = &text[1..];
    written.push('<');
    if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return rest;
    }
    while let Some(at) = rest.find(['"', '\'', '>']) {
        let (before, from) = rest.split_at(at);
        let (mark, after) = from.split_at(1);
        written.push_str(before);
        written.push_str(mark);
        if mark == ">" {
            return after;
        }
        let (value, end) = after.split_at(after.find(mark).unwrap_or(after.len()));
        if LINKS.contains(&attribute_before(before)) && is_ours(value) {
            written.push_str(base);
        }
        written.push_str(value);
        rest = end.strip_prefix(mark).unwrap_or(end);
        if rest.len() < end.len() {
            written.push_str(mark);
        }
    }
    written.push_str(rest);
    ""
}

/// Returns the attribute whose value comes next.
fn attribute_before(text: &str) -> &str {
    let name = text.strip_suffix('=').unwrap_or_default();
    name.rsplit(char::is_whitespace).next().unwrap_or_default()
}

/// Tells whether a link leads to a place of ours.
fn is_ours(link: &str) -> bool {
    let Some(path) = link.strip_prefix('/') else {
        return false;
    };
    let place = path.split(['/', '?', '#']).next().unwrap_or_default();
    PLACES.contains(&place) || (place.is_empty() && !path.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_places_of_ours_get_the_path_and_nothing_else_does() {
        let check = |page: &str, expected: &str| {
            assert_eq!(beneath(page, "/base"), expected);
        };
        check(
            "<a href=\"/help/en/\">x</a>",
            "<a href=\"/base/help/en/\">x</a>",
        );
        check("<a href=\"/\">x</a>", "<a href=\"/base/\">x</a>");
        check("<a href='/?a#b'>x</a>", "<a href='/base/?a#b'>x</a>");
        check(
            "<form method=\"post\"\n action=\"/t/1?lang=en\"><input value=\"/help\"><button formaction=\"/console\">",
            "<form method=\"post\"\n action=\"/base/t/1?lang=en\"><input value=\"/help\"><button formaction=\"/base/console\">",
        );
        check(
            "<img alt=\"a > b\" src=\"/help/media/1/a.png\"><script src=\"/assets/a.js\"></script>",
            "<img alt=\"a > b\" src=\"/base/help/media/1/a.png\"><script src=\"/base/assets/a.js\"></script>",
        );
        for kept in [
            "<a href=\"/pricing\">the site around us</a>",
            "<a href=\"/helpers\">x</a>",
            "<a href=\"//evil.example/help\">x</a>",
            "<a href=\"https://far.example/help/en/\">x</a>",
            "<a href=\"#help\">x</a> <a href=\"deposit-how\">x</a>",
            "<p title=' href=\"/help/en/\"'>x</p>",
            "<code>&lt;a href=\"/help/en/\"&gt;</code> 1 < 2 href=\"/help\"",
            "<a href=\"/hel",
            "<",
            "",
        ] {
            check(kept, kept);
        }
        check("<a href=\"/help", "<a href=\"/base/help");
    }

    #[test]
    fn no_template_has_a_link_that_would_be_missed() {
        let mut folders = vec![concat!(env!("CARGO_MANIFEST_DIR"), "/web/templates").into()];
        let mut found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir::<std::path::PathBuf>(folder).expect("templates") {
                let path = entry.expect("a template").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a text");
                for (attribute, value) in values_in(&text) {
                    let is_path = value.starts_with('/');
                    // What is only known when the page is made is a link by the name of what holds it.
                    let is_link = ["link", "address", "url", "action", "original", "canonical"]
                        .iter()
                        .any(|end| value.ends_with(&format!("{end} }}}}")));
                    let is_told = ["value", "data-address", "content"].contains(&attribute);
                    if !is_path && (!is_link || is_told) {
                        continue;
                    }
                    found += 1;
                    let file = path.display();
                    assert!(
                        LINKS.contains(&attribute),
                        "{file}: {attribute}=\"{value}\""
                    );
                    assert!(
                        !is_path || is_ours(value),
                        "{file}: add {value:?} to PLACES"
                    );
                }
                let bare = ["=/", "url(/", "srcset", "http-equiv=\"refresh\""];
                for bare in bare {
                    assert!(!text.contains(bare), "{}: {bare}", path.display());
                }
            }
        }
        assert!(found > 100, "only {found} links");
    }

    /// Attributes with the values in their quotes.
    fn values_in(text: &str) -> Vec<(&str, &str)> {
        let parts: Vec<&str> = text.split("=\"").collect();
        let pairs = parts.windows(2).map(|pair| {
            let mut name = pair[0].rsplit(|c: char| c != '-' && !c.is_alphanumeric());
            let value = pair[1].split('"').next();
            (name.next().unwrap_or_default(), value.unwrap_or_default())
        });
        pairs.collect()
    }
}

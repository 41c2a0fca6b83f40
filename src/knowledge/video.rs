//! Videos in bodies: played elsewhere, and linked to with a picture of theirs.

/// A video that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Video {
    /// What YouTube calls it; the other sites give no picture by name.
    youtube: Option<String>,
}

impl Video {
    /// Recognises the address of a video.
    pub(super) fn at(address: &str) -> Option<Self> {
        let rest = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"))?;
        let (host, path) = rest.split_once('/')?;
        let host = host.trim_start_matches("www.").trim_start_matches("m.");
        let youtube = match host {
            "youtu.be" => path.split(['?', '#', '/']).next(),
            "youtube.com" | "youtube-nocookie.com" => path
                .strip_prefix("embed/")
                .or_else(|| path.strip_prefix("shorts/"))
                .map(|rest| rest.split(['?', '#', '/']).next().unwrap_or_default())
                .or_else(|| after(path, "v=")),
            "vimeo.com"
            | "player.vimeo.com"
            | "bilibili.com"
            | "player.bilibili.com"
            | "nicovideo.jp"
            | "tv.naver.com" => return Some(Self { youtube: None }),
            _ => return None,
        };
        let is_name = |name: &&str| {
            name.len() == 11
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        let youtube = youtube.filter(is_name)?.to_owned();
        Some(Self {
            youtube: Some(youtube),
        })
    }

    /// Gives the address of its picture, on the site that has it.
    pub(super) fn picture(&self) -> Option<String> {
        let name = self.youtube.as_ref()?;
        Some(format!("https://i.ytimg.com/vi/{name}/hqdefault.jpg"))
    }
}

fn after<'a>(path: &'a str, key: &str) -> Option<&'a str> {
    let (_, query) = path.split_once('?')?;
    query
        .split(['&', '#'])
        .find_map(|pair| pair.strip_prefix(key))
}

/// What plays a video inside a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Embedded {
    pub(super) address: String,
    pub(super) title: Option<String>,
    pub(super) poster: Option<String>,
}

/// Reads a frame or a player from raw HTML.
pub(super) fn embedded(html: &str) -> Option<Embedded> {
    let lower = html.to_ascii_lowercase();
    let begin = lower.find("<iframe").or_else(|| lower.find("<video"))?;
    let rest = &html[begin..];
    let mut address = attribute(rest, "src")?;
    if let Some(rest) = address.strip_prefix("//") {
        address = format!("https://{rest}");
    }
    let is_safe = !address.contains(':') || address.starts_with("http");
    is_safe.then(|| Embedded {
        address,
        title: attribute(rest, "title").filter(|title| !title.is_empty()),
        poster: attribute(rest, "poster"),
    })
}

fn attribute(html: &str, name: &str) -> Option<String> {
    let mut rest = html;
    loop {
        let place = rest.find(name)?;
        let is_begun = rest[..place].ends_with(char::is_whitespace);
        rest = &rest[place + name.len()..];
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            continue;
        };
        if !is_begun {
            continue;
        }
        let value = value.trim_start();
        let quote = value.chars().next()?;
        let end_of = |from: usize, marks: &[char]| value[from..].find(marks).map(|end| end + from);
        let text = match quote {
            '"' | '\'' => &value[1..end_of(1, &[quote])?],
            _ => &value[..end_of(0, &[' ', '>', '\n'])?],
        };
        return Some(text.replace("&amp;", "&"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn videos_are_known_by_their_addresses() {
        let check = |address: &str, expected: Option<Option<&str>>| {
            let found = Video::at(address).map(|video| video.youtube);
            assert_eq!(
                found,
                expected.map(|name| name.map(str::to_owned)),
                "{address}"
            );
        };
        check(
            "https://youtu.be/abcdefghijk?t=3",
            Some(Some("abcdefghijk")),
        );
        check(
            "https://www.youtube.com/watch?list=1&v=abc-efg_ijk",
            Some(Some("abc-efg_ijk")),
        );
        check(
            "https://www.youtube.com/embed/abcdefghijk",
            Some(Some("abcdefghijk")),
        );
        check("https://www.youtube.com/@channel", None);
        check("https://vimeo.com/12345", Some(None));
        check("https://shop.example/watch?v=abcdefghijk", None);
    }

    #[test]
    fn players_are_read_from_raw_html() {
        let found = embedded("<video controls poster='p.png'>\n<source src=\"a.mp4\"></video>");
        let found = found.expect("a player");
        assert_eq!(
            (found.address.as_str(), found.poster.as_deref()),
            ("a.mp4", Some("p.png"))
        );
        assert_eq!(embedded("<iframe src=\"javascript:alert(1)\">"), None);
        assert_eq!(embedded("<p>src=1</p>"), None);
    }
}

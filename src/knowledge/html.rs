//! Markdown bodies as safe HTML: headings with names, pictures with sizes, videos as links with a picture.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::anchors::Anchors;
use super::standard::{parser, standard};
use super::video::{Video, embedded};

/// A picture as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPicture {
    /// Its address.
    pub address: String,
    /// Width and height in pixels, where they are known.
    pub size: Option<(u32, u32)>,
}

/// Where what a body names is found.
pub struct Surroundings<'a> {
    /// Gives the page of an article by its id.
    pub article: &'a dyn Fn(&str) -> String,
    /// Gives a picture by what the body calls it; nothing where it cannot be shown.
    pub picture: &'a dyn Fn(&str) -> Option<ShownPicture>,
    /// Gives another file beside the article, such as a video; nothing where there is none.
    pub file: &'a dyn Fn(&str) -> Option<String>,
}

/// Gives safe HTML without pictures; `article:slug` links become what `resolve` says, and scripts never pass.
pub fn to_html(markdown: &str, resolve: impl Fn(&str) -> String) -> String {
    render(
        markdown,
        &Surroundings {
            article: &resolve,
            picture: &|_| None,
            file: &|_| None,
        },
    )
}

/// Gives safe HTML; what a body names is looked up in its surroundings, and scripts never pass.
pub fn render(markdown: &str, surroundings: &Surroundings<'_>) -> String {
    let standard = standard(markdown);
    let mut writer = Writer {
        surroundings,
        anchors: Anchors::default(),
        events: Vec::new(),
    };
    let mut source = parser(&standard.text);
    while let Some(event) = source.next() {
        writer.take(event, &mut source);
    }
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, writer.events.into_iter());
    CLEANER.clean(&html).to_string()
}

struct Writer<'a, 'p> {
    surroundings: &'a Surroundings<'a>,
    anchors: Anchors,
    events: Vec<Event<'p>>,
}

impl<'p> Writer<'_, 'p> {
    fn take(&mut self, event: Event<'p>, source: &mut dyn Iterator<Item = Event<'p>>) {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) => self.heading(level, id, source),
            Event::Start(Tag::Image { dest_url, .. }) => self.picture(&dest_url, source),
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id: _,
            }) => self.link(link_type, dest_url, title),
            Event::Start(Tag::HtmlBlock) => self.html_block(source),
            Event::InlineHtml(html) => self.html(html, true),
            other => self.events.push(other),
        }
    }

    fn heading(
        &mut self,
        level: HeadingLevel,
        own: Option<CowStr<'p>>,
        source: &mut dyn Iterator<Item = Event<'p>>,
    ) {
        let inside: Vec<Event<'p>> = source
            .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
            .collect();
        let text: String = inside.iter().filter_map(words_of).collect();
        let name = self.anchors.name(own.as_deref(), &text);
        let (id, classes, attrs) = (Some(name.into()), Vec::new(), Vec::new());
        self.events.push(Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }));
        let mut inside = inside.into_iter();
        while let Some(event) = inside.next() {
            self.take(event, &mut inside);
        }
        self.events.push(Event::End(TagEnd::Heading(level)));
    }

    fn html_block(&mut self, source: &mut dyn Iterator<Item = Event<'p>>) {
        let mut html = String::new();
        for event in source {
            match event {
                Event::Html(line) => html.push_str(&line),
                Event::End(TagEnd::HtmlBlock) => break,
                _ => {}
            }
        }
        self.html(html.into(), false);
    }

    fn picture(&mut self, target: &str, source: &mut dyn Iterator<Item = Event<'p>>) {
        let mut text = String::new();
        let mut depth = 1;
        for event in source {
            match &event {
                Event::Start(Tag::Image { .. }) => depth += 1,
                Event::End(TagEnd::Image) => depth -= 1,
                _ => text.extend(words_of(&event)),
            }
            if depth == 0 {
                break;
            }
        }
        self.show_picture(target, &text);
    }

    fn show_picture(&mut self, target: &str, text: &str) {
        let alt = escaped(text);
        let html = match (self.surroundings.picture)(target) {
            Some(picture) => {
                let size = picture.size.map_or_else(String::new, |(width, height)| {
                    format!(" width=\"{width}\" height=\"{height}\"")
                });
                let address = escaped(&picture.address);
                format!(
                    "<img src=\"{address}\" alt=\"{alt}\"{size} loading=\"lazy\" decoding=\"async\">"
                )
            }
            None => match (self.surroundings.file)(target) {
                Some(address) => format!("<a href=\"{}\">{alt}</a>", escaped(&address)),
                // Elsewhere, where this page must not look: whoever wants to see it goes there.
                None if is_elsewhere(target) => {
                    let label = if alt.is_empty() { escaped(target) } else { alt };
                    format!("<a href=\"{}\">{label}</a>", escaped(target))
                }
                None => format!("<em>{alt}</em>"),
            },
        };
        self.events.push(Event::InlineHtml(html.into()));
    }

    fn link(&mut self, link_type: LinkType, target: CowStr<'p>, title: CowStr<'p>) {
        let dest_url = match target.strip_prefix("article:") {
            Some(slug) => {
                let (slug, place) = slug.split_once('#').unwrap_or((slug, ""));
                let page = (self.surroundings.article)(slug);
                match place.is_empty() {
                    true => page.into(),
                    false => format!("{page}#{place}").into(),
                }
            }
            None => match (self.surroundings.file)(&target) {
                Some(address) => address.into(),
                None => target,
            },
        };
        let video = Video::at(&dest_url);
        self.events.push(Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id: "".into(),
        }));
        if let Some(picture) = video.and_then(|video| video.picture()) {
            self.show_if_allowed(&picture);
        }
    }

    fn show_if_allowed(&mut self, target: &str) {
        if (self.surroundings.picture)(target).is_some() {
            self.show_picture(target, "");
        }
    }

    /// Turns what plays a video into a link; everything else is left to the cleaner.
    fn html(&mut self, html: CowStr<'p>, is_inline: bool) {
        let Some(found) = embedded(&html) else {
            self.events.push(match is_inline {
                true => Event::InlineHtml(html),
                false => Event::Html(html),
            });
            return;
        };
        let address = (self.surroundings.file)(&found.address).unwrap_or(found.address);
        let label = escaped(&found.title.unwrap_or_else(|| address.clone()));
        let picture = Video::at(&address)
            .and_then(|video| video.picture())
            .or(found.poster)
            .and_then(|target| (self.surroundings.picture)(&target));
        let picture = picture.map_or_else(String::new, |picture| {
            let address = escaped(&picture.address);
            format!("<img src=\"{address}\" alt=\"\" loading=\"lazy\" decoding=\"async\"> ")
        });
        let link = format!("<a href=\"{}\">{picture}▶ {label}</a>", escaped(&address));
        self.events.push(match is_inline {
            true => Event::InlineHtml(link.into()),
            false => Event::Html(format!("<p>{link}</p>\n").into()),
        });
    }
}

fn words_of<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(words) | Event::Code(words) => Some(words),
        _ => None,
    }
}

fn is_elsewhere(target: &str) -> bool {
    target.starts_with("https://") || target.starts_with("http://")
}

/// Writes a text so that it can stand in HTML, between tags or in an attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Lets through what the renderer writes, beside what is harmless anyway.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner.add_tag_attributes("img", ["loading", "decoding"]);
    for named in [
        "h1", "h2", "h3", "h4", "h5", "h6", "a", "div", "span", "sup",
    ] {
        cleaner.add_tag_attributes(named, ["id"]);
    }
    let alerts = HashSet::from([
        "markdown-alert-note",
        "markdown-alert-tip",
        "markdown-alert-important",
        "markdown-alert-warning",
        "markdown-alert-caution",
    ]);
    let footnote = HashSet::from(["footnote-definition"]);
    let reference = HashSet::from(["footnote-reference"]);
    cleaner.allowed_classes(HashMap::from([
        ("blockquote", alerts),
        ("div", footnote),
        ("sup", reference),
    ]));
    cleaner
});

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(markdown: &str) -> String {
        let picture = |target: &str| {
            let known = target == "a%20b.png" || target.starts_with("https://i.ytimg.com/");
            known.then(|| ShownPicture {
                address: format!("/media/{target}"),
                size: (!target.contains(':')).then_some((40, 30)),
            })
        };
        let file = |target: &str| (target == "tour.mp4").then(|| "/media/tour.mp4".to_owned());
        render(
            markdown,
            &Surroundings {
                article: &|slug| format!("/help/{slug}"),
                picture: &picture,
                file: &file,
            },
        )
    }

    #[test]
    fn scripts_never_reach_a_reader() {
        let html = to_html(
            "[x](javascript:alert(1)) <script>alert(1)</script> [y](article:fees)\n\n<img src=x onerror=alert(1)>\n\n## a {#x\" onclick=\"y}",
            |slug| format!("/help/{slug}"),
        );
        assert!(
            !html.contains("script") && !html.contains("onerror"),
            "{html}"
        );
        assert!(!html.contains("onclick=\""), "{html}");
        assert!(html.contains("/help/fees"), "{html}");
    }

    #[test]
    fn pages_keep_their_places_boxes_pictures_and_videos() {
        let check = |markdown: &str, expected: &str| {
            let html = rendered(markdown);
            assert!(html.contains(expected), "{markdown}\n{html}");
        };
        check("## Fees", "<h2 id=\"fees\">Fees</h2>");
        check("## 手数料 {#fees}", "<h2 id=\"fees\">手数料</h2>");
        check("## A\n\n## A", "id=\"a-1\"");
        check("[up](#fees)", "href=\"#fees\"");
        check("[x](article:pay#cost)", "href=\"/help/pay#cost\"");
        check(
            ":::tip\nx\n:::",
            "<blockquote class=\"markdown-alert-tip\">",
        );
        check(
            "> [!NOTE]\n> x",
            "<blockquote class=\"markdown-alert-note\">",
        );
        check(
            "![Two](a%20b.png)",
            "<img src=\"/media/a%20b.png\" alt=\"Two\" width=\"40\" height=\"30\" loading=\"lazy\" decoding=\"async\">",
        );
        check("![Gone](gone.png)", "<em>Gone</em>");
        check(
            "![Far](https://far.example/x.png)",
            "href=\"https://far.example/x.png\"",
        );
        check("[Tour](tour.mp4)", "href=\"/media/tour.mp4\"");
        check(
            "[Tour](https://youtu.be/abcdefghijk)",
            "<img src=\"/media/https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg\"",
        );
        check(
            "<iframe title=\"Tour\" src=\"https://www.youtube.com/embed/abcdefghijk\"></iframe>",
            "▶ Tour",
        );
        check(
            "<video src=\"tour.mp4\"></video>",
            "href=\"/media/tour.mp4\"",
        );
        check("**「料金」**は", "<strong>「料金」</strong>は");
        check(
            ":::details More\nx\n:::",
            "<details><summary>More</summary>",
        );
    }
}

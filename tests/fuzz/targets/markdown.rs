//! Bodies of articles: whatever they hold, no script comes out, and no text is cut inside a character.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mondo::knowledge::{PassageLength, links, passages, plain_form, sections, sentences, to_html, to_plain_text};

fuzz_target!(|markdown: &str| {
    let html = to_html(markdown, |target| target.to_owned()).to_lowercase();
    // In a text these are words like others; only tags act.
    let tags = html.split('<').skip(1).filter_map(|tag| tag.split('>').next());
    for tag in tags {
        for bad in ["script", "iframe", "object"] {
            assert!(!tag.starts_with(bad), "<{tag}> in {html}");
        }
        assert!(!tag.contains("href=\"javascript:"), "<{tag}> in {html}");
    }
    let plain = to_plain_text(markdown);
    passages(&plain, PassageLength::default());
    sentences(&plain).count();
    links(markdown);
    plain_form(markdown, |target| Some(target.to_owned()));
    sections(markdown);
});

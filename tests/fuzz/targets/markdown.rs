//! Bodies of articles: whatever they hold, no script comes out, and no text is cut inside a character.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mondo::knowledge::{PassageLength, links, passages, plain_form, sections, sentences, to_html, to_plain_text};

fuzz_target!(|markdown: &str| {
    let html = to_html(markdown, |target| target.to_owned()).to_lowercase();
    for bad in ["<script", "<iframe", "<object", "href=\"javascript:"] {
        assert!(!html.contains(bad), "{html}");
    }
    let plain = to_plain_text(markdown);
    passages(&plain, PassageLength::default());
    sentences(&plain).count();
    links(markdown);
    plain_form(markdown, |target| Some(target.to_owned()));
    sections(markdown);
});

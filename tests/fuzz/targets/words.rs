//! What people type is cleaned and hidden once: a second time changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mondo::safety::{Signals, Words};

const LIMIT: usize = 4_000;

fuzz_target!(|text: &str| {
    let Ok(words) = Words::parse(text, LIMIT) else {
        return;
    };
    let again = Words::parse(words.as_str(), LIMIT).expect("what was accepted is accepted again");
    assert_eq!(words.as_str(), again.as_str());
    Signals::read(words.as_str());
});

//! Files of articles: what is read is written so that it reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mondo::knowledge::{Wording, read_matter};

fuzz_target!(|text: &str| {
    let _ = read_matter(text);
    let Ok(wording) = Wording::read(text) else {
        return;
    };
    let written = wording.write(Some(text));
    let again = Wording::read(&written).expect("what was written is read");
    assert_eq!(again.write(Some(&written)), written);
});

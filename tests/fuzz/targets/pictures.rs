//! Pictures with anything in them: where and when they were taken never comes out, and a second pass changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mondo::safety::without_metadata;

fuzz_target!(|content: &[u8]| {
    let Ok(clean) = without_metadata(content) else {
        return;
    };
    assert_eq!(without_metadata(&clean).as_ref(), Ok(&clean));
});

//! Mails as they come over the wire: whatever is read has one sender, no quotes at its ends, and no control of anybody's head.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mondo::mail::{LetterKind, matter_of, read_letter};

fuzz_target!(|raw: &[u8]| {
    let Ok(letter) = read_letter(raw) else {
        return;
    };
    let may_be_nobody = matches!(letter.kind, LetterKind::Bounce { .. });
    assert!(may_be_nobody || letter.from.contains('@'));
    assert!(!letter.subject.contains(['\r', '\n']));
    for id in letter.message_id.iter().chain(&letter.answers) {
        assert!(id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>'));
    }
    assert_eq!(letter.text.trim_matches(['\n', ' ']), letter.text);
    let _ = matter_of(&letter.subject, &letter.text);
});

//! Questions about staff rather than to them: what is asked is their hours or their languages, and the word for a person
//! says nothing of the matter.

use super::cues::{LEXICON, longest};
use crate::language::{is_han, is_hangul, is_kana, normalize_for_matching};

/// Writes a question about staff with a plain word for support in place of the one for a person; nothing where a text asks
/// nothing about staff.
pub fn about_support(text: &str) -> Option<String> {
    let normal = normalize_for_matching(text);
    if !LEXICON.about_staff.stand_in(&normal) {
        return None;
    }
    let (start, end) = longest(&LEXICON.person, &normal)?;
    if normal[..end].ends_with('と') || normal[end..].starts_with('と') {
        return None;
    }
    let has = |test: fn(char) -> bool| normal.chars().any(test);
    let support = if has(is_kana) {
        "サポート"
    } else if has(is_hangul) {
        "고객센터"
    } else if has(is_han) {
        "客服"
    } else {
        "support"
    };
    // An English plural or possessive goes with its word.
    let rest = normal[end..].trim_start_matches("'s");
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    let written = format!("{}{support}{rest}", &normal[..start]);
    (written != normal).then_some(written)
}

/// Tells whether a folded text is about something stolen or lost that no operator keeps: an idea, a bicycle.
pub fn lost_something_else(normal: &str) -> bool {
    const LOST: &[&str] = &[
        "stole",
        "stolen",
        "lost",
        "robbed",
        "hacked",
        "偷",
        "盗",
        "抢",
        "丢",
        "盗ま",
        "取られ",
        "훔",
        "도난",
        "잃어",
        "해킹",
    ];
    LEXICON.not_ours.stand_in(normal) && LOST.iter().any(|word| normal.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_about_staff_is_asked_about_support() {
        for (text, expected) in [
            ("人工客服周末在吗", Some("客服周末在吗")),
            (
                "オペレーターは何時までですか",
                Some("サポートは何时までですか"),
            ),
            (
                "상담원은 주말에도 있나요",
                Some("고객센터은 주말에도 있나요"),
            ),
            (
                "when is a live agent available",
                Some("when is a support available"),
            ),
            ("I want a live agent", None),
            ("when do you open", None),
        ] {
            assert_eq!(about_support(text).as_deref(), expected, "{text}");
        }
        assert!(lost_something_else("my bicycle was stolen"));
        assert!(!lost_something_else("my coins were stolen"));
        assert!(!lost_something_else("my idea for a bicycle"));
    }
}

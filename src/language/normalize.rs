//! Folds text so that spellings of one word meet; for matching only, never for display.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// Folds text for matching: NFKC, lower case, width, simplified Han; no control characters or repeated spaces.
///
/// Traditional and Japanese forms meet the simplified one: 認証, 認證 and 认证 become 认证. Kana stays as it is.
pub fn normalize_for_matching(text: &str) -> String {
    let forms = &*SIMPLIFIED_FORMS;
    let mut folded = String::with_capacity(text.len());
    // Lower case can undo NFKC (İ), hence the second pass; on text in NFKC it costs a quick scan.
    let lower = text.nfkc().flat_map(char::to_lowercase);
    for character in lower.nfkc() {
        let is_blank = character.is_whitespace() || character.is_control();
        let is_repeated = folded.is_empty() || folded.ends_with(' ');
        if is_blank && !is_repeated {
            folded.push(' ');
        } else if !is_blank && !is_invisible(character) {
            folded.push(forms.simplify(character));
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

static SIMPLIFIED_FORMS: LazyLock<SimplifiedForms> = LazyLock::new(SimplifiedForms::load);

/// The simplified form of every character of the two blocks that texts use.
struct SimplifiedForms {
    common: Vec<char>,
}

/// From the first character of extension A to the last of the unified ideographs (Unicode 16, chapter 18).
const FIRST_COMMON: char = '\u{3400}';
const LAST_COMMON: char = '\u{9FFF}';

impl SimplifiedForms {
    /// Asks OpenCC once for all characters; a line each, so that no phrase rule joins two of them.
    fn load() -> Self {
        let lines: String = (FIRST_COMMON..=LAST_COMMON)
            .flat_map(|character| [character, '\n'])
            .collect();
        let convert = |table: BuiltinConfig, text: &str| {
            OpenCC::from_config(table)
                .expect("the conversion tables are part of the crate")
                .convert(text)
        };
        let traditional = convert(BuiltinConfig::Jp2t, &lines);
        let simplified = convert(BuiltinConfig::T2s, &traditional);
        let once = Self {
            common: simplified
                .lines()
                .filter_map(|line| line.chars().next())
                .collect(),
        };
        // Some simplified forms are Japanese forms of something simpler still (戱, 戯, 戏).
        Self {
            common: once
                .common
                .iter()
                .map(|form| once.simplify(*form))
                .collect(),
        }
    }

    fn simplify(&self, character: char) -> char {
        if !(FIRST_COMMON..=LAST_COMMON).contains(&character) {
            return character;
        }
        let place = character as usize - FIRST_COMMON as usize;
        self.common.get(place).copied().unwrap_or(character)
    }
}

/// Zero-width characters, soft hyphens, direction marks and variation selectors, which split words unseen.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_meet() {
        let check = |text: &str, expected: &str| {
            assert_eq!(normalize_for_matching(text), expected, "{text}")
        };
        check("", "");
        check(" \t\n", "");
        check("  ＫＹＣ\u{3000}Level  2\r\n", "kyc level 2");
        check("認証", "认证");
        check("認證", "认证");
        check("认证", "认证");
        check("残高 殘高", "残高 残高");
        check("気 氣 气", "气 气 气");
        check("ﾛｸﾞｲﾝ ログイン ろぐいん", "ログイン ログイン ろぐいん");
        check("한글 \u{1112}\u{1161}\u{11AB}", "한글 한");
        check("①２㌔", "12キロ");
        check("with\u{200B}draw\u{0}", "withdraw");
        check("STRASSE ÉTÉ", "strasse été");
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for character in '\0'..=char::MAX {
            let once = normalize_for_matching(&format!("a{character}b"));
            assert_eq!(normalize_for_matching(&once), once, "{character:?}");
        }
    }
}

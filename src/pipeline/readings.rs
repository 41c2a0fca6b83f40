//! How words sound, so that what is spelled by sound meets them: pinyin, kana and romaji, and Korean in Latin letters.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use crate::language::{is_hangul, normalize_for_matching};

/// Readings that one compound may have; the rest is not tried.
const MOST_READINGS: usize = 24;

/// The pinyin of a Chinese word without tones; nothing where a character has none.
pub(super) fn pinyin_of(word: &str) -> Option<String> {
    word.to_pinyin()
        .map(|syllable| syllable.map(pinyin::Pinyin::plain))
        .collect()
}

static KANJI: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let mut readings: HashMap<char, Vec<&'static str>> = HashMap::new();
    let table = include_str!("kanji_readings.txt");
    let entries = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace);
    for (kanji, sounds) in entries.filter_map(|entry| entry.split_once('=')) {
        // Texts are folded to simplified forms, and so is the table.
        if let Some(folded) = normalize_for_matching(kanji).chars().next() {
            let known = readings.entry(folded).or_default();
            known.extend(
                sounds
                    .split(',')
                    .filter(|sound| !known.contains(sound))
                    .collect::<Vec<_>>(),
            );
        }
    }
    readings
});

/// The kana a folded compound of kanji may be read as.
pub(super) fn kana_of(word: &str) -> Vec<String> {
    let mut readings = vec![String::new()];
    for kanji in word.chars() {
        let Some(sounds) = KANJI.get(&kanji) else {
            return Vec::new();
        };
        readings = readings
            .iter()
            .flat_map(|front| sounds.iter().map(move |sound| joined(front, sound)))
            .take(MOST_READINGS)
            .collect();
    }
    readings
}

/// Joins two readings: つ, ち and く before a voiceless sound become っ, as in しゅっきん and がっこう.
fn joined(front: &str, sound: &str) -> String {
    let first = sound.chars().next();
    let (is_k, is_voiceless) = (
        first.is_some_and(|c| "かきくけこ".contains(c)),
        first.is_some_and(|c| "かきくけこさしすせそたちつてとはひふへほ".contains(c)),
    );
    let shortened = front
        .strip_suffix(['つ', 'ち'])
        .filter(|_| is_voiceless)
        .or_else(|| front.strip_suffix('く').filter(|_| is_k));
    match shortened {
        Some(short) if !short.is_empty() => {
            let softened = match first {
                Some('は') => "ぱ",
                Some('ひ') => "ぴ",
                Some('ふ') => "ぷ",
                Some('へ') => "ぺ",
                Some('ほ') => "ぽ",
                _ => return format!("{short}っ{sound}"),
            };
            format!("{short}っ{softened}{}", &sound['は'.len_utf8()..])
        }
        _ => format!("{front}{sound}"),
    }
}

/// Katakana as hiragana.
pub(super) fn hiragana(text: &str) -> String {
    let fold = |c: char| match c {
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        other => other,
    };
    text.chars().map(fold).collect()
}

/// Kana in Latin letters, with the differences between the systems and the lengths of vowels folded away.
pub(super) fn romaji(kana: &str) -> String {
    let kana = hiragana(kana);
    let mut latin = String::new();
    let mut characters = kana.chars().peekable();
    let mut doubles = false;
    while let Some(character) = characters.next() {
        if character == 'っ' {
            doubles = true;
            continue;
        }
        let Some(syllable) = syllable_of(character) else {
            continue;
        };
        let mut syllable = syllable.to_owned();
        if let Some(glide) = characters.next_if(|next| "ゃゅょぁぃぅぇぉ".contains(*next)) {
            syllable.truncate(syllable.len() - 1);
            let vowel = match glide {
                'ゃ' => "ya",
                'ゅ' => "yu",
                'ょ' => "yo",
                'ぁ' => "a",
                'ぃ' => "i",
                'ぅ' => "u",
                'ぇ' => "e",
                _ => "o",
            };
            syllable.push_str(vowel);
        }
        if std::mem::take(&mut doubles)
            && let Some(first) = syllable.chars().next()
        {
            latin.push(first);
        }
        latin.push_str(&syllable);
    }
    folded_romaji(&latin)
}

/// Folds romaji people write: `shi` and `si`, `tsu` and `tu`, `fu` and `hu`, `ou` and `o`, doubled letters.
pub(super) fn folded_romaji(latin: &str) -> String {
    let mut folded = latin.to_lowercase();
    for (from, to) in [
        ("shi", "si"),
        ("sh", "sy"),
        ("tchi", "tti"),
        ("chi", "ti"),
        ("ch", "ty"),
        ("tsu", "tu"),
        ("fu", "hu"),
        ("ji", "zi"),
        ("jy", "zy"),
        ("ja", "zya"),
        ("ju", "zyu"),
        ("jo", "zyo"),
        ("je", "zye"),
        ("ou", "o"),
        ("uu", "u"),
        ("oo", "o"),
        ("aa", "a"),
        ("ee", "e"),
        ("ei", "e"),
        ("ii", "i"),
        ("mb", "nb"),
        ("mp", "np"),
        ("mm", "nm"),
        ("-", ""),
        ("'", ""),
    ] {
        folded = folded.replace(from, to);
    }
    let mut single = String::with_capacity(folded.len());
    for letter in folded.chars() {
        if !single.ends_with(letter) {
            single.push(letter);
        }
    }
    single
}

fn syllable_of(kana: char) -> Option<&'static str> {
    let row = |row: &str, latin: [&'static str; 5]| {
        row.chars()
            .position(|c| c == kana)
            .map(|place| latin[place])
    };
    row("あいうえお", ["a", "i", "u", "e", "o"])
        .or_else(|| row("かきくけこ", ["ka", "ki", "ku", "ke", "ko"]))
        .or_else(|| row("がぎぐげご", ["ga", "gi", "gu", "ge", "go"]))
        .or_else(|| row("さしすせそ", ["sa", "si", "su", "se", "so"]))
        .or_else(|| row("ざじずぜぞ", ["za", "zi", "zu", "ze", "zo"]))
        .or_else(|| row("たちつてと", ["ta", "ti", "tu", "te", "to"]))
        .or_else(|| row("だぢづでど", ["da", "zi", "zu", "de", "do"]))
        .or_else(|| row("なにぬねの", ["na", "ni", "nu", "ne", "no"]))
        .or_else(|| row("はひふへほ", ["ha", "hi", "hu", "he", "ho"]))
        .or_else(|| row("ばびぶべぼ", ["ba", "bi", "bu", "be", "bo"]))
        .or_else(|| row("ぱぴぷぺぽ", ["pa", "pi", "pu", "pe", "po"]))
        .or_else(|| row("まみむめも", ["ma", "mi", "mu", "me", "mo"]))
        .or_else(|| row("らりるれろ", ["ra", "ri", "ru", "re", "ro"]))
        .or_else(|| row("やゆよわを", ["ya", "yu", "yo", "wa", "o"]))
        .or_else(|| row("んゔーーー", ["n", "vu", "-", "-", "-"]))
}

/// Hangul in the letters of the Revised Romanisation (2000), syllable by syllable, without assimilation.
pub(super) fn romanised_korean(word: &str) -> Option<String> {
    const FIRST: [&str; 19] = [
        "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t",
        "p", "h",
    ];
    const VOWEL: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo",
        "we", "wi", "yu", "eu", "ui", "i",
    ];
    const LAST: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p",
        "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
    ];
    let mut latin = String::new();
    for syllable in word.chars() {
        let code = (syllable as u32)
            .checked_sub(0xAC00)
            .filter(|code| *code < 11_172)? as usize;
        latin.push_str(FIRST[code / 588]);
        latin.push_str(VOWEL[code % 588 / 28]);
        latin.push_str(LAST[code % 28]);
    }
    Some(folded_korean(&latin))
}

/// Folds the ways Korean is written in Latin letters: `g` and `k`, `d` and `t`, `b` and `p`, `r` and `l`, doubled letters.
pub(super) fn folded_korean(latin: &str) -> String {
    let mut folded = latin.to_lowercase();
    for (from, to) in [
        ("ch", "j"),
        ("sh", "s"),
        ("oo", "u"),
        ("ee", "i"),
        ("g", "k"),
        ("d", "t"),
        ("b", "p"),
        ("r", "l"),
        ("-", ""),
        ("'", ""),
    ] {
        folded = folded.replace(from, to);
    }
    let mut single = String::with_capacity(folded.len());
    for letter in folded.chars() {
        if !single.ends_with(letter) {
            single.push(letter);
        }
    }
    single
}

/// The letters of hangul syllables one after another.
pub(super) fn letters_of(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    word.chars().filter(|c| is_hangul(*c)).nfd().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_sound() {
        assert_eq!(pinyin_of("充值").as_deref(), Some("chongzhi"));
        assert!(kana_of(&normalize_for_matching("出金")).contains(&"しゅっきん".to_owned()));
        assert!(kana_of(&normalize_for_matching("手数料")).contains(&"てすうりょう".to_owned()));
        assert!(kana_of(&normalize_for_matching("限度額")).contains(&"げんどがく".to_owned()));
        assert_eq!(romaji("しゅっきん"), folded_romaji("shukkin"));
        assert_eq!(romaji("てすうりょう"), folded_romaji("tesuuryou"));
        assert_eq!(romaji("パスワード"), folded_romaji("pasuwaado"));
        assert_eq!(romaji("にゅうきん"), folded_romaji("nyuukin"));
        assert_eq!(romanised_korean("로그인"), Some(folded_korean("rogeuin")));
        assert_eq!(romanised_korean("출금"), Some(folded_korean("chulgeum")));
        assert_eq!(
            romanised_korean("비밀번호"),
            Some(folded_korean("bimilbeonho"))
        );
        assert_eq!(letters_of("가"), "\u{1100}\u{1161}");
    }
}

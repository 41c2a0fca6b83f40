//! Reads what is spelled otherwise: by sound, without spaces, or with a letter wrong. What is found are words of the base's
//! own questions, so that nothing is made up.

use std::collections::HashMap;

use super::analyzer::strip_korean_ending;
use super::latin_names::WrittenNames;
use super::readings::{
    folded_korean, folded_romaji, hiragana, kana_of, letters_of, pinyin_of, romaji,
    romanised_korean,
};
use super::spelling_words::{
    GRAMMAR_KANA, GRAMMAR_KOREAN, GRAMMAR_PINYIN, plain_letters, words_of,
};
use crate::knowledge::KnowledgeBase;
use crate::language::{Language, is_han, is_hangul, is_kana, normalize_for_matching};

/// The words of a base's titles and alternates by how they sound and are spelled.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    /// Latin words, with how often they stand.
    latin: HashMap<String, u32>,
    pinyin: Sounds,
    kana: Sounds,
    romaji: Sounds,
    korean: Sounds,
    /// Korean words without endings, with how often they stand.
    hangul: HashMap<String, u32>,
    /// The same by their letters.
    hangul_letters: HashMap<String, String>,
    han: HashMap<String, u32>,
    names: WrittenNames,
}

/// A sound and the commonest word that has it.
#[derive(Debug, Default)]
struct Sounds {
    words: HashMap<String, (String, u32)>,
    longest: usize,
}

impl Sounds {
    fn add(&mut self, sound: String, word: &str, count: u32) {
        self.longest = self.longest.max(sound.chars().count());
        let known = self
            .words
            .entry(sound)
            .or_insert_with(|| (word.to_owned(), count));
        if count > known.1 {
            *known = (word.to_owned(), count);
        }
    }

    fn of(&self, sound: &str) -> Option<&str> {
        self.words.get(sound).map(|(word, _)| word.as_str())
    }
}

/// Shortest sounds and words that are looked for; shorter ones stand in everything.
const LEAST_LETTERS: usize = 4;
const LEAST_KANA: usize = 3;
const LEAST_TYPO: usize = 5;
/// Syllables of the shortest Korean word with a letter wrong that is looked for.
const LEAST_MENDED: usize = 2;
/// Letters up to which a romanised text must be covered whole.
const SHORT_SOUND: usize = 7;
/// Share of a longer one that known sounds must cover.
const LEAST_COVERED: f32 = 0.6;

impl Spellings {
    /// Gathers the words of a base.
    pub(super) fn of(knowledge: &KnowledgeBase) -> Self {
        let mut counts: HashMap<(Language, String), u32> = HashMap::new();
        for article in &knowledge.articles {
            for (language, wording) in &article.translations {
                for text in std::iter::once(&wording.title).chain(&wording.alternates) {
                    // Japanese keeps its own forms, or what is restored would be read as Chinese.
                    let text = match language {
                        Language::Japanese => text.to_lowercase(),
                        _ => normalize_for_matching(text),
                    };
                    for word in words_of(&text, *language) {
                        *counts.entry((*language, word)).or_default() += 1;
                    }
                }
            }
        }
        let mut spellings = Self {
            names: WrittenNames::of(knowledge),
            ..Self::default()
        };
        let mut sorted: Vec<((Language, String), u32)> = counts.into_iter().collect();
        // Equal counts fall to the word that sorts first, whatever the map's order.
        sorted.sort();
        for ((language, word), count) in sorted {
            spellings.add(language, &word, count);
        }
        for (sound, word) in GRAMMAR_PINYIN {
            spellings.pinyin.add((*sound).to_owned(), word, 1);
        }
        for (kana, word) in GRAMMAR_KANA {
            spellings.romaji.add(romaji(kana), word, 1);
        }
        for word in GRAMMAR_KOREAN {
            if let Some(sound) = romanised_korean(word) {
                spellings.korean.add(sound, word, 1);
            }
        }
        spellings
    }

    fn add(&mut self, language: Language, word: &str, count: u32) {
        let characters = word.chars().count();
        if word.is_ascii() {
            *self.latin.entry(word.to_owned()).or_default() += count;
            return;
        }
        match language {
            Language::Chinese if characters >= 2 => {
                if let Some(sound) = pinyin_of(word) {
                    self.pinyin.add(sound, word, count);
                }
                *self.han.entry(word.to_owned()).or_default() += count;
            }
            Language::Japanese if characters >= 2 => {
                let readings = if word.chars().all(is_han) {
                    kana_of(&normalize_for_matching(word))
                } else {
                    vec![hiragana(word)]
                };
                for reading in readings {
                    self.romaji.add(romaji(&reading), word, count);
                    self.kana.add(reading, word, count);
                }
            }
            Language::Korean if characters >= 2 => {
                if let Some(sound) = romanised_korean(word) {
                    self.korean.add(sound, word, count);
                }
                self.hangul_letters
                    .insert(letters_of(word), word.to_owned());
                *self.hangul.entry(word.to_owned()).or_default() += count;
            }
            _ => {}
        }
    }

    /// Tells whether a question in characters holds a Latin name that the base never writes.
    pub(super) fn has_unwritten_name(&self, text: &str, language: Language) -> bool {
        self.names.lack(text, language)
    }

    /// Returns a question in the base's own spelling, in each way it can be read; none where nothing is spelled otherwise.
    pub(super) fn restored(&self, text: &str) -> Vec<String> {
        let normal = normalize_for_matching(text);
        let has = |test: fn(char) -> bool| normal.chars().any(test);
        let mut ways = Vec::new();
        if !has(is_han) && !has(is_kana) && !has(is_hangul) {
            ways.extend(self.without_typos(&normal));
            let letters: String = plain_letters(&normal);
            ways.extend(self.sounded(&self.pinyin, &letters));
            ways.extend(self.sounded(&self.romaji, &folded_romaji(&letters)));
            ways.extend(self.sounded(&self.korean, &folded_korean(&letters)));
        }
        if has(is_kana) {
            ways.extend(self.in_kanji(&normal));
        }
        if has(is_hangul) {
            ways.extend(self.spaced(&normal));
        }
        if has(is_han) && !has(is_kana) {
            ways.extend(self.by_homophones(&normal));
        }
        ways.retain(|way| *way != normal);
        ways.dedup();
        ways
    }

    /// Latin words with one letter wrong, missing, added or swapped.
    fn without_typos(&self, normal: &str) -> Option<String> {
        let mut changed = false;
        let words: Vec<String> = normal
            .split(' ')
            .map(|word| {
                let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                match self.nearest_latin(bare) {
                    Some(right) => {
                        changed = true;
                        word.replace(bare, right)
                    }
                    None => word.to_owned(),
                }
            })
            .collect();
        changed.then(|| words.join(" "))
    }

    fn nearest_latin(&self, word: &str) -> Option<&str> {
        // A word of the base's alternates may be misspelled itself; one that stands once may be corrected.
        let own = self.latin.get(word).copied().unwrap_or(0);
        if word.len() < LEAST_TYPO
            || own > RARE
            || word.contains(|c: char| !c.is_ascii_alphabetic())
        {
            return None;
        }
        let near = self.latin.iter().filter(|(known, count)| {
            known.len() >= LEAST_TYPO
                && **count > own * COMMONER
                && known.len().abs_diff(word.len()) <= 1
                && known.starts_with(&word[..1])
        });
        let near = near.filter(|(known, _)| strsim::osa_distance(known, word) == 1);
        near.max_by_key(|(known, count)| (**count, std::cmp::Reverse(known.as_str())))
            .map(|(known, _)| known.as_str())
    }

    /// Splits letters into sounds of known words, the fewest and longest that cover the most.
    fn sounded(&self, sounds: &Sounds, letters: &str) -> Option<String> {
        if letters.len() < LEAST_LETTERS || !letters.is_ascii() {
            return None;
        }
        let count = letters.len();
        // Cost of the best reading up to each place, and the piece that ends there.
        let mut best: Vec<(f32, usize, Option<&str>)> = vec![(f32::INFINITY, 0, None); count + 1];
        best[0] = (0.0, 0, None);
        for from in 0..count {
            let cost = best[from].0;
            if cost + SKIPPED < best[from + 1].0 {
                best[from + 1] = (cost + SKIPPED, from, None);
            }
            for to in from + 2..=count.min(from + sounds.longest) {
                if let Some(word) = sounds.of(&letters[from..to])
                    && cost + A_WORD < best[to].0
                {
                    best[to] = (cost + A_WORD, from, Some(word));
                }
            }
        }
        let mut words = Vec::new();
        let (mut at, mut covered, mut longest) = (count, 0, 0);
        while at > 0 {
            let (_, from, word) = best[at];
            if let Some(word) = word {
                words.push(word);
                covered += at - from;
                longest = longest.max(at - from);
            }
            at = from;
        }
        words.reverse();
        // A short word of another language begins like many sounds.
        let least = match count <= SHORT_SOUND {
            true => 1.0,
            false => LEAST_COVERED,
        };
        let is_enough = covered as f32 >= least * count as f32 && longest >= LEAST_LETTERS;
        is_enough.then(|| words.join(" "))
    }

    /// Hiragana that reads as a word in kanji or katakana.
    fn in_kanji(&self, normal: &str) -> Option<String> {
        let characters: Vec<char> = normal.chars().collect();
        let mut restored = String::new();
        let mut changed = false;
        let mut at = 0;
        while at < characters.len() {
            let most = (characters.len() - at).min(self.kana.longest);
            let found = (LEAST_KANA..=most).rev().find_map(|length| {
                let part: String = characters[at..at + length].iter().collect();
                let is_hiragana = part.chars().all(|c| matches!(c, 'ぁ'..='ゖ' | 'ー'));
                self.kana
                    .of(&part)
                    .filter(|_| is_hiragana)
                    .map(|word| (length, word))
            });
            match found {
                Some((length, word)) => {
                    restored.push_str(word);
                    changed = true;
                    at += length;
                }
                None => {
                    restored.push(characters[at]);
                    at += 1;
                }
            }
        }
        changed.then_some(restored)
    }

    /// Korean cut where known words begin and end, with a letter mended.
    fn spaced(&self, normal: &str) -> Option<String> {
        let words: Vec<String> = normal
            .split(' ')
            .map(|word| self.spaced_word(word))
            .collect();
        Some(words.join(" "))
    }

    fn spaced_word(&self, word: &str) -> String {
        let characters: Vec<char> = word.chars().collect();
        if characters.len() < LEAST_MENDED || !characters.iter().all(|c| is_hangul(*c)) {
            return word.to_owned();
        }
        let stem = strip_korean_ending(word);
        if self.hangul.contains_key(stem) {
            return word.to_owned();
        }
        if stem.chars().count() >= LEAST_MENDED
            && let Some(right) = self.nearest_hangul(stem)
        {
            return word.replacen(stem, right, 1);
        }
        let mut parts: Vec<String> = Vec::new();
        let mut rest = String::new();
        let mut at = 0;
        while at < characters.len() {
            let most = (characters.len() - at).min(MOST_SYLLABLES);
            let found = (2..=most).rev().find(|length| {
                let part: String = characters[at..at + length].iter().collect();
                self.hangul.contains_key(&part)
            });
            match found {
                Some(length) => {
                    if !rest.is_empty() {
                        parts.push(std::mem::take(&mut rest));
                    }
                    parts.push(characters[at..at + length].iter().collect());
                    at += length;
                }
                None => {
                    rest.push(characters[at]);
                    at += 1;
                }
            }
        }
        if !rest.is_empty() {
            parts.push(rest);
        }
        // One syllable that is left over and no ending makes it another word.
        let is_another =
            |part: &String| part.chars().count() == 1 && !ENDINGS.contains(&part.as_str());
        if parts.iter().any(is_another) {
            return word.to_owned();
        }
        parts.join(" ")
    }

    fn nearest_hangul(&self, stem: &str) -> Option<&str> {
        let letters = letters_of(stem);
        let count = letters.chars().count();
        let near = self.hangul_letters.iter().filter(|(known, _)| {
            known.chars().count().abs_diff(count) <= 1 && strsim::osa_distance(known, &letters) == 1
        });
        near.map(|(_, word)| word.as_str())
            .max_by_key(|word| (self.hangul.get(*word), std::cmp::Reverse(*word)))
    }

    /// Chinese characters that sound like a word of the base and are none themselves.
    fn by_homophones(&self, normal: &str) -> Option<String> {
        let characters: Vec<char> = normal.chars().collect();
        let mut restored = characters.clone();
        let mut changed = false;
        let mut at = 0;
        while at + 2 <= characters.len() {
            let found = (2..=MOST_HAN.min(characters.len() - at))
                .rev()
                .find_map(|length| {
                    let part: String = characters[at..at + length].iter().collect();
                    if !part.chars().all(is_han) {
                        return None;
                    }
                    if self.han.contains_key(&part) {
                        return Some((length, None));
                    }
                    let word = self.pinyin.of(&pinyin_of(&part)?)?;
                    (word.chars().count() == length && self.han.contains_key(word))
                        .then_some((length, Some(word)))
                });
            match found {
                Some((length, Some(word))) => {
                    for (place, character) in word.chars().enumerate() {
                        restored[at + place] = character;
                    }
                    changed = true;
                    at += length;
                }
                Some((length, None)) => at += length,
                None => at += 1,
            }
        }
        changed.then(|| restored.into_iter().collect())
    }
}

/// A word of the base that stands no oftener may be a slip; it is corrected to one that stands so many times as often.
const RARE: u32 = 6;
const COMMONER: u32 = 3;
/// Syllables that stand alone between Korean words or at their end.
const ENDINGS: &[&str] = &[
    "요", "은", "는", "이", "가", "을", "를", "도", "만", "안", "못", "왜", "뭐", "좀", "돼", "됨",
    "에", "의", "로", "제", "내", "법", "때", "후", "전", "함",
];
const MOST_SYLLABLES: usize = 8;
const MOST_HAN: usize = 4;
/// Costs of a letter that belongs to no word, and of a word.
const SKIPPED: f32 = 1.0;
const A_WORD: f32 = 0.6;

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::LazyLock;

    use super::*;
    use crate::knowledge::load_folder;

    static DEMO: LazyLock<Spellings> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge_base");
        let loaded = load_folder(&folder).expect("the demo base is there");
        Spellings::of(&loaded.knowledge)
    });

    #[test]
    fn words_are_found_by_their_sound() {
        for (text, expected) in [
            ("tixian shouxufei", "提现 手续费"),
            ("tíxiàn shǒuxùfèi", "提现 手续费"),
            ("しゅっきんげんどがく", "出金限度額"),
            ("nyuukin tesuuryou", "入金手数料"),
            ("출금수수료", "출금 수수료"),
            ("체현수수료", "체현 수수료"),
            ("depositt", "deposit"),
        ] {
            let ways = DEMO.restored(text);
            assert!(ways.iter().any(|way| way == expected), "{text}: {ways:?}");
        }
        assert!(DEMO.restored("what are the fees").is_empty());
        assert!(DEMO.restored("hotel").is_empty());
        assert!(DEMO.restored("자동차").is_empty());
    }
}

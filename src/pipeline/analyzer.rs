//! Cuts text into index terms: words per language, and bigrams that need no language.
//!
//! All schemes read [`normalize_for_matching`] text, so width, case and Han variants are settled before cutting
//! (settling them afterwards is useless: the cut has gone wrong by then). Every term has a true position, which
//! tantivy's own n-gram tokenizer does not give.

use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use jieba_rs::Jieba;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::language::{Language, is_han, is_hangul, is_kana, normalize_for_matching};

/// How text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Words as one language has them.
    Words(Language),
    /// Character pairs inside runs of Han, kana and hangul; other runs whole.
    Bigrams,
}

/// One index term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The text that is matched.
    pub text: String,
    /// Which term of the text it is; overlapping words share the position of their start.
    pub position: usize,
}

/// Cuts a text into terms.
pub fn analyze(scheme: Scheme, text: &str) -> Vec<Term> {
    cut(scheme, &normalize_for_matching(text))
}

/// Cuts a text that [`normalize_for_matching`] gave.
pub(super) fn cut(scheme: Scheme, normal: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for run in runs(scheme, normal) {
        match (scheme, run.kind) {
            (Scheme::Bigrams, RunKind::Other) => push(&mut terms, run.text.to_owned()),
            (Scheme::Bigrams, _) => push_bigrams(&mut terms, run.text),
            (Scheme::Words(_), RunKind::Other) => push(&mut terms, stem_english(run.text)),
            (Scheme::Words(Language::Chinese), RunKind::Han) => push_chinese(&mut terms, run.text),
            (Scheme::Words(Language::Korean), RunKind::Hangul) => {
                push(&mut terms, strip_korean_ending(run.text).to_owned());
            }
            (Scheme::Words(_), RunKind::Hiragana) => push_hiragana(&mut terms, run.text),
            (Scheme::Words(_), RunKind::Han) => push_bigrams(&mut terms, run.text),
            (Scheme::Words(_), _) => push(&mut terms, run.text.to_owned()),
        }
    }
    terms
}

fn push(terms: &mut Vec<Term>, text: String) {
    let position = terms.last().map_or(0, |last| last.position + 1);
    terms.push(Term { text, position });
}

fn push_bigrams(terms: &mut Vec<Term>, run: &str) {
    let starts: Vec<usize> = run.char_indices().map(|(offset, _)| offset).collect();
    if starts.len() == 1 {
        push(terms, run.to_owned());
        return;
    }
    for (index, start) in starts[..starts.len() - 1].iter().enumerate() {
        let end = starts.get(index + 2).copied().unwrap_or(run.len());
        push(terms, run[*start..end].to_owned());
    }
}

static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Cuts Chinese into words, each character in one.
pub(super) fn chinese_cut(run: &str) -> Vec<String> {
    JIEBA
        .cut(run, true)
        .into_iter()
        .map(|word| word.word.to_owned())
        .collect()
}

/// Tells whether a Chinese word is a noun by the dictionary; a word that it lacks is none.
pub(super) fn is_chinese_noun(word: &str) -> bool {
    let tags = JIEBA.tag(word, false);
    tags.iter().all(|tag| tag.tag.starts_with('n'))
}

/// Search mode: long words and the shorter words inside them.
fn push_chinese(terms: &mut Vec<Term>, run: &str) {
    let first = terms.last().map_or(0, |last| last.position + 1);
    for word in JIEBA.cut_for_search(run, true) {
        terms.push(Term {
            text: word.word.to_owned(),
            position: first + word.start,
        });
    }
    // Words arrive shorter first; positions must not fall.
    terms.sort_by_key(|term| term.position);
}

/// Particles and inflection in hiragana carry grammar, not subject; what is left without them is kept.
fn push_hiragana(terms: &mut Vec<Term>, run: &str) {
    let core = strip_japanese_grammar(run);
    if core.chars().count() > 1 {
        push(terms, core.to_owned());
    }
}

/// Takes off every ending, then one particle in front where two characters or more remain.
fn strip_japanese_grammar(run: &str) -> &str {
    let mut core = run;
    while let Some(shorter) = JAPANESE_FUNCTION_WORDS
        .iter()
        .find_map(|ending| core.strip_suffix(ending))
    {
        core = shorter;
    }
    JAPANESE_PARTICLES
        .iter()
        .filter_map(|particle| core.strip_prefix(particle))
        .find(|rest| rest.chars().count() > 1)
        .unwrap_or(core)
}

const JAPANESE_PARTICLES: &[&str] = &[
    "には", "では", "とは", "は", "が", "を", "に", "で", "と", "も", "の", "へ",
];

/// Longer endings first, so that `ませんか` goes before `か` is looked at.
const JAPANESE_FUNCTION_WORDS: &[&str] = &[
    "でしょうか",
    "ませんか",
    "ました",
    "ません",
    "ますか",
    "ですか",
    "です",
    "ます",
    "する",
    "して",
    "した",
    "します",
    "しました",
    "したい",
    "から",
    "まで",
    "より",
    "ので",
    "のに",
    "には",
    "では",
    "とは",
    "ても",
    "ている",
    "ていない",
    "てください",
    "ください",
    "ことが",
    "こと",
    "もの",
    "ため",
    "ように",
    "という",
    "について",
    "される",
    "された",
    "されて",
    "されました",
    "されない",
    "ない",
    "なく",
    "なり",
    "なった",
    "なりました",
    "ある",
    "あり",
    "あります",
    "いる",
    "います",
    "れる",
    "られる",
    "など",
    "だけ",
    "けど",
    "って",
    "たい",
    "のですが",
    "のは",
    "のか",
    "んですが",
    "んだけど",
];

/// Endings by length, longest first: case particles, topic marks and polite verb endings (Sohn 1999, ch. 8).
const KOREAN_ENDINGS: &[&str] = &[
    "했는데요",
    "하였습니다",
    "했습니다",
    "합니다",
    "됩니다",
    "습니다",
    "입니다",
    "인가요",
    "나요",
    "는데요",
    "했는데",
    "되나요",
    "하나요",
    "하려면",
    "하려고",
    "에서는",
    "으로는",
    "에게서",
    "이라고",
    "이에요",
    "예요",
    "어요",
    "아요",
    "해요",
    "돼요",
    "되는",
    "하는",
    "했어요",
    "됐어요",
    "에서",
    "에게",
    "한테",
    "으로",
    "까지",
    "부터",
    "처럼",
    "보다",
    "이나",
    "이랑",
    "하고",
    "하면",
    "하기",
    "했다",
    "되지",
    "하지",
    "된다",
    "한다",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "의",
    "와",
    "과",
    "도",
    "로",
    "만",
    "요",
];

/// Takes one ending off a word that stays at least two syllables long.
pub(super) fn strip_korean_ending(word: &str) -> &str {
    KOREAN_ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|stem| stem.chars().count() >= 2)
        .unwrap_or(word)
}

fn stem_english(word: &str) -> String {
    if word.is_ascii() && word.len() > 2 {
        Stemmer::new(Algorithm::English).stem(word).into_owned()
    } else {
        word.to_owned()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunKind {
    Han,
    Hiragana,
    Katakana,
    Hangul,
    Other,
}

struct Run<'a> {
    kind: RunKind,
    text: &'a str,
}

/// Runs of letters and digits of one script; everything else separates. Bigrams span the seams of Han and kana.
fn runs(scheme: Scheme, text: &str) -> impl Iterator<Item = Run<'_>> {
    let kind_in_scheme = move |character| match kind_of(character) {
        Some(RunKind::Hiragana | RunKind::Katakana) if scheme == Scheme::Bigrams => {
            Some(RunKind::Han)
        }
        kind => kind,
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|character| kind_in_scheme(character).is_some())?;
        rest = &rest[start..];
        let kind = rest.chars().next().and_then(kind_in_scheme)?;
        let end = rest
            .find(|character| kind_in_scheme(character) != Some(kind))
            .unwrap_or(rest.len());
        let (text, remaining) = rest.split_at(end);
        rest = remaining;
        Some(Run { kind, text })
    })
}

fn kind_of(character: char) -> Option<RunKind> {
    match character {
        'ー' => Some(RunKind::Katakana),
        _ if is_han(character) => Some(RunKind::Han),
        '\u{3040}'..='\u{309f}' => Some(RunKind::Hiragana),
        _ if is_kana(character) => Some(RunKind::Katakana),
        _ if is_hangul(character) => Some(RunKind::Hangul),
        _ if character.is_alphanumeric() => Some(RunKind::Other),
        _ => None,
    }
}

/// Lets tantivy index a field with a scheme.
#[derive(Clone)]
pub(super) struct SchemeTokenizer(pub(super) Scheme);

impl Tokenizer for SchemeTokenizer {
    type TokenStream<'a> = SchemeTokenStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SchemeTokenStream {
        SchemeTokenStream {
            terms: analyze(self.0, text).into_iter(),
            token: Token::default(),
        }
    }
}

/// Terms one after another, as tantivy wants them. Offsets are left empty: nothing is highlighted from the index.
pub(super) struct SchemeTokenStream {
    terms: std::vec::IntoIter<Term>,
    token: Token,
}

impl TokenStream for SchemeTokenStream {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else {
            return false;
        };
        self.token.text = term.text;
        self.token.position = term.position;
        self.token.offset_from = 0;
        self.token.offset_to = 0;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scheme: Scheme, text: &str, expected: &[&str]) {
        let terms: Vec<String> = analyze(scheme, text)
            .into_iter()
            .map(|term| term.text)
            .collect();
        assert_eq!(terms, expected, "{text}");
    }

    #[test]
    fn bigrams_overlap_inside_a_script_and_leave_words_whole() {
        check(Scheme::Bigrams, "提现USDT没到", &["提现", "usdt", "没到"]);
        check(
            Scheme::Bigrams,
            "認証できない",
            &["认证", "证で", "でき", "きな", "ない"],
        );
        check(Scheme::Bigrams, "출금 지연!", &["출금", "지연"]);
        check(Scheme::Bigrams, "税", &["税"]);
    }

    #[test]
    fn a_long_han_run_does_not_vanish() {
        let text = "我昨天从你们平台提出来的比特币到现在还没有到我的钱包里面请帮忙查一下";
        assert!(analyze(Scheme::Bigrams, text).len() > 30);
        assert!(analyze(Scheme::Words(Language::Chinese), text).len() > 10);
    }

    #[test]
    fn positions_rise_by_one_a_bigram() {
        let positions: Vec<usize> = analyze(Scheme::Bigrams, "提现没有到账")
            .into_iter()
            .map(|term| term.position)
            .collect();
        assert_eq!(positions, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn words_lose_their_grammar() {
        check(
            Scheme::Words(Language::English),
            "Withdrawals delayed",
            &["withdraw", "delay"],
        );
        check(
            Scheme::Words(Language::Korean),
            "출금이 지연됩니다",
            &["출금", "지연"],
        );
        check(
            Scheme::Words(Language::Japanese),
            "出金はできますか",
            &["出金", "でき"],
        );
    }

    #[test]
    fn traditional_and_simplified_meet() {
        assert_eq!(
            analyze(Scheme::Words(Language::Chinese), "提現沒有到賬"),
            analyze(Scheme::Words(Language::Chinese), "提现没有到账"),
        );
    }
}

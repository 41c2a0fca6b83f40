//! The phrases that are signs, by what they are a sign of; written in any form of Han, matched in the simplified
//! one. They stand in `phrases.txt`, a language a line.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};

use crate::language::normalize_for_matching;
use crate::safety::redact::folded::Folded;

/// What a phrase is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Sign {
    /// A one-time code.
    Code,
    Password,
    /// A seed phrase or private key.
    Seed,
    /// Seeing the screen, or a program that controls a device.
    Screen,
    /// A "safe" account or wallet.
    SafePlace,
    /// Money asked for.
    Fee,
    /// A fee that no honest service has.
    BogusFee,
    MustPay,
    /// What the fee is to bring: a withdrawal, an end of a freeze.
    Release,
    /// Before anything else.
    First,
    LoanWord,
    LoanPush,
    Messenger,
    /// Somebody wrote, called or added first.
    Contact,
    /// Whether they are real.
    Doubt,
    ThreatWord,
    /// The end of an account.
    AccountEnd,
    /// At once, or else.
    Pressure,
    /// Somebody asks, wants, tells.
    Ask,
    /// Asks, in words that are said of nothing but persons.
    Demand,
    /// A person other than the visitor.
    Stranger,
    /// By telephone or message.
    Call,
    /// Told, sent, read out to somebody.
    Handover,
    Move,
    Money,
    AccountWord,
    /// Told or given, in the past.
    Gave,
    /// The same, with regret.
    GaveAway,
    Fake,
    Stolen,
    /// Somebody else's doing.
    NotMine,
    Victim,
    Gone,
    /// The visitor's own mishap, which leaves no thief.
    Own,
    /// A question about how things work.
    Howto,
    /// A question whether something ever happens.
    Ever,
    /// A program asks, as it should.
    Machine,
    /// Other people's losses.
    Elsewhere,
    /// A code to be sent again.
    Resend,
    /// A code that does not come.
    NotArrived,
    /// A password to be changed, which is good advice.
    Change,
    /// How not to become a victim.
    Prevention,
}

/// One sign found, by glyphs.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    pub(super) sign: Sign,
    pub(super) range: Range<usize>,
    pub(super) sentence: usize,
}

impl Sign {
    fn named(name: &str) -> Self {
        Self::deserialize(StrDeserializer::<ValueError>::new(name))
            .expect("a test reads every line of phrases.txt")
    }
}

const PHRASES: &str = include_str!("phrases.txt");

struct Lexicon {
    finder: AhoCorasick,
    signs: Vec<Sign>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let (phrases, signs): (Vec<String>, Vec<Sign>) = PHRASES
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(name, phrases)| {
            let sign = Sign::named(name);
            phrases
                .split('|')
                .map(move |phrase| (normalize_for_matching(phrase), sign))
        })
        .unzip();
    Lexicon {
        finder: AhoCorasick::new(phrases).expect("a thousand phrases fit an automaton"),
        signs,
    }
});

/// The simplified form of every common Han character, in order of code points.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let all: String = (FIRST_HAN..=LAST_HAN).flat_map(|han| [han, ' ']).collect();
    normalize_for_matching(&all)
        .split(' ')
        .filter_map(|form| form.chars().next())
        .collect()
});

const FIRST_HAN: char = '\u{4e00}';
const LAST_HAN: char = '\u{9fff}';

fn simplified(character: char) -> char {
    if !(FIRST_HAN..=LAST_HAN).contains(&character) {
        return character;
    }
    let place = character as usize - FIRST_HAN as usize;
    SIMPLIFIED.get(place).copied().unwrap_or(character)
}

/// Finds every sign, in order of sentences.
pub(super) fn find_signs(folded: &Folded) -> Vec<Hit> {
    let lexicon = &*LEXICON;
    let mut text = String::with_capacity(folded.len() * 3);
    let mut places = Vec::with_capacity(folded.len());
    let mut sentence = 0;
    let mut sentences = Vec::with_capacity(folded.len());
    for place in 0..folded.len() {
        let seen = folded.seen(place);
        places.push(text.len());
        text.push(if seen == '’' {
            '\''
        } else {
            simplified(seen)
        });
        sentences.push(sentence);
        if ends_sentence(folded, place) {
            sentence += 1;
        }
    }
    let glyph = |byte: usize| places.partition_point(|at| *at < byte);
    let mut hits: Vec<Hit> = lexicon
        .finder
        .find_overlapping_iter(&text)
        .filter(|found| is_whole_word(&text, found.start(), found.end()))
        .map(|found| {
            let range = glyph(found.start())..glyph(found.end());
            Hit {
                sign: lexicon.signs[found.pattern().as_usize()],
                sentence: sentences[range.start],
                range,
            }
        })
        .collect();
    // "让我把": what somebody is told to do is not done yet.
    let asked: Vec<_> = hits
        .iter()
        .filter(|hit| hit.sign == Sign::Ask)
        .map(|hit| hit.range.clone())
        .collect();
    let is_told = |hit: &Hit| {
        let within = |ask: &Range<usize>| ask.start <= hit.range.start && hit.range.end <= ask.end;
        matches!(hit.sign, Sign::Gave | Sign::GaveAway) && asked.iter().any(within)
    };
    hits.retain(|hit| !is_told(hit));
    hits.sort_by_key(|hit| hit.sentence);
    hits
}

fn ends_sentence(folded: &Folded, place: usize) -> bool {
    match folded.seen(place) {
        '?' | '!' | '\n' | ';' => true,
        '.' => !folded.seen(place + 1).is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Latin phrases count only as whole words.
fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let is_latin = |character: char| character.is_ascii_alphanumeric();
    let inside = &text[start..end];
    let first = inside.starts_with(is_latin) && text[..start].ends_with(is_latin);
    let last = inside.ends_with(is_latin) && text[end..].starts_with(is_latin);
    !first && !last
}

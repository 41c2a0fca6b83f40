//! Whether a text that a program has written says only what the passages say that it cites.
//!
//! Pure and strict: every sentence cites, every number, address and name of a page stands in what it cites, and most of
//! its words do. A text that turns a passage into its opposite with the passage's own words is not noticed; that is one
//! reason why an agent reads every draft.

use std::collections::HashSet;

use super::analyzer::{Scheme, analyze};
use crate::language::{Detector, Language, Priors, normalize_for_matching};

/// A draft that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounded {
    /// The text without its citations.
    pub text: String,
    /// The passages that are cited, by their places from 0, in the order of their first citation.
    pub cited: Vec<usize>,
}

/// Why a draft does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Ungrounded {
    /// The program says that the passages do not answer, or nothing.
    #[error("no_answer")]
    NoAnswer,
    /// It is too long to be read beside a conversation.
    #[error("too_long")]
    TooLong,
    /// A sentence cites nothing.
    #[error("uncited")]
    Uncited,
    /// A citation names a passage that was not given.
    #[error("invented_citation")]
    InventedCitation,
    /// A number, address or page stands in no cited passage.
    #[error("invented_fact")]
    InventedFact,
    /// Too many words stand in no cited passage.
    #[error("unsupported")]
    Unsupported,
    /// It is not in the visitor's language.
    #[error("wrong_language")]
    WrongLanguage,
}

/// Longest draft, in characters.
const MAX_CHARS: usize = 1_500;

/// Least share of a sentence's terms that must stand in what it cites.
const LEAST_SUPPORT: f32 = 0.6;

/// What a program is asked to say when the passages do not answer.
pub const NO_ANSWER: &str = "NONE";

/// Checks a draft against the passages it was to be written from.
pub fn check_draft(
    draft: &str,
    passages: &[String],
    language: Language,
    detector: &Detector,
) -> Result<Grounded, Ungrounded> {
    let draft = draft.trim();
    if draft.is_empty() || draft.trim_matches(['.', '"']) == NO_ANSWER {
        return Err(Ungrounded::NoAnswer);
    }
    if draft.chars().count() > MAX_CHARS {
        return Err(Ungrounded::TooLong);
    }
    let mut text = String::new();
    let mut cited = Vec::new();
    for sentence in sentences(draft) {
        let Sentence { words, citations } = sentence;
        if words.trim().is_empty() && citations.is_empty() {
            text.push_str(&words);
            continue;
        }
        if citations.is_empty() {
            return Err(Ungrounded::Uncited);
        }
        let mut source = String::new();
        for citation in citations {
            let place = citation
                .checked_sub(1)
                .filter(|place| *place < passages.len());
            let place = place.ok_or(Ungrounded::InventedCitation)?;
            source.push_str(&passages[place]);
            source.push('\n');
            if !cited.contains(&place) {
                cited.push(place);
            }
        }
        supports(&source, &words, language)?;
        text.push_str(&words);
    }
    let text = tidy(&text);
    if detector.detect(&text, &Priors::default()).most_likely() != Some(language) {
        return Err(Ungrounded::WrongLanguage);
    }
    Ok(Grounded { text, cited })
}

/// One sentence with the numbers it cites.
struct Sentence {
    words: String,
    citations: Vec<usize>,
}

/// Cuts a draft into sentences; citations count for the sentence they stand in or directly after.
fn sentences(draft: &str) -> Vec<Sentence> {
    let mut found = vec![Sentence {
        words: String::new(),
        citations: Vec::new(),
    }];
    let mut ended = false;
    let mut rest = draft;
    while let Some(character) = rest.chars().next() {
        if let Some((citations, length)) = citation_at(rest) {
            let last = found.last_mut().expect("there is always one");
            last.citations.extend(citations);
            rest = &rest[length..];
            continue;
        }
        let after = &rest[character.len_utf8()..];
        if ended && !character.is_whitespace() {
            found.push(Sentence {
                words: String::new(),
                citations: Vec::new(),
            });
            ended = false;
        }
        let last = found.last_mut().expect("there is always one");
        last.words.push(character);
        let next = after.chars().next();
        let pauses = next.is_none_or(|next| next.is_whitespace() || next == '[');
        ended |= match character {
            '。' | '！' | '？' | '\n' => true,
            '.' | '!' | '?' => pauses,
            _ => false,
        };
        // A line of nothing but space ends no sentence.
        ended &= !last.words.trim().is_empty();
        rest = after;
    }
    found
}

/// Reads `[1]` or `[1, 2]` at the beginning of a text, and how many bytes that is.
fn citation_at(text: &str) -> Option<(Vec<usize>, usize)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(']')?;
    let numbers = inner[..end]
        .split(',')
        .map(|number| number.trim().parse().ok())
        .collect::<Option<Vec<usize>>>()?;
    Some((numbers, end + 2))
}

fn supports(source: &str, words: &str, language: Language) -> Result<(), Ungrounded> {
    let folded_source = normalize_for_matching(source);
    let known_numbers: HashSet<String> = numbers(&folded_source).collect();
    let folded = normalize_for_matching(words);
    if numbers(&folded).any(|number| !known_numbers.contains(&number)) {
        return Err(Ungrounded::InventedFact);
    }
    if addresses(&folded).any(|address| !folded_source.contains(address)) {
        return Err(Ungrounded::InventedFact);
    }
    let terms = |text: &str| -> HashSet<String> {
        analyze(Scheme::Words(language), text)
            .into_iter()
            .map(|term| term.text)
            .collect()
    };
    let (said, known) = (terms(words), terms(source));
    let supported = said.intersection(&known).count() as f32;
    match supported >= said.len() as f32 * LEAST_SUPPORT {
        true => Ok(()),
        false => Err(Ungrounded::Unsupported),
    }
}

/// Numbers as they are compared: digits with their decimal points, without thousands separators.
fn numbers(folded: &str) -> impl Iterator<Item = String> + '_ {
    folded
        .split(|character: char| !(character.is_numeric() || ".,".contains(character)))
        .map(|run| run.trim_matches(['.', ',']).replace(',', ""))
        .filter(|run| run.chars().any(char::is_numeric))
}

/// Pages, mail addresses and names with an `@`.
fn addresses(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|character: char| {
            let is_of_address =
                character.is_ascii_alphanumeric() || "@._-:/?=&%+#~".contains(character);
            !is_of_address
        })
        .map(|word| word.trim_matches(['.', ':', '/', '-', '?']))
        .filter(|word| word.contains('@') || word.contains("://") || is_domain(word))
}

fn is_domain(word: &str) -> bool {
    let host = word.split('/').next().unwrap_or_default();
    host.rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty()
            && top.len() >= 2
            && top.chars().all(|character| character.is_ascii_alphabetic())
    })
}

/// Spaces that citations have left before marks are taken out.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    for character in text.chars() {
        if ".,!?。、！？".contains(character) {
            tidy.truncate(tidy.trim_end_matches(' ').len());
        }
        if character == ' ' && tidy.ends_with(' ') {
            continue;
        }
        tidy.push(character);
    }
    tidy.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_cited_passages_say_holds() {
        let passages = [
            "Orders arrive within two working days. Shipping costs 4.50 USD. Ask at help@shop.example or https://shop.example/track.",
            "Teas can be returned within 30 days.",
            "注文は2日以内に届きます。送料は500円です。",
            "배송은 2일 안에 도착합니다. 배송비는 3,000원입니다.",
            "订单会在2个工作日内送达。运费是30元。",
        ]
        .map(str::to_owned);
        let detector = Detector::new();
        let check = |draft: &str, language, expected: Result<(&str, &[usize]), Ungrounded>| {
            let found = check_draft(draft, &passages, language, &detector);
            let found = found
                .as_ref()
                .map(|found| (found.text.as_str(), found.cited.as_slice()));
            assert_eq!(
                found,
                expected.as_ref().map(|expected| *expected),
                "{draft}"
            );
        };
        use Language::{Chinese, English, Japanese, Korean};
        check(
            "Orders arrive within two working days [1]. Shipping costs 4.50 USD. [1] Teas can be returned within 30 days.[2]",
            English,
            Ok((
                "Orders arrive within two working days. Shipping costs 4.50 USD. Teas can be returned within 30 days.",
                &[0, 1],
            )),
        );
        check(
            "注文は2日以内に届きます[3]。送料は500円です。[3]",
            Japanese,
            Ok(("注文は2日以内に届きます。送料は500円です。", &[2])),
        );
        check(
            "배송은 2일 안에 도착합니다 [4]. 배송비는 3000원입니다 [4].",
            Korean,
            Ok(("배송은 2일 안에 도착합니다. 배송비는 3000원입니다.", &[3])),
        );
        check(
            "订单会在2个工作日内送达[5]。运费是30元[5]。",
            Chinese,
            Ok(("订单会在2个工作日内送达。运费是30元。", &[4])),
        );
        check(
            "You can ask at help@shop.example [1].",
            English,
            Ok(("You can ask at help@shop.example.", &[0])),
        );
        check(
            "Ask at help@shop.example [1].",
            English,
            Ok(("Ask at help@shop.example.", &[0])),
        );
        check(
            "Orders arrive within two working days.",
            English,
            Err(Ungrounded::Uncited),
        );
        check(
            "Orders arrive within two working days [1]. Trust me.",
            English,
            Err(Ungrounded::Uncited),
        );
        check(
            "Orders arrive within two working days [9].",
            English,
            Err(Ungrounded::InventedCitation),
        );
        check(
            "Orders arrive within two working days [0].",
            English,
            Err(Ungrounded::InventedCitation),
        );
        check(
            "Shipping costs 4.80 USD [1].",
            English,
            Err(Ungrounded::InventedFact),
        );
        check(
            "送料は３００円です[3]。",
            Japanese,
            Err(Ungrounded::InventedFact),
        );
        check(
            "Ask at https://evil.example/track [1].",
            English,
            Err(Ungrounded::InventedFact),
        );
        check(
            "Ask at help@evil.example [1].",
            English,
            Err(Ungrounded::InventedFact),
        );
        check(
            "Teas can be returned within 30 days [1].",
            English,
            Err(Ungrounded::InventedFact),
        );
        check(
            "Bananas grow on the moon every summer [1].",
            English,
            Err(Ungrounded::Unsupported),
        );
        check(
            "Orders arrive within two working days [1].",
            Korean,
            Err(Ungrounded::WrongLanguage),
        );
        check("NONE", English, Err(Ungrounded::NoAnswer));
        check(" ", English, Err(Ungrounded::NoAnswer));
        check(&"x".repeat(2_000), English, Err(Ungrounded::TooLong));
    }
}

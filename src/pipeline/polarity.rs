//! Opposites: sees that a question pulls one way and an article the other, by a small lexicon in four languages.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::knowledge::{Glossary, Translation};
use crate::language::normalize_for_matching;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lexicon {
    axis: Vec<Axis>,
}

/// A matter with two directions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Axis {
    #[expect(dead_code, reason = "names the axis for readers of the file")]
    name: String,
    a: Vec<String>,
    b: Vec<String>,
    /// Both, longest first.
    #[serde(skip)]
    phrases: Vec<(String, Pole)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pole {
    A,
    B,
}

static AXES: LazyLock<Vec<Axis>> = LazyLock::new(|| {
    let lexicon: Lexicon = toml::from_str(include_str!("polarity.toml"))
        .expect("the compiled-in opposites are whole, as a test proves");
    let mut axes = lexicon.axis;
    for axis in &mut axes {
        let folded = |phrases: &[String], pole| -> Vec<(String, Pole)> {
            phrases
                .iter()
                .map(|phrase| (normalize_for_matching(phrase), pole))
                .collect()
        };
        axis.phrases = folded(&axis.a, Pole::A);
        axis.phrases.extend(folded(&axis.b, Pole::B));
        axis.phrases
            .sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    }
    axes
});

/// Finds every phrase of every axis in one pass, with the axis of each.
static PHRASES: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let of_axes = AXES.iter().enumerate();
    let phrases = of_axes.flat_map(|(place, axis)| {
        let phrases = axis.phrases.iter();
        phrases.map(move |(phrase, _)| (phrase, place))
    });
    let (phrases, places): (Vec<&String>, Vec<usize>) = phrases.unzip();
    let finder = AhoCorasick::new(phrases).expect("the phrases of the lexicon are few");
    (finder, places)
});

/// Returns the axes of which a phrase stands in a folded text, in their order; most texts have none of most of them.
fn axes_in(text: &str) -> impl Iterator<Item = (usize, &'static Axis)> {
    let (finder, places) = &*PHRASES;
    let mut is_there = vec![false; AXES.len()];
    for found in finder.find_overlapping_iter(text) {
        is_there[places[found.pattern().as_usize()]] = true;
    }
    let axes = AXES.iter().enumerate();
    axes.filter(move |(place, _)| is_there[*place])
}

/// Which way a text pulls on each axis on which it pulls one way only.
pub(super) struct Poles(Vec<(usize, Pole)>);

/// How an article's title and alternates pull, axis by axis.
#[derive(Debug)]
pub(super) struct Pulls(Vec<PullsOnAxis>);

#[derive(Debug, Default)]
struct PullsOnAxis {
    /// One text names both poles.
    both: bool,
    /// Texts that name one pole alone; the title counts as several.
    a: u32,
    b: u32,
}

/// Tells whether a text pulls one way where the other is possible: in or out, on or off, asked for or not.
pub fn pulls_one_way(text: &str) -> bool {
    !Poles::of(text, &Glossary::default()).is_empty()
}

impl Poles {
    /// Reads a question. The glossary says what the operator is called, who is a place that things go to or come from.
    pub(super) fn of(text: &str, glossary: &Glossary) -> Self {
        let normal = glossary.naming_us(&normalize_for_matching(text));
        let pulls =
            axes_in(&normal).filter_map(|(place, axis)| Some((place, axis.pole_of(&normal)?)));
        Self(pulls.collect())
    }

    /// The same, and as another text pulls on every axis on which this one does not.
    pub(super) fn or(mut self, other: Self) -> Self {
        for (place, pole) in other.0 {
            if self.0.iter().all(|(known, _)| *known != place) {
                self.0.push((place, pole));
            }
        }
        self
    }

    /// Tells whether the text pulls any way at all.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether an article's title or an alternate pulls the same way on every axis on which this text pulls.
    pub(super) fn agree(&self, article: &Pulls) -> bool {
        self.0.iter().all(|(place, pole)| {
            let pulls = &article.0[*place];
            let (same, _) = pulls.seen_from(*pole);
            pulls.both || same > 0
        })
    }

    /// Tells whether an article's questions pull the other way on an axis on which this text pulls.
    pub(super) fn oppose(&self, article: &Pulls) -> bool {
        self.0.iter().any(|(place, pole)| {
            let pulls = &article.0[*place];
            let (same, other) = pulls.seen_from(*pole);
            !pulls.both && other > 0 && same == 0
        })
    }
}

const TITLE_WEIGHT: u32 = 3;

impl Pulls {
    /// Reads the title and the alternates of a wording.
    pub(super) fn of(wording: &Translation, glossary: &Glossary) -> Self {
        let mut pulls: Vec<PullsOnAxis> = AXES.iter().map(|_| PullsOnAxis::default()).collect();
        let title = std::iter::once((&wording.title, TITLE_WEIGHT));
        let alternates = wording.alternates.iter().map(|text| (text, 1));
        for (text, weight) in title.chain(alternates) {
            let normal = glossary.naming_us(&normalize_for_matching(text));
            for (place, axis) in axes_in(&normal) {
                let pulls = &mut pulls[place];
                match axis.read(&normal) {
                    (true, true) => pulls.both = true,
                    (true, false) => pulls.a += weight,
                    (false, true) => pulls.b += weight,
                    (false, false) => {}
                }
            }
        }
        Self(pulls)
    }
}

impl PullsOnAxis {
    /// Texts of the same and of the other pole.
    fn seen_from(&self, pole: Pole) -> (u32, u32) {
        match pole {
            Pole::A => (self.a, self.b),
            Pole::B => (self.b, self.a),
        }
    }
}

impl Axis {
    /// Which poles stand in a folded text.
    fn read(&self, text: &str) -> (bool, bool) {
        let mut left = text.to_owned();
        let (mut a, mut b) = (false, false);
        for (phrase, pole) in &self.phrases {
            while let Some(start) = find(&left, phrase) {
                left.replace_range(start..start + phrase.len(), "\u{0}");
                match pole {
                    Pole::A => a = true,
                    Pole::B => b = true,
                }
            }
        }
        (a, b)
    }

    fn pole_of(&self, text: &str) -> Option<Pole> {
        match self.read(text) {
            (true, false) => Some(Pole::A),
            (false, true) => Some(Pole::B),
            _ => None,
        }
    }
}

/// Finds a phrase; one of Latin letters stands as whole words.
fn find(text: &str, phrase: &str) -> Option<usize> {
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_word = phrase.is_ascii();
    text.match_indices(phrase)
        .map(|(start, _)| start)
        .find(|start| {
            let before = text[..*start].chars().next_back();
            let after = text[start + phrase.len()..].chars().next();
            !is_word || !is_latin(before) && !is_latin(after)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn wording(title: &str, alternates: &[&str]) -> Translation {
        Translation {
            title: title.to_owned(),
            alternates: alternates.iter().map(|text| (*text).to_owned()).collect(),
            path: "a.md".into(),
            ..Translation::blank(Language::English)
        }
    }

    #[test]
    fn opposites_are_seen_in_four_languages() {
        let ours = Glossary {
            ours: vec!["otter bank".to_owned()],
            ..Glossary::default()
        };
        for (question, title) in [
            (
                "how do I turn off two-factor",
                "How do I turn on two-factor?",
            ),
            ("怎么关闭双重验证", "怎么开启双重验证？"),
            ("二段階認証をオフにする方法", "二段階認証の設定方法は？"),
            ("2단계 인증 끄는 방법", "2단계 인증은 어떻게 켜나요?"),
            ("my withdrawal is missing", "My deposit has not arrived"),
            ("出金が届かない", "入金が反映されません"),
            ("출금이 안 왔어요", "입금이 안 들어왔어요"),
            ("how do I unfreeze it", "Can I freeze my account?"),
            ("请冻结我的账户", "我的账户为什么被冻结了？"),
            ("凍結してください", "アカウントが凍結されたのはなぜですか？"),
            ("the code I requested", "I got a code I did not request"),
            ("最多能充多少", "最少可以充多少币？"),
            (
                "what I sent from Otter Bank is not there",
                "My transfer to Otter Bank is missing",
            ),
            ("Otter Bankから送った分", "Otter Bankへの送金が届きません"),
            ("Otter Bank에서 보낸 돈", "Otter Bank로 보낸 돈이 안 왔어요"),
            ("Otter Bank转到我卡里的钱", "转到Otter Bank的钱没到"),
        ] {
            assert!(
                Poles::of(question, &ours).oppose(&Pulls::of(&wording(title, &[]), &ours)),
                "{question} / {title}"
            );
        }
        for (question, title) in [
            (
                "how do I turn on two-factor",
                "How do I turn on two-factor?",
            ),
            (
                "withdrawal or deposit, which is free?",
                "Is depositing free?",
            ),
            ("提现手续费", "提现手续费是多少？"),
            ("账户被冻结", "账户被冻结怎么申诉？"),
            ("what is the fee", "How much does a withdrawal cost?"),
        ] {
            assert!(
                !Poles::of(question, &ours).oppose(&Pulls::of(&wording(title, &[]), &ours)),
                "{question} / {title}"
            );
        }
        let both = Pulls::of(
            &wording("How do I raise my limit?", &["lower my limit"]),
            &ours,
        );
        assert!(!Poles::of("lower my limit", &ours).oppose(&both));
    }
}

//! Opposites: sees that a question pulls one way and an article the other, by a small lexicon in four languages.

use std::sync::LazyLock;

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

/// Which way a text pulls on each axis on which it pulls one way only.
pub(super) struct Poles<'a> {
    pulls: Vec<(usize, Pole)>,
    /// Says what the operator is called, who is a place that things go to or come from.
    glossary: &'a Glossary,
}

/// Tells whether a text pulls one way where the other is possible: in or out, on or off, asked for or not.
pub fn pulls_one_way(text: &str) -> bool {
    !Poles::of(text, &Glossary::default()).is_empty()
}

impl<'a> Poles<'a> {
    /// Reads a question.
    pub(super) fn of(text: &str, glossary: &'a Glossary) -> Self {
        let normal = glossary.naming_us(&normalize_for_matching(text));
        let axes = AXES.iter().enumerate();
        let pulls = axes.filter_map(|(place, axis)| Some((place, axis.pole_of(&normal)?)));
        Self {
            pulls: pulls.collect(),
            glossary,
        }
    }

    fn folded(&self, text: &str) -> String {
        self.glossary.naming_us(&normalize_for_matching(text))
    }

    /// Tells whether the text pulls any way at all.
    pub(super) fn is_empty(&self) -> bool {
        self.pulls.is_empty()
    }

    /// Tells whether an article's title or an alternate pulls the same way on every axis on which this text pulls.
    pub(super) fn agree(&self, wording: &Translation) -> bool {
        let texts: Vec<String> = std::iter::once(&wording.title)
            .chain(&wording.alternates)
            .map(|text| self.folded(text))
            .collect();
        self.pulls.iter().all(|(place, pole)| {
            texts.iter().any(|text| {
                let (a, b) = AXES[*place].read(text);
                match pole {
                    Pole::A => a,
                    Pole::B => b,
                }
            })
        })
    }

    /// Tells whether an article's questions pull the other way on an axis on which this text pulls.
    pub(super) fn oppose(&self, wording: &Translation) -> bool {
        if self.pulls.is_empty() {
            return false;
        }
        let title = self.folded(&wording.title);
        let others: Vec<String> = wording
            .alternates
            .iter()
            .map(|text| self.folded(text))
            .collect();
        self.pulls.iter().any(|(place, pole)| {
            let axis = &AXES[*place];
            let (mut same, mut other) = (0, 0);
            for (text, weight) in
                std::iter::once((&title, TITLE_WEIGHT)).chain(others.iter().map(|text| (text, 1)))
            {
                match axis.read(text) {
                    (true, true) => return false,
                    (true, false) => *side(*pole, Pole::A, &mut same, &mut other) += weight,
                    (false, true) => *side(*pole, Pole::B, &mut same, &mut other) += weight,
                    (false, false) => {}
                }
            }
            other > 0 && same == 0
        })
    }
}

const TITLE_WEIGHT: u32 = 3;

fn side<'a>(wanted: Pole, found: Pole, same: &'a mut u32, other: &'a mut u32) -> &'a mut u32 {
    if wanted == found { same } else { other }
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
                Poles::of(question, &ours).oppose(&wording(title, &[])),
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
                !Poles::of(question, &ours).oppose(&wording(title, &[])),
                "{question} / {title}"
            );
        }
        let both = wording("How do I raise my limit?", &["lower my limit"]);
        assert!(!Poles::of("lower my limit", &ours).oppose(&both));
    }
}

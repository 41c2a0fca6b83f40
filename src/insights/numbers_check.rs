//! Translations of one article must state the same numbers: a fee of 0.1 % in one language and 0.2 % in another is two promises.

use std::collections::BTreeSet;

use super::numbers::{Number, NumbersInText, numbers_in};
use super::sources::Sources;
use super::wording::at;
use crate::knowledge::{Article, Fault, KnowledgeBase, Translation};

/// The numbers of one translation, by where they stand.
struct StatedIn<'a> {
    translation: &'a Translation,
    summary: NumbersInText,
    body: NumbersInText,
    title: NumbersInText,
}

pub(super) fn check(knowledge: &KnowledgeBase, sources: &Sources<'_>) -> Vec<Fault> {
    knowledge
        .articles
        .iter()
        .flat_map(|article| article_faults(article, sources))
        .collect()
}

fn article_faults(article: &Article, sources: &Sources<'_>) -> Vec<Fault> {
    let translations: Vec<StatedIn<'_>> =
        article.translations.values().map(StatedIn::read).collect();
    let numbers: BTreeSet<&Number> = translations.iter().flat_map(StatedIn::stated).collect();
    numbers
        .into_iter()
        .filter(|number| !is_idiom(number, &translations))
        .filter_map(|number| number_fault(number, &translations, sources))
        .collect()
}

/// Nought (18:00, no fee) comes and goes with idiom, and so do one and two where a single language writes them in
/// digits: Japanese counts 1つ where the others say "a".
fn is_idiom(number: &Number, translations: &[StatedIn<'_>]) -> bool {
    let stating = translations.iter().filter(|one| one.states(number)).count();
    let is = |value: f64| *number == Number::new(value);
    is(0.0) || (stating == 1 && (is(1.0) || is(2.0)))
}

/// Reports a number that some translations state and others do not even mention.
fn number_fault(
    number: &Number,
    translations: &[StatedIn<'_>],
    sources: &Sources<'_>,
) -> Option<Fault> {
    let stating: Vec<&StatedIn<'_>> = translations
        .iter()
        .filter(|one| one.states(number))
        .collect();
    let lacking: Vec<&StatedIn<'_>> = translations.iter().filter(|one| !one.has(number)).collect();
    if lacking.is_empty() {
        return None;
    }
    let message = format!(
        "the number {number} stands in {} but not in {}; state the same numbers in every language",
        codes(&stating),
        codes(&lacking)
    );
    // The minority is the likelier culprit: a lone number is shown where it stands, a missing one where it lacks.
    if stating.len() > lacking.len() {
        let path = &lacking.first()?.translation.path;
        return Some(at(
            Fault::warning(path, CHECK, message),
            sources.line_of_key(path, "summary"),
        ));
    }
    let first = stating.first()?;
    let path = &first.translation.path;
    Some(at(
        Fault::warning(path, CHECK, message),
        first.line_of(number, sources),
    ))
}

const CHECK: &str = "different-numbers";

impl<'a> StatedIn<'a> {
    fn read(translation: &'a Translation) -> Self {
        let read = |text: &str| numbers_in(text, translation.language);
        Self {
            translation,
            title: read(&translation.title),
            summary: read(&translation.summary),
            body: read(&translation.body),
        }
    }

    /// Numbers a reader is told; a title only repeats the question.
    fn stated(&self) -> impl Iterator<Item = &Number> {
        self.summary.stated.keys().chain(self.body.stated.keys())
    }

    fn states(&self, number: &Number) -> bool {
        self.summary.stated.contains_key(number) || self.body.stated.contains_key(number)
    }

    fn has(&self, number: &Number) -> bool {
        [&self.title, &self.summary, &self.body]
            .into_iter()
            .any(|found| found.stated.contains_key(number) || found.mentioned.contains(number))
    }

    fn line_of(&self, number: &Number, sources: &Sources<'_>) -> Option<usize> {
        let path = &self.translation.path;
        if self.summary.stated.contains_key(number) {
            return sources.line_of_key(path, "summary");
        }
        let offset = *self.body.stated.get(number)?;
        let line = self.translation.body.lines().nth(offset)?;
        sources.line_with(path, self.translation.body_line, line)
    }
}

fn codes(translations: &[&StatedIn<'_>]) -> String {
    let codes: Vec<&str> = translations
        .iter()
        .map(|one| one.translation.language.code())
        .collect();
    codes.join(", ")
}

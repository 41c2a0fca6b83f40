//! Thresholds for a base about which nobody has labelled a question yet.
//!
//! Questions whose article was left out have no right answer. The threshold is raised to where they pass seldom.

use serde::Serialize;

use crate::language::Language;
use crate::pipeline::{PerLanguage, Rehearsed};

/// Share of the questions left out that may be answered.
const MOST_PASSING: f64 = 0.05;
/// Questions of a language from which it is judged by its own alone.
const ENOUGH: usize = 60;
/// No base of a stranger is answered below the first of these, whatever its own articles show, and none is held above the
/// second: articles that say the same pass at any threshold. Both were chosen on public sets, where answers between them
/// are right in 97 of 100 on average.
const OF_ENTRIES: [f32; 2] = [0.85, 0.90];
/// The same for long pages that both encoders have read, whose number is another: of 378 questions to six bases of pages,
/// answers from the first on are right in 94 of 100.
const OF_PAGES: [f32; 2] = [0.75, 0.82];

/// What leaving out its articles says about one language of a base.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WithoutLabels {
    /// The language.
    pub language: Language,
    /// Questions asked with their article left out.
    pub asked: usize,
    /// How many of them were answered at the threshold before.
    pub passed: usize,
    /// The threshold before.
    pub before: f32,
    /// The threshold at which few enough pass, never lower than before.
    pub threshold: f32,
}

/// Judges each language, from the thresholds that hold now; `of_pages` as
/// [`Engine::is_sure_of_pages`](crate::pipeline::Engine::is_sure_of_pages) says.
pub fn without_labels(
    rehearsed: &[Rehearsed],
    now: &PerLanguage,
    of_pages: bool,
) -> [WithoutLabels; 4] {
    let bounds = if of_pages { OF_PAGES } else { OF_ENTRIES };
    let all: Vec<f32> = rehearsed.iter().map(|one| one.confidence).collect();
    Language::ALL.map(|language| {
        let own = rehearsed.iter().filter(|one| one.language == language);
        let own: Vec<f32> = own.map(|one| one.confidence).collect();
        let before = now.of(language).0;
        // Few questions of one language say little; those of the others are about the same articles.
        let judging = if own.len() < ENOUGH { &all } else { &own };
        WithoutLabels {
            language,
            asked: own.len(),
            passed: own
                .iter()
                .filter(|confidence| **confidence >= before)
                .count(),
            before,
            threshold: before.max(least_threshold(judging, bounds)),
        }
    })
}

/// The lowest threshold in steps of a hundredth that no more than the allowed share pass.
fn least_threshold(confidences: &[f32], [least, most]: [f32; 2]) -> f32 {
    let allowed = (confidences.len() as f64 * MOST_PASSING) as usize;
    let mut falling = confidences.to_vec();
    falling.sort_by(|left, right| right.total_cmp(left));
    let Some(first_kept_out) = falling.get(allowed) else {
        // Nothing can be left out.
        return least;
    };
    // Just above the surest of those that must not pass.
    (((first_kept_out * 100.0).floor() + 1.0) / 100.0).clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::ArticleId;

    fn rehearsed(language: Language, confidences: &[f32]) -> Vec<Rehearsed> {
        let one = |confidence: &f32| Rehearsed {
            text: "a question".to_owned(),
            language,
            left_out: ArticleId::new("left-out"),
            instead: None,
            confidence: *confidence,
        };
        confidences.iter().map(one).collect()
    }

    #[test]
    fn a_threshold_rises_to_where_few_left_out_questions_pass() {
        let now = PerLanguage::default();
        let check = |confidences: &[f32], expected: f32| {
            let found = without_labels(&rehearsed(Language::English, confidences), &now, false);
            assert_eq!(found[0].threshold, expected, "{confidences:?}");
        };
        // Of a hundred, five may pass.
        let mut hundred = vec![0.2; 94];
        hundred.extend([0.99, 0.98, 0.96, 0.95, 0.9, 0.84]);
        check(&hundred, 0.85);
        hundred[0] = 0.87;
        check(&hundred, 0.88);
        // Nothing falls below what a stranger's base needs, or rises to where nothing is answered.
        check(&[0.1; 80], OF_ENTRIES[0]);
        check(&[0.999; 80], OF_ENTRIES[1]);
        check(&[], OF_ENTRIES[0]);
        let of_pages = without_labels(&rehearsed(Language::English, &[0.1; 80]), &now, true);
        assert_eq!(of_pages[0].threshold, OF_PAGES[0]);
    }

    #[test]
    fn few_questions_are_judged_with_those_of_other_languages() {
        let now = PerLanguage::default();
        let mut all = rehearsed(Language::English, &[0.1; 80]);
        all.extend(rehearsed(Language::Korean, &[0.95, 0.3]));
        let found = without_labels(&all, &now, false);
        let korean = found[Language::Korean.index()];
        assert_eq!((korean.asked, korean.passed), (2, 1));
        assert_eq!(korean.threshold, OF_ENTRIES[0], "two of eighty-two are few");
        let now = PerLanguage { ko: 0.95, ..now };
        let found = without_labels(&all, &now, false);
        assert_eq!(
            found[Language::Korean.index()].threshold,
            0.95,
            "never lower"
        );
    }
}

//! The page a question is asked on, as a mild prior: in doubt, what the visitor is reading is what they mean.

use super::evidence::{Evidence, JOINT, PLAIN_SIMILARITY, SIMILARITY};
use super::outcome::{Confidence, RankedArticle};
use crate::knowledge::ArticleId;

/// Confidence from which the question speaks for itself, wherever it is asked.
const CLEAR: Confidence = Confidence(0.92);

/// Share of the best article's nearness, in meaning and words together, that the page's article must reach. Below it,
/// the question is about something else.
const LEAST_SHARE: f32 = 0.75;

/// Nearness below which a question is about neither.
const LEAST_NEARNESS: f32 = 0.55;

/// How much likelier an article is meant where it is being read, other things being equal.
const ODDS: f32 = 4.0;

/// Puts the article being read first when it is close to the best, and says how likely it is meant then. The others keep
/// their order, and a question about something else keeps its own.
pub(super) fn prefer(
    order: &mut [(u32, RankedArticle)],
    reading: &ArticleId,
    confidence: Confidence,
) -> Confidence {
    let nearness = |ranked: &RankedArticle| nearness_of(&ranked.evidence);
    let Some((_, best)) = order.first().filter(|_| confidence < CLEAR) else {
        return confidence;
    };
    let (score, wanted) = (best.score, LEAST_NEARNESS.max(nearness(best) * LEAST_SHARE));
    let close = order
        .iter()
        .position(|(_, ranked)| ranked.article == *reading && nearness(ranked) >= wanted);
    let Some(place) = close else {
        return confidence;
    };
    order[..=place].rotate_right(1);
    order[0].1.score = score;
    let odds = ODDS * confidence.0 / (1.0 - confidence.0);
    Confidence(odds / (1.0 + odds))
}

/// Nearness in meaning and words together, whatever stands beside the article: the limits above hold for every base.
fn nearness_of(evidence: &Evidence) -> f32 {
    let number = |position: usize| evidence.0.get(position).copied().unwrap_or(0.0);
    number(JOINT) + number(PLAIN_SIMILARITY) - number(SIMILARITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::Similarity;

    fn order(nearness: &[(&str, f32)]) -> Vec<(u32, RankedArticle)> {
        let ranked = |(place, (article, nearness)): (usize, &(&str, f32))| {
            let mut evidence = Evidence(vec![0.0; PLAIN_SIMILARITY + 1]);
            evidence.0[JOINT] = *nearness;
            let ranked = RankedArticle {
                article: ArticleId::new(*article),
                score: 0.6 / (place + 1) as f32,
                similarity: Similarity(0.0),
                evidence,
            };
            (place as u32, ranked)
        };
        nearness.iter().enumerate().map(ranked).collect()
    }

    #[test]
    fn only_a_close_article_comes_first_and_only_in_doubt() {
        let check = |reading: &str, confidence: f32, expected: &str, rises: bool| {
            let mut order = order(&[("fees", 0.9), ("tax", 0.5), ("limits", 0.7)]);
            let before = Confidence(confidence);
            let told = prefer(&mut order, &ArticleId::new(reading), before);
            let names: Vec<&str> = order.iter().map(|(_, one)| one.article.as_str()).collect();
            assert_eq!(names.join(" "), expected, "{reading} at {confidence}");
            assert_eq!(told > before, rises, "{reading} at {confidence}: {told:?}");
            assert!(told.0 < 1.0);
        };
        check("fees", 0.4, "fees tax limits", true);
        check("limits", 0.4, "limits fees tax", true);
        check("limits", 0.92, "fees tax limits", false);
        check("tax", 0.4, "fees tax limits", false);
        check("unknown", 0.4, "fees tax limits", false);
        let nothing = Confidence(0.0);
        assert_eq!(prefer(&mut [], &ArticleId::new("fees"), nothing), nothing);
        // What the units of a base have in common makes no article less close.
        let mut crowded = order(&[("fees", 0.9), ("limits", 0.5)]);
        crowded[1].1.evidence.0[PLAIN_SIMILARITY] = 0.2;
        assert!(prefer(&mut crowded, &ArticleId::new("limits"), Confidence(0.4)).0 > 0.4);
        assert_eq!(crowded[0].1.article.as_str(), "limits");
        let mut far = order(&[("fees", 0.3), ("limits", 0.3)]);
        assert_eq!(
            prefer(&mut far, &ArticleId::new("limits"), nothing),
            nothing
        );
    }
}

//! Articles that say the same count as one, and the question's own language decides which of them is given.
//!
//! A base may hold each text once a language, as articles that do not know of each other. Any of them answers, and the
//! likeliest is often not the one that the visitor reads. Being in their language is no merit by itself, or an unrelated
//! article in it would win over the right one in another; it decides between those that say the same.

use super::hubs::HubIndex;
use super::outcome::RankedArticle;
use super::snapshot::Snapshot;
use super::unit_kind::UnitKind;
use crate::language::Language;

/// Articles among which the same is looked for.
const LOOKED_AT: usize = 8;
/// Least cosine, less what the texts say of their languages, at which two texts say the same.
const SAYS_THE_SAME: f32 = 0.6;
/// Texts of one article that are compared, from its beginning.
const COMPARED: usize = 6;

/// Puts the likeliest article that says what the first says, and says it in this language, before the first.
pub(super) fn prefer(
    snapshot: &Snapshot,
    tables: &[HubIndex; 2],
    language: Language,
    order: &mut [(u32, RankedArticle)],
) {
    let speaks = |article: u32| {
        let mut entries = snapshot.entries_of(article).iter();
        entries.any(|entry| entry.language == language)
    };
    let Some((first, top)) = order.first() else {
        return;
    };
    if speaks(*first) {
        return;
    }
    let (first, score) = (*first, top.score);
    let same = order.iter().take(LOOKED_AT).position(|(article, _)| {
        speaks(*article) && say_the_same(snapshot, tables, first, *article)
    });
    if let Some(place) = same {
        order[..=place].rotate_right(1);
        order[0].1.score = score;
    }
}

/// Whether the titles of two articles say the same and their answers too, as far as both have them.
fn say_the_same(snapshot: &Snapshot, tables: &[HubIndex; 2], one: u32, other: u32) -> bool {
    let compared: Vec<f32> = UnitKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let table = tables[kind as usize].table();
            let [ours, theirs] = [one, other].map(|article| rows(snapshot, kind, article));
            let nearest = |row: &u32| {
                let cosines = theirs
                    .iter()
                    .map(|their| table.between(*row as usize, table, *their as usize));
                cosines.max_by(f32::total_cmp)
            };
            let nearest: Option<Vec<f32>> = ours.iter().map(nearest).collect();
            let nearest = nearest.filter(|nearest| !nearest.is_empty())?;
            Some(nearest.iter().sum::<f32>() / nearest.len() as f32)
        })
        .collect();
    !compared.is_empty() && compared.iter().all(|cosine| *cosine >= SAYS_THE_SAME)
}

fn rows(snapshot: &Snapshot, kind: UnitKind, article: u32) -> Vec<u32> {
    let entries = snapshot.entries_of(article).iter();
    let rows = entries.flat_map(|entry| entry.rows[kind as usize].clone());
    rows.take(COMPARED).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::encoder::{Embedding, Encoder, Similarity, TextRole, TokenWeights};
    use crate::knowledge::{Article, ArticleId, KnowledgeBase, Revision, Translation};
    use crate::pipeline::Evidence;

    /// Knows two subjects in two languages.
    struct Subjects;

    impl Encoder for Subjects {
        fn dimension(&self) -> usize {
            3
        }

        fn identity(&self) -> &str {
            "subjects"
        }

        fn encode_weighed(
            &self,
            _role: TextRole,
            texts: &[&str],
            _weights: &TokenWeights,
        ) -> Vec<Embedding> {
            let subject = |text: &&str| {
                let about = |words: [&str; 2]| words.iter().any(|word| text.contains(word));
                match (about(["refund", "返金"]), about(["open", "営業"])) {
                    (true, _) => vec![1.0, 0.0, 0.0],
                    (_, true) => vec![0.0, 1.0, 0.0],
                    _ => vec![0.0, 0.0, 1.0],
                }
            };
            texts
                .iter()
                .map(|text| Embedding::normalised(subject(text)))
                .collect()
        }
    }

    fn article(id: &str, language: Language, title: &str) -> Article {
        let wording = Translation {
            title: title.to_owned(),
            ..Translation::blank(language)
        };
        Article {
            translations: BTreeMap::from([(language, wording)]),
            ..Article::blank(ArticleId::new(id))
        }
    }

    fn base() -> Snapshot {
        let knowledge = KnowledgeBase::of_articles(
            vec![
                article("hours-ja", Language::Japanese, "営業時間は何時までですか"),
                article("refund-en", Language::English, "How do I get a refund?"),
                article("refund-ja", Language::Japanese, "返金してもらえますか"),
            ],
            Revision("1".to_owned()),
        );
        let snapshot = Snapshot::build(knowledge, &Subjects).expect("an index in memory");
        snapshot
            .add_second_encoder(&Subjects, None)
            .expect("vectors in memory");
        snapshot
    }

    /// The articles in order after preferring a language, the first of them with the best score.
    fn check(language: Language, order: [u32; 3], expected: [u32; 3]) {
        let snapshot = base();
        let tables = &snapshot.second("subjects").expect("just added").vectors;
        let mut order: Vec<(u32, RankedArticle)> = order
            .into_iter()
            .zip([0.9, 0.5, 0.4])
            .map(|(position, score)| {
                let ranked = RankedArticle {
                    article: snapshot.article_at(position).id.clone(),
                    score,
                    similarity: Similarity(score),
                    evidence: Evidence(Vec::new()),
                };
                (position, ranked)
            })
            .collect();
        prefer(&snapshot, tables, language, &mut order);
        let found: Vec<u32> = order.iter().map(|(position, _)| *position).collect();
        assert_eq!(found, expected, "{language}");
        assert_eq!(order[0].1.score, 0.9);
    }

    #[test]
    fn of_two_that_say_the_same_the_one_in_the_visitors_language_is_given() {
        let (hours, english, japanese) = (0, 1, 2);
        check(
            Language::Japanese,
            [english, hours, japanese],
            [japanese, english, hours],
        );
    }

    #[test]
    fn what_says_something_else_does_not_win_by_its_language() {
        let (hours, english, japanese) = (0, 1, 2);
        check(
            Language::English,
            [hours, english, japanese],
            [hours, english, japanese],
        );
        check(
            Language::Korean,
            [english, japanese, hours],
            [english, japanese, hours],
        );
    }
}

//! A question that leans on the turn before, weighed together with it.

use std::collections::HashSet;

use super::outcome::{Confidence, RankedArticle};
use super::polarity::Poles;
use super::turns_before::TurnsBefore;
use super::weighed::Weighed;
use crate::knowledge::{Article, ArticleId};

/// Weighs the question by itself and joined to what was talked about into one order.
///
/// Both must speak for an article; one of the same subject as the turn before is likelier meant, and the one just given is
/// not asked for again. Where the base does not know the words, nothing is offered for them.
pub(super) fn join(
    mut alone: Weighed,
    joined: &Weighed,
    before: &TurnsBefore,
    text: &str,
    is_understood: bool,
) -> Weighed {
    // A question keeps to the way of what was talked about, where it pulls none itself.
    let snapshot = alone.snapshot.clone();
    let glossary = &snapshot.knowledge().glossary;
    let own = Poles::of(text, glossary);
    let poles = match before.subject() {
        Some(subject) => own.or(Poles::of(subject, glossary)),
        None => own,
    };
    let language = alone.language;
    let known: Vec<Article> = before
        .about
        .iter()
        .filter_map(|id| joined.snapshot.article(id).cloned())
        .collect();
    let sure_alone = alone.confidence.0;
    let first_alone = alone.ranking.order.first().map(article_of).cloned();
    let mut order = alone.ranking.order.clone();
    for (position, ranked) in &joined.ranking.order {
        if !order.iter().any(|(known, _)| known == position) {
            let mut ranked = ranked.clone();
            ranked.score = 0.0;
            order.push((*position, ranked));
        }
    }
    let [sum_alone, sum_joined] = [&alone, joined].map(|weighed| {
        let scores = weighed.ranking.order.iter().map(|(_, ranked)| ranked.score);
        scores.sum::<f32>().max(1e-6)
    });
    alone.ranking.order = order;
    let opposes = |position| {
        snapshot
            .pulls_of(position, language)
            .is_some_and(|pulls| poles.oppose(pulls))
    };
    alone.reorder(|position, ranked| {
        let article = snapshot.article_at(position);
        let by_itself = ranked.score / sum_alone + NEGLIGIBLE;
        let with_before = joined.score_of(&ranked.article) / sum_joined + NEGLIGIBLE;
        let way = if opposes(position) { OPPOSITE } else { 1.0 };
        by_itself.powf(BY_ITSELF)
            * with_before.powf(1.0 - BY_ITSELF)
            * relation(article, &known, before)
            * way
    });
    let order = &alone.ranking.order;
    let is_first_related = alone
        .top()
        .is_some_and(|(_, article)| relation(article, &known, before) > UNRELATED);
    // What was just given leads the joined reading by its own words.
    let given = before.articles.first();
    let mut others = joined.ranking.order.iter().map(article_of);
    let first = order.first().map(article_of);
    let is_first_joined = first.is_some() && first == others.find(|one| Some(*one) != given);
    // What leads each reading is meant, whatever it has to do with what was said.
    let leads_both = is_first_joined && first == first_alone.as_ref();
    let margin = margin_of(order);
    let mut sure = MARGIN_WEIGHT * margin
        + if is_first_joined { AGREEMENT } else { 0.0 }
        + if is_first_related { RELATED } else { 0.0 };
    if is_first_joined && is_first_related && margin >= CLEAR_LEAD {
        sure = sure.max(joined.confidence.0 * SURE_TOGETHER);
    }
    if leads_both {
        sure = sure.max(sure_alone * SURE_IN_BOTH);
    }
    // Where it stays open what of the subject is meant, the visitor chooses; what has nothing to do with it is no answer.
    let is_near = |(position, _): &(u32, RankedArticle)| {
        let article = snapshot.article_at(*position);
        given == Some(&article.id) || relation(article, &known, before) > UNRELATED
    };
    let has_related = order.iter().take(OFFERED_AT_MOST).any(is_near);
    let least = match has_related && is_understood {
        true => CHOICE,
        false => 0.0,
    };
    let is_opposed = order.first().is_some_and(|(first, _)| opposes(*first));
    let most = match (is_first_related || leads_both) && !is_opposed {
        true => SUREST,
        false => SUREST_DOUBTED,
    };
    alone.confidence = Confidence(sure.clamp(least, most));
    alone
}

fn article_of((_, ranked): &(u32, RankedArticle)) -> &ArticleId {
    &ranked.article
}

/// How far the first of an order is ahead of the second, `0..=1`.
fn margin_of(order: &[(u32, RankedArticle)]) -> f32 {
    let mut scores = order.iter().map(|(_, ranked)| ranked.score);
    match (scores.next(), scores.next().unwrap_or(0.0)) {
        (Some(best), second) if best > 0.0 => 1.0 - second / best,
        _ => 0.0,
    }
}

/// Weight of the question by itself against that of both together, which say more of what is meant.
const BY_ITSELF: f32 = 0.35;
/// How much of its confidence a reading keeps: both together where the first is clearly ahead, the question by itself where
/// both begin with the same article.
const SURE_TOGETHER: f32 = 0.9;
const SURE_IN_BOTH: f32 = 0.95;
const CLEAR_LEAD: f32 = 0.2;
/// How much an article that pulls the other way keeps.
const OPPOSITE: f32 = 0.3;
/// Put where a reading gives an article no score at all.
const NEGLIGIBLE: f32 = 0.02;
const UNRELATED: f32 = 1.0;
/// How sure the two readings together can be, and what makes them so.
const SUREST: f32 = 0.85;
/// How sure where the first is not of the subject, or pulls the other way: below every threshold for an answer.
const SUREST_DOUBTED: f32 = 0.5;
/// Places that options are taken from.
const OFFERED_AT_MOST: usize = 4;
/// Enough for options, and for no answer.
const CHOICE: f32 = 0.35;
const MARGIN_WEIGHT: f32 = 0.6;
const AGREEMENT: f32 = 0.15;
const RELATED: f32 = 0.15;

/// How much likelier an article is meant after what was talked about.
fn relation(article: &Article, known: &[Article], before: &TurnsBefore) -> f32 {
    if before.articles.first() == Some(&article.id) {
        return JUST_GIVEN;
    }
    let best = known.iter().map(|topic| {
        if before.about.contains(&article.id) || before.options.contains(&article.id) {
            OFFERED
        } else if topic.follow_ups.contains(&article.id) {
            NEXT
        } else if topic.category == article.category {
            SAME_CATEGORY
        } else if shares_title_words(topic, article) {
            SAME_WORDS
        } else {
            UNRELATED
        }
    });
    best.fold(UNRELATED, f32::max)
}

const JUST_GIVEN: f32 = 0.6;
const OFFERED: f32 = 2.0;
const NEXT: f32 = 2.5;
const SAME_CATEGORY: f32 = 2.5;
const SAME_WORDS: f32 = 1.8;

/// Whether titles of two articles share a word that carries matter.
fn shares_title_words(left: &Article, right: &Article) -> bool {
    left.translations.iter().any(|(language, wording)| {
        let Some(other) = right.translations.get(language) else {
            return false;
        };
        let words = |title: &str| -> HashSet<String> {
            let normal = crate::language::normalize_for_matching(title);
            super::content::content_words(&normal, *language)
                .into_iter()
                .map(|word| word.text)
                .collect()
        };
        !words(&wording.title).is_disjoint(&words(&other.title))
    })
}

/// Takes articles that were given already out of the order, after the visitor has said that they were not meant.
pub(super) fn set_aside(weighed: &mut Weighed, given: &[ArticleId]) {
    weighed
        .ranking
        .order
        .retain(|(_, ranked)| !given.contains(&ranked.article));
}

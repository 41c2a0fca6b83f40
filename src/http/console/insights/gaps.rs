//! Gaps as the page lists them.

use minijinja::{Value, context};

use crate::http::console::clocks::length;
use crate::http::console::words::Preferences;
use crate::insights::{Gap, GapQuestion, GapReport, NearestArticle};
use crate::knowledge::KnowledgeBase;
use crate::time::Timestamp;

/// Most gaps on the page.
const MOST_SHOWN: usize = 100;

/// Fills the part of the page about gaps.
pub(super) fn values(
    preferences: &Preferences,
    knowledge: &KnowledgeBase,
    report: GapReport,
    now: Timestamp,
) -> Value {
    let gaps = |gaps: &[Gap]| -> Vec<Value> {
        let shown = gaps.iter().take(MOST_SHOWN);
        shown
            .map(|gap| gap_values(preferences, knowledge, gap, now))
            .collect()
    };
    let told = |word: &str, count: usize| {
        let count = count.to_string();
        preferences.filled(word, &[("n", &count)])
    };
    context! {
        gaps => gaps(&report.gaps),
        dismissed => gaps(&report.dismissed),
        asked => told("gapsAsked", report.questions),
        settled => (report.settled > 0).then(|| told("gapsSettled", report.settled)),
        unread => (report.unread > 0).then(|| told("gapsUnread", report.unread)),
        more => report.gaps.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0)
            .map(|more| told("gapsMore", more)),
        is_cut => report.is_cut,
    }
}

/// Fills one gap.
pub(super) fn gap_values(
    preferences: &Preferences,
    knowledge: &KnowledgeBase,
    gap: &Gap,
    now: Timestamp,
) -> Value {
    let languages: Vec<Value> = gap
        .by_language()
        .into_iter()
        .map(|(language, count)| {
            context! { code => language.code(), name => language.endonym(), count }
        })
        .collect();
    let samples: Vec<Value> = gap
        .shown()
        .iter()
        .map(|asked| question_values(preferences, asked, now))
        .collect();
    let count = gap.asked.len();
    let trend = match count.cmp(&gap.before) {
        std::cmp::Ordering::Greater => "rising",
        std::cmp::Ordering::Equal => "steady",
        std::cmp::Ordering::Less => "falling",
    };
    context! {
        id => gap.id.to_string(),
        title => gap.title().text.clone(),
        language => gap.title().language.code(),
        kind => gap.kind.code(),
        kind_word => preferences.word(&format!("gap_{}", gap.kind.code())),
        count,
        counted => preferences.filled("gapCount", &[("n", &count.to_string())]),
        trend,
        before => preferences.filled("gapBefore", &[("n", &gap.before.to_string())]),
        languages,
        samples,
        nearest => gap.nearest.as_ref().map(|nearest| nearest_values(preferences, knowledge, nearest)),
        shortfall => preferences.word(&format!("short_{}", gap.shortfall.code())),
        dismissal => gap.dismissal.as_ref().map(|dismissal| dismissal.reason.clone()),
    }
}

fn nearest_values(
    preferences: &Preferences,
    knowledge: &KnowledgeBase,
    nearest: &NearestArticle,
) -> Value {
    let language = preferences.language;
    let wording = knowledge
        .article(&nearest.article)
        .and_then(|article| article.wording_in(language, language, preferences.script));
    let percent = |share: f32| format!("{:.0}%", share * 100.0);
    let (confidence, threshold) = (percent(nearest.confidence), percent(nearest.threshold));
    let odds = [
        ("confidence", confidence.as_str()),
        ("threshold", threshold.as_str()),
    ];
    context! {
        id => nearest.article.as_str(),
        title => wording.map(|wording| wording.title.clone()),
        language => wording.map(|wording| wording.language.code()),
        odds => preferences.filled("gapOdds", &odds),
    }
}

/// Fills one question of a gap.
pub(super) fn question_values(
    preferences: &Preferences,
    asked: &GapQuestion,
    now: Timestamp,
) -> Value {
    let age = length(preferences, now.millis_since(asked.created).max(0));
    context! {
        answer => asked.answer.to_string(),
        conversation => asked.conversation.map(|id| id.to_string()),
        text => asked.text.clone(),
        language => asked.language.code(),
        language_name => asked.language.endonym(),
        age => preferences.filled("ago", &[("time", &age)]),
    }
}

//! The part of the page that tells questions apart by channel, surface, category, article and section.

use minijinja::{Value, context};

use crate::http::console::words::Preferences;
use crate::insights::{Share, Tallied, tally_parts};
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Translation};
use crate::language::Language;
use crate::store::{DailyPart, OutcomeKind, Part};

/// Most lines.
const MOST_LINES: usize = 30;

/// Fills that part.
pub(super) fn values(
    preferences: &Preferences,
    knowledge: &KnowledgeBase,
    counted: &[DailyPart],
    by: Part,
) -> Value {
    let choices: Vec<Value> = Part::ALL
        .iter()
        .map(|part| {
            let word = preferences.word(&format!("by_{}", part.code()));
            context! { code => part.code(), word, chosen => *part == by }
        })
        .collect();
    let told = tally_parts(counted, by);
    let lines: Vec<Value> = told
        .iter()
        .take(MOST_LINES)
        .map(|(name, told)| {
            let title = title_of(knowledge, by, name, preferences.language);
            let shown = title.unwrap_or_else(|| part_name(preferences, by, name));
            line_values(name, &shown, told)
        })
        .collect();
    context! { by => by.code(), choices, lines }
}

/// Returns a channel, surface or category as people call it; anything else by its own name.
pub(super) fn part_name(preferences: &Preferences, part: Part, name: &str) -> String {
    let word = match part {
        Part::Channel => format!("channel_{name}"),
        Part::Surface => format!("surface_{name}"),
        Part::Article | Part::Section | Part::Category => return name.to_owned(),
    };
    let said = preferences.word(&word);
    match said == word {
        true => name.to_owned(),
        false => said,
    }
}

/// Returns the title of an article, with the section where there is one; nothing where there is no such article any more.
fn title_of(knowledge: &KnowledgeBase, by: Part, name: &str, language: Language) -> Option<String> {
    let (article, section) = match by {
        Part::Article => (name, None),
        Part::Section => name
            .split_once('#')
            .map(|(article, section)| (article, Some(section)))?,
        Part::Channel | Part::Surface | Part::Category => return None,
    };
    let article = knowledge.article(&ArticleId::new(article))?;
    let wording = wording_of(article, language)?;
    Some(match section {
        Some(section) => format!("{} # {section}", wording.title),
        None => wording.title.clone(),
    })
}

/// Returns the wording in a language, or else another.
pub(super) fn wording_of(article: &Article, language: Language) -> Option<&Translation> {
    let own = article.translations.get(&language);
    own.or_else(|| article.translations.values().next())
}

fn line_values(name: &str, shown: &str, told: &[Tallied]) -> Value {
    let of = |kind| told.iter().find(|one| one.kind == kind).copied();
    let count = |kind| of(kind).map_or(0, |one| one.count);
    let share = |kind| of(kind).and_then(|one| one.share).map(percent);
    let handed_over = [
        OutcomeKind::HandedOverByBot,
        OutcomeKind::HandedOverByPolicy,
        OutcomeKind::HandedOverByVisitor,
    ];
    context! {
        name,
        shown,
        asked => count(OutcomeKind::Asked),
        answered => count(OutcomeKind::Answered),
        resolved => count(OutcomeKind::Resolved),
        resolved_share => share(OutcomeKind::Resolved),
        helpful => count(OutcomeKind::Helpful),
        not_helpful => count(OutcomeKind::NotHelpful),
        handed_over => handed_over.map(|kind| context! { code => kind.code(), count => count(kind) }),
    }
}

fn percent(share: Share) -> String {
    format!("{:.0}%", share.share * 100.0)
}

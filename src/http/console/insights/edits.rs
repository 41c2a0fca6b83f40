//! The part of the page about what edits changed.

use minijinja::{Value, context};

use super::outcomes::share_values;
use super::parts::wording_of;
use crate::http::console::words::Preferences;
use crate::insights::{Doing, EditEffect, Share};
use crate::knowledge::KnowledgeBase;

/// Most edits shown.
const MOST_EDITS: usize = 20;

/// Fills that part.
pub(super) fn values(
    preferences: &Preferences,
    knowledge: &KnowledgeBase,
    effects: &[EditEffect],
) -> Vec<Value> {
    let shown = effects.iter().take(MOST_EDITS);
    shown
        .map(|effect| {
            let EditEffect {
                edit,
                before,
                after,
                verdict,
            } = effect;
            let article = knowledge.article(&edit.article);
            let wording = article.and_then(|article| wording_of(article, preferences.language));
            let by: Vec<&str> = edit.by.iter().map(String::as_str).collect();
            context! {
                article => edit.article.as_str(),
                title => wording.map(|wording| wording.title.clone()),
                language => wording.map(|wording| wording.language.code()),
                day => edit.day.day(),
                by => by.join(", "),
                before => doing(preferences, before),
                after => doing(preferences, after),
                verdict => verdict.code(),
                verdict_word => preferences.word(&format!("verdict_{}", verdict.code())),
            }
        })
        .collect()
}

fn doing(preferences: &Preferences, doing: &Doing) -> Value {
    let share = |share: Option<Share>| share.map(|share| share_values(preferences, share));
    context! {
        days => doing.days,
        given => doing.given,
        resolved => share(doing.resolved),
        helpful => share(doing.helpful),
    }
}

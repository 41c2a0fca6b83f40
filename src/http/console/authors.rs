//! Macros, and what agents made of suggested replies.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use super::clocks::length;
use super::diff::by_words;
use super::shell::AtDesk;
use super::ticket::teams;
use crate::conversation::{MacroAct, TicketStatus};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::safety::Words;
use crate::staff::{Level, Permission};

/// The macros, to read and, for some, to write.
pub(super) async fn macros(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadSuggestions)?;
    let macros: Vec<Value> = app
        .workplace()
        .macros()
        .await?
        .into_iter()
        .map(|written| {
            let texts: Vec<Value> = Language::ALL
                .into_iter()
                .map(|language| {
                    let text = written.texts.get(&language);
                    context! { language => language.code(), name => language.endonym(), text => text.map(Words::as_str) }
                })
                .collect();
            let acts = serde_json::to_string(&written.acts).unwrap_or_default();
            let values = acts_of(&written.acts);
            context! { id => written.id, title => written.title.as_str(), texts, acts, ..values }
        })
        .collect();
    let blank: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| context! { language => language.code(), name => language.endonym() })
        .collect();
    let may_write = at_desk.staff.principal.may(Permission::WriteMacros);
    let agents = app.workplace().agents().await?;
    let teams = teams(&agents, None);
    let words = at_desk.preferences();
    let statuses: Vec<Value> = [TicketStatus::Pending, TicketStatus::AwaitingIdentity]
        .map(|one| context! { code => one.code(), word => words.word(one.code()) })
        .to_vec();
    let levels: Vec<Value> = Level::ALL
        .map(|one| context! { code => one.code(), word => words.word(one.code()) })
        .to_vec();
    at_desk.page(
        "macros.html",
        "/console/macros",
        context! { macros, blank, may_write, teams, statuses, levels },
    )
}

/// What goes with a macro, by its kind.
fn acts_of(acts: &[MacroAct]) -> Value {
    let (mut tags, mut team, mut level, mut status) = (Vec::new(), None, None, None);
    for act in acts {
        match act {
            MacroAct::AddTags(more) => tags.extend(more.iter().cloned()),
            MacroAct::Team(name) => team = Some(name.clone()),
            MacroAct::Level(to) => level = Some(to.code()),
            MacroAct::Status(code) => status = Some(code.clone()),
        }
    }
    context! { tags => tags.join(", "), team, level, status }
}

/// What agents sent in place of suggested replies, for authors to decide about.
pub(super) async fn proposals(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::WriteKnowledge)?;
    let proposals = app.library().open_proposals().await?;
    let agents = app.workplace().agents().await?;
    let snapshot = app.library().snapshot();
    let now = app.now();
    let preferences = at_desk.preferences();
    let proposals: Vec<Value> = proposals
        .into_iter()
        .map(|proposal| {
            let article = snapshot.knowledge().article(&proposal.article);
            let wording = article.and_then(|article| article.translations.get(&proposal.language));
            let agent = agents.iter().find(|agent| agent.id == proposal.agent);
            let knows_question = wording.is_some_and(|wording| {
                wording.title == proposal.question
                    || wording.alternates.contains(&proposal.question)
            });
            context! {
                changes => by_words(proposal.suggested.trim(), proposal.sent.trim()),
                edited => proposal.suggested.trim() != proposal.sent.trim(),
                title => wording.map(|wording| wording.title.clone()),
                can_apply => wording.is_some(),
                knows_question,
                agent => agent.map(|agent| agent.name.clone()),
                age => preferences.filled("ago", &[("time", &length(preferences, now.millis_since(proposal.created).max(0)))]),
                id => proposal.id,
                article => proposal.article.to_string(),
                language => proposal.language.code(),
                language_name => proposal.language.endonym(),
                question => proposal.question,
                sent => proposal.sent,
            }
        })
        .collect();
    at_desk.page(
        "proposals.html",
        "/console/proposals",
        context! { proposals },
    )
}

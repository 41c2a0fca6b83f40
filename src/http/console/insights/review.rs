//! The page on which answers are judged, one after the other.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::conversation::Pick;
use crate::desk::ToJudge;
use crate::http::console::shell::{AtDesk, private};
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::contract::{next_to_judge, standings};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::staff::Permission;

/// What is wanted next; an empty language is every one.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct ReviewQuery {
    #[serde(default)]
    language: String,
}

/// The page, with the first answer.
pub(in crate::http::console) async fn review(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<ReviewQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadInsights)?;
    let preferences = at_desk.preferences();
    let chosen = Language::from_tag(&query.language);
    let languages: Vec<Value> = standings(&app)
        .await?
        .iter()
        .map(|one| {
            let missing = one.standing.missing.map(|missing| missing.to_string());
            context! {
                code => one.language.code(),
                name => one.language.endonym(),
                chosen => chosen == Some(one.language),
                missing => missing.map(|missing| preferences.filled("contractMissing", &[("n", &missing)])),
            }
        })
        .collect();
    let card = card_values(&app, preferences, chosen).await?;
    let values = context! {
        languages,
        chosen => chosen.map(Language::code),
        ..card
    };
    at_desk.page("review.html", "/console/contract", values)
}

/// The next answer alone.
pub(in crate::http::console) async fn next(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiQuery(query): ApiQuery<ReviewQuery>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let chosen = Language::from_tag(&query.language);
    let card = card_values(&app, &preferences, chosen).await?;
    Ok(private(preferences.piece("review_card.html", card)?))
}

async fn card_values(
    app: &AppState,
    preferences: &Preferences,
    language: Option<Language>,
) -> Result<Value, ApiError> {
    let found = next_to_judge(app, language, None).await?;
    let waiting = found.waiting;
    let waits = preferences.filled(
        "reviewWaiting",
        &[(
            "n",
            &(waiting.given + waiting.near + waiting.brought).to_string(),
        )],
    );
    let shown = found
        .next
        .map(|(pick, shown)| shown_values(app, preferences, pick, shown));
    Ok(context! { shown, waits })
}

fn shown_values(app: &AppState, preferences: &Preferences, pick: Pick, shown: ToJudge) -> Value {
    let snapshot = app.library().snapshot();
    let knowledge = snapshot.knowledge();
    let fallback = app.visitors().fallback();
    let titled = |id: &ArticleId| {
        let article = knowledge.article(id);
        let wording = article.and_then(|article| article.wording(shown.language, fallback));
        context! {
            id => id.to_string(),
            title => wording.map(|wording| wording.title.clone()),
            summary => wording.map(|wording| wording.summary.clone()),
            language => wording.map(|wording| wording.language.code()),
        }
    };
    context! {
        answer => shown.answer.to_string(),
        pick => pick.code(),
        pick_word => preferences.word(&format!("pick_{}", pick.code())),
        question => shown.question,
        before => shown.before,
        language => shown.language.code(),
        sureness => preferences.filled("sureness", &[("n", &format!("{:.0}", shown.confidence * 100.0))]),
        article => titled(&shown.article),
        others => shown.others.iter().map(titled).collect::<Vec<_>>(),
        asked => shown.created.to_string(),
    }
}

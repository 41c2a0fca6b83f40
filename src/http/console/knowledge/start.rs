//! The first steps of whoever sets mondo up: what is there, what the bot says to ten questions, the tag for the site with the
//! bubble as it will look.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::trials::{questions_in, verdict_values};
use crate::desk::Heard;
use crate::http::console::shell::{AtDesk, private};
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::knowledge::first_questions;
use crate::locale::Locale;
use crate::pipeline::Question;
use crate::staff::Permission;

/// Shows the first steps.
pub(in crate::http::console) async fn start(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::WriteKnowledge)?;
    let preferences = *at_desk.preferences();
    let snapshot = app.library().snapshot();
    let knowledge = snapshot.knowledge();
    let chosen = first_questions(knowledge);
    let lines: Vec<&str> = chosen.iter().map(|one| one.text.as_str()).collect();
    let questions = chosen.iter().filter_map(|one| {
        let question = Question::parse(&one.text).ok()?;
        Some((Some(one.language), question))
    });
    let heard = app.library().hear(questions.collect(), app.now()).await?;
    let articles = knowledge.articles.len();
    let texts = knowledge.articles.iter().map(|one| one.translations.len());
    let counts = preferences.filled(
        "startCounts",
        &[
            ("articles", &articles.to_string()),
            ("texts", &texts.sum::<usize>().to_string()),
        ],
    );
    let site = &app.settings().site;
    let locales: Vec<Value> = Locale::ALL
        .into_iter()
        .map(|locale| context! { tag => locale.tag(), name => locale.endonym() })
        .collect();
    let values = context! {
        is_empty => articles == 0,
        counts,
        questions => lines.join("\n"),
        answers => answers(preferences, &heard),
        address => site.address.trim_end_matches('/'),
        color => &site.color,
        locales,
    };
    at_desk.page("start.html", "/console/start", values)
}

/// Questions that somebody typed, one a line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct QuestionsBody {
    questions: String,
}

/// Shows what the bot says to questions; nothing is recorded.
pub(in crate::http::console) async fn hear(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiJson(body): ApiJson<QuestionsBody>,
) -> Result<Response, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let questions = questions_in(&body.questions)?;
    let asked = questions.into_iter().map(|question| (None, question));
    let heard = app.library().hear(asked.collect(), app.now()).await?;
    let values = context! { answers => answers(preferences, &heard) };
    Ok(private(preferences.piece("start_answers.html", values)?))
}

fn answers(preferences: Preferences, heard: &[Heard]) -> Vec<Value> {
    let values = heard.iter().map(|one| {
        context! {
            question => &one.question,
            verdict => verdict_values(preferences, &one.verdict),
            says => &one.says,
        }
    });
    values.collect()
}

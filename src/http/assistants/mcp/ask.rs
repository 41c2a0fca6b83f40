//! The tool `ask`: one question, one answer.

use std::time::Instant;

use serde::Deserialize;
use utoipa::ToSchema;

use super::given::Given;
use crate::http::assistants::asker::Asker;
use crate::http::assistants::reply::{Grounds, told};
use crate::http::edge::client::clients::Act;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::locale;
use crate::locale::Locale;
use crate::pipeline::asked_words;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskArguments {
    /// The question in the customer's own words and language; 2,000 characters at most.
    #[schema(example = "提现一直没到账怎么办")]
    question: String,
    /// Language to answer in: en, zh, zh-Hant, ja or ko; that of the question where it is left out.
    #[serde(default, deserialize_with = "locale::served_locale")]
    #[schema(value_type = Option<String>)]
    language: Option<Locale>,
}

/// Answers a question.
pub(super) async fn ask(
    app: &AppState,
    asker: &Asker,
    arguments: AskArguments,
) -> Result<Given<Grounds>, ApiError> {
    asker.count(app, Act::Question)?;
    let words = asked_words(&arguments.question)?;
    let started = Instant::now();
    let context = asker.context(arguments.language);
    let reply = app.visitors().ask(words, context, app.now()).await?;
    app.metrics().answered(&reply.reply, started);
    Ok(Given {
        text: told(&reply, app),
        parts: Grounds::of(&reply, app),
    })
}

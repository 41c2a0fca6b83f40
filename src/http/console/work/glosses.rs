//! What was said in a conversation, for somebody who does not read it.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::desk::Meaning;
use crate::http::console::pieces::twin_values;
use crate::http::console::shell::private;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::ConversationId;
use crate::pipeline::page_of;
use crate::staff::Permission;

/// What messages say or may mean, in the language of the console, by their numbers.
pub(in crate::http::console) async fn glosses(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let (language, script) = (preferences.language, preferences.script);
    let found = app
        .workplace()
        .glosses(&id, preferences.reader(), app.now())
        .await?;
    let glosses: Vec<Value> = found
        .into_iter()
        .map(|gloss| match gloss.meaning {
            Meaning::Courtesy => context! { sequence => gloss.sequence, is_courtesy => true },
            Meaning::Said(twin) => context! {
                sequence => gloss.sequence,
                twin => twin_values(&preferences, twin),
            },
            Meaning::Question {
                article,
                title,
                confidence,
            } => context! {
                sequence => gloss.sequence,
                title,
                link => page_of(language, script, &article),
                percent => (confidence * 100.0).round() as i64,
            },
        })
        .collect();
    Ok(private(
        preferences.piece("glosses.html", context! { glosses })?,
    ))
}

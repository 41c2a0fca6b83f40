//! `/v1/staff/macros`: words shared by all agents, and what goes with them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::{MacroAct, TicketStatus};
use crate::desk::{DeskError, MAX_MESSAGE_CHARS, Macro, words_of_staff};
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::WantedTag;
use crate::http::wire::by_language::by_language;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::text::{Line, Shown, Text};
use crate::language::Language;
use crate::staff::{Level, Permission};

/// Words to be shared by all agents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "ask-txid", "title": "Ask for the transaction", "texts": { "en": "Please send us the transaction id." } }))]
struct MacroRequest {
    /// Its name in the record, chosen by whoever makes it.
    id: MacroName,
    /// What agents look for.
    title: MacroTitle,
    /// The text by code of the language; one at least.
    #[schema(schema_with = macro_texts)]
    texts: BTreeMap<Language, MacroText>,
    /// What is done to the ticket once it was sent.
    #[serde(default)]
    acts: Vec<MacroActRequest>,
}

/// What is done to a ticket once a macro was sent; exactly one of the fields. Whoever sends the macro does it, with
/// `POST /v1/staff/tickets/{number}/work`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum MacroActRequest {
    /// Put tags on it.
    AddTags(Vec<WantedTag>),
    /// Give it to a team.
    Team(MacroTeam),
    /// Hand it to people who know more.
    Level(MacroLevelCode),
    /// Say who has to act.
    Status(MacroStatusCode),
}

/// The name of a team.
type MacroTeam = Text<Line, 80>;

/// A level of difficulty.
type MacroLevelCode = Code<Level>;

/// Who has to act.
type MacroStatusCode = Code<TicketStatus>;

impl From<MacroActRequest> for MacroAct {
    fn from(request: MacroActRequest) -> Self {
        match request {
            MacroActRequest::AddTags(tags) => {
                Self::AddTags(tags.iter().map(|tag| tag.trim().to_lowercase()).collect())
            }
            MacroActRequest::Team(name) => Self::Team(name.trim().to_owned()),
            MacroActRequest::Level(Code(level)) => Self::Level(level),
            MacroActRequest::Status(Code(status)) => Self::Status(status.code().to_owned()),
        }
    }
}

type MacroName = Text<Line, 200>;
type MacroTitle = Text<Line, MAX_MESSAGE_CHARS>;
type MacroText = Text<Shown, MAX_MESSAGE_CHARS>;

fn macro_texts() -> RefOr<Schema> {
    by_language(MacroText::schema())
}

/// Words shared by all agents.
#[derive(Debug, Serialize, ToSchema)]
struct MacroBody {
    /// Its name in the record, chosen by whoever makes it.
    #[schema(example = "ask-txid")]
    id: String,
    /// What agents look for.
    title: String,
    /// The text by code of the language.
    texts: BTreeMap<String, String>,
    /// What is done to the ticket once it was sent.
    #[schema(value_type = Vec<MacroActRequest>)]
    acts: Vec<MacroAct>,
}

/// Every macro.
#[derive(Debug, Serialize, ToSchema)]
struct MacrosResponse {
    /// By title.
    macros: Vec<MacroBody>,
}

/// Lists the macros.
#[utoipa::path(
    get,
    path = "/v1/staff/macros",
    tag = "staff",
    responses(
        (status = 200, description = "Every macro", body = MacrosResponse),
        ApiError,
    )
)]
async fn list_macros(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<MacrosResponse>, ApiError> {
    staff.require(Permission::ReadSuggestions)?;
    let macros = app.workplace().macros().await?;
    let macros = macros
        .into_iter()
        .map(|written| MacroBody {
            id: written.id,
            title: written.title.as_str().to_owned(),
            acts: written.acts,
            texts: written
                .texts
                .into_iter()
                .map(|(language, text)| (language.code().to_owned(), text.as_str().to_owned()))
                .collect(),
        })
        .collect();
    Ok(Json(MacrosResponse { macros }))
}

/// Keeps a macro, in place of an earlier one with the same id.
#[utoipa::path(
    post,
    path = "/v1/staff/macros",
    tag = "staff",
    request_body = MacroRequest,
    responses(
        (status = 204, description = "Kept"),
        ApiError,
    )
)]
async fn put_macro(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<MacroRequest>,
) -> Result<StatusCode, ApiError> {
    let by = staff.agent_with(Permission::WriteMacros)?;
    let MacroRequest {
        id,
        title,
        texts,
        acts,
    } = request;
    if texts.is_empty() {
        let detail = "a macro needs one text at least";
        return Err(ApiError::new(ProblemKind::BadRequest, detail).in_field("texts"));
    }
    let texts = texts
        .into_iter()
        .map(|(language, text)| Ok((language, words_of_staff(&text)?)));
    let written = Macro {
        id: id.trim().to_owned(),
        title: words_of_staff(&title)?,
        texts: texts.collect::<Result<_, DeskError>>()?,
        acts: acts.into_iter().map(MacroAct::from).collect(),
    };
    app.workplace().put_macro(written, by, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_macros, put_macro))
}

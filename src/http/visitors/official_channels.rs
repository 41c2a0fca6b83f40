//! `GET /v1/official-channels`: whether a website, address, number, profile or app is the operator's.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::phrase_lookup;
use crate::desk::LookupDoor;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::form::text::{Shown, Text};
use crate::locale::Locale;
use crate::safety::Lookup;

/// Longest text looked up, in characters.
const MAX_CHARS: usize = 2_000;

/// What is looked up.
type LookedUpText = Text<Shown, MAX_CHARS>;

/// What to look up.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChannelsQuery {
    /// A channel, or a message that names some; it is not kept.
    #[param(inline, value_type = LookedUpText, example = "https://kumora-support.test/verify")]
    q: String,
}

/// What the list says.
#[derive(Debug, Serialize, ToSchema)]
struct ChannelsResponse {
    /// Every channel that the text names, in its order; none where it names none.
    channels: Vec<ChannelBody>,
}

/// One channel.
#[derive(Debug, Serialize, ToSchema)]
struct ChannelBody {
    /// `website`, `mail`, `phone`, `profile` or `app`.
    #[schema(example = "website")]
    kind: &'static str,
    /// Its plain spelling; names of servers in Punycode.
    #[schema(example = "kumora-support.test/verify")]
    asked: String,
    /// Whether it is on the list. What is not is unknown; what is says nothing about who writes there.
    listed: bool,
    /// The listed channel that it looks like, where it was made to look like one.
    #[schema(example = "kumora.example")]
    resembles: Option<String>,
    /// The same for the visitor, in the language `Accept-Language` asks for.
    message: String,
}

impl ChannelBody {
    fn new(lookup: &Lookup, locale: Locale) -> Self {
        Self {
            kind: lookup.kind.code(),
            asked: lookup.asked.clone(),
            listed: lookup.is_listed(),
            resembles: lookup
                .resembles()
                .map(|resemblance| resemblance.known.clone()),
            message: phrase_lookup(lookup, Some(&lookup.asked), locale),
        }
    }
}

/// Tells whether channels are on the operator's list.
///
/// The text is read as it is sent, with its numbers and addresses. What was looked up is counted; of addresses, numbers and
/// profiles only that they were.
#[utoipa::path(
    get,
    path = "/v1/official-channels",
    tag = "agents",
    params(ChannelsQuery),
    responses(
        (status = 200, description = "Listed or not listed, and what it looks like; never more than that", body = ChannelsResponse),
        ApiError,
    )
)]
async fn look_up(
    State(app): State<AppState>,
    ApiQuery(query): ApiQuery<ChannelsQuery>,
    headers: HeaderMap,
) -> Result<Json<ChannelsResponse>, ApiError> {
    LookedUpText::read(query.q.as_str())
        .map_err(|hint| ApiError::new(ProblemKind::BadRequest, hint).in_field("q"))?;
    let locale = visitor_locale(&headers);
    let lookups = app.settings().channels.look_up_named(&query.q);
    let channels = lookups
        .iter()
        .map(|lookup| ChannelBody::new(lookup, locale))
        .collect();
    let (door, now) = (LookupDoor::Api, app.now());
    app.visitors().keep_lookups(lookups, door, now).await?;
    Ok(Json(ChannelsResponse { channels }))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(look_up))
}

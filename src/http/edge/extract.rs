//! Reads bodies, paths, queries and headers; what cannot be read becomes a problem that names the field.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{
    FromRequest, FromRequestParts, OptionalFromRequestParts, Path, Query, Request,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::language::hints;
use super::problem::{ApiError, ProblemKind};
use crate::desk::{IdempotencyKey, MAX_KEY_CHARS, MIN_KEY_CHARS};
use crate::language::{Language, Priors};

/// A JSON body.
pub(in crate::http) struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::not_json());
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(unbuffered)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            bad_body(format!(
                "the body is not UTF-8 from byte {} on",
                error.valid_up_to()
            ))
        })?;
        // A list would be read as the fields in their order.
        if !text.trim_start().starts_with('{') {
            return Err(bad_body("the body is no JSON object".to_owned()));
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let path = error.path().to_string();
            // The end of the path is `?` where the text ended before the next name.
            let field = match path.trim_end_matches(['.', '?']) {
                "" => "body".to_owned(),
                named => named.to_owned(),
            };
            ApiError::new(
                ProblemKind::BadRequest,
                format!("`{field}`: {}", error.inner()),
            )
            .in_field(field)
        })?;
        deserializer
            .end()
            .map_err(|error| bad_body(error.to_string()))?;
        Ok(Self(value))
    }
}

fn bad_body(detail: String) -> ApiError {
    ApiError::new(ProblemKind::BadRequest, detail).in_field("body")
}

/// Tells whether a body is JSON by its own account.
pub(in crate::http) fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"))
}

fn unbuffered(rejection: BytesRejection) -> ApiError {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ApiError::body_too_large()
        }
        _ => ApiError::body_broken_off(),
    }
}

/// The one identifier of a path, or several as a tuple.
pub(in crate::http) struct ApiPath<T>(pub T);

impl<A: PathId, S: Send + Sync> FromRequestParts<S> for ApiPath<A> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = <Path<String> as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map_err(|error| ApiError::new(ProblemKind::BadRequest, error.body_text()))?;
        A::parse(&text).map(Self)
    }
}

impl<A: PathId, B: PathId, S: Send + Sync> FromRequestParts<S> for ApiPath<(A, B)> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path((first, second)) =
            <Path<(String, String)> as FromRequestParts<S>>::from_request_parts(parts, state)
                .await
                .map_err(|error| ApiError::new(ProblemKind::BadRequest, error.body_text()))?;
        Ok(Self((A::parse(&first)?, B::parse(&second)?)))
    }
}

/// What can stand in a path.
pub(in crate::http) trait PathId: Sized {
    /// Reads it, or says why it leads nowhere.
    fn parse(text: &str) -> Result<Self, ApiError>;
}

impl PathId for crate::ids::ConversationId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::ids::AnswerId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::ids::MessageId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::ids::AttachmentId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::ids::AgentId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::ids::EndpointId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::ids::GapId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse().map_err(ApiError::from)
    }
}

impl PathId for crate::conversation::TicketNumber {
    fn parse(text: &str) -> Result<Self, ApiError> {
        text.parse()
            .map_err(|error: crate::conversation::InvalidTicketNumber| {
                ApiError::new(ProblemKind::NotFound, error.to_string())
            })
    }
}

impl PathId for crate::knowledge::ArticleId {
    fn parse(text: &str) -> Result<Self, ApiError> {
        Ok(Self::new(text))
    }
}

impl PathId for Language {
    fn parse(text: &str) -> Result<Self, ApiError> {
        // Only the code itself, so that every page has one address.
        Language::ALL
            .into_iter()
            .find(|language| language.code() == text)
            .ok_or_else(|| ApiError::not_found("page"))
    }
}

/// The query of an address.
pub(in crate::http) struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(value) = Query::from_request_parts(parts, state)
            .await
            .map_err(|error| {
                ApiError::new(ProblemKind::BadRequest, error.body_text()).in_field("query")
            })?;
        Ok(Self(value))
    }
}

/// The header `Idempotency-Key`.
pub(in crate::http) struct RequestKey(pub IdempotencyKey);

const IDEMPOTENCY_KEY: &str = "idempotency-key";

impl IntoParams for RequestKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let key = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(MIN_KEY_CHARS))
            .max_length(Some(MAX_KEY_CHARS))
            .pattern(Some("^[!-~]*$"));
        let header = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "A fresh UUID; a retry with the same key does nothing twice",
            ))
            .schema(Some(key));
        vec![header.build()]
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for RequestKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, ApiError> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default();
        let key = IdempotencyKey::from_str(text).map_err(ApiError::from)?;
        Ok(Some(Self(key)))
    }
}

/// What `Accept-Language` says before a text is read.
pub(in crate::http) struct Hints(pub Priors);

impl<S: Send + Sync> FromRequestParts<S> for Hints {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(hints(&parts.headers)))
    }
}

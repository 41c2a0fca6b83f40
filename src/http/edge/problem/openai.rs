//! Errors as clients of OpenAI's protocol read them.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Tells whether a path is one of OpenAI's protocol.
pub(super) fn speaks_openai(path: &str) -> bool {
    ["/v1/chat", "/v1/models"].iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// The body of every error reply of OpenAI's protocol.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct OpenAiError {
    /// What is wrong.
    error: OpenAiErrorBody,
}

/// What is wrong with a request of OpenAI's protocol.
#[derive(Debug, Serialize, ToSchema)]
struct OpenAiErrorBody {
    /// What is wrong and what to do about it.
    message: String,
    /// Coarse kind of the error.
    #[serde(rename = "type")]
    #[schema(example = "invalid_request_error")]
    kind: &'static str,
    /// The field of the request that is wrong, where one can be named.
    param: Option<String>,
    /// Stable name of the kind of problem, as other routes write it after `urn:mondo:problem:`.
    #[schema(example = "question-empty")]
    code: &'static str,
}

impl OpenAiError {
    /// Says what is wrong, by the name of the problem.
    pub(super) fn new(
        status: StatusCode,
        name: &'static str,
        message: String,
        param: Option<String>,
    ) -> Self {
        let kind = match status {
            StatusCode::UNAUTHORIZED => "authentication_error",
            StatusCode::FORBIDDEN => "permission_error",
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        };
        Self {
            error: OpenAiErrorBody {
                message,
                kind,
                param,
                code: name,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_paths_keep_their_problems() {
        for (path, expected) in [
            ("/v1/chat/completions", true),
            ("/v1/models", true),
            ("/v1/models/other", true),
            ("/v1/modelsheets", false),
            ("/v1/ask", false),
            ("/mcp", false),
        ] {
            assert_eq!(speaks_openai(path), expected, "{path}");
        }
    }
}

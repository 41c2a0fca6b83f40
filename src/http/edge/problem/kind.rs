//! The kinds of problems: the name, the title and the status of each, and what the visitor is told.

use axum::http::StatusCode;

use crate::locale::{Locale, words};

/// What kind of thing went wrong; each has its own `type`, status and sentence for visitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// A question of nothing but space.
    QuestionEmpty,
    /// A question beyond the limit.
    QuestionTooLong,
    /// A question of punctuation or control characters.
    QuestionWithoutWords,
    /// A body, path, header or query that cannot be read.
    BadRequest,
    /// A body that is not JSON by its own account.
    UnsupportedMediaType,
    /// A known path asked with another method.
    MethodNotAllowed,
    /// A body beyond the limit.
    BodyTooLarge,
    /// A file of nothing.
    FileEmpty,
    /// A file beyond the limit, in bytes or pixels.
    FileTooLarge,
    /// A file whose content is none of the kinds that are taken.
    FileRefused,
    /// More files than a conversation or message may have.
    TooManyFiles,
    /// Files alone, while the bot answers.
    WordsNeeded,
    /// What is sent has its form, and cannot be taken for what it says.
    ContentRefused,
    /// Something of this name is there already.
    Taken,
    /// What should reach the visitor is no address and no telephone number.
    ContactRefused,
    /// A conversation, message, article or path that does not exist.
    NotFound,
    /// Nobody is signed in, or the key is unknown.
    SignInNeeded,
    /// The host's token has expired.
    TokenExpired,
    /// The host's token is not believed.
    TokenRefused,
    /// Only visitors whose host vouches for them are served.
    IdentityNeeded,
    /// Whoever asks may not do this.
    Forbidden,
    /// Whoever asks has not shown for long who they are.
    ProofNeeded,
    /// Whoever asks has to set up a second factor first.
    SecondFactorNeeded,
    /// The conversation is no longer where the request thinks it is.
    MovedOn,
    /// One idempotency key with two different requests.
    Conflict,
    /// More work than the server takes on at once.
    Busy,
    /// More of the same than one client may do.
    TooOften,
    /// More than is served at once, to clients that do not work for it.
    WorkNeeded,
    /// A request that took too long.
    TimedOut,
    /// The store cannot write.
    Unavailable,
    /// A fault of the server.
    Internal,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [ProblemKind; 31] = [
        ProblemKind::QuestionEmpty,
        ProblemKind::QuestionTooLong,
        ProblemKind::QuestionWithoutWords,
        ProblemKind::BadRequest,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::MethodNotAllowed,
        ProblemKind::BodyTooLarge,
        ProblemKind::FileEmpty,
        ProblemKind::FileTooLarge,
        ProblemKind::FileRefused,
        ProblemKind::TooManyFiles,
        ProblemKind::WordsNeeded,
        ProblemKind::ContentRefused,
        ProblemKind::Taken,
        ProblemKind::ContactRefused,
        ProblemKind::NotFound,
        ProblemKind::SignInNeeded,
        ProblemKind::TokenExpired,
        ProblemKind::TokenRefused,
        ProblemKind::IdentityNeeded,
        ProblemKind::Forbidden,
        ProblemKind::ProofNeeded,
        ProblemKind::SecondFactorNeeded,
        ProblemKind::MovedOn,
        ProblemKind::Conflict,
        ProblemKind::Busy,
        ProblemKind::TooOften,
        ProblemKind::WorkNeeded,
        ProblemKind::TimedOut,
        ProblemKind::Unavailable,
        ProblemKind::Internal,
    ];

    /// Returns the stable name, the title and the status.
    pub(super) fn described(self) -> (&'static str, &'static str, StatusCode) {
        match self {
            Self::QuestionEmpty => (
                "question-empty",
                "The question is empty",
                StatusCode::BAD_REQUEST,
            ),
            Self::QuestionTooLong => (
                "question-too-long",
                "The question is too long",
                StatusCode::BAD_REQUEST,
            ),
            Self::QuestionWithoutWords => (
                "question-without-words",
                "The question has no words",
                StatusCode::BAD_REQUEST,
            ),
            Self::BadRequest => (
                "bad-request",
                "The request cannot be read",
                StatusCode::BAD_REQUEST,
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                "The body is not JSON",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                "This path has another method",
                StatusCode::METHOD_NOT_ALLOWED,
            ),
            Self::BodyTooLarge => (
                "body-too-large",
                "The body is too large",
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
            Self::FileEmpty => ("file-empty", "The file is empty", StatusCode::BAD_REQUEST),
            Self::FileTooLarge => (
                "file-too-large",
                "The file is too large",
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
            Self::FileRefused => (
                "file-refused",
                "This kind of file is not taken",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            Self::TooManyFiles => (
                "too-many-files",
                "There are too many files",
                StatusCode::CONFLICT,
            ),
            Self::WordsNeeded => (
                "words-needed",
                "The bot answers words",
                StatusCode::CONFLICT,
            ),
            Self::ContentRefused => (
                "content-refused",
                "The content is not taken",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::Taken => (
                "taken",
                "There is such a thing already",
                StatusCode::CONFLICT,
            ),
            Self::ContactRefused => (
                "contact-refused",
                "The contact reaches nobody",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::NotFound => ("not-found", "There is no such thing", StatusCode::NOT_FOUND),
            Self::SignInNeeded => (
                "sign-in-needed",
                "Nobody is signed in",
                StatusCode::UNAUTHORIZED,
            ),
            Self::TokenExpired => (
                "token-expired",
                "The token has expired",
                StatusCode::UNAUTHORIZED,
            ),
            Self::TokenRefused => (
                "token-refused",
                "The token is not believed",
                StatusCode::UNAUTHORIZED,
            ),
            Self::IdentityNeeded => (
                "identity-needed",
                "A token of the host is needed",
                StatusCode::UNAUTHORIZED,
            ),
            Self::Forbidden => ("forbidden", "This is not allowed", StatusCode::FORBIDDEN),
            Self::ProofNeeded => (
                "proof-needed",
                "The password is needed again",
                StatusCode::FORBIDDEN,
            ),
            Self::SecondFactorNeeded => (
                "second-factor-needed",
                "A second factor is needed",
                StatusCode::FORBIDDEN,
            ),
            Self::MovedOn => (
                "moved-on",
                "The conversation has moved on",
                StatusCode::CONFLICT,
            ),
            Self::Conflict => (
                "idempotency-conflict",
                "The key belongs to another request",
                StatusCode::CONFLICT,
            ),
            Self::Busy => (
                "busy",
                "Too much work at once",
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::TooOften => (
                "too-often",
                "Too much of this from one client",
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::WorkNeeded => (
                "work-needed",
                "A proof of work is needed",
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::TimedOut => (
                "timed-out",
                "The request took too long",
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            Self::Unavailable => (
                "unavailable",
                "The store cannot write",
                StatusCode::SERVICE_UNAVAILABLE,
            ),
            Self::Internal => (
                "internal",
                "The server failed",
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
        }
    }

    /// Returns the status.
    pub fn status(self) -> StatusCode {
        self.described().2
    }

    /// Says to the visitor what went wrong and what to do.
    pub(in crate::http) fn said_in(self, locale: Locale) -> &'static str {
        let said = &words(locale).problem;
        match self {
            Self::QuestionEmpty | Self::WordsNeeded => &said.question_empty,
            Self::QuestionTooLong => &said.question_too_long,
            Self::QuestionWithoutWords => &said.question_without_words,
            Self::BadRequest | Self::UnsupportedMediaType | Self::MethodNotAllowed => {
                &said.bad_request
            }
            Self::BodyTooLarge => &said.body_too_large,
            Self::FileEmpty => &said.file_empty,
            Self::FileTooLarge => &said.file_too_large,
            Self::FileRefused => &said.file_refused,
            Self::TooManyFiles => &said.too_many_files,
            Self::ContentRefused => &said.content_refused,
            Self::Taken => &said.taken,
            Self::ContactRefused => &said.contact_refused,
            Self::NotFound => &said.not_found,
            Self::SignInNeeded => &said.sign_in_needed,
            Self::TokenExpired | Self::TokenRefused | Self::IdentityNeeded => &said.identity_needed,
            Self::Forbidden => &said.forbidden,
            Self::ProofNeeded => &said.proof_needed,
            Self::SecondFactorNeeded => &said.second_factor_needed,
            Self::MovedOn => &said.moved_on,
            Self::Conflict => &said.conflict,
            Self::Busy | Self::WorkNeeded => &said.busy,
            Self::TooOften => &said.too_often,
            Self::TimedOut => &said.timed_out,
            Self::Unavailable => &said.unavailable,
            Self::Internal => &said.internal,
        }
    }

    /// Tells after how many seconds a retry makes sense, where one does.
    pub(super) fn retry_after_seconds(self) -> Option<u64> {
        match self {
            Self::Busy | Self::WorkNeeded | Self::TimedOut => Some(1),
            Self::Unavailable => Some(30),
            _ => None,
        }
    }
}

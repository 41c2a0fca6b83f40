//! How the errors of the modules below become problems: one `From` each, so that no handler maps by hand.

use super::problem::{ApiError, ProblemKind};
use crate::conversation::{InvalidScore, InvalidSurge, RefusedFile};
use crate::desk::{DeskError, InvalidKey};
use crate::ids::InvalidId;
use crate::pipeline::{EngineError, InvalidQuestion};
use crate::relay::{LetterError, ReceiveError};
use crate::staff::{InvalidAccount, InvalidSecret};
use crate::store::StoreError;

impl From<InvalidQuestion> for ApiError {
    fn from(error: InvalidQuestion) -> Self {
        let kind = match error {
            InvalidQuestion::Empty => ProblemKind::QuestionEmpty,
            InvalidQuestion::TooLong { .. } => ProblemKind::QuestionTooLong,
            InvalidQuestion::NoWords => ProblemKind::QuestionWithoutWords,
        };
        Self::new(kind, error.to_string()).in_field("text")
    }
}

impl From<InvalidId> for ApiError {
    fn from(error: InvalidId) -> Self {
        // What was never given out cannot be found; a caller need not tell the two apart.
        Self::new(ProblemKind::NotFound, error.to_string())
    }
}

impl From<InvalidScore> for ApiError {
    fn from(error: InvalidScore) -> Self {
        Self::new(ProblemKind::BadRequest, error.to_string()).in_field("score")
    }
}

impl From<InvalidKey> for ApiError {
    fn from(error: InvalidKey) -> Self {
        Self::new(ProblemKind::BadRequest, error.to_string()).in_field("Idempotency-Key")
    }
}

impl From<InvalidAccount> for ApiError {
    fn from(error: InvalidAccount) -> Self {
        let field = match error {
            InvalidAccount::Email(_) => "email",
            InvalidAccount::Name => "name",
        };
        Self::new(ProblemKind::BadRequest, error.to_string()).in_field(field)
    }
}

impl From<InvalidSecret> for ApiError {
    fn from(error: InvalidSecret) -> Self {
        Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("secret")
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        Self::internal(error)
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::UnknownConversation(_)
            | DeskError::UnknownMessage(_)
            | DeskError::UnknownAnswer(_) => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::UnknownAttachment(_) => {
                Self::new(ProblemKind::NotFound, error.to_string()).in_field("attachments")
            }
            DeskError::RefusedFile(refused) => {
                let kind = match refused {
                    RefusedFile::Empty => ProblemKind::FileEmpty,
                    RefusedFile::TooLong(_) | RefusedFile::TooManyPixels(_) => {
                        ProblemKind::FileTooLarge
                    }
                    RefusedFile::Kind | RefusedFile::Damaged => ProblemKind::FileRefused,
                };
                Self::new(kind, refused.to_string()).in_field("body")
            }
            DeskError::TooManyAttachments(_) | DeskError::TooManyFilesInMessage => {
                Self::new(ProblemKind::TooManyFiles, error.to_string()).in_field("attachments")
            }
            DeskError::InvalidSurge(invalid) => {
                let field = match invalid {
                    InvalidSurge::Incident => "incident",
                    InvalidSurge::MissingLanguages(_)
                    | InvalidSurge::UnknownLanguage(_)
                    | InvalidSurge::Length(_) => "texts",
                    InvalidSurge::Expiry => "expires",
                    InvalidSurge::Bump => "bump",
                    InvalidSurge::UnknownCategory(_) => "categories",
                };
                Self::new(ProblemKind::ContentRefused, invalid.to_string()).in_field(field)
            }
            DeskError::PushOff => Self::new(ProblemKind::MovedOn, error.to_string()),
            DeskError::PushAddress(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("endpoint")
            }
            DeskError::PushKeys => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("keys")
            }
            DeskError::UnknownPush => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::UnknownRule => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::TooManyRules => Self::new(ProblemKind::MovedOn, error.to_string()),
            DeskError::RuleWithoutActs | DeskError::UnknownMacro(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("then")
            }
            DeskError::UnknownView => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::TooManyViews => Self::new(ProblemKind::MovedOn, error.to_string()),
            DeskError::UnknownSurge => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::Replayed => {
                Self::new(ProblemKind::Conflict, error.to_string()).in_field("X-Mondo-Signature")
            }
            DeskError::WordsNeeded => {
                Self::new(ProblemKind::WordsNeeded, error.to_string()).in_field("text")
            }
            DeskError::UnknownArticle(_) => {
                Self::new(ProblemKind::NotFound, error.to_string()).in_field("article")
            }
            DeskError::NotRateable(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("message")
            }
            DeskError::KeyReused => {
                Self::new(ProblemKind::Conflict, error.to_string()).in_field("Idempotency-Key")
            }
            DeskError::UnknownAgent(_) | DeskError::UnknownKey(_) | DeskError::UnknownTicket(_) => {
                Self::new(ProblemKind::NotFound, error.to_string())
            }
            DeskError::ScoredBefore
            | DeskError::TicketSettled(_)
            | DeskError::CannotMerge(_)
            | DeskError::NoOpenTicket => Self::new(ProblemKind::MovedOn, error.to_string()),
            DeskError::UnknownEndpoint(_) | DeskError::UnknownSource => {
                Self::new(ProblemKind::NotFound, error.to_string())
            }
            DeskError::Address(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("url")
            }
            DeskError::SourceName => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("name")
            }
            DeskError::SourceTaken => {
                Self::new(ProblemKind::Taken, error.to_string()).in_field("name")
            }
            DeskError::SourceSecret => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("secret")
            }
            DeskError::UnwantedField(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("fields")
            }
            DeskError::ArticleName(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("id")
            }
            DeskError::ArticleTaken(_) => {
                Self::new(ProblemKind::Taken, error.to_string()).in_field("id")
            }
            DeskError::NoPicture => {
                Self::new(ProblemKind::FileRefused, error.to_string()).in_field("body")
            }
            DeskError::NoTexts => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("texts")
            }
            DeskError::UnknownCategory(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("category")
            }
            DeskError::Refused(_) => Self::new(ProblemKind::MovedOn, error.to_string()),
            DeskError::MessageLength | DeskError::TextLength => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("text")
            }
            DeskError::CannotWork(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("to")
            }
            DeskError::EmailTaken => {
                Self::new(ProblemKind::Taken, error.to_string()).in_field("email")
            }
            DeskError::ScopeBeyondRole(_) => {
                Self::new(ProblemKind::Forbidden, error.to_string()).in_field("scopes")
            }
            DeskError::Capacity => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("capacity")
            }
            DeskError::LevelAsSkill(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("skills")
            }
            DeskError::Unreachable => {
                Self::new(ProblemKind::ContactRefused, error.to_string()).in_field("contact")
            }
            DeskError::OwnAccount | DeskError::SecondFactorSet => {
                Self::new(ProblemKind::Forbidden, error.to_string())
            }
            DeskError::NoLibrary => Self::new(ProblemKind::NotFound, error.to_string()),
            DeskError::Folder(_) => Self::new(
                ProblemKind::Unavailable,
                "nothing was saved: the knowledge folder cannot be read or written; check its permissions",
            )
            .because(error),
            DeskError::EditedMeanwhile => {
                Self::new(ProblemKind::MovedOn, error.to_string()).in_field("If-Match")
            }
            DeskError::UnreadableText(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("text")
            }
            DeskError::FaultyDraft(_) => Self::new(ProblemKind::BadRequest, error.to_string()),
            DeskError::UnknownText
            | DeskError::NoSuchCategory(_)
            | DeskError::UnknownProposal
            | DeskError::UnknownGap => {
                Self::new(ProblemKind::NotFound, error.to_string())
            }
            DeskError::InvalidPassword(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("new")
            }
            DeskError::WrongPassword => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("current")
            }
            DeskError::InvalidAccount(invalid) => Self::from(invalid),
            DeskError::NoPasswords => Self::new(ProblemKind::Forbidden, error.to_string()),
            DeskError::SignInRefused | DeskError::PasswordExpired => {
                Self::new(ProblemKind::SignInNeeded, error.to_string())
            }
            DeskError::TooManySignIns => Self::new(ProblemKind::Busy, error.to_string()),
            DeskError::UnknownSession | DeskError::NoPasskey | DeskError::UnknownPasskey => {
                Self::new(ProblemKind::NotFound, error.to_string())
            }
            DeskError::TooManyPasskeys
            | DeskError::PasskeyUnasked
            | DeskError::RefusedPasskey(_) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("passkey")
            }
            DeskError::CodeNeeded => {
                Self::new(ProblemKind::SignInNeeded, error.to_string()).in_field("code")
            }
            DeskError::SecondFactorUnproven => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("code")
            }
            DeskError::Store(store) => Self::from(store),
            DeskError::Engine(_)
            | DeskError::EngineStopped(_)
            | DeskError::Untried(_)
            | DeskError::HashingStopped(_)
            | DeskError::SecondFactor(_) => Self::internal(error),
        }
    }
}

impl From<ReceiveError> for ApiError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Signature(_) => Self::new(ProblemKind::SignInNeeded, error.to_string()),
            ReceiveError::Desk(desk) => desk.into(),
            ReceiveError::Words(question) => question.into(),
            ReceiveError::Fetch(_) => Self::new(
                ProblemKind::Unavailable,
                "the file could not be fetched; send the event again",
            )
            .because(error),
            ReceiveError::NoReceipt => {
                Self::new(ProblemKind::BadRequest, error.to_string()).in_field("webhook-id")
            }
            ReceiveError::ExternalId => {
                Self::new(ProblemKind::BadRequest, error.to_string()).in_field("external_id")
            }
            ReceiveError::Letter(LetterError::Desk(desk)) => desk.into(),
            ReceiveError::Letter(LetterError::Limited) => {
                Self::new(ProblemKind::TooOften, error.to_string())
            }
            ReceiveError::Letter(LetterError::Unreadable(_) | LetterError::Empty) => {
                Self::new(ProblemKind::ContentRefused, error.to_string()).in_field("body")
            }
            ReceiveError::NoMailbox | ReceiveError::NoChannel | ReceiveError::NoChallenge => {
                Self::new(ProblemKind::NotFound, error.to_string())
            }
            ReceiveError::Body(_)
            | ReceiveError::Xml
            | ReceiveError::Code(_)
            | ReceiveError::Nowhere => {
                Self::new(ProblemKind::BadRequest, error.to_string()).in_field("body")
            }
            ReceiveError::Conversation(_) | ReceiveError::Ticket(_) => {
                Self::new(ProblemKind::NotFound, error.to_string())
            }
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull(_) | StoreError::FileGone { .. } | StoreError::ReadOnly(_) | StoreError::Locked(_) | StoreError::Stopped | StoreError::Files(_) => {
                Self::new(
                    ProblemKind::Unavailable,
                    "nothing was kept; repeat the request with the same Idempotency-Key after the time in Retry-After",
                )
                .because(error)
            }
            StoreError::FileLost(_) => Self::new(
                ProblemKind::NotFound,
                "the content of this file is no longer there; ask whoever sent it for another copy",
            )
            .because(error),
            StoreError::Malformed(_) => Self::new(ProblemKind::BadRequest, error.to_string()),
            other => Self::internal(other),
        }
    }
}

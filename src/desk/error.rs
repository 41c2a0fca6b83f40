//! Why the desk could not do something.

use super::limits::{
    MAX_FIELD_CHARS, MAX_FILES_PER_MESSAGE, MAX_MESSAGE_CHARS, MAX_RULES, MAX_VIEWS,
};
use crate::client::RequestError;
use crate::conversation::{InvalidSurge, RefusedFile, RefusedStep, TicketNumber};
use crate::ids::{AgentId, AnswerId, AttachmentId, ConversationId, EndpointId, MessageId};
use crate::knowledge::{ArticleId, Fault, UnreadableText};
use crate::pipeline::EngineError;
use crate::staff::{
    InvalidAccount, InvalidPassword, Permission, RefusedPasskey, SecondFactorError,
};
use crate::store::{KeyId, StoreError};

/// What a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// No such conversation.
    #[error("there is no conversation {0}; open a new one")]
    UnknownConversation(ConversationId),
    /// No such message in this conversation.
    #[error("there is no message {0} in this conversation; reload the conversation")]
    UnknownMessage(MessageId),
    /// Only what the bot said can be rated.
    #[error("message {0} is not a reply of the bot; rate one of its replies")]
    NotRateable(MessageId),
    /// No such answer was recorded.
    #[error("no answer {0} is recorded; check the id and the data folder")]
    UnknownAnswer(AnswerId),
    /// The article was renamed, withdrawn or never existed.
    #[error("there is no article {0}; ask the question again")]
    UnknownArticle(ArticleId),
    /// What was to be shown in an article is none.
    #[error("by its content the file is no picture; send a PNG, JPEG, WebP or GIF")]
    NoPicture,
    /// An idempotency key was used for another request before.
    #[error("this idempotency key was used for another request; send a fresh key")]
    KeyReused,
    /// The visitor has said before how satisfied they were.
    #[error(
        "this conversation was scored before; it can be scored again once another matter is closed"
    )]
    ScoredBefore,
    /// The conversation has moved on.
    #[error(transparent)]
    Refused(RefusedStep),
    /// An agent's message is empty or too long.
    #[error(
        "a message has 1 to {MAX_MESSAGE_CHARS} characters; write something, or send it in parts"
    )]
    MessageLength,
    /// The view was forgotten, or is somebody else's.
    #[error("there is no such view of yours; reload the desk")]
    UnknownView,
    /// An agent keeps as many views as one may.
    #[error("you keep {MAX_VIEWS} views already; remove one first")]
    TooManyViews,
    /// The rule was removed, or never existed.
    #[error("there is no such rule; reload the page")]
    UnknownRule,
    /// A rule that does nothing.
    #[error("a rule needs something to do; add an act")]
    RuleWithoutActs,
    /// There are as many rules as there may be.
    #[error("there are {MAX_RULES} rules already; remove one first")]
    TooManyRules,
    /// No macro of this name.
    #[error("there is no macro {0:?}; write it first, or choose another")]
    UnknownMacro(String),
    /// A file is not taken.
    #[error(transparent)]
    RefusedFile(#[from] RefusedFile),
    /// No such file.
    #[error("there is no file {0} in this conversation that can be sent or read; attach it again")]
    UnknownAttachment(AttachmentId),
    /// The conversation has as many files as one may have.
    #[error(
        "the conversation has {0} files already (attachments.max_per_conversation); describe the rest in words"
    )]
    TooManyAttachments(i64),
    /// One message carries too many.
    #[error(
        "a message carries at most {MAX_FILES_PER_MESSAGE} files; send the others with the next one"
    )]
    TooManyFilesInMessage,
    /// Files alone say nothing to the bot.
    #[error(
        "the bot answers words; say in `text` what the files are about, or ask for a person first"
    )]
    WordsNeeded,
    /// No such ticket.
    #[error("there is no ticket {0}; search for it by its words")]
    UnknownTicket(TicketNumber),
    /// Settling and reopening tell the visitor, so they are acts on the conversation.
    #[error("ticket {0} is settled or reopened through its conversation; close or reopen that")]
    TicketSettled(TicketNumber),
    /// Only a settled ticket is merged.
    #[error("ticket {0} is not settled, or is the other one; close its conversation first")]
    CannotMerge(TicketNumber),
    /// The conversation has no open ticket.
    #[error("this conversation has no open ticket; ask for a person first")]
    NoOpenTicket,
    /// A field nobody asks for, or a text beyond reason.
    #[error(
        "the field {0:?} is not asked for, or its text is empty or beyond {MAX_FIELD_CHARS} characters; fill in those in `collect`"
    )]
    UnwantedField(String),
    /// An article or category cannot be called so.
    #[error(
        "{0:?} names no article and no category; write small letters a to z, digits and single hyphens, as in gift-wrapping"
    )]
    ArticleName(String),
    /// There is such an article already.
    #[error("there is an article {0} already; edit that one, or choose another id")]
    ArticleTaken(ArticleId),
    /// An article in no language.
    #[error("an article needs a text in one language at least; write title and summary of one")]
    NoTexts,
    /// No article is of this category.
    #[error("no article is of the category {0:?}; choose one of those in the knowledge base")]
    UnknownCategory(String),
    /// An internal note is empty or too long, or an override gives no reason.
    #[error("write 1 to {MAX_MESSAGE_CHARS} characters")]
    TextLength,
    /// This server has no knowledge folder that may be edited.
    #[error("this server has no knowledge folder to edit; edit it where it comes from")]
    NoLibrary,
    /// The knowledge folder cannot be read or written.
    #[error(
        "the knowledge folder cannot be read or written; check its permissions and the space on its disk"
    )]
    Folder(#[source] std::io::Error),
    /// Somebody else has saved the file since it was read.
    #[error("somebody else has saved this file since you read it; read it again, then save")]
    EditedMeanwhile,
    /// The text could not be served.
    #[error("the text cannot be served: {0}")]
    UnreadableText(#[from] UnreadableText),
    /// The folder with a draft in it has faults that keep it from being served.
    #[error("with this text the knowledge base could not be served; mend what its check names")]
    FaultyDraft(Vec<Fault>),
    /// A draft could not be searched.
    #[error("the draft could not be tried; try again")]
    Untried(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No such file or earlier text.
    #[error("there is no such text; reload the article")]
    UnknownText,
    /// No article is of such a category.
    #[error("there is no category {0:?}; begin an article in it first")]
    NoSuchCategory(String),
    /// No such open proposal.
    #[error("there is no such open proposal; reload the list")]
    UnknownProposal,
    /// No such gap.
    #[error("there is no such gap; reload the list")]
    UnknownGap,
    /// A password that cannot be chosen.
    #[error(transparent)]
    InvalidPassword(#[from] InvalidPassword),
    /// The password given is not the account's.
    #[error("the current password does not fit; type it again")]
    WrongPassword,
    /// A name that cannot be shown.
    #[error(transparent)]
    InvalidAccount(#[from] InvalidAccount),
    /// A surge cannot be begun as asked.
    #[error(transparent)]
    InvalidSurge(#[from] InvalidSurge),
    /// No surge of this name is on.
    #[error("no surge of this name is on; list those that are with GET /v1/staff/surges")]
    UnknownSurge,
    /// A signed request was shown before.
    #[error("this request was obeyed before; sign a new one")]
    Replayed,
    /// No such account.
    #[error("there is no account {0}; reload the list of accounts")]
    UnknownAgent(AgentId),
    /// The account may not answer visitors.
    #[error(
        "account {0} is inactive or its role may not answer visitors; choose an agent, lead or admin"
    )]
    CannotWork(AgentId),
    /// An account with this address exists.
    #[error(
        "an account with this address exists already; reset that one, or choose another address"
    )]
    EmailTaken,
    /// Somebody tried to change their own role or activity.
    #[error("nobody changes their own role; ask another admin, or use `mondo user role`")]
    OwnAccount,
    /// Nobody holds so few or so many conversations.
    #[error("somebody holds 1 to 100 conversations at once; choose a number in between")]
    Capacity,
    /// A level was written where skills are.
    #[error("{0:?} is a level and no skill; send it in `levels`")]
    LevelAsSkill(String),
    /// What should reach the visitor is no address and no telephone number.
    #[error("`contact` is no e-mail address and no telephone number; write it as name@example.com")]
    Unreachable,
    /// No such key.
    #[error("there is no working key {0}; reload the list of keys")]
    UnknownKey(KeyId),
    /// A key was to do what its maker may not.
    #[error("your own role lacks {0}, so no key of yours can have it; leave it out")]
    ScopeBeyondRole(Permission),
    /// More people sign in at once than can be looked at soon.
    #[error("too many sign in at once; try again in a moment")]
    TooManySignIns,
    /// The password was given to the account, and nobody chose one of their own in time.
    #[error("this first password has expired; ask an admin for another")]
    PasswordExpired,
    /// No such session of the one who asks.
    #[error("there is no such session; it may have ended already")]
    UnknownSession,
    /// Address, password or code are wrong, or there were too many attempts.
    #[error(
        "address, password or code do not fit, or there were too many attempts; wait a minute and try again"
    )]
    SignInRefused,
    /// Passwords are switched off.
    #[error("passwords are switched off here (sso.passwords); sign in by the provider")]
    NoPasswords,
    /// Address and password fit; the code is missing.
    #[error(
        "this account has a second factor; send `code` too, as the authenticator app shows it, or a `passkey`"
    )]
    CodeNeeded,
    /// A second factor is set up already.
    #[error("a second factor is set up already; an admin can reset the account")]
    SecondFactorSet,
    /// The account has no passkey.
    #[error("this account has no passkey; send a code")]
    NoPasskey,
    /// The account has no such passkey.
    #[error("there is no such passkey; it may have been taken away already")]
    UnknownPasskey,
    /// The account has as many as are kept.
    #[error("the account has many passkeys already; take one away first")]
    TooManyPasskeys,
    /// A browser's answer comes for the second time, or to nothing.
    #[error("this answers nothing that was asked, or was answered before; begin again")]
    PasskeyUnasked,
    /// A browser's answer is not taken.
    #[error(transparent)]
    RefusedPasskey(#[from] RefusedPasskey),
    /// A code of the second factor is wrong.
    #[error(
        "the code does not fit; check the clock of the device and send the next code, or an unused recovery code"
    )]
    SecondFactorUnproven,
    /// The stored secret is damaged.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
    /// Hashing broke off.
    #[error("the password could not be checked; try again")]
    HashingStopped(#[source] tokio::task::JoinError),
    /// No such webhook.
    #[error("there is no webhook {0}; list them with GET /v1/staff/webhooks")]
    UnknownEndpoint(EndpointId),
    /// A webhook cannot lead there.
    #[error("{0}")]
    Address(#[source] RequestError),
    /// No messages are sent to browsers.
    #[error("no messages are sent to browsers here; whoever runs this sets push.contact")]
    PushOff,
    /// A push service cannot be there.
    #[error("{0}")]
    PushAddress(#[source] RequestError),
    /// Keys of a browser that are none.
    #[error("these are no keys of a browser; send what its subscription says")]
    PushKeys,
    /// No such browser.
    #[error("there is no such browser of yours; reload the page")]
    UnknownPush,
    /// No such program that may tell us something.
    #[error("there is no source of this name; list them with GET /v1/staff/sources")]
    UnknownSource,
    /// A name that cannot stand in a path.
    #[error("the name of a source has 1 to 40 small letters, digits and dashes")]
    SourceName,
    /// Another program has this name.
    #[error("another source has this name; choose another one, or remove that")]
    SourceTaken,
    /// A secret that is missing or cannot be one.
    #[error(
        "give the secret that the help desk shows for its webhook; a source of the format mondo needs none, or one that begins with whsec_"
    )]
    SourceSecret,
    /// The pipeline failed.
    #[error("the question could not be answered; try again")]
    Engine(#[from] EngineError),
    /// The pipeline broke off, such as by a panic.
    #[error("the question could not be answered; try again")]
    EngineStopped(#[source] tokio::task::JoinError),
    /// The store failed; nothing was acknowledged.
    #[error("the request could not be recorded; try again")]
    Store(#[source] StoreError),
}

impl DeskError {
    /// Tells whether the same may be done later, because the store or the engine was the reason.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Engine(_))
    }
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownConversation(id) => Self::UnknownConversation(id),
            StoreError::UnknownMessage(id) => Self::UnknownMessage(id),
            StoreError::UnknownAttachment(id) => Self::UnknownAttachment(id),
            StoreError::TooManyAttachments(most) => Self::TooManyAttachments(most),
            StoreError::NotRateable(id) => Self::NotRateable(id),
            StoreError::UnknownAnswer(id) => Self::UnknownAnswer(id),
            StoreError::ScoredBefore => Self::ScoredBefore,
            StoreError::KeyReused => Self::KeyReused,
            StoreError::Refused(refused) => Self::Refused(refused),
            StoreError::UnknownTicket(number) => Self::UnknownTicket(number),
            StoreError::TicketSettled(number) => Self::TicketSettled(number),
            StoreError::CannotMerge(number) => Self::CannotMerge(number),
            StoreError::Replayed => Self::Replayed,
            StoreError::UnknownAgent(id) => Self::UnknownAgent(id),
            StoreError::UnknownEndpoint(id) => Self::UnknownEndpoint(id),
            StoreError::UnknownSource => Self::UnknownSource,
            other => Self::Store(other),
        }
    }
}

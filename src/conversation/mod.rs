//! A conversation between one visitor and exactly one responder: its ids, states, messages, tickets and wording.
//!
//! Pure: it decides what a step does and how it is said. It must not know how anything is stored, sent or timed.

mod state;

mod attachment;
mod author;
mod channel;
mod channel_note;
mod contact;
mod feedback;
mod judgement;
mod mail_thread;
mod message;
mod reply;
mod rule;
mod satisfaction;
mod status_link;
mod surface;
mod surge;
mod ticket;

mod event;
mod topic;

mod phrases;

pub use attachment::{
    Attachment, FileKind, FileLimits, FileName, RecognisedFile, RefusedFile, SaidName, recognise,
};
pub use author::{Author, Speaker};
pub use channel::{Channel, ChannelAddress};
pub use channel_note::ChannelNote;
pub use contact::is_reachable;
pub use event::{ConversationEvent, EventBody};
pub use feedback::{Feedback, FeedbackReason, MAX_COMMENT_CHARS, Rating};
pub use judgement::{Judgement, Pick};
pub use mail_thread::thread_tokens_in;
pub use message::{Conversation, Exchange, Message, NewConversation, VisitedPage};
pub use phrases::{
    ReplySentence, SystemNote, is_about_who_answers, kind_word_of, phrase_hidden, phrase_lookup,
    phrase_note, phrase_reply, reply_message,
};
pub use reply::{BotDecision, BotReply, DecisionKind, GivenAnswer};
pub use rule::{MacroAct, Rule, RuleAct, RuleCondition, RuleTrigger};
pub use satisfaction::{InvalidScore, Satisfaction, Score};
pub use state::{
    AutomaticEscalation, ConversationState, Moved, RefusedStep, Responder, StaffStep, Standing,
    Step, TimerStep, step,
};
pub use status_link::{ContactLink, FileLink, InvalidLinkKeys, LinkKeys, RefusedLink, StatusLink};
pub use surface::Surface;
pub use surge::{InvalidSurge, MAX_INCIDENT_CHARS, MAX_NOTICE_CHARS, NewSurge, Surge};
pub use ticket::{
    InvalidTicketNumber, Ticket, TicketNumber, TicketQueue, TicketStatus, TicketSubject, level_for,
    priority,
};
pub use topic::Topic;

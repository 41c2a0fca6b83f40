//! What leaves: the outbox, the outlets it goes to, what became of each delivery, mail, and who may tell us something; and
//! what was asked about channels.

mod access_tokens;
mod attempts;
mod backlog;
mod bounces;
mod channel_lookups;
mod contacts;
pub(in crate::store) mod deliveries;
pub(in crate::store) mod endpoints;
pub(in crate::store) mod kinds;
mod letters;
pub(in crate::store) mod mail_outbox;
mod mailboxes;
pub(in crate::store) mod outbox;
mod parts;
mod push;
pub(in crate::store) mod push_outbox;
mod reply_tokens;
mod sent_names;
mod sources;
mod staff_letters;
mod staff_notices;
mod switches;
pub(in crate::store) mod told;

pub use backlog::Backlog;
pub use channel_lookups::KeptLookup;
pub use contacts::Admission;
pub use deliveries::{
    Attempt, Delivery, DeliveryFilter, DeliveryStatus, Due, MAX_DELIVERIES, Outcome,
};
pub use endpoints::{Endpoint, EndpointChange};
pub use kinds::{EndpointKind, ServiceAccount};
pub use letters::{LetterHead, LetterHeads, LetterOutcome, NewLetter};
pub use mail_outbox::{DueMail, MailId, MailKind, MailOutcome, MailState, SentMail};
pub use mailboxes::MailboxState;
pub use push::{DuePush, PushOutcome, PushSubscription};
pub use sources::{Source, SourceFormat};
pub use staff_letters::{DueStaffLetter, NewStaffLetter};
pub use staff_notices::Untold;
pub use told::{Telling, Told};

//! Tells other programs and help desks what happens, and takes what they tell us.
//!
//! Reading order: a [`Relay`] takes from the outbox what is due and hands it to a webhook or to the adapter of a help
//! desk; [`receive`] checks and takes what comes back, [`hand_in`]
//! and [`take_events`] what visitors write by a channel or a messenger; a
//! [`PostOffice`] takes the letters of visitors, and a [`Postman`] fetches them from a mailbox. It must not know routes, settings files or SQL.

mod receipt;
mod settings;
mod worker;

mod channel;
mod handing_in;
mod letters;
mod messengers;
mod payload;
mod retry;
mod signed_outlet;

mod chatwoot;
mod helpdesk;
mod wish;
mod zendesk;

pub use channel::{HandedIn, hand_in};
pub use letters::{
    AfterReading, InvalidMailboxSettings, LetterError, MailboxSettings, PostOffice, Postman,
    ReadMailbox, TakenLetter, take_posted,
};
pub use messengers::{
    Arrived, Presented, Served, Taken, answer_challenge, late_reply, take_events,
};
pub use receipt::{ReceiveError, Received, receive};
pub use retry::{TOOK_NOTHING, WANTS_NOTHING};
pub use settings::WebhookSettings;
pub use worker::Relay;

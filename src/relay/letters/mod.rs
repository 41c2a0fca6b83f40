//! Letters: mail that visitors write, from a mailbox or posted by a program, and what they are told by mail.

mod posted;
mod postman;
mod sending;
mod settings;
pub(super) mod taking;

pub use posted::take_posted;
pub use postman::Postman;
pub(super) use sending::post;
pub use settings::{AfterReading, InvalidMailboxSettings, MailboxSettings, ReadMailbox};
pub use taking::{LetterError, PostOffice, TakenLetter};

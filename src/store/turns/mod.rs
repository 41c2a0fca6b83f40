//! Everything that changes a conversation: what visitors, staff, timers and other programs do, each in one transaction.
//!
//! All of it goes through [`transcript`], which locks the conversation, numbers the events and tells the outlets.

pub(in crate::store) mod transcript;

mod acts;
mod before;
mod earlier;
mod exchanges;
mod feedback;
mod hidden;
mod linking;
mod noting;
mod offers;
mod opening;
mod outside;
mod raising;
mod ruling;
mod satisfaction;
mod snoozing;
mod tiers;
mod visitors;
mod work;

pub use acts::{NewStaffAct, StaffAct, StaffOutcome, Timers};
pub use earlier::EarlierConversation;
pub use exchanges::Visit;
pub use feedback::NewFeedback;
pub use noting::NewChannelNote;
pub use offers::{Fitness, Given, NextFor};
pub use outside::{ExternalTicket, NewOutsideWish, OutsideWish};
pub use ruling::Ruled;
pub use satisfaction::NewSatisfaction;
pub use snoozing::NewSnooze;
pub use transcript::Written;
pub use visitors::{NewEscalation, NewTurn, ProposedReply};
pub use work::{NewTicketWork, TicketNote, TicketView, TicketWork};

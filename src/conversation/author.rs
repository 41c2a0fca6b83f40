//! Who says a message.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

use crate::ids::{AgentId, UnknownCode};

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Author {
    /// The person who asks.
    Visitor,
    /// The pipeline.
    Bot,
    /// A member of staff.
    Agent,
    /// The desk itself, such as a note that a ticket was opened.
    System,
}

impl Author {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// An agent as the visitor meets them; the name is kept as it was when they spoke.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Speaker {
    /// Which agent.
    pub agent: AgentId,
    /// The name shown to visitors.
    pub name: String,
}

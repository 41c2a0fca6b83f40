//! What things are called: ids, and the error of codes that nobody knows.

mod code;
mod newtypes;

pub use code::UnknownCode;
pub use newtypes::{
    AgentId, AnswerId, AttachmentId, ConversationId, DeliveryId, EndpointId, GapId, InvalidId,
    MessageId, TellingId, TicketId,
};

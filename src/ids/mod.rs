//! What things are called: ids, and the error of codes that nobody knows.

mod code;
mod event_number;
mod newtypes;

pub use code::UnknownCode;
pub use event_number::{EventNumber, InvalidEventNumber};
pub use newtypes::{
    AgentId, AnswerId, AttachmentId, ConversationId, DeliveryId, EndpointId, GapId, InvalidId,
    MessageId, TellingId, TicketId,
};

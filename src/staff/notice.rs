//! What somebody at the desk wants to be told by mail.

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::UnknownCode;

/// Something that people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Notice {
    /// A ticket they work on or follow was given to somebody.
    Assigned,
    /// A promised time has passed.
    Breached,
    /// A new ticket that they could take and nobody has looked at.
    Unseen,
    /// A promised time is near.
    Near,
    /// A note names them.
    Mentioned,
}

impl Notice {
    /// Every notice.
    pub const ALL: [Notice; 5] = [
        Notice::Assigned,
        Notice::Breached,
        Notice::Unseen,
        Notice::Near,
        Notice::Mentioned,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

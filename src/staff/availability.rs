//! Whether somebody at the desk takes new conversations right now.

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::ids::UnknownCode;

/// What somebody says about themselves.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, IntoStaticStr, EnumString, VariantNames,
)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Availability {
    /// At the desk, and takes what comes.
    #[default]
    Here,
    /// At the desk with what they hold; new conversations are for others.
    Busy,
    /// Not at the desk, whatever stands open on a screen.
    Away,
}

impl Availability {
    /// Every availability.
    pub const ALL: [Availability; 3] = [Availability::Here, Availability::Busy, Availability::Away];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

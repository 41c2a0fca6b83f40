//! Surfaces: where on the web a conversation was begun.

use strum::{EnumString, IntoStaticStr};

use crate::ids::UnknownCode;

/// Where on the web a conversation was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Surface {
    /// The page of the chat itself.
    Page,
    /// The widget on a page of the operator's.
    Widget,
    /// The help bubble inside of an application.
    App,
    /// The help pages: their bubble, or their form for those without scripts.
    Help,
    /// An assistant that hands a matter over for its user.
    Assistant,
}

impl Surface {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

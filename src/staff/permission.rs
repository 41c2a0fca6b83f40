//! What can be allowed; the same words are the scopes of API keys.

use strum::{Display, EnumString, IntoStaticStr, VariantArray, VariantNames};

/// One thing that can be allowed.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    IntoStaticStr,
    EnumString,
    VariantNames,
    Display,
    VariantArray,
)]
#[strum(parse_err_ty = UnknownPermission, parse_err_fn = UnknownPermission::of)]
pub enum Permission {
    /// Read conversations, tickets and the queue.
    #[strum(serialize = "conversations.read")]
    ReadConversations,
    /// Claim, answer, note, tag and close.
    #[strum(serialize = "conversations.work")]
    WorkConversations,
    /// Touch what colleagues hold, and give work to others.
    #[strum(serialize = "work.assign")]
    AssignWork,
    /// Set a priority against the rule.
    #[strum(serialize = "priority.override")]
    OverridePriority,
    /// Write shared macros.
    #[strum(serialize = "macros.write")]
    WriteMacros,
    /// Edit articles and decide about proposals.
    #[strum(serialize = "knowledge.write")]
    WriteKnowledge,
    /// Ask for suggested replies.
    #[strum(serialize = "suggestions.read")]
    ReadSuggestions,
    /// Read what visitors get no good answer on, and how the days went.
    #[strum(serialize = "insights.read")]
    ReadInsights,
    /// Change from how sure on the bot answers.
    #[strum(serialize = "thresholds.set")]
    SetThresholds,
    /// Start and end surge mode.
    #[strum(serialize = "surge.switch")]
    SwitchSurge,
    /// Make, change and reset accounts and API keys.
    #[strum(serialize = "users.manage")]
    ManageUsers,
    /// Set up webhooks and see what was delivered.
    #[strum(serialize = "webhooks.manage")]
    ManageWebhooks,
    /// Read who did what.
    #[strum(serialize = "audit.read")]
    ReadAudit,
    /// Hand out and destroy what is kept of a person, and keep it against its time.
    #[strum(serialize = "privacy.manage")]
    ManagePrivacy,
    /// Read what was hidden in a visitor's words, with a reason.
    #[strum(serialize = "originals.open")]
    OpenOriginals,
}

/// A text that names no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no permission {0:?}; use one of {list}", list = Permission::list())]
pub struct UnknownPermission(pub String);

impl UnknownPermission {
    fn of(code: &str) -> Self {
        Self(code.to_owned())
    }
}

impl Permission {
    /// Every permission.
    pub const ALL: &'static [Permission] = <Permission as VariantArray>::VARIANTS;

    /// Returns the code, which is also the scope of a key.
    pub fn code(self) -> &'static str {
        self.into()
    }

    fn list() -> String {
        let codes: Vec<&str> = Self::ALL.iter().map(|known| known.code()).collect();
        codes.join(", ")
    }
}

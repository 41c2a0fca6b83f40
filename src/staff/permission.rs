//! What can be allowed; the same words are the scopes of API keys.

use std::fmt;
use std::str::FromStr;

/// One thing that can be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Read conversations, tickets and the queue.
    ReadConversations,
    /// Claim, answer, note, tag and close.
    WorkConversations,
    /// Touch what colleagues hold, and give work to others.
    AssignWork,
    /// Set a priority against the rule.
    OverridePriority,
    /// Write shared macros.
    WriteMacros,
    /// Edit articles and decide about proposals.
    WriteKnowledge,
    /// Ask for suggested replies.
    ReadSuggestions,
    /// Start and end surge mode.
    SwitchSurge,
    /// Make, change and reset accounts and API keys.
    ManageUsers,
    /// Set up webhooks and see what was delivered.
    ManageWebhooks,
    /// Read who did what.
    ReadAudit,
}

/// A text that names no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no permission {0:?}; use one of {list}", list = Permission::list())]
pub struct UnknownPermission(pub String);

impl Permission {
    /// Every permission.
    pub const ALL: [Permission; 11] = [
        Permission::ReadConversations,
        Permission::WorkConversations,
        Permission::AssignWork,
        Permission::OverridePriority,
        Permission::WriteMacros,
        Permission::WriteKnowledge,
        Permission::ReadSuggestions,
        Permission::SwitchSurge,
        Permission::ManageUsers,
        Permission::ManageWebhooks,
        Permission::ReadAudit,
    ];

    /// Gives the code, which is also the scope of a key.
    pub fn code(self) -> &'static str {
        match self {
            Self::ReadConversations => "conversations.read",
            Self::WorkConversations => "conversations.work",
            Self::AssignWork => "work.assign",
            Self::OverridePriority => "priority.override",
            Self::WriteMacros => "macros.write",
            Self::WriteKnowledge => "knowledge.write",
            Self::ReadSuggestions => "suggestions.read",
            Self::SwitchSurge => "surge.switch",
            Self::ManageUsers => "users.manage",
            Self::ManageWebhooks => "webhooks.manage",
            Self::ReadAudit => "audit.read",
        }
    }

    fn list() -> String {
        Self::ALL.map(Self::code).join(", ")
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|permission| permission.code() == code)
            .ok_or_else(|| UnknownPermission(code.to_owned()))
    }
}

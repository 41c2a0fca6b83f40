//! Roles, and what each may do.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::Permission;
use crate::conversation::{Reach, UnknownCode};

/// What somebody is at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks, and touches nothing.
    Viewer,
    /// Writes articles; sees no conversation.
    Author,
    /// Answers visitors.
    Agent,
    /// Answers, and runs the shift.
    Lead,
    /// Runs the installation.
    Admin,
    /// Reads everything, who did what included.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 6] = [
        Role::Viewer,
        Role::Author,
        Role::Agent,
        Role::Lead,
        Role::Admin,
        Role::Auditor,
    ];

    /// Gives the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Author => "author",
            Role::Agent => "agent",
            Role::Lead => "lead",
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        }
    }

    /// Lists what the role may do.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Role::Viewer => &[P::ReadConversations],
            Role::Author => &[P::WriteKnowledge, P::ReadSuggestions],
            Role::Agent => &[
                P::ReadConversations,
                P::WorkConversations,
                P::ReadSuggestions,
            ],
            Role::Lead => &[
                P::ReadConversations,
                P::WorkConversations,
                P::ReadSuggestions,
                P::AssignWork,
                P::OverridePriority,
                P::WriteMacros,
                P::SwitchSurge,
            ],
            // Reading who did what is the auditor's alone: whoever changes accounts must not judge the changes.
            Role::Admin => &[
                P::ReadConversations,
                P::WorkConversations,
                P::ReadSuggestions,
                P::AssignWork,
                P::OverridePriority,
                P::WriteMacros,
                P::SwitchSurge,
                P::WriteKnowledge,
                P::ManageUsers,
                P::ManageWebhooks,
            ],
            Role::Auditor => &[P::ReadConversations, P::ReadAudit],
        }
    }

    /// Tells whether the role may do something.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }

    /// Tells whose conversations the role may touch.
    pub fn reach(self) -> Reach {
        match self.may(Permission::AssignWork) {
            true => Reach::All,
            false => Reach::Own,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.code() == code)
            .ok_or_else(|| UnknownCode {
                what: "role",
                code: code.to_owned(),
            })
    }
}

//! Roles, and what each may do.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use super::Permission;
use crate::ids::UnknownCode;

/// Whose conversations a member of staff may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Their own, and those nobody holds.
    Own,
    /// Everybody's.
    All,
}

/// What somebody is at the desk.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
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

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Lists what the role may do.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Role::Viewer => &[P::ReadConversations],
            Role::Author => &[P::WriteKnowledge, P::ReadSuggestions, P::ReadInsights],
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
                P::ReadInsights,
                P::SetThresholds,
                P::SwitchSurge,
                P::OpenOriginals,
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
                P::ReadInsights,
                P::SetThresholds,
                P::WriteKnowledge,
                P::ManageUsers,
                P::ManageWebhooks,
                P::ManagePrivacy,
                P::OpenOriginals,
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

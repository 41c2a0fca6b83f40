//! Who asks: a member of staff in a session, or a program with a key.

use crate::conversation::Speaker;
use crate::staff::{Agent, Permission};
use crate::store::ApiKey;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A member of staff.
    Agent(Agent),
    /// A program.
    Key(ApiKey),
}

impl Principal {
    /// Tells whether something is allowed.
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Principal::Agent(agent) => agent.role.may(permission),
            Principal::Key(key) => key.scopes.contains(&permission),
        }
    }

    /// Returns the member of staff; a program is none, so it can neither hold a conversation nor speak in one.
    pub fn agent(&self) -> Option<&Agent> {
        match self {
            Principal::Agent(agent) => Some(agent),
            Principal::Key(_) => None,
        }
    }

    /// Returns the name under which the log keeps the act.
    pub fn actor(&self) -> String {
        match self {
            Principal::Agent(agent) => agent.id.to_string(),
            Principal::Key(key) => key.id.to_string(),
        }
    }
}

/// Returns an agent as visitors meet them.
pub(super) fn speaker(agent: &Agent) -> Speaker {
    Speaker {
        agent: agent.id,
        name: agent.name.clone(),
    }
}

//! Accounts of visitors, as staff read them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::Identity;

/// Who a visitor is, as their host vouches; for staff.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http) struct AccountBody {
    /// The host's own name for the account.
    subject: String,
    /// How the visitor is called.
    name: Option<String>,
    /// Where the visitor is reached.
    email: Option<String>,
    /// How well the host knows the account: `unverified`, `verified` or `premium`.
    tier: Option<&'static str>,
}

impl From<Identity> for AccountBody {
    fn from(identity: Identity) -> Self {
        let Identity {
            subject,
            name,
            email,
            language: _,
            tier,
            audience: _,
        } = identity;
        Self {
            subject,
            name,
            email,
            tier: tier.map(|tier| tier.code()),
        }
    }
}

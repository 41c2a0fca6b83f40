//! The kinds of scams, the gravest first.

use serde::{Deserialize, Serialize};

/// What is being tried on the visitor, or was done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScamKind {
    /// They were deceived or robbed: money, access or a secret is gone.
    Deceived,
    /// Somebody wants the seed phrase or private key.
    AskedForSeed,
    /// Somebody wants a one-time code.
    AskedForCode,
    /// Somebody wants the password.
    AskedForPassword,
    /// Somebody wants to see the screen or to control the device.
    RemoteAccess,
    /// Money is to go to a "safe" account or wallet.
    SafeAccount,
    /// Money is to be paid before money is paid out.
    AdvanceFee,
    /// A loan is to be taken or deleted.
    Loan,
    /// "Support" writes on a messenger.
    UnofficialChannel,
    /// Clearance, arrest, or exposure is threatened.
    Threat,
}

impl ScamKind {
    /// Tells whether harm is done already, so that first aid comes before advice.
    pub fn is_distress(self) -> bool {
        self == Self::Deceived
    }
}

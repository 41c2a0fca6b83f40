//! The kinds of secrets and personal numbers, and how a found one is told.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// What kind of secret or personal number was hidden.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Kind {
    /// Twelve to twenty-four words that are a wallet.
    SeedPhrase,
    /// A private or extended private key of a wallet.
    WalletKey,
    /// A password or PIN.
    Password,
    /// A code that is good once.
    OneTimeCode,
    /// A key of an interface.
    ApiSecret,
    /// A signed token (JWT).
    Token,
    /// A bank card.
    Card,
    /// An IBAN or an account number.
    BankAccount,
    /// A resident identity card of mainland China, Hong Kong or Taiwan.
    ResidentId,
    /// A resident registration number of Korea.
    ResidentNumber,
    /// An individual number of Japan.
    MyNumber,
    /// A passport.
    Passport,
    /// A telephone number.
    Phone,
    /// A mail address.
    Mail,
}

impl Kind {
    /// Every kind; the earlier one wins where two claim the same characters.
    pub const ALL: [Self; 14] = [
        Self::SeedPhrase,
        Self::WalletKey,
        Self::Password,
        Self::OneTimeCode,
        Self::ApiSecret,
        Self::Token,
        Self::Card,
        Self::BankAccount,
        Self::ResidentId,
        Self::ResidentNumber,
        Self::MyNumber,
        Self::Passport,
        Self::Phone,
        Self::Mail,
    ];

    /// Returns the name used in placeholders, JSON and metrics.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns what stands in the text instead.
    pub fn placeholder(self) -> String {
        format!("{OPENING}{}{CLOSING}", self.code())
    }

    /// Tells whether whoever holds it can act in the visitor's name, so that they must be warned.
    pub fn is_secret(self) -> bool {
        self <= Self::Card
    }
}

pub(super) const OPENING: char = '⟦';
pub(super) const CLOSING: char = '⟧';

/// How often a kind was hidden in one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it was.
    pub kind: Kind,
    /// How often.
    pub count: usize,
}

/// Which kinds a door hides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hides {
    /// All of them.
    Everything,
    /// All but mail addresses and telephone numbers, which a contact field asks for.
    AllButContacts,
    /// All but what staff have to send now and then: addresses and numbers to reach somebody, the account to pay into,
    /// and links, in which a signed token is the way into an order. No reply needs a wallet, a password, a code, a key,
    /// a card or the number of a person's papers; staff who copy them from elsewhere would spread them.
    AllButWhatStaffSend,
}

impl Hides {
    pub(super) fn hides(self, kind: Kind) -> bool {
        match self {
            Self::Everything => true,
            Self::AllButContacts => !matches!(kind, Kind::Phone | Kind::Mail),
            Self::AllButWhatStaffSend => !matches!(
                kind,
                Kind::Phone | Kind::Mail | Kind::BankAccount | Kind::Token
            ),
        }
    }
}

/// Bytes of a text that are a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Glyphs of a folded text that a detector claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

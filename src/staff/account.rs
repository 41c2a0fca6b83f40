//! An account of a member of staff.

use std::fmt;
use std::str::FromStr;

use super::{Availability, Level, Notice, Role};
use crate::ids::AgentId;
use crate::language::Spoken;
use crate::locale::Locale;
use crate::safety::Words;
use crate::time::Timestamp;

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its name in the record.
    pub id: AgentId,
    /// What they sign in with.
    pub email: EmailAddress,
    /// The name shown to visitors and colleagues.
    pub name: String,
    /// Where they work, as visitors may read it on the badge.
    pub department: Department,
    /// What they may do.
    pub role: Role,
    /// Languages they answer in.
    pub languages: Vec<Spoken>,
    /// What they know about, such as `withdrawals`.
    pub skills: Vec<String>,
    /// Levels of difficulty they take beside the first, which everybody takes.
    pub levels: Vec<Level>,
    /// Conversations they hold at once before the next is given to somebody else.
    pub capacity: i64,
    /// Whether they take new conversations right now.
    pub availability: Availability,
    /// Why not, as colleagues read it.
    pub availability_reason: Option<Words>,
    /// What they want to be told by mail.
    pub mail_notices: Vec<Notice>,
    /// The locale they have the console in, once they have opened it.
    pub locale: Option<Locale>,
    /// Whether they may sign in.
    pub active: bool,
    /// Whether a second factor is set up: an authenticator app or a passkey.
    pub has_second_factor: bool,
    /// Whether an authenticator app is.
    pub has_authenticator_app: bool,
    /// When the account was made.
    pub created: Timestamp,
}

impl Agent {
    /// Returns why they take no new conversations, as colleagues read it; empty where they said nothing.
    pub fn availability_reason(&self) -> &str {
        self.availability_reason.as_ref().map_or("", Words::as_str)
    }
}

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent {
    /// What they sign in with.
    pub email: EmailAddress,
    /// The name shown to visitors and colleagues.
    pub name: String,
    /// Where they work.
    pub department: Department,
    /// What they may do.
    pub role: Role,
    /// Languages they answer in.
    pub languages: Vec<Spoken>,
    /// What they know about.
    pub skills: Vec<String>,
    /// Levels they take beside the first.
    pub levels: Vec<Level>,
}

/// What decides which conversations an agent is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duties {
    /// Languages they answer in.
    pub languages: Vec<Spoken>,
    /// What they know about.
    pub skills: Vec<String>,
    /// Levels they take beside the first.
    pub levels: Vec<Level>,
    /// Conversations they hold at once.
    pub capacity: i64,
    /// The team they work in.
    pub department: Department,
}

/// Why an account cannot be made as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccount {
    /// Not an address.
    #[error("{0:?} is not an e-mail address; write it as name@example.com")]
    Email(String),
    /// No name, or one that fills a page.
    #[error("a name has 1 to {MAX_NAME_CHARS} characters and no line breaks; choose another")]
    Name,
}

/// Longest name of an account, in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// Longest address, in characters.
pub const MAX_EMAIL_CHARS: usize = 254;

/// An address to sign in with and to write to; kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidAccount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim().to_lowercase();
        let fits = trimmed.chars().count() <= MAX_EMAIL_CHARS
            && trimmed
                .chars()
                .all(|character| !character.is_whitespace() && !character.is_control());
        match trimmed.split_once('@') {
            Some((name, host))
                if fits && !name.is_empty() && !host.is_empty() && !host.contains('@') =>
            {
                Ok(Self(trimmed))
            }
            _ => Err(InvalidAccount::Email(text.chars().take(80).collect())),
        }
    }
}

/// Where somebody works; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Department(String);

impl Department {
    /// Takes a text, cut to a length fit for a badge.
    pub fn new(text: &str) -> Self {
        Self(text.trim().chars().take(MAX_NAME_CHARS).collect())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl NewAgent {
    /// Takes address and name; the rest can be set on the result.
    pub fn new(email: &str, name: &str, role: Role) -> Result<Self, InvalidAccount> {
        let name = name.trim();
        let length = name.chars().count();
        if length == 0 || length > MAX_NAME_CHARS || name.chars().any(char::is_control) {
            return Err(InvalidAccount::Name);
        }
        Ok(Self {
            email: email.parse()?,
            name: name.to_owned(),
            department: Department::default(),
            role,
            languages: Spoken::all_served(),
            skills: Vec::new(),
            levels: Vec::new(),
        })
    }
}

/// Most skills of an account, and their longest name.
const MAX_SKILLS: usize = 50;
const MAX_SKILL_CHARS: usize = 40;

/// Returns skills in the one form in which they are compared: in lower case, without commas, each once.
pub fn tidy_skills(skills: &[String]) -> Vec<String> {
    let mut tidy: Vec<String> = Vec::new();
    for skill in skills {
        let skill = skill.trim().to_lowercase();
        let skill: String = skill
            .chars()
            .filter(|character| *character != ',' && !character.is_control())
            .take(MAX_SKILL_CHARS)
            .collect();
        if !skill.is_empty() && !tidy.contains(&skill) && tidy.len() < MAX_SKILLS {
            tidy.push(skill);
        }
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_folded_and_nonsense_is_refused() {
        for (text, expected) in [
            (" Ann@Example.com ", Some("ann@example.com")),
            ("ann", None),
            ("@example.com", None),
            ("ann@", None),
            ("a@b@c", None),
            ("a b@c", None),
            ("ann@example.com\r\nBcc: x@y", None),
        ] {
            let parsed = text.parse::<EmailAddress>().ok();
            assert_eq!(
                parsed.as_ref().map(EmailAddress::as_str),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn names_are_one_line() {
        for name in ["", "  ", "a\nb", &"x".repeat(81)] {
            let refused = NewAgent::new("a@b", name, Role::Agent);
            assert_eq!(refused, Err(InvalidAccount::Name), "{name:?}");
        }
        assert!(NewAgent::new("a@b", "김소라", Role::Agent).is_ok());
    }
}

//! Names of things that are kept: UUIDv7 text, so that ids sort by the time of their making.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{NoContext, Uuid};

use crate::time::Timestamp;

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {what} id; use one exactly as mondo gave it")]
pub struct InvalidId {
    /// What the id should name.
    pub what: &'static str,
    /// The text, cut to a length fit for a log line.
    pub text: String,
}

/// Longest part of a refused text that an error repeats.
const SHOWN_CHARS: usize = 48;

// Equal newtypes, so that a message's id cannot be passed for a ticket's; written out they would be copies by the page.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a fresh id that sorts by `now`.
            pub fn generate(now: Timestamp) -> Self {
                Self(uuid_at(now))
            }

            /// Returns the id that sorts before every id made at `now` or later, and after every earlier one.
            pub fn first_at(now: Timestamp) -> Self {
                Self(first_uuid_at(now))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}", self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_uuid(text).map(Self).ok_or_else(|| InvalidId {
                    what: $what,
                    text: text.chars().take(SHOWN_CHARS).collect(),
                })
            }
        }
    };
}

id!(
    /// Names a conversation.
    ConversationId,
    "conversation"
);
id!(
    /// Names a message of a conversation.
    MessageId,
    "message"
);
id!(
    /// Names a ticket; people are shown its ticket number instead.
    TicketId,
    "ticket"
);
id!(
    /// Names a member of staff.
    AgentId,
    "agent"
);
id!(
    /// Names a recorded answer, in a conversation or not.
    AnswerId,
    "answer"
);

id!(
    /// Names a file somebody attached.
    AttachmentId,
    "attachment"
);
id!(
    /// Names a place that is told what happens.
    EndpointId,
    "webhook"
);
id!(
    /// Names something that is told; the same in every repetition, so that receivers notice those.
    TellingId,
    "event"
);
id!(
    /// Names the telling of one thing to one place.
    DeliveryId,
    "delivery"
);

id!(
    /// Names a matter that visitors ask about and get no good answer on.
    GapId,
    "gap"
);

impl GapId {
    /// Names a gap after its first question, so that whoever finds it anew finds it under the same name.
    pub fn of_first(question: AnswerId) -> Self {
        Self(question.0)
    }

    /// Returns the name after this one, for when this one is taken.
    #[must_use]
    pub fn next(self) -> Self {
        let number = self.0.as_u128();
        let last = (number as u32).wrapping_add(1);
        Self(Uuid::from_u128(
            number & !u128::from(u32::MAX) | u128::from(last),
        ))
    }
}

fn first_uuid_at(now: Timestamp) -> Uuid {
    let millis = now.as_millis().max(0).unsigned_abs();
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

fn uuid_at(now: Timestamp) -> Uuid {
    let millis = now.as_millis().max(0).unsigned_abs();
    let nanos = (millis % 1_000) as u32 * 1_000_000;
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, millis / 1_000, nanos))
}

/// Reads the one form that is written, so that equal ids are equal texts in the database too.
fn parse_uuid(text: &str) -> Option<Uuid> {
    let uuid = Uuid::try_parse(text).ok()?;
    (uuid.get_version_num() == 7 && uuid.hyphenated().to_string() == text).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_and_sorts_by_time() {
        let early = MessageId::generate(Timestamp::from_millis(1_700_000_000_000));
        let late = MessageId::generate(Timestamp::from_millis(1_700_000_000_001));
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse(), Ok(early));
        let first = MessageId::first_at(Timestamp::from_millis(1_700_000_000_001));
        assert!(early < first && first < late && early.to_string() < first.to_string());
    }

    #[test]
    fn other_texts_are_refused() {
        let upper = ConversationId::generate(Timestamp::from_millis(0))
            .to_string()
            .to_uppercase();
        for text in [
            "",
            "x",
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "{}",
            &upper,
            &"9".repeat(5_000),
        ] {
            let error = text
                .parse::<ConversationId>()
                .expect_err("not a UUIDv7 in lower case");
            assert!(error.to_string().len() < 200, "{error}");
        }
    }
}

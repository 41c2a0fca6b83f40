//! What reaches us from a messenger, whichever it is.

use hyper::HeaderMap;
use serde_json::Value;

use crate::ids::MessageId;
use crate::signing::SigningSecret;
use crate::time::Timestamp;

/// What stands in the query of a messenger's request; empty where it does not.
#[derive(Debug, Clone, Default)]
pub struct Presented {
    /// Of WhatsApp: what is asked for.
    pub mode: String,
    /// Of WhatsApp: the token that the webhook was set up with.
    pub verify_token: String,
    /// Of WhatsApp and WeChat: what is to be said back.
    pub challenge: String,
    /// Of WeChat: over the token, the timestamp and the nonce.
    pub signature: String,
    /// Of WeChat: when it was signed, in seconds.
    pub timestamp: String,
    /// Of WeChat: any text.
    pub nonce: String,
}

/// A request as a messenger has sent it.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its query.
    pub presented: &'a Presented,
    /// Its body, byte for byte.
    pub body: &'a [u8],
}

/// Such a request, with what it is checked by.
#[derive(Clone, Copy)]
pub(super) struct Incoming<'a> {
    pub(super) arrived: Arrived<'a>,
    pub(super) secrets: &'a [SigningSecret],
    pub(super) now: Timestamp,
}

/// What one request of a messenger brings.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// In the order in which it happened.
    pub(super) events: Vec<Event>,
    /// Messages of ours that were refused after they had been taken.
    pub(super) refused: Vec<Refused>,
    /// What the messenger wants to be replied at once.
    pub(super) wanted: Wanted,
}

impl Brought {
    /// Returns what a messenger brings that refuses nothing later.
    pub(super) fn of(events: Vec<Event>, wanted: Wanted) -> Self {
        Self {
            events,
            refused: Vec::new(),
            wanted,
        }
    }
}

/// A message of ours that did not reach its visitor.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The messenger's name for it.
    pub(super) name: String,
    /// Why, for people.
    pub(super) why: String,
}

/// What a messenger wants to be replied at once.
#[derive(Debug, Default)]
pub(super) enum Wanted {
    /// That all is well.
    #[default]
    Nothing,
    /// This.
    This(Value),
    /// The word by which WeChat knows that all is well.
    Success,
    /// What waits for a visitor, for a messenger that asks a skill what to say.
    Skill {
        /// The visitor.
        visitor: String,
        /// Where the reply may come later, once.
        callback: Option<String>,
    },
    /// The first message that waits for a user of an app of Discord.
    Interaction {
        /// The user.
        visitor: String,
        /// By which the reply can come later.
        token: Option<String>,
    },
    /// The first message that waits for a follower of an account of WeChat.
    Passive {
        /// The account.
        account: String,
        /// The follower.
        visitor: String,
        /// The name of their request.
        receipt: String,
    },
}

/// One thing that happened in a conversation of a messenger.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// The messenger's name for the conversation.
    pub(super) external_id: String,
    /// The messenger's name for the event; the same when it is sent again.
    pub(super) receipt: String,
    /// Tag of the language that the visitor's app speaks, where it is told.
    pub(super) locale: Option<String>,
    /// By which the next message can be sent, once.
    pub(super) reply_token: Option<String>,
    /// What happened.
    pub(super) what: What,
}

/// What happened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The visitor has written.
    Words(String),
    /// The visitor has sent a file, perhaps with words.
    File {
        /// The file.
        file: FileThere,
        /// What is written under it.
        words: Option<String>,
    },
    /// The visitor has pressed a button of ours.
    Pressed(Press),
    /// The visitor has come, and has said nothing yet.
    Came,
    /// The visitor has blocked us, or left.
    Left,
    /// The visitor has sent something that is not understood here.
    Other,
}

/// A file that lies with the messenger.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileThere {
    /// The messenger's name for it.
    pub(super) id: String,
    /// What people call it; empty where nobody does.
    pub(super) name: String,
    /// Its length, where it is told.
    pub(super) bytes: Option<u64>,
}

/// A button of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Press {
    /// One of the articles that a message offers.
    Option {
        /// The message.
        message: MessageId,
        /// Its place, from 1.
        number: usize,
    },
    /// A person is wished for.
    Person,
    /// Where the visitor stands.
    Standing,
    /// The rest of what waits to be read.
    More,
}

impl Press {
    /// Returns what the messenger keeps with the button; 64 bytes at most, whatever the article is called.
    pub(super) fn code(self) -> String {
        match self {
            Self::Option { message, number } => format!("o:{message}:{number}"),
            Self::Person => "p".to_owned(),
            Self::Standing => "s".to_owned(),
            Self::More => "m".to_owned(),
        }
    }

    /// Reads what a messenger has kept; nothing where it is not ours.
    pub(super) fn read(code: &str) -> Option<Self> {
        match code {
            "p" => Some(Self::Person),
            "s" => Some(Self::Standing),
            "m" => Some(Self::More),
            other => {
                let (message, number) = other.strip_prefix("o:")?.split_once(':')?;
                Some(Self::Option {
                    message: message.parse().ok()?,
                    number: number.parse().ok()?,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn codes_of_buttons_are_read_back_and_short() {
        let message = MessageId::generate(Timestamp::from_millis(1_795_305_600_000));
        for press in [
            Press::Option { message, number: 4 },
            Press::Person,
            Press::Standing,
            Press::More,
        ] {
            let code = press.code();
            assert!(code.len() <= 64, "{code}");
            assert_eq!(Press::read(&code), Some(press));
        }
        for other in ["", "o:", "o:1:2", "x", "o:7", &format!("o:{message}:-1")] {
            assert_eq!(Press::read(other), None, "{other}");
        }
    }
}

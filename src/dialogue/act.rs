//! What a message does when it is no question.

use serde::{Deserialize, Serialize};

/// What a message that asks nothing does (a dialogue act, in the sense of ISO 24617-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DialogueAct {
    /// Hello.
    Greeting,
    /// Thank you, or word that it is solved.
    Thanks,
    /// Goodbye, or nothing more to ask.
    Goodbye,
    /// Yes, where nothing was offered.
    Yes,
    /// No, where nothing was offered.
    No,
    /// Understood, good, sorry, one moment.
    Ok,
    /// Laughter.
    Laughter,
    /// An insult, or anger at what happens.
    Abuse,
    /// Hurry.
    Impatience,
    /// Symbols only.
    Wordless,
    /// A test, or the question whether anybody is there.
    Presence,
    /// Who or what the bot is and what it can do.
    AboutBot,
    /// The visitor's name and nothing else.
    Name,
    /// Too little to tell what is wanted.
    Unclear,
    /// None of what was offered.
    Neither,
    /// The answer was about something else.
    NotThat,
    /// A secret that somebody asked for was not given.
    SecretKept,
    /// It was given.
    SecretGiven,
}

impl DialogueAct {
    /// Every act, in the order they are declared.
    pub const ALL: [Self; 18] = [
        Self::Greeting,
        Self::Thanks,
        Self::Goodbye,
        Self::Yes,
        Self::No,
        Self::Ok,
        Self::Laughter,
        Self::Abuse,
        Self::Impatience,
        Self::Wordless,
        Self::Presence,
        Self::AboutBot,
        Self::Name,
        Self::Unclear,
        Self::Neither,
        Self::NotThat,
        Self::SecretKept,
        Self::SecretGiven,
    ];

    /// Tells whether it leaves something open that is worth a person's time where nobody can ask back at once.
    pub fn leaves_something_open(self) -> bool {
        match self {
            Self::No
            | Self::Abuse
            | Self::Impatience
            | Self::Wordless
            | Self::Unclear
            | Self::Neither
            | Self::NotThat
            | Self::SecretGiven => true,
            Self::Greeting
            | Self::Thanks
            | Self::Goodbye
            | Self::Yes
            | Self::Ok
            | Self::Laughter
            | Self::Presence
            | Self::AboutBot
            | Self::Name
            | Self::SecretKept => false,
        }
    }
}

//! Texts of requests: what each kind looks like, said once, to the API's description and to whoever sends another one.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::LazyLock;

use regex::Regex;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::pipeline::MAX_QUESTION_CHARS;
use crate::staff::MIN_PASSWORD_CHARS;

/// What a kind of text looks like.
pub(in crate::http) trait Form {
    /// Its name in the description, before the longest length.
    const NAME: &'static str;
    /// Fewest characters.
    const LEAST: usize = 0;
    /// What to send instead of a text that does not look so.
    const HINT: &'static str;

    /// Returns the pattern, where there is one.
    fn pattern() -> Option<&'static Regex>;
}

/// A text of at most `MAX` characters, counted as they are sent, that looks like an `F`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::http) struct Text<F, const MAX: usize>(String, PhantomData<F>);

impl<F, const MAX: usize> Text<F, MAX> {
    /// Returns the text.
    pub(in crate::http) fn into_string(self) -> String {
        self.0
    }
}

impl<F: Form, const MAX: usize> Text<F, MAX> {
    /// Takes a text that looks so and is short enough, or says what to send instead.
    pub(in crate::http) fn read(text: impl Into<String>) -> Result<Self, Cow<'static, str>> {
        let text = text.into();
        let chars = text.chars().count();
        if chars > MAX {
            return Err(Cow::Owned(format!(
                "the text has {chars} characters, the limit is {MAX}; shorten it"
            )));
        }
        let fits = F::pattern().is_none_or(|pattern| pattern.is_match(&text));
        match chars >= F::LEAST && fits {
            true => Ok(Self(text, PhantomData)),
            false => Err(Cow::Borrowed(F::HINT)),
        }
    }
}

impl<F, const MAX: usize> Default for Text<F, MAX> {
    fn default() -> Self {
        Self(String::new(), PhantomData)
    }
}

impl<F, const MAX: usize> Deref for Text<F, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de, F: Form, const MAX: usize> Deserialize<'de> for Text<F, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(String::deserialize(deserializer)?).map_err(Error::custom)
    }
}

impl<F: Form, const MAX: usize> PartialSchema for Text<F, MAX> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length((F::LEAST > 0).then_some(F::LEAST))
            .max_length(Some(MAX))
            .pattern(F::pattern().map(Regex::as_str));
        text.into()
    }
}

impl<F: Form, const MAX: usize> ToSchema for Text<F, MAX> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("{}{MAX}", F::NAME))
    }
}

/// Any text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::http) enum Any {}

impl Form for Any {
    const NAME: &'static str = "Text";
    const HINT: &'static str = "send a text";

    fn pattern() -> Option<&'static Regex> {
        None
    }
}

/// A text that is not empty, and may be of spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::http) enum Filled {}

impl Form for Filled {
    const NAME: &'static str = "FilledText";
    const LEAST: usize = 1;
    const HINT: &'static str = "the text is empty; write something, or leave it out";

    fn pattern() -> Option<&'static Regex> {
        None
    }
}

/// A text of twelve characters or more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::http) enum Long {}

impl Form for Long {
    const NAME: &'static str = "LongText";
    const LEAST: usize = MIN_PASSWORD_CHARS;
    const HINT: &'static str = "a password has at least 12 characters; choose another";

    fn pattern() -> Option<&'static Regex> {
        None
    }
}

/// Declares forms that a pattern tells.
macro_rules! forms {
    ($($(#[$doc:meta])* $form:ident, $name:literal, $least:literal, $pattern:expr, $hint:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub(in crate::http) enum $form {}

        impl Form for $form {
            const NAME: &'static str = $name;
            const LEAST: usize = $least;
            const HINT: &'static str = $hint;

            fn pattern() -> Option<&'static Regex> {
                static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
                    Regex::new($pattern).expect("the pattern is written here and tested")
                });
                Some(&PATTERN)
            }
        }
    )*};
}

/// What cannot be seen: the characters that [`crate::safety::Words`] drops or trims. Those beyond the first 65,536 are left
/// out, since programs disagree on how a pattern names them.
macro_rules! unseen {
    () => {
        r"\u0000-\u0020\u007f-\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\ufffe\uffff"
    };
}

/// Control characters, line breaks among them.
macro_rules! control {
    () => {
        r"\u0000-\u001f\u007f-\u009f"
    };
}

/// What `char::is_whitespace` tells.
macro_rules! space {
    () => {
        r"\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    };
}

/// Something that can be seen.
pub(in crate::http) const VISIBLE: &str = concat!("[^", unseen!(), "]");

forms! {
    /// A text with something to see in it.
    Shown, "ShownText", 1, VISIBLE,
        "there is nothing to see in the text; write something";
    /// A line with something to see in it.
    Line, "Line", 1,
        concat!("^[^", control!(), "]*[^", unseen!(), "][^", control!(), "]*$"),
        "write one line with something to see in it";
    /// A day.
    Day, "Day", 10, "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
        "write a day as 2026-12-31";
    /// A name that stands in addresses.
    Slug, "Slug", 1, "^[a-z0-9]+(?:-[a-z0-9]+)*$",
        "write small letters a to z, digits and single hyphens, as in gift-wrapping";
    /// Digits.
    Digits, "Digits", 1, "^[0-9]+$",
        "write digits alone, as in 106540352242922";
    /// A key of 32 bytes.
    KeyOf32, "KeyOf32", 64, "^[0-9a-f]{64}$",
        "write the 64 hexadecimal digits of the key, in lower case";
    /// A name of a program that tells us something.
    SourceName, "SourceName", 1, "^[a-z0-9-]+$",
        "write small letters a to z, digits and hyphens, as in chatwoot";
    /// An e-mail address as mondo takes it.
    Mail, "MailAddress", 3,
        concat!("^[^@", control!(), space!(), "]+@[^@", control!(), space!(), "]+$"),
        "this is not an e-mail address; write it as name@example.com";
    /// An address of the web.
    Address, "WebAddress", 1, "^https?://[!-~]+$",
        "the address cannot be read; write it like https://example.com/path";
    /// A name of an incident.
    Incident, "IncidentName", 1,
        concat!("^[^/?#", control!(), space!(), "]+$"),
        "write visible characters without spaces and slashes, as in INC-2041";
    /// Something that mondo has given an id.
    Id, "Id", 36, "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "this is no id; use one exactly as mondo gave it";
    /// A number of a ticket.
    Ticket, "TicketNumber", 1, "^(?:M-)?0*[1-9][0-9]{0,17}$",
        "this is no number of a ticket; write it like M-000123";
    /// A tag of a language that is served.
    Served, "LanguageTag", 2,
        "^(?:[eE][nN][gG]?|[zZ][hH][oO]?|[cC][hH][iI]|[cC][mM][nN]|[yY][uU][eE]|[jJ][aA]|[jJ][pP][nN]|[kK][oO][rR]?)(?:[-_.@][A-Za-z0-9._@-]*)?$",
        "unknown language: use en, zh, ja or ko";
    /// A place in a list that is read piece by piece.
    Place, "ListPlace", 2, "^[0-9]{1,15}[.][0-9a-z-]*$",
        "send `next` exactly as mondo gave it";
    /// What tells one text of a file from others.
    Hash, "TextHash", 1, "^\"?(?:none|[0-9a-f]+)\"?$",
        "send the `hash` of what you have read, or `none` where there was no file";
    /// A name of a time zone.
    Zone, "ZoneName", 1, "^[A-Za-z0-9/_+-]+$",
        "there is no such time zone; send an IANA name such as Asia/Seoul";
    /// A token of a bot of Telegram.
    TokenOfBot, "BotToken", 3, "^[0-9]+:[A-Za-z0-9_-]+$",
        "this is no token of a bot; copy it from BotFather, as in 123456:ABC-DEF";
    /// A secret in base 32.
    Base32, "Base32", 1, "^[A-Z2-7]{26,103}$",
        "this is no secret in base 32; send it as it was given";
}

/// What a visitor asks or says; handlers refuse others with words of their own.
pub(in crate::http) type QuestionText = Text<Shown, MAX_QUESTION_CHARS>;

/// The id of something.
pub(in crate::http) type IdText = Text<Id, 36>;

/// The name of an article; one that there is not is looked for in vain.
pub(in crate::http) type ArticleName = Text<Any, 200>;

/// A text that is cut to what is kept of it.
pub(in crate::http) type CutText = Text<Any, 8_000>;

/// The tag of a language that is served, with a region or script as people have it.
pub(in crate::http) type ServedTag = Text<Served, 35>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::safety::Words;

    fn fits<F: Form>(text: &str) -> bool {
        Text::<F, 100>::read(text).is_ok()
    }

    #[test]
    fn what_is_shown_is_what_words_keep() {
        for character in '\0'..='\u{ffff}' {
            let text = character.to_string();
            let kept = Words::parse(&text, 10).is_ok();
            assert_eq!(fits::<Shown>(&text), kept, "{character:?}");
            assert_eq!(fits::<Shown>(&format!("\u{200b} {text}\n")), kept);
        }
    }
}

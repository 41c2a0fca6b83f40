//! What mondo says in its own words, in the five interface locales; one set of files for the server, the help pages and
//! the widget.
//!
//! It must not know when a sentence is said. Articles speak for themselves and have no place here.

mod elsewhere;
mod page_words;
mod tag;
mod words;

pub use elsewhere::kind_word;
pub use page_words::{ContactWords, HelpWords, LetterWords, ReportWords, StatusWords, VerifyWords};
pub use tag::Locale;
pub use words::{
    AssistantWords, ChannelWords, HiddenWords, LabelWords, MailWords, NoteWords, ProblemWords,
    ReplyWords, Words, filled, words,
};

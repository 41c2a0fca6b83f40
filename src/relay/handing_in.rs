//! How the words of a visitor elsewhere reach a conversation, whichever channel brings them.

use sha2::{Digest as _, Sha256};

use crate::conversation::{Channel, ChannelAddress, Conversation, NewConversation};
use crate::desk::{AskContext, DeskError, Exchange, IdempotencyKey, Said, VisitorDesk};
use crate::ids::{AttachmentId, ConversationId};
use crate::language::{Elsewhere, Priors};
use crate::locale::Locale;
use crate::pipeline::{InvalidQuestion, asked_words};
use crate::safety::OfficialChannels;
use crate::time::Timestamp;

/// Longest name a channel has for a conversation, in bytes.
pub(super) const MAX_EXTERNAL_ID_BYTES: usize = 200;

/// A visitor elsewhere, with what they are served by.
pub(super) struct VisitorElsewhere<'a> {
    pub(super) desk: &'a VisitorDesk,
    pub(super) official: &'a OfficialChannels,
    pub(super) channel: Channel,
    pub(super) address: ChannelAddress,
    /// Tag of the language that they are shown things in there.
    pub(super) locale: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// Why words were not said.
pub(super) enum Unsaid {
    /// They cannot be kept.
    Words(InvalidQuestion),
    /// The desk cannot take them.
    Desk(DeskError),
}

impl VisitorElsewhere<'_> {
    /// Opens their conversation, or finds the one that was opened.
    pub(super) async fn conversation(&self) -> Result<Conversation, DeskError> {
        let page = self.page();
        let new = NewConversation {
            page,
            elsewhere: self.elsewhere(),
            script: page.and_then(Locale::written_chinese),
            ..NewConversation::default()
        };
        self.desk
            .open_by_channel(self.channel, self.address.clone(), new, self.now)
            .await
    }

    /// Says their words with files that were kept before, once under a key.
    pub(super) async fn say(
        &self,
        id: &ConversationId,
        text: Option<&str>,
        files: Vec<AttachmentId>,
        key: IdempotencyKey,
    ) -> Result<Exchange, Unsaid> {
        let words = text.map(asked_words).transpose().map_err(Unsaid::Words)?;
        let said = Said {
            channels: self.official.look_up_in_message(text.unwrap_or_default()),
            words,
            files,
        };
        let page = self.page();
        let context = AskContext {
            priors: Priors {
                page: page.map(Locale::language),
                script: page.and_then(Locale::written_chinese),
                elsewhere: self.elsewhere(),
                ..Priors::default()
            },
            ..AskContext::default()
        };
        self.desk
            .post_message(id, said, context, Some(key), self.now)
            .await
            .map_err(Unsaid::Desk)
    }

    fn page(&self) -> Option<Locale> {
        self.locale.and_then(Locale::from_tag)
    }

    fn elsewhere(&self) -> Vec<Elsewhere> {
        self.locale
            .and_then(Elsewhere::from_tag)
            .into_iter()
            .collect()
    }
}

/// Makes a key of a channel's own name for something, whatever form it has.
pub(super) fn key_of(receipt: &str) -> IdempotencyKey {
    hex::encode(Sha256::digest(receipt))
        .parse()
        .expect("hexadecimal digits of a digest make a key")
}

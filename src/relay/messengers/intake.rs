//! Does what the events of a messenger ask for, each of them once.

use std::time::Duration;

use super::event::{
    Arrived, Brought, Event, FileThere, Incoming, Presented, Press, Refused, Wanted, What,
};
use super::fetching::Place;
use super::replying::{Moment, Replying, Taken};
use super::waiting::Waiting;
use super::which::Messenger;
use crate::client::{Client, RequestError};
use crate::conversation::{ChannelAddress, ChannelNote, Conversation, ConversationState, SaidName};
use crate::desk::{DeskError, Endpoint, VisitorDesk, Workplace};
use crate::ids::{ConversationId, EndpointId};
use crate::pipeline::{InvalidQuestion, MAX_QUESTION_CHARS};
use crate::relay::handing_in::{MAX_EXTERNAL_ID_BYTES, Unsaid, VisitorElsewhere, key_of};
use crate::relay::receipt::ReceiveError;
use crate::safety::OfficialChannels;
use crate::time::Timestamp;

/// Longest time that fetching one file may take.
const FETCH_WITHIN: Duration = Duration::from_secs(20);

/// Who serves the visitors of messengers.
pub struct Served<'a> {
    /// Knows which messengers there are.
    pub workplace: &'a Workplace,
    /// Answers.
    pub visitors: &'a VisitorDesk,
    /// The channels through which the operator really speaks.
    pub official: &'a OfficialChannels,
    /// Counts what is said in a conversation, and tells whether it is not too much.
    pub admits: &'a (dyn Fn(&ConversationId) -> bool + Send + Sync),
    /// Tells, once the work is done, whether the messenger still waits for the reply; from then on it does not.
    pub is_awaited: &'a (dyn Fn() -> bool + Send + Sync),
    /// Where the help pages are; nothing where nobody has said so.
    pub site: &'a str,
}

/// Returns what a messenger wants to read at the address that it was given for its events.
pub async fn answer_challenge(
    workplace: &Workplace,
    outlet: EndpointId,
    presented: &Presented,
    now: Timestamp,
) -> Result<String, ReceiveError> {
    let endpoint = workplace.endpoint(&outlet, now).await?;
    let messenger = endpoint.account.as_ref().and_then(Messenger::of);
    let messenger = messenger.ok_or(ReceiveError::NoChannel)?;
    messenger.challenge(&endpoint.secrets, presented, now)
}

/// Checks and takes what a messenger sends; what visitors are told of it leaves by the outlet.
pub async fn take_events(
    served: &Served<'_>,
    outlet: EndpointId,
    arrived: Arrived<'_>,
    now: Timestamp,
) -> Result<Taken, ReceiveError> {
    let endpoint = served.workplace.endpoint(&outlet, now).await?;
    let messenger = endpoint.account.as_ref().and_then(Messenger::of);
    let messenger = messenger.ok_or(ReceiveError::NoChannel)?;
    let Brought {
        events,
        refused,
        wanted,
    } = messenger.read(&Incoming {
        arrived,
        secrets: &endpoint.secrets,
        now,
    })?;
    for Refused { name, why } in refused {
        served.visitors.refuse_sent(outlet, name, why).await?;
    }
    // Switched off, nothing is said; the messenger is told that all is well, or it would send everything again.
    if !endpoint.active {
        return Ok(Taken::nothing(wanted));
    }
    let intake = Intake {
        endpoint: &endpoint,
        messenger,
        visitors: served.visitors,
        served,
        client: Client::new(served.workplace.destinations()),
        now,
    };
    for event in events {
        intake.take(event).await?;
    }
    let replying = Replying {
        waiting: Waiting {
            visitors: served.visitors,
            endpoint: &endpoint,
            site: served.site,
            now,
        },
        client: &intake.client,
    };
    let moment = match wanted {
        Wanted::Skill { .. } | Wanted::Interaction { .. } | Wanted::Passive { .. }
            if !(served.is_awaited)() =>
        {
            Moment::Late
        }
        _ => Moment::InTime,
    };
    replying.reply(wanted, moment).await
}

/// Returns what a messenger is replied that waits no longer while the work goes on; nothing where it waits.
pub async fn late_reply(
    workplace: &Workplace,
    outlet: EndpointId,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<Taken>, ReceiveError> {
    let endpoint = workplace.endpoint(&outlet, now).await?;
    let messenger = endpoint.account.as_ref().and_then(Messenger::of);
    messenger.map_or(Ok(None), |messenger| messenger.late(body))
}

struct Intake<'a> {
    endpoint: &'a Endpoint,
    messenger: Messenger<'a>,
    visitors: &'a VisitorDesk,
    served: &'a Served<'a>,
    client: Client,
    now: Timestamp,
}

impl Intake<'_> {
    async fn take(&self, event: Event) -> Result<(), ReceiveError> {
        let Event {
            external_id,
            receipt,
            locale,
            reply_token,
            what,
        } = event;
        let Some(channel) = self.endpoint.kind.channel() else {
            return Ok(());
        };
        if external_id.is_empty() || external_id.len() > MAX_EXTERNAL_ID_BYTES {
            return Ok(());
        }
        let address = ChannelAddress {
            outlet: self.endpoint.id,
            external_id,
        };
        if what == What::Left {
            // Who was never heard of leaves nothing behind.
            return match self.visitors.conversation_at(&address).await? {
                Some(known) => self.note(&known, ChannelNote::Left, &receipt).await,
                None => Ok(()),
            };
        }
        let visitor = VisitorElsewhere {
            desk: self.visitors,
            official: self.served.official,
            channel,
            address,
            locale: locale.as_deref(),
            now: self.now,
        };
        let conversation = visitor.conversation().await?;
        if let Some(token) = reply_token {
            let until = self.now.later_by(self.endpoint.kind.reply_token_ms());
            self.visitors
                .keep_reply_token(&conversation.id, self.endpoint.id, token, until)
                .await?;
        }
        if !(self.served.admits)(&conversation.id) {
            return self
                .note(&conversation, ChannelNote::TooOften, &receipt)
                .await;
        }
        match what {
            What::Words(words) => self.words(&visitor, &conversation, &words, &receipt).await,
            What::File { file, words } => {
                self.file(&visitor, &conversation, file, words, &receipt)
                    .await
            }
            What::Pressed(press) => self.pressed(&conversation, press, &receipt).await,
            What::Came => {
                self.note(&conversation, ChannelNote::Greeting, &receipt)
                    .await
            }
            What::Other => {
                self.note(&conversation, ChannelNote::OnlyWords, &receipt)
                    .await
            }
            What::Left => Ok(()),
        }
    }

    async fn words(
        &self,
        visitor: &VisitorElsewhere<'_>,
        conversation: &Conversation,
        words: &str,
        receipt: &str,
    ) -> Result<(), ReceiveError> {
        let files = self.visitors.waiting_files(&conversation.id).await?;
        let said = visitor
            .say(&conversation.id, Some(words), files, key_of(receipt))
            .await;
        match said {
            Ok(_) => Ok(()),
            Err(Unsaid::Words(InvalidQuestion::TooLong { .. })) => {
                let note = ChannelNote::TooLong {
                    most: MAX_QUESTION_CHARS,
                };
                self.note(conversation, note, receipt).await
            }
            Err(Unsaid::Words(_)) => {
                self.note(conversation, ChannelNote::OnlyWords, receipt)
                    .await
            }
            Err(Unsaid::Desk(error)) => settled(Err(error)),
        }
    }

    /// A file waits for the words it belongs to; those of who talks to people need none.
    async fn file(
        &self,
        visitor: &VisitorElsewhere<'_>,
        conversation: &Conversation,
        file: FileThere,
        words: Option<String>,
        receipt: &str,
    ) -> Result<(), ReceiveError> {
        let most = self.visitors.most_file_bytes();
        let is_long = file
            .bytes
            .is_some_and(|bytes| usize::try_from(bytes).map_or(true, |bytes| bytes > most));
        let fetched = match is_long {
            true => None,
            false => self.fetched(&file, most).await?,
        };
        let Some(content) = fetched else {
            return self
                .note(conversation, ChannelNote::FileRefused, receipt)
                .await;
        };
        let key = key_of(&format!("file:{receipt}"));
        let kept = self
            .visitors
            .attach(
                &conversation.id,
                &SaidName::new(&file.name),
                content,
                Some(key),
                self.now,
            )
            .await;
        match kept {
            Ok(_) => {}
            Err(DeskError::RefusedFile(_) | DeskError::TooManyAttachments(_)) => {
                return self
                    .note(conversation, ChannelNote::FileRefused, receipt)
                    .await;
            }
            Err(error) => return settled(Err(error)),
        }
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            return self.words(visitor, conversation, &words, receipt).await;
        }
        let files = self.visitors.waiting_files(&conversation.id).await?;
        let said = visitor
            .say(&conversation.id, None, files, key_of(receipt))
            .await;
        match said {
            Err(Unsaid::Desk(DeskError::WordsNeeded)) => {
                self.note(conversation, ChannelNote::PictureNeedsWords, receipt)
                    .await
            }
            Err(Unsaid::Desk(error)) => settled(Err(error)),
            Ok(_) | Err(Unsaid::Words(_)) => Ok(()),
        }
    }

    /// Fetches a file; nothing where the messenger has it no more, or it is more than is taken.
    async fn fetched(
        &self,
        file: &FileThere,
        most: usize,
    ) -> Result<Option<Vec<u8>>, ReceiveError> {
        let place = Place {
            client: &self.client,
            url: &self.endpoint.url,
            within: FETCH_WITHIN,
            most,
        };
        match self.messenger.fetch(&place, file).await {
            Ok(content) => Ok(content),
            // Longer than it was said to be.
            Err(RequestError::BrokenReply) => Ok(None),
            Err(error) => Err(ReceiveError::Fetch(error)),
        }
    }

    async fn pressed(
        &self,
        conversation: &Conversation,
        press: Press,
        receipt: &str,
    ) -> Result<(), ReceiveError> {
        let id = &conversation.id;
        let key = key_of(receipt);
        match press {
            Press::Option { message, number } => {
                let option = self.visitors.option_of(id, &message, number).await?;
                let Some(article) = option else { return Ok(()) };
                let chosen = self
                    .visitors
                    .choose_option(id, article, Some(key), self.now);
                settled(chosen.await.map(drop))
            }
            Press::Person if conversation.standing.state == ConversationState::Bot => {
                let asked = self.visitors.escalate(id, None, None, Some(key), self.now);
                settled(asked.await.map(drop))
            }
            // What waits leaves with the reply.
            Press::More => Ok(()),
            Press::Person | Press::Standing => {
                let note = self.visitors.standing_note(id, self.now).await?;
                self.note(conversation, note, receipt).await
            }
        }
    }

    async fn note(
        &self,
        conversation: &Conversation,
        note: ChannelNote,
        receipt: &str,
    ) -> Result<(), ReceiveError> {
        let key = key_of(receipt);
        let noted = self
            .visitors
            .note_for_channel(&conversation.id, note, key, self.now)
            .await;
        settled(noted)
    }
}

/// What cannot be done today and may be tomorrow is an error, so that the messenger sends it again; for the rest it would
/// do so in vain. A key that stands for something else is that of a repetition, whose files were carried meanwhile.
fn settled(done: Result<(), DeskError>) -> Result<(), ReceiveError> {
    match done {
        Ok(()) => Ok(()),
        Err(
            error @ (DeskError::Store(_)
            | DeskError::Engine(_)
            | DeskError::EngineStopped(_)
            | DeskError::UnknownEndpoint(_)),
        ) => Err(error.into()),
        Err(error) => {
            tracing::debug!(%error, "what a visitor of a messenger asked for was not done");
            Ok(())
        }
    }
}

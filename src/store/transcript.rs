//! One conversation being changed inside a transaction: every change is an event with the next number.

use super::{
    Connection, StoreError, attachments, conversations, messages, outbox, sent_replies, surges,
    tickets,
};
use crate::conversation::{
    AttachmentId, Author, BotReply, Conversation, ConversationId, ConversationState, Message,
    MessageId, Moved, Responder, Speaker, Standing, SystemNote, Ticket, TicketNumber, Timestamp,
    Topic, phrase_note, phrase_reply,
};
use crate::language::Language;
use crate::schedule::Hours;

/// A change that was made, and the number of the newest event it brought, for those who listen.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// What was made.
    pub value: T,
    /// Number of the newest event; `None` when a repeated request changed nothing.
    pub last_sequence: Option<i64>,
}

/// What a message is made of beside its text.
enum Extra<'a> {
    Files(&'a [AttachmentId]),
    Reply(BotReply),
    Spoken(Speaker, &'a [AttachmentId]),
}

/// A conversation with the transaction it is changed in; nothing counts before [`Transcript::finish`].
pub(super) struct Transcript<'c> {
    connection: &'c mut Connection,
    conversation: Conversation,
    now: Timestamp,
    hours: Hours,
}

impl<'c> Transcript<'c> {
    /// Reads the conversation as it stands.
    pub(super) async fn open(
        connection: &'c mut Connection,
        id: &ConversationId,
        hours: Hours,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let conversation = conversations::load(connection, id).await?;
        Ok(Self {
            connection,
            conversation,
            now,
            hours,
        })
    }

    pub(super) fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    pub(super) fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    pub(super) fn hours(&self) -> Hours {
        self.hours.clone()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn standing(&self) -> Standing {
        self.conversation.standing
    }

    /// Remembers the language the visitor is addressed in.
    pub(super) fn speak(&mut self, language: Language) {
        self.conversation.language = Some(language);
    }

    pub(super) async fn visitor_says(
        &mut self,
        text: String,
        language: Option<Language>,
        files: &[AttachmentId],
    ) -> Result<Message, StoreError> {
        if self.standing().state.responder() == Responder::Person {
            self.conversation.waiting_since.get_or_insert(self.now);
        }
        self.say(Author::Visitor, text, language, Extra::Files(files))
            .await
    }

    pub(super) async fn agent_says(
        &mut self,
        speaker: Speaker,
        text: String,
        language: Option<Language>,
        files: &[AttachmentId],
    ) -> Result<Message, StoreError> {
        self.conversation.waiting_since = None;
        self.conversation.agent_spoke = Some(self.now);
        if let Some(ticket) = self.standing().open_ticket {
            tickets::respond(self.connection, &ticket, self.now).await?;
        }
        self.say(Author::Agent, text, language, Extra::Spoken(speaker, files))
            .await
    }

    pub(super) async fn bot_says(&mut self, reply: BotReply) -> Result<Message, StoreError> {
        self.say(
            Author::Bot,
            phrase_reply(&reply),
            Some(reply.language),
            Extra::Reply(reply),
        )
        .await
    }

    pub(super) async fn note(
        &mut self,
        note: &SystemNote,
        language: Language,
    ) -> Result<Message, StoreError> {
        self.say(
            Author::System,
            phrase_note(note, self.conversation.spoken(language)),
            Some(language),
            Extra::Files(&[]),
        )
        .await
    }

    async fn say(
        &mut self,
        author: Author,
        text: String,
        language: Option<Language>,
        extra: Extra<'_>,
    ) -> Result<Message, StoreError> {
        let (reply, speaker, files) = match extra {
            Extra::Files(files) => (None, None, files),
            Extra::Reply(reply) => (Some(reply), None, &[][..]),
            Extra::Spoken(speaker, files) => (None, Some(speaker), files),
        };
        let id = MessageId::generate(self.now);
        let sequence = self.event("message", &id.to_string()).await?;
        let mut message = Message {
            id,
            sequence,
            author,
            text,
            language,
            reply,
            speaker,
            attachments: Vec::new(),
            created: self.now,
        };
        let episode = self.standing().episode;
        let conversation = &self.conversation.id;
        messages::insert(
            self.connection,
            conversation,
            episode,
            &message,
            files.len(),
        )
        .await?;
        let agent = message.speaker.as_ref().map(|speaker| speaker.agent);
        message.attachments =
            attachments::carry(self.connection, conversation, &id, agent, files).await?;
        let is_of_people = matches!(author, Author::Visitor | Author::Agent);
        if let Some(ticket) = self.standing().open_ticket.filter(|_| is_of_people) {
            let ticket = ticket.to_string();
            // A file is found by its name too.
            let names = message.attachments.iter().map(|file| file.name.as_str());
            let words: Vec<&str> = [message.text.as_str()].into_iter().chain(names).collect();
            sent_replies::index(self.connection, "ticket", &ticket, &words.join(" ")).await?;
        }
        Ok(message)
    }

    /// Takes over what a step led to, except for a ticket to be opened.
    pub(super) async fn stand(&mut self, moved: &Moved) -> Result<(), StoreError> {
        let before = self.standing();
        self.conversation.standing = moved.standing;
        match moved.standing.state {
            ConversationState::Bot | ConversationState::Closed => {
                self.conversation.waiting_since = None;
                self.conversation.agent_spoke = None;
            }
            ConversationState::Queued => {
                self.conversation.waiting_since.get_or_insert(self.now);
                self.conversation.agent_spoke = None;
            }
            // A new agent owes the visitor a word, whoever spoke before.
            ConversationState::Agent if before.agent != moved.standing.agent => {
                self.conversation.waiting_since.get_or_insert(self.now);
                self.conversation.agent_spoke = None;
            }
            ConversationState::Agent => {}
        }
        if before.state != moved.standing.state {
            self.event("state", moved.standing.state.code()).await?;
        }
        Ok(())
    }

    /// Opens a ticket under the next number.
    pub(super) async fn open_ticket(
        &mut self,
        compose: impl FnOnce(TicketNumber) -> Ticket,
    ) -> Result<Ticket, StoreError> {
        let number = tickets::next_number(self.connection).await?;
        let mut ticket = compose(number);
        surges::raise(self.connection, &mut ticket, self.now).await?;
        let episode = self.standing().episode;
        tickets::insert(self.connection, episode, &ticket, &self.hours).await?;
        let said =
            messages::said_by_people(self.connection, &self.conversation.id, episode).await?;
        let note = ticket.note.as_deref().unwrap_or_default();
        let words = format!("{} {note} {}", ticket.number, said.join(" "));
        sent_replies::index(self.connection, "ticket", &ticket.id.to_string(), &words).await?;
        let subject = ticket.id.to_string();
        self.number_event("ticket", &subject).await?;
        self.tell(Topic::TicketCreated, &subject).await?;
        self.tell(Topic::ConversationEscalated, &subject).await?;
        Ok(ticket)
    }

    /// Reads the episode's open ticket.
    pub(super) async fn ticket(&mut self) -> Result<Option<Ticket>, StoreError> {
        match self.standing().open_ticket {
            Some(id) => Ok(Some(tickets::load(self.connection, &id).await?)),
            None => Ok(None),
        }
    }

    /// Writes an event, tells of it outside, and gives its number.
    pub(super) async fn event(&mut self, kind: &str, subject: &str) -> Result<i64, StoreError> {
        let sequence = self.number_event(kind, subject).await?;
        if let Some(topic) = Topic::of_event(kind, subject) {
            self.tell(topic, subject).await?;
        }
        Ok(sequence)
    }

    /// Puts something into the outbox, for everybody who wants to hear of it.
    pub(super) async fn tell(&mut self, topic: Topic, subject: &str) -> Result<(), StoreError> {
        let id = self.conversation.id;
        outbox::tell(self.connection, topic, &id, subject, self.now).await
    }

    async fn number_event(&mut self, kind: &str, subject: &str) -> Result<i64, StoreError> {
        self.conversation.last_sequence += 1;
        sqlx::query("INSERT INTO events (conversation, sequence, kind, subject, created) VALUES ($1, $2, $3, $4, $5)")
            .bind(self.conversation.id.to_string())
            .bind(self.conversation.last_sequence)
            .bind(kind)
            .bind(subject)
            .bind(self.now.as_millis())
            .execute(&mut *self.connection)
            .await?;
        Ok(self.conversation.last_sequence)
    }

    /// Writes the conversation itself.
    pub(super) async fn finish<T>(self, value: T) -> Result<Written<T>, StoreError> {
        conversations::update(self.connection, &self.conversation, self.now).await?;
        Ok(Written {
            value,
            last_sequence: Some(self.conversation.last_sequence),
        })
    }
}

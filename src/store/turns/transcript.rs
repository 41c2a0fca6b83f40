//! One conversation being changed inside a transaction: every change is an event with the next number.
//!
//! The conversation is locked from the beginning, so that of two changes one waits for the other, whatever the database.
//! Events and messages are gathered and written together, several rows in one statement.

use zeroize::Zeroizing;

use crate::conversation::{
    Author, BotReply, Conversation, ConversationState, Message, Moved, Responder, Speaker,
    Standing, SystemNote, Ticket, TicketNumber, Topic, phrase_note, phrase_reply,
};
use crate::identity::Tier;
use crate::ids::{AgentId, AttachmentId, ConversationId, MessageId};
use crate::language::Language;
use crate::record::Hash;
use crate::safety::Words;
use crate::schedule::Hours;
use crate::store::conversations::messages::NewMessage;
use crate::store::conversations::rows::Locked;
use crate::store::conversations::{attachments, messages, rows as conversations};
use crate::store::delivery::outbox::{self, Tell};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::idempotency::KeyedRequest;
use crate::store::knowledge::sent_replies;
use crate::store::remembered::Rules;
use crate::store::tickets::{rows as tickets, surges};
use crate::store::turns::before::Before;
use crate::store::turns::linking::{self, NewEvent};
use crate::time::Timestamp;

/// A change that was made, and the number of the newest event it brought, for those who listen.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// What was made.
    pub value: T,
    /// Number of the newest event; `None` when a repeated request changed nothing.
    pub last_sequence: Option<i64>,
}

/// Returns what is recorded of a person's words; nothing is said where files say it.
fn recorded(words: Option<Words>) -> String {
    words.map_or_else(String::new, |words| words.as_str().to_owned())
}

/// What a message is made of beside its text.
#[expect(clippy::large_enum_variant, reason = "it lives for one call")]
enum Extra<'a> {
    Files(&'a [AttachmentId]),
    Reply(BotReply),
    Spoken(Speaker, &'a [AttachmentId]),
}

/// A conversation with the transaction it is changed in; nothing counts before [`Transcript::finish`].
pub(in crate::store) struct Transcript<'c> {
    connection: &'c mut Connection,
    conversation: Conversation,
    tier: Tier,
    /// Link of the newest event that is written.
    head: Hash,
    /// The open ticket as it was read last; `None` when it has to be read again.
    ticket: Option<Ticket>,
    /// The newest note of the episode as it stood at the beginning, while there is an open ticket.
    noted: Option<String>,
    events: Vec<NewEvent>,
    messages: Vec<NewMessage>,
    told: Vec<Tell>,
    /// What the visitor's next words were before something in them was hidden.
    original: Option<Zeroizing<String>>,
    now: Timestamp,
    rules: Rules,
}

impl<'c> Transcript<'c> {
    /// Locks the conversation and reads it as it stands.
    pub(in crate::store) async fn open(
        connection: &'c mut Connection,
        id: &ConversationId,
        rules: Rules,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (transcript, _) = Self::open_for(connection, id, None, rules, now).await?;
        Ok(transcript)
    }

    /// Locks the conversation and reads it as it stands, together with what the request has led to before: when it has,
    /// nothing is to be done.
    ///
    /// Keys of requests on a conversation are looked up under its lock, so of two repetitions the second finds what the
    /// first has led to.
    pub(in crate::store) async fn open_for(
        connection: &'c mut Connection,
        id: &ConversationId,
        request: Option<&KeyedRequest>,
        rules: Rules,
        now: Timestamp,
    ) -> Result<(Self, Option<String>), StoreError> {
        let Locked {
            mut conversation,
            tier,
            head,
        } = conversations::lock(connection, id).await?;
        let Before {
            ticket,
            noted,
            response,
        } = Before::read(connection, &conversation, request).await?;
        conversation.standing.open_ticket = ticket.as_ref().map(|ticket| ticket.id);
        let transcript = Self {
            connection,
            conversation,
            tier,
            head,
            ticket,
            noted,
            events: Vec::new(),
            messages: Vec::new(),
            told: Vec::new(),
            original: None,
            now,
            rules,
        };
        Ok((transcript, response))
    }

    /// Returns the connection as it is: what the transcript has gathered is not written yet.
    pub(in crate::store) fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Writes what was gathered, and returns the connection for whatever refers to it.
    pub(in crate::store) async fn flushed(&mut self) -> Result<&mut Connection, StoreError> {
        self.flush().await?;
        Ok(self.connection)
    }

    pub(in crate::store) fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    pub(in crate::store) fn conversation_mut(&mut self) -> &mut Conversation {
        &mut self.conversation
    }

    /// Returns what is known of who the visitor is.
    pub(in crate::store) fn tier(&self) -> Tier {
        self.tier
    }

    pub(in crate::store) fn hours(&self) -> Hours {
        self.rules.hours.clone()
    }

    pub(in crate::store) fn now(&self) -> Timestamp {
        self.now
    }

    pub(in crate::store) fn standing(&self) -> Standing {
        self.conversation.standing
    }

    /// Remembers the language the visitor is addressed in, and how they read it.
    pub(in crate::store) fn speak(&mut self, reply: &BotReply) {
        self.conversation.language = Some(reply.language);
        if reply.language == Language::Chinese {
            self.conversation.script = Some(reply.script);
        }
    }

    pub(in crate::store) async fn visitor_says(
        &mut self,
        text: Option<Words>,
        language: Option<Language>,
        files: &[AttachmentId],
    ) -> Result<Message, StoreError> {
        if self.standing().state.responder() == Responder::Person {
            self.conversation.waiting_since.get_or_insert(self.now);
        }
        self.conversation.wake(self.now);
        self.original = text
            .as_ref()
            .and_then(Words::original_for_sealing)
            .map(|original| Zeroizing::new(original.to_owned()));
        let text = recorded(text);
        self.say(Author::Visitor, text, language, Extra::Files(files))
            .await
    }

    pub(in crate::store) async fn agent_says(
        &mut self,
        speaker: Speaker,
        text: Option<Words>,
        language: Option<Language>,
        files: &[AttachmentId],
    ) -> Result<Message, StoreError> {
        self.conversation.waiting_since = None;
        self.conversation.agent_spoke = Some(self.now);
        self.conversation.woken = None;
        if let Some(ticket) = self.standing().open_ticket {
            tickets::respond(self.connection, &ticket, self.now).await?;
        }
        let text = recorded(text);
        self.say(Author::Agent, text, language, Extra::Spoken(speaker, files))
            .await
    }

    pub(in crate::store) async fn bot_says(
        &mut self,
        reply: BotReply,
    ) -> Result<Message, StoreError> {
        self.say(
            Author::Bot,
            phrase_reply(&reply),
            Some(reply.language),
            Extra::Reply(reply),
        )
        .await
    }

    pub(in crate::store) async fn note(
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

    /// Tells whether the newest note of the episode, before anything was changed, says the same.
    pub(in crate::store) fn has_noted(&self, note: &SystemNote, language: Language) -> bool {
        let text = phrase_note(note, self.conversation.spoken(language));
        self.noted.as_deref() == Some(text.as_str())
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
        let subject = id.to_string();
        let sequence = self.number_event("message", &subject, Vec::new());
        self.told.push(match author {
            Author::Visitor => Tell::all_but_channel(Topic::MessageCreated, &subject),
            Author::Bot | Author::Agent | Author::System => {
                Tell::all(Topic::MessageCreated, &subject)
            }
        });
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
        self.messages.push(NewMessage {
            message: message.clone(),
            episode: self.standing().episode,
            files: files.len(),
            original: self.original.take(),
        });
        if !files.is_empty() {
            let conversation = self.conversation.id;
            let agent = message.speaker.as_ref().map(|speaker| speaker.agent);
            let connection = self.flushed().await?;
            message.attachments =
                attachments::carry(connection, &conversation, &id, agent, files).await?;
        }
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
    pub(in crate::store) fn stand(&mut self, moved: &Moved) {
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
                self.conversation.held_since = Some(self.now);
                self.conversation.agent_spoke = None;
            }
            ConversationState::Agent => {}
        }
        if before.agent != moved.standing.agent {
            (self.conversation.snoozed_until, self.conversation.woken) = (None, None);
        }
        if moved.standing.agent.is_none() {
            self.conversation.held_since = None;
        }
        if before.state != moved.standing.state {
            self.event("state", moved.standing.state.code());
        }
    }

    /// Opens a ticket under the next number; it is made of that and of the visitor's first words in the episode.
    pub(in crate::store) async fn open_ticket(
        &mut self,
        compose: impl FnOnce(TicketNumber, Option<String>) -> Ticket,
    ) -> Result<Ticket, StoreError> {
        let episode = self.standing().episode;
        let said = self.said_by_people().await?;
        let first = said.iter().find(|(author, _)| *author == Author::Visitor);
        let number = tickets::next_number(self.connection).await?;
        // On one line, as it stands in lists and subjects.
        let summary = first.map(|(_, words)| {
            let lines: Vec<&str> = words.lines().filter(|line| !line.is_empty()).collect();
            lines.join(" ")
        });
        let mut ticket = compose(number, summary);
        surges::raise(self.connection, &mut ticket, self.now).await?;
        tickets::insert(self.connection, episode, &ticket, &self.rules.hours).await?;
        let said: Vec<&str> = said.iter().map(|(_, words)| words.as_str()).collect();
        let note = ticket.note.as_deref().unwrap_or_default();
        let words = format!("{} {note} {}", ticket.number, said.join(" "));
        let subject = ticket.id.to_string();
        sent_replies::index(self.connection, "ticket", &subject, &words).await?;
        self.number_event("ticket", &subject, Vec::new());
        self.tell(Topic::TicketCreated, &subject);
        self.tell(Topic::ConversationEscalated, &subject);
        self.ticket = Some(ticket.clone());
        Ok(ticket)
    }

    /// Reads what visitor and agents have said in this episode, also what is not written yet.
    async fn said_by_people(&mut self) -> Result<Vec<(Author, String)>, StoreError> {
        let episode = self.standing().episode;
        let mut said =
            messages::said_by_people(self.connection, &self.conversation.id, episode).await?;
        let gathered = self.messages.iter().filter(|new| {
            let is_of_people = matches!(new.message.author, Author::Visitor | Author::Agent);
            is_of_people && new.episode == episode
        });
        said.extend(gathered.map(|new| (new.message.author, new.message.text.clone())));
        Ok(said)
    }

    /// Returns the episode's open ticket; reads it when it is another than before or was changed.
    pub(in crate::store) async fn ticket(&mut self) -> Result<Option<Ticket>, StoreError> {
        let Some(id) = self.standing().open_ticket else {
            return Ok(None);
        };
        if let Some(ticket) = self.ticket.as_ref().filter(|ticket| ticket.id == id) {
            return Ok(Some(ticket.clone()));
        }
        let ticket = tickets::load(self.connection, &id).await?;
        self.ticket = Some(ticket.clone());
        Ok(Some(ticket))
    }

    /// Notes that the row of the ticket was changed, so that it is read again.
    pub(in crate::store) fn ticket_changed(&mut self) {
        self.ticket = None;
    }

    /// Notes who works on the open ticket; nobody while it waits.
    pub(in crate::store) async fn assign_ticket(
        &mut self,
        agent: Option<AgentId>,
    ) -> Result<(), StoreError> {
        if let Some(id) = self.standing().open_ticket {
            tickets::assign(self.connection, &id, agent, self.now).await?;
            if let Some(ticket) = self.ticket.as_mut().filter(|ticket| ticket.id == id) {
                ticket.assignee = agent;
            }
        }
        Ok(())
    }

    /// Notes an event, tells of it outside, and returns its number.
    pub(in crate::store) fn event(&mut self, kind: &'static str, subject: &str) -> i64 {
        self.event_of(kind, subject, Vec::new())
    }

    /// Notes an event that commits to a content.
    pub(in crate::store) fn event_of(
        &mut self,
        kind: &'static str,
        subject: &str,
        content: Vec<String>,
    ) -> i64 {
        let sequence = self.number_event(kind, subject, content);
        if let Some(topic) = Topic::of_event(kind, subject) {
            self.tell(topic, subject);
        }
        sequence
    }

    /// Puts something into the outbox, for everybody who wants to hear of it.
    pub(in crate::store) fn tell(&mut self, topic: Topic, subject: &str) {
        self.told.push(Tell::all(topic, subject));
    }

    fn number_event(&mut self, kind: &'static str, subject: &str, content: Vec<String>) -> i64 {
        self.conversation.last_sequence += 1;
        let sequence = self.conversation.last_sequence;
        self.events.push(NewEvent {
            sequence,
            kind,
            subject: subject.to_owned(),
            content,
        });
        sequence
    }

    /// Writes the events and messages gathered so far.
    async fn flush(&mut self) -> Result<(), StoreError> {
        let conversation = self.conversation.id;
        let messages = std::mem::take(&mut self.messages);
        let events = std::mem::take(&mut self.events);
        let link = linking::insert(
            self.connection,
            &conversation,
            &events,
            &messages,
            (self.head, self.now),
        );
        self.head = link.await?;
        messages::insert(self.connection, &conversation, &messages).await
    }

    /// Writes what was gathered, and the conversation itself.
    pub(in crate::store) async fn finish<T>(mut self, value: T) -> Result<Written<T>, StoreError> {
        self.flush().await?;
        outbox::tell(
            self.connection,
            &self.rules.outlets,
            &self.conversation,
            &self.told,
            self.now,
        )
        .await?;
        conversations::update(self.connection, &self.conversation, self.head, self.now).await?;
        Ok(Written {
            value,
            last_sequence: Some(self.conversation.last_sequence),
        })
    }
}

//! What staff do in conversations, and what happens when nobody does anything.

use futures_util::Stream;

use super::Workplace;
use crate::desk::announcements::after;
use crate::desk::attachments::joined;
use crate::desk::fingerprint::fingerprint;
use crate::desk::limits::MAX_FILES_PER_MESSAGE;
use crate::desk::principal::speaker;
use crate::desk::reply::ConversationView;
use crate::desk::{DeskError, IdempotencyKey, News};
use crate::ids::{AgentId, AttachmentId, ConversationId};
use crate::language::Language;
use crate::safety::Words;
use crate::staff::{Agent, Permission};
use crate::store::{KeyedRequest, NewStaffAct, StaffAct, StaffOutcome, Timers, UsedSuggestion};
use crate::time::Timestamp;

impl Workplace {
    /// Does something to a conversation in the name of an agent.
    pub async fn act(
        &self,
        by: &Agent,
        id: &ConversationId,
        act: StaffAct,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<StaffOutcome, DeskError> {
        let said = match &act {
            StaffAct::Say { text, .. } => text.as_ref().map_or("", Words::as_str),
            _ => "",
        };
        let files = match &act {
            StaffAct::Say { files, .. } => joined(files),
            _ => String::new(),
        };
        let given_to = match &act {
            StaffAct::Assign(to) => to.agent.to_string(),
            _ => String::new(),
        };
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("staff:{}:{id}", by.id),
            fingerprint: match files.as_str() {
                "" => fingerprint(&[act.code(), said, &given_to]),
                files => fingerprint(&[act.code(), said, &given_to, files]),
            },
        });
        let act = NewStaffAct {
            conversation: *id,
            by: speaker(by),
            reach: by.role.reach(),
            act,
            fallback: self.settings.fallback,
            request,
            now,
        };
        self.see(by, now).await?;
        let store = self.store.clone();
        Ok(after(&self.bus, *id, async move { store.act(act).await }).await?)
    }

    /// Says something to the visitor in the name of the agent who holds the conversation; when it was made from a
    /// suggestion, authors learn what became of it.
    #[expect(
        clippy::too_many_arguments,
        reason = "one message: who, where, what, in which language, from what, once, when"
    )]
    pub async fn say(
        &self,
        by: &Agent,
        id: &ConversationId,
        text: Option<Words>,
        language: Option<Language>,
        files: Vec<AttachmentId>,
        used: Option<UsedSuggestion>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<StaffOutcome, DeskError> {
        if files.len() > MAX_FILES_PER_MESSAGE {
            return Err(DeskError::TooManyFilesInMessage);
        }
        if text.is_none() && files.is_empty() {
            return Err(DeskError::MessageLength);
        }
        let act = StaffAct::Say {
            text,
            language,
            files,
            used,
        };
        self.act(by, id, act, key, now).await
    }

    /// Gives a conversation to an agent who can take it.
    pub async fn assign(
        &self,
        by: &Agent,
        id: &ConversationId,
        to: &AgentId,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<StaffOutcome, DeskError> {
        let to = self.store.reader().agent(to).await?;
        if !to.active || !to.role.may(Permission::WorkConversations) {
            return Err(DeskError::CannotWork(to.id));
        }
        self.act(by, id, StaffAct::Assign(speaker(&to)), key, now)
            .await
    }

    /// Reads a conversation whole.
    pub async fn conversation(&self, id: &ConversationId) -> Result<ConversationView, DeskError> {
        ConversationView::read(&self.store, id).await
    }

    /// Acts on every silence that has lasted too long, and forgets what nobody asks for any more. Running it twice, or on
    /// two nodes, does nothing twice.
    pub async fn run_timers(&self, now: Timestamp) -> Result<usize, DeskError> {
        let timers = Timers {
            agent_away_ms: minutes(self.settings.agent_away_minutes),
            visitor_gone_ms: minutes(self.settings.visitor_gone_minutes),
        };
        let changed = self
            .store
            .run_timers(timers, self.settings.fallback, now)
            .await?;
        for (id, sequence) in &changed {
            self.bus.changed(*id, *sequence);
        }
        self.run_rules(now).await?;
        self.tell_people(now).await?;
        self.store.keep_house(now).await?;
        Ok(changed.len())
    }

    /// Tells which conversations change, as they change; who falls behind is told to read the queue anew.
    pub fn news(&self) -> impl Stream<Item = News> + Send + use<> {
        self.bus.desk_news()
    }
}

fn minutes(count: u32) -> i64 {
    i64::from(count) * 60_000
}

//! What staff do in conversations, and what happens when nobody does anything.

use futures_util::Stream;

use super::announcements::News;
use super::attachments::{MAX_FILES_PER_MESSAGE, joined};
use super::fingerprint::fingerprint;
use super::principal::speaker;
use super::{Desk, DeskError, IdempotencyKey};
use crate::conversation::{AgentId, AttachmentId, ConversationId, Timestamp};
use crate::language::Language;
use crate::staff::{Agent, Permission};
use crate::store::{KeyedRequest, NewStaffAct, StaffAct, StaffOutcome, Timers, UsedSuggestion};

/// Longest message of an agent, in characters.
pub const MAX_MESSAGE_CHARS: usize = 8_000;

impl Desk {
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
            StaffAct::Say { text, .. } => text.as_str(),
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
        let store = self.store.clone();
        Ok(self
            .announced(*id, async move { store.act(act).await })
            .await?)
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
        text: &str,
        language: Option<Language>,
        files: Vec<AttachmentId>,
        used: Option<UsedSuggestion>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<StaffOutcome, DeskError> {
        let text = text.trim();
        let length = text.chars().count();
        if files.len() > MAX_FILES_PER_MESSAGE {
            return Err(DeskError::TooManyFilesInMessage);
        }
        if (length == 0 && files.is_empty()) || length > MAX_MESSAGE_CHARS {
            return Err(DeskError::MessageLength);
        }
        let act = StaffAct::Say {
            text: text.to_owned(),
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

    /// Acts on every silence that has lasted too long. Running it twice, or on two nodes, does nothing twice.
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
            self.announcements.announce(id, *sequence);
        }
        Ok(changed.len())
    }

    /// Tells which conversations change, as they change; who falls behind is told to read the queue anew.
    pub fn news(&self) -> impl Stream<Item = News> + Send + use<> {
        self.announcements.news()
    }
}

fn minutes(count: u32) -> i64 {
    i64::from(count) * 60_000
}

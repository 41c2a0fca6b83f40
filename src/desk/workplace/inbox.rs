//! What makes a queue somebody's own: views they keep, and what they put aside.

use strum::{EnumString, IntoStaticStr, VariantNames};

use super::Workplace;
use crate::conversation::ConversationState;
use crate::desk::announcements::after;
use crate::desk::limits::MAX_VIEWS;
use crate::desk::principal::speaker;
use crate::desk::{DeskError, QueueFilter, SavedView};
use crate::ids::{ConversationId, UnknownCode};
use crate::staff::Agent;
use crate::store::NewSnooze;
use crate::time::Timestamp;

/// A part of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, IntoStaticStr, EnumString, VariantNames)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum QueuePart {
    /// What waits for a person or is with one.
    #[default]
    All,
    /// What waits for a person.
    Queued,
    /// What I hold.
    Mine,
    /// What is for my team.
    Team,
    /// What I have put aside.
    Snoozed,
    /// What the bot answers.
    Bot,
    /// What is settled.
    Closed,
}

impl QueuePart {
    /// Every part, in the order in which they are shown.
    pub const ALL: [QueuePart; 7] = [
        QueuePart::All,
        QueuePart::Queued,
        QueuePart::Mine,
        QueuePart::Team,
        QueuePart::Snoozed,
        QueuePart::Bot,
        QueuePart::Closed,
    ];

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Narrows a queue to this part, as somebody sees it.
    pub fn narrow(self, filter: &mut QueueFilter, me: &Agent) {
        match self {
            Self::All => {}
            Self::Queued => filter.state = Some(ConversationState::Queued),
            Self::Mine => filter.agent = Some(me.id),
            Self::Team => filter.team = Some(me.department.as_str().to_owned()),
            Self::Snoozed => {
                filter.agent = Some(me.id);
                filter.snoozed = true;
            }
            Self::Bot => filter.state = Some(ConversationState::Bot),
            Self::Closed => filter.state = Some(ConversationState::Closed),
        }
    }
}

impl Workplace {
    /// Puts a conversation aside until a moment, or brings it back.
    pub async fn snooze(
        &self,
        by: &Agent,
        id: &ConversationId,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let snooze = NewSnooze {
            conversation: *id,
            by: speaker(by),
            reach: by.role.reach(),
            until,
            now,
        };
        let store = self.store.clone();
        after(&self.bus, *id, async move { store.snooze(snooze).await }).await?;
        Ok(())
    }

    /// Lists the views an agent keeps.
    pub async fn views(&self, agent: &Agent) -> Result<Vec<SavedView>, DeskError> {
        Ok(self.store.reader().views(&agent.id).await?)
    }

    /// Keeps a view.
    pub async fn save_view(
        &self,
        agent: &Agent,
        name: String,
        query: String,
        now: Timestamp,
    ) -> Result<SavedView, DeskError> {
        let saved = self.store.save_view(agent.id, name, query, MAX_VIEWS, now);
        saved.await?.ok_or(DeskError::TooManyViews)
    }

    /// Forgets a view.
    pub async fn forget_view(&self, agent: &Agent, id: &str) -> Result<(), DeskError> {
        let known = self.store.forget_view(agent.id, id.to_owned()).await?;
        known.then_some(()).ok_or(DeskError::UnknownView)
    }
}

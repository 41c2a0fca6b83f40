//! Who a visitor is, for whoever answers them.

use super::Workplace;
use crate::conversation::VisitedPage;
use crate::desk::DeskError;
use crate::identity::Identity;
use crate::ids::ConversationId;
use crate::store::{EarlierConversation, Owner};

/// What is known of a visitor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisitorCard {
    /// The account their host vouches for.
    pub account: Option<Identity>,
    /// Where they wrote from last.
    pub page: Option<VisitedPage>,
    /// What else the account has brought to the desk, the newest first; nothing of a visitor whom nobody vouches for.
    pub earlier: Vec<EarlierConversation>,
}

impl Workplace {
    /// Reads what is known of the visitor of a conversation.
    pub async fn visitor_card(&self, id: &ConversationId) -> Result<VisitorCard, DeskError> {
        let reader = self.store.reader();
        let page = reader.conversation(id).await?.page;
        let Owner::Account(account) = reader.owner(id).await? else {
            return Ok(VisitorCard {
                page,
                ..VisitorCard::default()
            });
        };
        let earlier = reader.conversations_beside(&account.subject, id).await?;
        Ok(VisitorCard {
            account: Some(account),
            page,
            earlier,
        })
    }
}

//! Who the visitor is, as their host says it: a conversation becomes an account's, and what is known of the account
//! reaches the open ticket.

use crate::identity::Identity;
use crate::identity::Tier;
use crate::ids::ConversationId;
use crate::staff::SecretHash;
use crate::store::conversations::owners::{self, Owner};
use crate::store::conversations::rows as conversations;
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::remembered::Rules;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::store::tickets::rule::set_tier;
use crate::store::turns::transcript::{Transcript, Written};
use crate::time::Timestamp;

impl Store {
    /// Gives a conversation that belongs to whoever holds a secret to an account; it is the account's alone from then on,
    /// and what the host says of the visitor counts for its open ticket too.
    pub async fn claim_conversation(
        &self,
        id: ConversationId,
        secret: SecretHash,
        account: Identity,
        now: Timestamp,
    ) -> Result<Written<()>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    conversations::lock(connection, &id).await?;
                    if owners::load(connection, &id).await? != Owner::Secret(secret) {
                        return Err(StoreError::UnknownConversation(id));
                    }
                    sqlx::query("DELETE FROM conversation_owners WHERE conversation = $1")
                        .bind(id.to_string())
                        .execute(&mut *connection)
                        .await?;
                    let tier = account.tier;
                    owners::insert(connection, &id, &Owner::Account(account), now).await?;
                    match tier {
                        Some(tier) => hear_tier(connection, rules, id, tier, now).await,
                        None => Ok(Written {
                            value: (),
                            last_sequence: None,
                        }),
                    }
                })
            })
            .await
    }

    /// Keeps that the host says something else of the visitor than before.
    pub async fn change_tier(
        &self,
        id: ConversationId,
        tier: Tier,
        now: Timestamp,
    ) -> Result<Written<()>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query("UPDATE conversation_owners SET tier = $2 WHERE conversation = $1")
                        .bind(id.to_string())
                        .bind(tier.code())
                        .execute(&mut *connection)
                        .await?;
                    hear_tier(connection, rules, id, tier, now).await
                })
            })
            .await
    }
}

/// Takes the host's word of who the visitor is to the conversation and to its open ticket.
async fn hear_tier(
    connection: &mut Connection,
    rules: Rules,
    id: ConversationId,
    tier: Tier,
    now: Timestamp,
) -> Result<Written<()>, StoreError> {
    conversations::set_tier(connection, &id, tier).await?;
    let mut transcript = Transcript::open(connection, &id, rules, now).await?;
    let ticket = transcript.ticket().await?;
    let Some(ticket) = ticket.filter(|ticket| ticket.tier != tier) else {
        return Ok(Written {
            value: (),
            last_sequence: None,
        });
    };
    let hours = transcript.hours();
    let connection = transcript.connection();
    set_tier(connection, &hours, &ticket, tier, now).await?;
    let line = LogLine {
        actor: "host".to_owned(),
        action: "tier",
        subject: ticket.id.to_string(),
        detail: serde_json::json!({ "from": ticket.tier.code(), "to": tier.code() }),
        now,
    };
    staff_log::insert(connection, line).await?;
    transcript.event("ticket", &ticket.id.to_string());
    transcript.finish(()).await
}

//! The generic channel: a program hands in what its visitors write, and is sent what they are told.
//!
//! Both ways are signed by the Standard Webhooks convention with the secret of the outlet. The program names each
//! visitor's conversation itself (`external_id`), so it needs to remember nothing of ours.

use hyper::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::handing_in::{MAX_EXTERNAL_ID_BYTES, Unsaid, VisitorElsewhere, key_of};
use super::payload::message_json;
use super::receipt::{ReceiveError, header};
use super::signed_outlet::{SignedPost, signed_outlet};
use crate::conversation::{BotDecision, Channel, ChannelAddress, ConversationState, Message};
use crate::desk::{VisitorDesk, Workplace};
use crate::ids::{ConversationId, EndpointId};
use crate::pipeline::asked_words;
use crate::safety::OfficialChannels;
use crate::store::{EndpointKind, Telling, Told};
use crate::time::Timestamp;

/// What a visitor of a channel has written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    external_id: String,
    text: String,
    #[serde(default)]
    locale: Option<String>,
}

/// What became of a visitor's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandedIn {
    /// The conversation they belong to.
    pub conversation: ConversationId,
    /// Who answers next there.
    pub state: ConversationState,
}

/// Takes what a visitor of a channel has written; what they are told leaves by the outlet.
///
/// The first words under an `external_id` open a conversation. A request that comes again under the same `webhook-id`
/// says nothing twice.
pub async fn hand_in(
    workplace: &Workplace,
    visitors: &VisitorDesk,
    official: &OfficialChannels,
    outlet: EndpointId,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<HandedIn, ReceiveError> {
    let post = SignedPost {
        outlet,
        headers,
        body,
    };
    signed_outlet(workplace, EndpointKind::Channel, post, now).await?;
    let receipt = header(headers, "webhook-id");
    if receipt.is_empty() {
        return Err(ReceiveError::NoReceipt);
    }
    let written: Written = serde_json::from_slice(body)?;
    let external_id = written.external_id.trim();
    if external_id.is_empty() || external_id.len() > MAX_EXTERNAL_ID_BYTES {
        return Err(ReceiveError::ExternalId);
    }
    let visitor = VisitorElsewhere {
        desk: visitors,
        official,
        channel: Channel::Webhook,
        address: ChannelAddress {
            outlet,
            external_id: external_id.to_owned(),
        },
        locale: written.locale.as_deref(),
        now,
    };
    // Words that cannot be kept open no conversation.
    asked_words(&written.text).map_err(ReceiveError::Words)?;
    let conversation = visitor.conversation().await?;
    let key = key_of(receipt);
    let said = visitor.say(&conversation.id, Some(&written.text), Vec::new(), key);
    let exchange = said.await.map_err(|unsaid| match unsaid {
        Unsaid::Words(words) => ReceiveError::Words(words),
        Unsaid::Desk(error) => error.into(),
    })?;
    Ok(HandedIn {
        conversation: conversation.id,
        state: exchange.state,
    })
}

/// Writes what the program of a channel is sent: one message for its visitor, as plain text and in parts. `site` is where
/// the help pages are; nothing where nobody has said so.
pub(super) fn channel_payload(telling: &Telling, told: &Told, site: &str) -> Value {
    let conversation = &told.conversation;
    let address = conversation.address.as_ref();
    json!({
        "type": telling.topic.code(),
        "timestamp": telling.created.to_string(),
        "external_id": address.map(|address| address.external_id.as_str()),
        "conversation": conversation.id.to_string(),
        "state": conversation.standing.state.code(),
        "message": told.message.as_ref().map(|message| said(message, site)),
    })
}

/// A message with the options it offers, so that a messenger can show buttons; their numbers are understood as replies.
fn said(message: &Message, site: &str) -> Value {
    let mut value = message_json(message);
    let reply = message.reply.as_ref();
    let options: Vec<Value> = match reply.map(|reply| &reply.decision) {
        Some(BotDecision::Clarify { options }) => (1..)
            .zip(options)
            .map(|(number, option)| json!({ "number": number, "title": option.title, "article": option.article.as_str() }))
            .collect(),
        _ => Vec::new(),
    };
    let answer = reply.and_then(|reply| reply.decision.given_answer());
    let link = answer.filter(|_| !site.is_empty());
    value["link"] = json!(link.map(|answer| format!("{site}{}", answer.link)));
    value["options"] = json!(options);
    value["offer_person"] = json!(reply.is_some_and(|reply| reply.person_reason().is_some()));
    value
}

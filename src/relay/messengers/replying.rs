//! Replies that bring what waits for the visitor, to messengers that wait for one.

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::discord;
use super::event::{Press, Wanted};
use super::kakao;
use super::post::file_address;
use super::waiting::{Offered, Waiting};
use super::wechat;
use crate::client::{Client, Outgoing};
use crate::conversation::{ChannelAddress, ConversationState};
use crate::locale::words;
use crate::relay::receipt::ReceiveError;
use crate::store::ServiceAccount;

/// What a messenger is replied at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// As JSON.
    Json(Value),
    /// As plain text.
    Text(String),
    /// As XML.
    Xml(String),
}

impl Taken {
    /// Returns what is replied where nothing is said.
    pub(super) fn nothing(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Nothing => Self::Json(json!({})),
            Wanted::This(reply) => Self::Json(reply),
            Wanted::Success | Wanted::Passive { .. } => Self::Text(wechat::SUCCESS.to_owned()),
            Wanted::Skill { .. } => Self::Json(kakao::Reply::default().written()),
            Wanted::Interaction { .. } => Self::Json(discord::reply(discord::sentence("…"))),
        }
    }
}

/// Longest time that handing over a late reply may take.
const HAND_OVER_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Whether the messenger still waits for the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// It does.
    InTime,
    /// It has been told something else.
    Late,
}

/// Replies to a request.
pub(super) struct Replying<'a> {
    pub(super) waiting: Waiting<'a>,
    pub(super) client: &'a Client,
}

impl Replying<'_> {
    /// Returns what a messenger is replied that wants this.
    pub(super) async fn reply(
        &self,
        wanted: Wanted,
        moment: Moment,
    ) -> Result<Taken, ReceiveError> {
        match wanted {
            Wanted::Skill { visitor, callback } => self.skill(visitor, callback, moment).await,
            Wanted::Interaction { visitor, token } => {
                self.interaction(visitor, token, moment).await
            }
            // The words are sent by the customer service interface.
            late @ Wanted::Passive { .. } if moment == Moment::Late => Ok(Taken::nothing(late)),
            Wanted::Passive {
                account,
                visitor,
                receipt,
            } => self.passive(account, visitor, receipt).await,
            other => Ok(Taken::nothing(other)),
        }
    }

    async fn skill(
        &self,
        visitor: String,
        callback: Option<String>,
        moment: Moment,
    ) -> Result<Taken, ReceiveError> {
        let base = &self.waiting.endpoint.url;
        let callback = callback.filter(|address| kakao::is_callback(address, base));
        match (moment, callback) {
            (Moment::InTime, _) => {
                let (reply, _) = self.skill_reply(visitor).await?;
                Ok(Taken::Json(reply))
            }
            (Moment::Late, Some(address)) => {
                let (reply, offered) = self.skill_reply(visitor).await?;
                self.hand_over(Method::POST, address, reply, offered)
                    .await?;
                Ok(Taken::Json(Value::Null))
            }
            // It waits for the next words.
            (Moment::Late, None) => Ok(Taken::Json(Value::Null)),
        }
    }

    /// Writes what waits, and where the visitor finds what comes later.
    async fn skill_reply(&self, visitor: String) -> Result<(Value, Offered), ReceiveError> {
        let visitors = self.waiting.visitors;
        let address = ChannelAddress {
            outlet: self.waiting.endpoint.id,
            external_id: visitor,
        };
        let Some(conversation) = visitors.conversation_at(&address).await? else {
            return Ok((kakao::Reply::default().written(), Offered::default()));
        };
        let waits = matches!(
            conversation.standing.state,
            ConversationState::Queued | ConversationState::Agent
        );
        let (now, site) = (self.waiting.now, self.waiting.site);
        let mut reply = match waits {
            true => kakao::Reply::with_card(),
            false => kakao::Reply::default(),
        };
        let link = |file: &_| file_address(site, now, file, |link| visitors.file_token(link));
        let offered = self
            .waiting
            .offer(conversation.id, |post, sent| reply.takes(post, sent, link))
            .await?;
        let standing = visitors.standing(&conversation.id, now).await?;
        let said = &words(standing.locale).channel;
        if reply.is_empty() {
            reply.text(&standing.text);
        }
        if let Some(page) = standing.page.filter(|_| waits && !site.is_empty()) {
            reply.card(
                &said.fetched,
                &said.button_ticket,
                &format!("{site}/t/{page}"),
            );
        }
        if offered.is_more {
            reply.button(&said.button_more, Press::More);
        }
        Ok((reply.written(), offered))
    }

    /// Hands a late reply over; what did not arrive waits again.
    async fn hand_over(
        &self,
        method: Method,
        address: String,
        reply: Value,
        offered: Offered,
    ) -> Result<(), ReceiveError> {
        let request = Outgoing {
            method,
            address,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body: reply.to_string().into_bytes(),
        };
        let sent = self.client.send(request, HAND_OVER_WITHIN).await;
        if sent.is_ok_and(|reply| reply.is_success()) {
            return Ok(());
        }
        tracing::warn!("a late reply did not arrive; it waits for the visitor's next words");
        let endpoint = self.waiting.endpoint.id;
        Ok(self
            .waiting
            .visitors
            .tell_again(endpoint, offered.told, self.waiting.now)
            .await?)
    }

    /// Replies with the first words that wait; what follows them is sent by the token of the request.
    async fn interaction(
        &self,
        visitor: String,
        token: Option<String>,
        moment: Moment,
    ) -> Result<Taken, ReceiveError> {
        if moment == Moment::Late && token.is_none() {
            // It waits for the next request.
            return Ok(Taken::Json(Value::Null));
        }
        let (visitors, now) = (self.waiting.visitors, self.waiting.now);
        let address = ChannelAddress {
            outlet: self.waiting.endpoint.id,
            external_id: visitor,
        };
        let Some(conversation) = visitors.conversation_at(&address).await? else {
            return Ok(Taken::Json(discord::reply(discord::sentence("…"))));
        };
        let mut said = None;
        let offered = self
            .waiting
            .offer(conversation.id, |post, sent| {
                discord::takes(&mut said, post, sent)
            })
            .await?;
        let said = match said {
            Some(said) => said,
            None => {
                let standing = visitors.standing(&conversation.id, now).await?;
                discord::sentence(&standing.text)
            }
        };
        if moment == Moment::InTime {
            return Ok(Taken::Json(discord::reply(said)));
        }
        let account = self.waiting.endpoint.account.as_ref();
        if let (Some(ServiceAccount::Discord { application_id, .. }), Some(token)) =
            (account, token)
        {
            let base = self.waiting.endpoint.url.trim_end_matches('/');
            let address = format!("{base}{}", discord::original(application_id, &token));
            self.hand_over(Method::PATCH, address, said, offered)
                .await?;
        }
        Ok(Taken::Json(Value::Null))
    }

    async fn passive(
        &self,
        account: String,
        visitor: String,
        receipt: String,
    ) -> Result<Taken, ReceiveError> {
        let (visitors, now) = (self.waiting.visitors, self.waiting.now);
        let outlet = self.waiting.endpoint.id;
        let address = ChannelAddress {
            outlet,
            external_id: visitor.clone(),
        };
        let mut text = None;
        if let Some(conversation) = visitors.conversation_at(&address).await? {
            visitors.reply_again(outlet, &receipt, now).await?;
            let offered = self
                .waiting
                .offer(conversation.id, |post, sent| {
                    wechat::takes(&mut text, post, sent)
                })
                .await?;
            if let Some(told) = offered.told.first() {
                visitors.keep_reply(outlet, receipt, *told, now).await?;
            }
        }
        Ok(match text {
            Some(text) => Taken::Xml(wechat::passive(&account, &visitor, &text, now)),
            None => Taken::Text(wechat::SUCCESS.to_owned()),
        })
    }
}

//! Chatwoot: a ticket is a conversation in an inbox of the API channel; replies come back as its webhooks.
//!
//! Its application API: <https://developers.chatwoot.com/api-reference>.

use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::helpdesk::{HelpDesk, Untold, line, mail_in, settled};
use super::retry::Tried;
use super::wish::{ExternalWish, WishedOutside};
use crate::conversation::{Author, Ticket, TicketStatus, Topic};
use crate::schedule::Priority;
use crate::store::{Due, ServiceAccount, StoreError, Told};

/// Pages of messages that are looked through; each has twenty.
const MAX_PAGES: usize = 20;

/// Tells Chatwoot what happened.
pub(super) async fn tell(desk: &HelpDesk<'_>, due: &Due, told: &Told) -> Result<Tried, StoreError> {
    let Some(ServiceAccount::Chatwoot {
        account,
        inbox,
        token,
    }) = &desk.endpoint.account
    else {
        return Ok(Tried::nothing());
    };
    let Ok(token) = HeaderValue::from_str(token) else {
        return Ok(Tried::nothing());
    };
    let account = Account {
        desk,
        path: format!("/api/v1/accounts/{account}"),
        inbox: *inbox,
        token,
    };
    settled(account.tell(due, told).await)
}

struct Account<'a> {
    desk: &'a HelpDesk<'a>,
    path: String,
    inbox: u64,
    token: HeaderValue,
}

impl Account<'_> {
    async fn tell(&self, due: &Due, told: &Told) -> Result<Tried, Untold> {
        let Some((ticket, external)) = self.desk.ticket_of(told).await? else {
            return Ok(Tried::nothing());
        };
        match (due.telling.topic, external) {
            (Topic::ConversationEscalated, None) => self.open(&ticket).await,
            (Topic::MessageCreated, Some(external)) => {
                self.say(&external, due, told, &ticket).await
            }
            (Topic::TicketSolved, Some(external)) => {
                let path = format!("/conversations/{external}/toggle_status");
                Ok(self.post(&path, json!({ "status": "resolved" })).await?.0)
            }
            (Topic::TicketUpdated, Some(external)) => {
                let path = format!("/conversations/{external}/toggle_priority");
                let priority = ticket.priority.code();
                let priority = if priority == "normal" {
                    "medium"
                } else {
                    priority
                };
                Ok(self.post(&path, json!({ "priority": priority })).await?.0)
            }
            _ => Ok(Tried::nothing()),
        }
    }

    /// Contact, conversation, first message; each step is looked for before it is made, since the last attempt may have
    /// ended between two of them.
    async fn open(&self, ticket: &Ticket) -> Result<Tried, Untold> {
        let identifier = format!("mondo-{}", ticket.conversation);
        let (contact, source) = match self.find_contact(&identifier).await? {
            Some(found) => found,
            None => self.make_contact(&identifier, ticket).await?,
        };
        let (tried, external) = match self.find_conversation(contact, ticket).await? {
            Some(found) => found,
            None => self.make_conversation(contact, &source, ticket).await?,
        };
        self.desk.link(ticket.id, external).await?;
        Ok(tried)
    }

    async fn find_contact(&self, identifier: &str) -> Result<Option<(u64, String)>, Untold> {
        let (_, said) = self
            .get(&format!("/contacts/search?q={identifier}"))
            .await?;
        let found = said["payload"].as_array().and_then(|contacts| {
            contacts
                .iter()
                .find(|contact| contact["identifier"] == identifier)
        });
        let Some(contact) = found.and_then(|contact| contact["id"].as_u64()) else {
            return Ok(None);
        };
        let places = found.and_then(|contact| contact["contact_inboxes"].as_array());
        let source = places.and_then(|places| {
            let here = places
                .iter()
                .find(|place| place["inbox"]["id"] == self.inbox)?;
            here["source_id"].as_str().map(str::to_owned)
        });
        match source {
            Some(source) => Ok(Some((contact, source))),
            None => {
                let path = format!("/contacts/{contact}/contact_inboxes");
                let body = json!({ "inbox_id": self.inbox, "source_id": identifier });
                let (tried, said) = self.post(&path, body).await?;
                let source = said["source_id"].as_str();
                let source = source.ok_or_else(|| self.desk.unexpected(&tried, "source_id"))?;
                Ok(Some((contact, source.to_owned())))
            }
        }
    }

    async fn make_contact(
        &self,
        identifier: &str,
        ticket: &Ticket,
    ) -> Result<(u64, String), Untold> {
        let mut body = json!({
            "inbox_id": self.inbox,
            "identifier": identifier,
            "name": format!("{} [{}]", ticket.number, ticket.language.code()),
            "custom_attributes": { "language": ticket.language.code() },
        });
        if let Some(mail) = mail_in(ticket.contact.as_deref()) {
            body["email"] = json!(mail);
        }
        let (tried, said) = match self.post("/contacts", body.clone()).await {
            // Another contact may have the address already; then the ticket does without it.
            Err(Untold::Tried(tried))
                if tried.response_status == Some(422) && body["email"].is_string() =>
            {
                body["email"] = Value::Null;
                self.post("/contacts", body).await?
            }
            other => other?,
        };
        let payload = &said["payload"];
        let id = payload["contact"]["id"].as_u64();
        let source = payload["contact_inbox"]["source_id"].as_str();
        match (id, source) {
            (Some(id), Some(source)) => Ok((id, source.to_owned())),
            _ => Err(self.desk.unexpected(&tried, "contact")),
        }
    }

    async fn find_conversation(
        &self,
        contact: u64,
        ticket: &Ticket,
    ) -> Result<Option<(Tried, String)>, Untold> {
        let (tried, said) = self
            .get(&format!("/contacts/{contact}/conversations"))
            .await?;
        let number = ticket.number.to_string();
        let found = said["payload"].as_array().and_then(|conversations| {
            conversations.iter().find(|conversation| {
                conversation["custom_attributes"]["mondo_ticket"] == number.as_str()
            })
        });
        Ok(found
            .and_then(|conversation| conversation["id"].as_u64())
            .map(|id| (tried, id.to_string())))
    }

    async fn make_conversation(
        &self,
        contact: u64,
        source: &str,
        ticket: &Ticket,
    ) -> Result<(Tried, String), Untold> {
        let body = json!({
            "source_id": source,
            "inbox_id": self.inbox,
            "contact_id": contact,
            "status": "open",
            "custom_attributes": {
                "mondo_ticket": ticket.number.to_string(),
                "language": ticket.language.code(),
            },
            "message": { "content": self.desk.opening(ticket).await? },
        });
        let (tried, said) = self.post("/conversations", body).await?;
        match said["id"].as_u64() {
            Some(id) => Ok((tried, id.to_string())),
            None => Err(self.desk.unexpected(&tried, "id")),
        }
    }

    /// Each message has our name for it there, by which it is found again when the reply to it was lost.
    async fn say(
        &self,
        external: &str,
        due: &Due,
        told: &Told,
        ticket: &Ticket,
    ) -> Result<Tried, Untold> {
        let Some(message) = self.desk.news_of(told, ticket).await? else {
            return Ok(Tried::nothing());
        };
        let path = format!("/conversations/{external}/messages");
        let name = format!("mondo-{}", message.id);
        if due.was_tried
            && let Some(tried) = self.find_message(&path, &name).await?
        {
            return Ok(tried);
        }
        let mut body = match message.author {
            Author::Visitor => {
                json!({ "content": message.text, "message_type": "incoming", "private": false })
            }
            _ => json!({ "content": line(message), "message_type": "outgoing", "private": true }),
        };
        body["source_id"] = json!(name);
        Ok(self.post(&path, body).await?.0)
    }

    /// Looks for one of our messages among the newest there, some pages back.
    async fn find_message(&self, path: &str, name: &str) -> Result<Option<Tried>, Untold> {
        let mut before = String::new();
        for _ in 0..MAX_PAGES {
            let (tried, said) = self.get(&format!("{path}{before}")).await?;
            let messages = said["payload"].as_array().map_or(&[][..], Vec::as_slice);
            if messages.iter().any(|message| message["source_id"] == name) {
                return Ok(Some(tried));
            }
            let oldest = messages.iter().filter_map(|message| message["id"].as_u64());
            let Some(oldest) = oldest.min() else {
                return Ok(None);
            };
            before = format!("?before={oldest}");
        }
        Ok(None)
    }

    async fn get(&self, path: &str) -> Result<(Tried, Value), Untold> {
        self.call(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Result<(Tried, Value), Untold> {
        self.call(Method::POST, path, Some(body)).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(Tried, Value), Untold> {
        let token = (
            HeaderName::from_static("api_access_token"),
            self.token.clone(),
        );
        let path = format!("{}{path}", self.path);
        self.desk.call(method, &path, vec![token], body).await
    }
}

/// A webhook of Chatwoot, as far as it concerns us.
#[derive(Deserialize)]
struct Hook {
    event: String,
    #[serde(default)]
    id: Value,
    content: Option<String>,
    #[serde(default)]
    message_type: Value,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    sender: Sender,
    #[serde(default)]
    conversation: Value,
    status: Option<String>,
    #[serde(default)]
    attachments: Vec<Attachment>,
    #[serde(default)]
    changed_attributes: Vec<Value>,
}

#[derive(Deserialize, Default)]
struct Sender {
    name: Option<String>,
    available_name: Option<String>,
}

#[derive(Deserialize)]
struct Attachment {
    data_url: Option<String>,
}

/// Reads a webhook of Chatwoot; nothing when it wishes nothing of us.
pub(super) fn read(body: &[u8], delivery: &str) -> Result<Option<ExternalWish>, serde_json::Error> {
    let hook: Hook = serde_json::from_slice(body)?;
    let wish = |external: &Value, receipt: String, person, wish| {
        let external = external.as_u64()?;
        Some(ExternalWish {
            external: external.to_string(),
            receipt,
            person,
            wish,
        })
    };
    Ok(match hook.event.as_str() {
        "message_created" if hook.message_type == "outgoing" && !hook.private => {
            let links = hook
                .attachments
                .into_iter()
                .filter_map(|attachment| attachment.data_url);
            let words = hook.content.filter(|content| !content.trim().is_empty());
            let text: Vec<String> = words.into_iter().chain(links).collect();
            if text.is_empty() {
                return Ok(None);
            }
            let person = hook.sender.available_name.or(hook.sender.name);
            let receipt = format!("message:{}", hook.id);
            wish(
                &hook.conversation["id"],
                receipt,
                person,
                WishedOutside::Reply(text.join("\n")),
            )
        }
        "conversation_status_changed" => {
            let status = match hook.status.as_deref() {
                Some("resolved") => TicketStatus::Solved,
                Some("open") => TicketStatus::Open,
                Some("pending" | "snoozed") => TicketStatus::Pending,
                _ => return Ok(None),
            };
            wish(
                &hook.id,
                format!("delivery:{delivery}"),
                None,
                WishedOutside::Status(status),
            )
        }
        "conversation_updated" => {
            let changed = hook
                .changed_attributes
                .iter()
                .find_map(|changed| changed["priority"]["current_value"].as_str());
            let priority = match changed {
                Some("urgent") => Priority::Urgent,
                Some("high") => Priority::High,
                Some("medium") => Priority::Normal,
                Some("low") => Priority::Low,
                _ => return Ok(None),
            };
            wish(
                &hook.id,
                format!("delivery:{delivery}"),
                None,
                WishedOutside::Priority(priority),
            )
        }
        _ => None,
    })
}

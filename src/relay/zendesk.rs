//! Zendesk: a ticket is a ticket; later messages are comments; replies come back as events of its webhooks.
//!
//! Its ticketing API: <https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/>; events:
//! <https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};

use super::helpdesk::{HelpDesk, Untold, line, mail_in, settled};
use super::retry::Tried;
use super::wish::{ExternalWish, WishedOutside};
use crate::conversation::{Ticket, TicketStatus, Topic};
use crate::schedule::Priority;
use crate::store::{Due, ServiceAccount, StoreError, Told};

/// Pages of a ticket's history that are looked through; each has a hundred changes.
const MAX_PAGES: usize = 20;

/// Longest subject of a ticket there, in characters.
const MAX_SUBJECT_CHARS: usize = 120;

/// Tells Zendesk what happened.
pub(super) async fn tell(desk: &HelpDesk<'_>, due: &Due, told: &Told) -> Result<Tried, StoreError> {
    let Some(ServiceAccount::Zendesk { user, token }) = &desk.endpoint.account else {
        return Ok(Tried::nothing());
    };
    let credentials = STANDARD.encode(format!("{user}/token:{token}"));
    let authorization = HeaderValue::from_str(&format!("Basic {credentials}"))
        .expect("base64 can stand in a header");
    let account = Account {
        desk,
        authorization,
    };
    settled(account.tell(due, told).await)
}

struct Account<'a> {
    desk: &'a HelpDesk<'a>,
    authorization: HeaderValue,
}

impl Account<'_> {
    async fn tell(&self, due: &Due, told: &Told) -> Result<Tried, Untold> {
        let Some((ticket, external)) = self.desk.ticket_of(told).await? else {
            return Ok(Tried::nothing());
        };
        match (due.telling.topic, external) {
            (Topic::ConversationEscalated, None) => self.open(&ticket, due.was_tried).await,
            (Topic::MessageCreated, Some(external)) => {
                self.comment(&external, due, told, &ticket).await
            }
            (Topic::TicketSolved, Some(external)) => {
                self.update(&external, json!({ "status": "solved" })).await
            }
            (Topic::TicketUpdated, Some(external)) if ticket.status.is_open() => {
                self.update(&external, json!({ "priority": ticket.priority.code() }))
                    .await
            }
            _ => Ok(Tried::nothing()),
        }
    }

    /// The key makes a repetition harmless for a while; later the ticket is looked for by our number.
    async fn open(&self, ticket: &Ticket, was_tried: bool) -> Result<Tried, Untold> {
        let number = ticket.number.to_string();
        if was_tried {
            let path = format!("/api/v2/tickets.json?external_id={number}");
            let (tried, said) = self.call(Method::GET, &path, Vec::new(), None).await?;
            if let Some(id) = said["tickets"][0]["id"].as_u64() {
                self.desk.link(ticket.id, id.to_string()).await?;
                return Ok(tried);
            }
        }
        let summary = ticket.summary.replace('\n', " ");
        let summary: String = summary.chars().take(MAX_SUBJECT_CHARS).collect();
        let mut requester = json!({ "name": number });
        if let Some(mail) = mail_in(ticket.contact.as_deref()) {
            requester["email"] = json!(mail);
        }
        let body = json!({ "ticket": {
            "subject": format!("{number} {summary}"),
            "comment": { "body": self.desk.opening(ticket).await?, "public": false },
            "requester": requester,
            "external_id": number,
            "priority": ticket.priority.code(),
            "tags": ["mondo", ticket.language.code()],
        }});
        let key = (
            HeaderName::from_static("idempotency-key"),
            HeaderValue::from_str(&ticket.id.to_string()).expect("an id is digits and letters"),
        );
        let (tried, said) = self
            .call(Method::POST, "/api/v2/tickets.json", vec![key], Some(body))
            .await?;
        let id = said["ticket"]["id"].as_u64();
        let id = id.ok_or_else(|| self.desk.unexpected(&tried, "ticket"))?;
        self.desk.link(ticket.id, id.to_string()).await?;
        Ok(tried)
    }

    /// Each change that brings a comment carries the name of our message, by which it is found again when the reply to it
    /// was lost.
    async fn comment(
        &self,
        external: &str,
        due: &Due,
        told: &Told,
        ticket: &Ticket,
    ) -> Result<Tried, Untold> {
        let Some(message) = self.desk.news_of(told, ticket).await? else {
            return Ok(Tried::nothing());
        };
        let name = message.id.to_string();
        if due.was_tried
            && let Some(tried) = self.find_comment(external, &name).await?
        {
            return Ok(tried);
        }
        let change = json!({
            "comment": { "body": line(message), "public": false },
            "metadata": { "mondo_message": name },
        });
        self.update(external, change).await
    }

    /// Looks for one of our messages in the history of the ticket there:
    /// <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/>.
    async fn find_comment(&self, external: &str, name: &str) -> Result<Option<Tried>, Untold> {
        for page in 1..=MAX_PAGES {
            let path = format!("/api/v2/tickets/{external}/audits.json?page={page}");
            let (tried, said) = self.call(Method::GET, &path, Vec::new(), None).await?;
            let audits = said["audits"].as_array().map_or(&[][..], Vec::as_slice);
            if audits
                .iter()
                .any(|audit| audit["metadata"]["custom"]["mondo_message"] == name)
            {
                return Ok(Some(tried));
            }
            if said["next_page"].is_null() {
                break;
            }
        }
        Ok(None)
    }

    async fn update(&self, external: &str, change: Value) -> Result<Tried, Untold> {
        let path = format!("/api/v2/tickets/{external}.json");
        let body = json!({ "ticket": change });
        Ok(self
            .call(Method::PUT, &path, Vec::new(), Some(body))
            .await?
            .0)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(HeaderName, HeaderValue)>,
        body: Option<Value>,
    ) -> Result<(Tried, Value), Untold> {
        headers.push((AUTHORIZATION, self.authorization.clone()));
        self.desk.call(method, path, headers, body).await
    }
}

/// An event of Zendesk, as far as it concerns us.
#[derive(Deserialize)]
struct Hook {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    detail: Detail,
    #[serde(default)]
    event: Event,
}

#[derive(Deserialize)]
struct Detail {
    id: Value,
}

#[derive(Deserialize, Default)]
struct Event {
    comment: Option<Comment>,
    current: Option<Value>,
}

#[derive(Deserialize)]
struct Comment {
    id: Value,
    body: String,
    #[serde(default)]
    is_public: bool,
    #[serde(default)]
    author: Author,
}

#[derive(Deserialize, Default)]
struct Author {
    #[serde(default)]
    is_staff: bool,
    name: Option<String>,
}

/// Reads an event of Zendesk; nothing when it wishes nothing of us.
pub(super) fn read(body: &[u8]) -> Result<Option<ExternalWish>, serde_json::Error> {
    let hook: Hook = serde_json::from_slice(body)?;
    let kind = hook
        .kind
        .strip_prefix("zen:event-type:ticket.")
        .unwrap_or_default();
    let current = hook
        .event
        .current
        .as_ref()
        .and_then(Value::as_str)
        .map(str::to_lowercase);
    let mut receipt = hook.id;
    let mut person = None;
    let wish = match (kind, hook.event.comment, current.as_deref()) {
        ("comment_added", Some(comment), _) if comment.is_public && comment.author.is_staff => {
            receipt = format!("comment:{}", comment.id);
            person = comment.author.name;
            WishedOutside::Reply(comment.body)
        }
        ("status_changed", _, Some("solved" | "closed")) => {
            WishedOutside::Status(TicketStatus::Solved)
        }
        ("status_changed", _, Some("pending" | "hold")) => {
            WishedOutside::Status(TicketStatus::Pending)
        }
        ("status_changed", _, Some("new" | "open")) => WishedOutside::Status(TicketStatus::Open),
        ("priority_changed", _, Some(code)) => match code.parse::<Priority>() {
            Ok(priority) => WishedOutside::Priority(priority),
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    let external = match hook.detail.id {
        Value::String(id) => id,
        other => other.to_string(),
    };
    Ok(Some(ExternalWish {
        external,
        receipt,
        person,
        wish,
    }))
}

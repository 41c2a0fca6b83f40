//! Mail that is to leave, has left, or could not.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use crate::desk::MailState;
use crate::http::console::clocks::moment;
use crate::http::console::shell::AtDesk;
use crate::http::edge::extract::ApiQuery;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::Permission;

/// Which mails are shown.
#[derive(Debug, Deserialize)]
pub(super) struct MailQuery {
    /// Code of a state; all without one.
    #[serde(default)]
    state: String,
}

/// The page.
pub(super) async fn mail(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<MailQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadConversations)?;
    let preferences = at_desk.preferences();
    let state_word = |state: MailState| preferences.word(&format!("mail_{}", state.code()));
    let chosen = MailState::ALL
        .into_iter()
        .find(|state| state.code() == query.state);
    let mails: Vec<Value> = app
        .workplace()
        .mail_in(chosen)
        .await?
        .into_iter()
        .map(|(ticket, mail)| {
            context! {
                ticket => ticket.to_string(),
                kind_word => preferences.word(&format!("mail_{}", mail.kind.code())),
                recipient => mail.recipient,
                state => mail.state.code(),
                state_word => state_word(mail.state),
                attempts => mail.attempts,
                error => mail.error,
                created => moment(mail.created),
            }
        })
        .collect();
    let filters: Vec<Value> = [None]
        .into_iter()
        .chain(MailState::ALL.map(Some))
        .map(|listed| {
            let code = listed.map_or("", MailState::code);
            let word = listed.map_or_else(|| preferences.word("all"), state_word);
            context! { code, word, chosen => listed == chosen }
        })
        .collect();
    let mailboxes: Vec<Value> = app
        .workplace()
        .mailboxes()
        .await?
        .into_iter()
        .map(|mailbox| {
            context! {
                address => mailbox.address,
                looked => mailbox.looked.map(moment),
                failing_since => mailbox.failing_since.map(moment),
                failure => mailbox.failure,
            }
        })
        .collect();
    let sends = app.workplace().sends_mail();
    at_desk.page(
        "mail.html",
        "/console/mail",
        context! { mails, filters, sends, mailboxes },
    )
}

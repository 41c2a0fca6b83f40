//! The card beside a conversation: who the visitor is, what time it is where they are, where they write from, and what
//! else they have brought to the desk.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::http::console::clocks::ago;
use crate::http::console::shell::private;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiPath;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::ids::ConversationId;
use crate::language::Language;
use crate::schedule::Zone;
use crate::staff::Permission;

/// The card of a conversation's visitor.
pub(in crate::http::console) async fn visitor(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    ApiPath(id): ApiPath<ConversationId>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let card = app.workplace().visitor_card(&id).await?;
    let now = app.now();
    let page = card.page.unwrap_or_default();
    let zone = page.time_zone.as_deref().and_then(Zone::named);
    let earlier: Vec<Value> = card
        .earlier
        .iter()
        .map(|one| {
            context! {
                conversation => one.conversation.to_string(),
                about => &one.about,
                number => one.ticket.map(|(number, _)| number.to_string()),
                status => one.ticket.map_or_else(
                    || preferences.word(&format!("{}_state", one.state.code())),
                    |(_, status)| preferences.word(status.code()),
                ),
                when => ago(&preferences, one.created, now),
            }
        })
        .collect();
    let is_known = card.account.is_some();
    let account = card.account.map(|account| {
        context! {
            subject => account.subject,
            name => account.name,
            email => account.email,
            language => account.language.map(Language::endonym),
            tier => account.tier.map(|tier| preferences.word(tier.code())),
        }
    });
    let values = context! {
        account,
        is_known,
        earlier,
        url => page.url,
        clock => zone.as_ref().map(|zone| zone.clock(now)),
        zone => zone.as_ref().map(|zone| zone.name().replace('_', " ")),
    };
    Ok(private(preferences.piece("visitor.html", values)?))
}

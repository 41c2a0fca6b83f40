//! Holds back whoever does too much of what costs others: opening conversations, asking, wanting a person, sending files.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::clients::{Act, Client};
use super::origin::Origin;
use super::work::PROOF;
use crate::desk::Principal;
use crate::http::edge::guard::bearer::{Bearer, bearer};
use crate::http::edge::guard::staff::session_token;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::identity::IdentityMode;
use crate::staff::SecretToken;

/// What is counted, by method and route. Where nothing stands, the handler counts: streams while they last, what tools are
/// called for, and pages that say in their own words what was too much.
const COUNTED: &[(Method, &str, &[Act])] = &[
    (Method::POST, "/v1/ask", &[Act::Question]),
    (Method::POST, "/v1/chat/completions", &[Act::Question]),
    (Method::POST, "/mcp", &[]),
    (Method::GET, "/v1/search", &[Act::Question]),
    (Method::GET, "/v1/official-channels", &[Act::Question]),
    (Method::POST, "/v1/conversations", &[Act::Conversation]),
    (
        Method::POST,
        "/v1/conversations/{id}/messages",
        &[Act::Question],
    ),
    (
        Method::POST,
        "/v1/conversations/{id}/messages/{message}/feedback",
        &[Act::Question],
    ),
    (
        Method::POST,
        "/v1/conversations/{id}/escalate",
        &[Act::Ticket],
    ),
    (
        Method::POST,
        "/v1/conversations/{id}/attachments",
        &[Act::File, Act::Kilobyte],
    ),
    (Method::GET, "/v1/conversations/{id}/events", &[]),
    (Method::GET, "/v1/notices/events", &[]),
    (Method::POST, "/v1/agents/verify", &[Act::Phrase]),
    (Method::POST, "/help/{locale}/verify", &[]),
    (Method::POST, "/v1/staff/session", &[Act::SignIn]),
    (Method::POST, "/v1/staff/session/passkey", &[Act::SignIn]),
    (Method::GET, "/v1/staff/sso", &[Act::SignIn]),
    (Method::GET, "/v1/staff/sso/callback", &[Act::SignIn]),
    (Method::POST, "/help/{locale}/ask", &[Act::Question]),
    (Method::GET, "/help/{locale}/search", &[Act::Question]),
    (
        Method::POST,
        "/help/{locale}/write",
        &[Act::Conversation, Act::Ticket],
    ),
    (
        Method::POST,
        "/help/{locale}/{article}/feedback",
        &[Act::Question],
    ),
    (
        Method::POST,
        "/t/{token}",
        &[Act::Question, Act::File, Act::Kilobyte],
    ),
];

/// What strangers work for when there are too many of them; all by POST.
const WORTH_WORK: &[&str] = &[
    "/v1/ask",
    "/v1/chat/completions",
    "/v1/conversations",
    "/help/{locale}/write",
];

/// The clients that a request counts for; nobody where staff ask.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct CountedClients(pub(in crate::http) Vec<Client>);

/// Middleware: counts what a request does for everybody it comes from, and refuses what is too much.
pub(in crate::http) async fn hold_back(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let counted = COUNTED.iter().find(|(method, path, _)| {
        request.method() == *method && route.is_some_and(|route| route.as_str() == *path)
    });
    let Some((_, route, acts)) = counted else {
        return next.run(request).await;
    };
    let origin = Origin::of(request.extensions());
    let path = request.uri().path();
    let clients = match clients_of(&app, request.headers(), origin, path).await {
        Ok(clients) => clients,
        Err(error) => return error.into_response(),
    };
    for act in *acts {
        let amount = match act {
            Act::Kilobyte => kilobytes_of(&app, &request),
            _ => 1,
        };
        if let Err(refused) = app.clients().count(&clients, *act, amount, app.now()) {
            return refused.into_response();
        }
    }
    if WORTH_WORK.contains(route) {
        let proof = request.headers().get(PROOF);
        let proof = proof.and_then(|proof| proof.to_str().ok());
        let key = || app.visitors().proof_of_work_key();
        if let Err(refused) = app.clients().demand_work(&clients, proof, key, app.now()) {
            return refused.into_response();
        }
    }
    request.extensions_mut().insert(CountedClients(clients));
    next.run(request).await
}

/// Tells who asks: a program or an account vouches for itself, everybody else is an address; and a conversation counts
/// by itself, wherever it is written in from.
async fn clients_of(
    app: &AppState,
    headers: &HeaderMap,
    origin: Origin,
    path: &str,
) -> Result<Vec<Client>, ApiError> {
    let mut clients = Vec::new();
    match bearer(headers) {
        Some(Bearer::Key(key)) => {
            let key = app
                .workplace()
                .with_key(&SecretToken::presented(key))
                .await?;
            if let Some(Principal::Key(key)) = key {
                return Ok(vec![Client::Key(key.id.to_string())]);
            }
        }
        Some(Bearer::Token(token)) if app.keyring().mode() != IdentityMode::Off => {
            if let Ok(account) = app.keyring().identify(token, app.now()) {
                clients.push(Client::Account(account.subject));
            }
        }
        Some(Bearer::Token(_)) | None => {
            if let Some(token) = session_token(headers, origin)
                && app
                    .workplace()
                    .in_session(&token, app.now())
                    .await?
                    .is_some()
            {
                return Ok(Vec::new());
            }
        }
    }
    if clients.is_empty() {
        clients.extend(origin.address.map(Client::at));
    }
    let conversation = ["/v1/conversations/", "/t/"]
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix)?.split('/').next());
    clients.extend(conversation.map(|id| Client::Conversation(id.to_owned())));
    Ok(clients)
}

/// Returns the size of a body, or of the longest one where it is not told.
fn kilobytes_of(app: &AppState, request: &Request) -> u32 {
    let told = request.headers().get(header::CONTENT_LENGTH);
    let told = told.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let longest = app.visitors().most_file_bytes();
    let bytes = told.map_or(longest, |told| told.min(longest));
    u32::try_from(bytes.div_ceil(1_024)).unwrap_or(u32::MAX)
}

impl<S: Send + Sync> FromRequestParts<S> for CountedClients {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

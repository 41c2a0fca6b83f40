//! Who asks through an assistant, as far as answers and limits are concerned.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::desk::AskContext;
use crate::http::edge::client::clients::{Act, Client};
use crate::http::edge::client::limits::CountedClients;
use crate::http::edge::extract::Hints;
use crate::http::edge::guard::bearer::{Bearer, bearer};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::identity::{Identity, IdentityMode, RefusedToken};
use crate::knowledge::Readership;
use crate::language::Priors;
use crate::locale::Locale;

/// Whoever asks through an assistant.
///
/// Clients of OpenAI's protocol must show some key, so people give them any word. One that is no key of ours and no token of
/// the host is taken for none: whoever shows it is a stranger, and counts by the address they come from.
#[derive(Debug, Default)]
pub(super) struct Asker {
    /// The account that the host's token names.
    pub(super) account: Option<Identity>,
    priors: Priors,
    clients: Vec<Client>,
}

impl FromRequestParts<AppState> for Asker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let account = match bearer(&parts.headers) {
            Some(Bearer::Token(token)) if app.keyring().mode() != IdentityMode::Off => {
                match app.keyring().identify(token, app.now()) {
                    Ok(account) => Some(account),
                    Err(RefusedToken::Malformed) => None,
                    Err(refused) => return Err(refused.into()),
                }
            }
            _ => None,
        };
        let Ok(Hints(priors)) = Hints::from_request_parts(parts, app).await;
        let Ok(CountedClients(clients)) = CountedClients::from_request_parts(parts, app).await;
        Ok(Self {
            account,
            priors,
            clients,
        })
    }
}

impl Asker {
    /// Returns for whom articles are looked up.
    pub(super) fn readership(&self) -> Readership {
        let account = self.account.as_ref();
        Readership::Visitor {
            groups: account.map_or_else(Vec::new, |account| account.audience.clone()),
        }
    }

    /// Returns what is known before a text is read, with the language that was chosen for it.
    pub(super) fn priors(&self, chosen: Option<Locale>) -> Priors {
        let script = chosen.and_then(Locale::written_chinese);
        Priors {
            page: chosen.map(Locale::language),
            script: script.or(self.priors.script),
            ..self.priors.clone()
        }
    }

    /// Returns what is known beside a question.
    pub(super) fn context(&self, chosen: Option<Locale>) -> AskContext {
        AskContext {
            question: None,
            contact: None,
            page: None,
            priors: self.priors(chosen),
            forced: chosen.map(Locale::language),
            reading: None,
            readership: self.readership(),
        }
    }

    /// Counts what is done for whoever asks, or refuses what is too much.
    pub(super) fn count(&self, app: &AppState, act: Act) -> Result<(), ApiError> {
        let clients = app.clients();
        clients.count(&self.clients, act, 1, app.now())?;
        let key = || app.visitors().proof_of_work_key();
        clients.demand_work(&self.clients, None, key, app.now())
    }
}

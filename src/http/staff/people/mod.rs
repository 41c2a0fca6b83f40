//! Members of staff and programs: signing in, accounts, keys, badges, and the log of what they did.

mod accounts;
mod badge;
mod keys;
mod log;
mod own_account;
mod passkeys;
mod privacy;
mod push;
mod session;
mod single_sign_on;

mod shown;

use utoipa_axum::router::OpenApiRouter;

use crate::http::edge::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(session::router())
        .merge(single_sign_on::router())
        .merge(accounts::router())
        .merge(keys::router())
        .merge(log::router())
        .merge(own_account::router())
        .merge(passkeys::router())
        .merge(privacy::router())
        .merge(push::router())
        .merge(badge::router())
}

//! One's own account, and the effective settings for those who run the installation.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use minijinja::{Value, context};
use qrcode::{Color, QrCode};

use super::sessions::{passkey_values, session_values};
use crate::http::console::pages::spoken;
use crate::http::console::shell::{AtDesk, private};
use crate::http::console::words::Preferences;
use crate::http::edge::guard::passkey_site::passkey_site;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::{MIN_PASSWORD_CHARS, Notice, Permission, SecondFactor};

/// The page.
pub(in crate::http::console) async fn settings(
    State(app): State<AppState>,
    headers: HeaderMap,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    let me = at_desk.staff.agent()?;
    let shown = match me.role.may(Permission::ManageUsers) {
        true => app.shown_settings(),
        false => &[],
    };
    let codes_left = app.workplace().recovery_codes_left(me).await?.to_string();
    let effective: Vec<Value> = shown
        .iter()
        .map(|line| context! { key => &line.key, value => &line.value, origin => &line.origin })
        .collect();
    let session = at_desk.staff.session()?;
    let open = app.workplace().sessions_of(me, session, app.now()).await?;
    let passkeys = app.workplace().passkeys_of(me).await?;
    let values = context! {
        has_site => passkey_site(&app, &headers).is_ok(),
        passkeys => passkey_values(at_desk.preferences(), passkeys, app.now()),
        has_authenticator_app => me.has_authenticator_app,
        sessions => session_values(at_desk.preferences(), open, app.now()),
        email => me.email.to_string(),
        role_word => at_desk.preferences().word(&format!("role_{}", me.role.code())),
        languages_known => spoken(&me.languages),
        skills => me.skills.join(", "),
        mail_notices => Notice::ALL.map(|notice| {
            let code = notice.code();
            let word = format!("notice_{code}");
            let word = at_desk.preferences().filled(&word, &[("name", &me.name)]);
            context! { code, word, chosen => me.mail_notices.contains(&notice) }
        }).to_vec(),
        has_push => app.workplace().push_key().is_some(),
        has_second_factor => me.has_second_factor,
        codes_left => at_desk.preferences().filled("codesLeft", &[("n", &codes_left)]),
        least_password => MIN_PASSWORD_CHARS,
        effective,
    };
    at_desk.page("settings.html", "/console/settings", values)
}

/// A fresh secret as a picture an authenticator app reads; nothing changes until its first code is sent.
pub(in crate::http::console) async fn second_factor(
    preferences: Preferences,
    staff: Staff,
) -> Result<Response, ApiError> {
    let agent = staff.agent()?;
    let factor = SecondFactor::generate();
    let uri = factor.uri(&agent.email).map_err(ApiError::internal)?;
    let code = QrCode::new(uri).map_err(ApiError::internal)?;
    let (width, path) = drawn(&code);
    let secret = factor.reveal();
    let piece = preferences.piece("second_factor.html", context! { secret, width, path })?;
    Ok(private(piece))
}

/// The dark squares as one path, with the quiet edge of four the standard asks for.
fn drawn(code: &QrCode) -> (usize, String) {
    const EDGE: usize = 4;
    let side = code.width();
    let path = code
        .to_colors()
        .iter()
        .enumerate()
        .filter(|(_, color)| **color == Color::Dark)
        .map(|(place, _)| format!("M{} {}h1v1h-1z", place % side + EDGE, place / side + EDGE))
        .collect();
    (side + 2 * EDGE, path)
}

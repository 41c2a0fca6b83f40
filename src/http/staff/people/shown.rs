//! What somebody shows of who they are: a password, and a code or a passkey beside it.

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::desk::{ShownFactor, SignIn};
use crate::http::edge::client::origin::Origin;
use crate::http::edge::guard::passkey_site::passkey_site;
use crate::http::edge::guard::staff::cookie as cookie_in;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::form::text::{Any, Text};
use crate::staff::{Password, SecretToken, ShownPasskey};

/// An address, as it is typed to sign in.
type TypedAddress = Text<Any, 254>;

/// A password, as it is typed; a wrong one may be short.
pub(super) type TypedPassword = Text<Any, 1_024>;

/// A code of the second factor, as it is typed.
pub(super) type TypedCode = Text<Any, 100>;

/// Bytes of a browser's answer in Base64, in the alphabet of addresses.
pub(super) type AnswerBytes = Text<Any, 8_192>;

/// The name of a passkey in Base64, in the alphabet of addresses.
pub(super) type PasskeyName = Text<Any, 1_400>;

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInRequest {
    /// The address of the account.
    email: TypedAddress,
    /// The password.
    password: TypedPassword,
    /// The code of the second factor, where the account has one.
    code: Option<TypedCode>,
    /// A passkey in place of the code.
    passkey: Option<PasskeyBody>,
}

impl SignInRequest {
    /// Returns it with the browser it comes from.
    pub(super) fn attempt(
        self,
        app: &AppState,
        origin: Origin,
        headers: &HeaderMap,
    ) -> Result<SignIn, ApiError> {
        Ok(SignIn {
            device: cookie_in(headers, device_cookie(origin)).map(SecretToken::presented),
            browser: browser_in(headers),
            email: self.email.into_string(),
            password: Password::attempt(&self.password),
            shown: shown_factor(app, headers, self.code, self.passkey)?,
        })
    }
}

/// A passkey that a browser shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyBody {
    /// `id` of the credential.
    id: PasskeyName,
    /// `authenticatorData`.
    authenticator_data: AnswerBytes,
    /// `clientDataJSON`.
    client_data: AnswerBytes,
    /// `signature`.
    signature: AnswerBytes,
    /// `userHandle`, where there is one.
    user_handle: Option<AnswerBytes>,
}

impl From<PasskeyBody> for ShownPasskey {
    fn from(body: PasskeyBody) -> Self {
        let PasskeyBody {
            id,
            authenticator_data,
            client_data,
            signature,
            user_handle,
        } = body;
        Self {
            id: id.into_string(),
            authenticator_data: authenticator_data.into_string(),
            client_data: client_data.into_string(),
            signature: signature.into_string(),
            user_handle: user_handle.map(AnswerBytes::into_string),
        }
    }
}

/// Returns what is shown beside a password.
pub(super) fn shown_factor(
    app: &AppState,
    headers: &HeaderMap,
    code: Option<TypedCode>,
    passkey: Option<PasskeyBody>,
) -> Result<ShownFactor, ApiError> {
    let code = code.map(TypedCode::into_string);
    let passkey =
        passkey.map(|passkey| Ok::<_, ApiError>((passkey_site(app, headers)?, passkey.into())));
    Ok(ShownFactor {
        code: code.filter(|code| !code.trim().is_empty()),
        passkey: passkey.transpose()?,
    })
}

/// Returns what a browser calls itself.
pub(super) fn browser_in(headers: &HeaderMap) -> String {
    let browser = headers.get(header::USER_AGENT);
    let browser = browser.and_then(|browser| browser.to_str().ok());
    browser.unwrap_or_default().to_owned()
}

/// Returns the name of the cookie by which a browser is known in which somebody has signed in before.
pub(super) fn device_cookie(origin: Origin) -> &'static str {
    origin.cookie_of(
        "mondo_device",
        "__Host-mondo_device",
        "__Secure-mondo_device",
    )
}

//! Passkeys (WebAuthn): a key in a browser, a telephone or a security key as the second factor. What it signs names the
//! site it was made for, so that a look-alike of the console gains nothing.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passkey_auth::{
    Attachment, AuthenticationResponse, AuthenticationState, CosePublicKey, CredentialId,
    PasskeyCredential, RegistrationResponse, RegistrationState, Webauthn,
};
use serde_json::Value;

use super::Agent;

/// The site that passkeys are made for.
#[derive(Debug, Clone)]
pub struct PasskeySite(Webauthn);

/// An address that passkeys cannot be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "passkeys are made for a name over HTTPS; set http.site.address, such as https://desk.example.com, and open the console there"
)]
pub struct NoPasskeySite;

/// What the browser's answer must fit: kept until it comes, and taken once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyChallenge(pub String);

/// What is known of a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its name, as browsers know it, in Base64.
    pub id: String,
    /// What checks its signatures, in Base64 (COSE).
    pub public_key: String,
    /// How often it has signed, where it keeps count.
    pub counter: u32,
    /// How it is reached, such as `usb` or `internal`.
    pub transports: Vec<String>,
}

/// A browser's answer to the wish for a new passkey.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    /// The name.
    pub id: String,
    /// `attestationObject`, in Base64.
    pub attestation: String,
    /// `clientDataJSON`, in Base64.
    pub client_data: String,
    /// How it is reached.
    pub transports: Vec<String>,
}

/// A browser's answer to the wish to see a passkey.
#[derive(Debug, Clone)]
pub struct ShownPasskey {
    /// The name.
    pub id: String,
    /// `authenticatorData`, in Base64.
    pub authenticator_data: String,
    /// `clientDataJSON`, in Base64.
    pub client_data: String,
    /// The signature, in Base64.
    pub signature: String,
    /// Whose it is, in Base64, where it says so.
    pub user_handle: Option<String>,
}

/// Why a browser's answer is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RefusedPasskey {
    /// Nothing was asked of the browser, or something else.
    #[error("this answers nothing that was asked; begin again")]
    Unasked,
    /// No passkey of the account has this name.
    #[error("the account has no such passkey; use another, or a code")]
    Unknown,
    /// It was made for another site, signed by another key, or is no answer at all.
    #[error("the answer of the browser does not fit ({0}); begin again")]
    Unfit(#[from] passkey_auth::Error),
}

/// How a passkey can be reached, as the standard names it.
const TRANSPORTS: [&str; 6] = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

impl PasskeySite {
    /// Reads the address of the console. Browsers make passkeys over HTTPS alone, and for the machine itself.
    pub fn of(address: &str, name: &str) -> Result<Self, NoPasskeySite> {
        let address = address.trim().to_ascii_lowercase();
        let (scheme, rest) = address.split_once("://").ok_or(NoPasskeySite)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let is_safe = scheme == "https" || (scheme == "http" && host == "localhost");
        let is_name = !host.is_empty()
            && host.parse::<IpAddr>().is_err()
            && host.chars().all(|character| {
                character.is_ascii_alphanumeric() || matches!(character, '.' | '-')
            })
            && port.chars().all(|character| character.is_ascii_digit());
        if !is_safe || !is_name {
            return Err(NoPasskeySite);
        }
        // As browsers write it: the usual port is left out.
        let origin = match (scheme, port) {
            (_, "") | ("https", "443") | ("http", "80") => format!("{scheme}://{host}"),
            _ => format!("{scheme}://{host}:{port}"),
        };
        let name = if name.is_empty() { "mondo" } else { name };
        Ok(Self(
            Webauthn::new(host, name, &origin)
                .authenticator_attachment(Attachment::Any)
                .strict_base64(true),
        ))
    }

    /// Asks a browser for a passkey beside those that are known: the options of `navigator.credentials.create`.
    pub fn offer(&self, agent: &Agent, known: &[Passkey]) -> (Value, PasskeyChallenge) {
        let known: Vec<CredentialId> = known
            .iter()
            .filter_map(|known| Some(credential(known)?.id))
            .collect();
        let handle = agent.id.to_string();
        let email = agent.email.as_str();
        let (options, state) =
            self.0
                .start_registration(handle.as_bytes(), email, &agent.name, &known);
        (json(&options), PasskeyChallenge(json(&state).to_string()))
    }

    /// Takes the passkey that a browser has made.
    pub fn take(
        &self,
        challenge: &PasskeyChallenge,
        made: NewPasskey,
    ) -> Result<Passkey, RefusedPasskey> {
        let state: RegistrationState =
            serde_json::from_str(&challenge.0).map_err(|_| RefusedPasskey::Unasked)?;
        let transports = made.transports.into_iter();
        let transports = transports
            .filter(|transport| TRANSPORTS.contains(&transport.as_str()))
            .collect();
        let response = RegistrationResponse {
            id: made.id,
            transports,
            attestation_object: made.attestation,
            client_data_json: made.client_data,
        };
        let made = self.0.finish_registration(&state, &response)?;
        Ok(Passkey {
            id: made.id.to_b64url(),
            public_key: URL_SAFE_NO_PAD.encode(made.public_key_cose.as_bytes()),
            counter: made.counter,
            transports: made.transports,
        })
    }

    /// Asks a browser to show one of these passkeys: the options of `navigator.credentials.get`.
    pub fn ask(&self, agent: &Agent, known: &[Passkey]) -> (Value, PasskeyChallenge) {
        let known: Vec<PasskeyCredential> = known.iter().filter_map(credential).collect();
        let handle = agent.id.to_string();
        let (options, state) = self
            .0
            .start_authentication_with_creds_for_user(handle.as_bytes(), &known);
        (json(&options), PasskeyChallenge(json(&state).to_string()))
    }

    /// Checks the passkey that was shown, and returns it as it is from now on.
    pub fn check(
        &self,
        challenge: &PasskeyChallenge,
        shown: ShownPasskey,
        known: &[Passkey],
    ) -> Result<Passkey, RefusedPasskey> {
        let state: AuthenticationState =
            serde_json::from_str(&challenge.0).map_err(|_| RefusedPasskey::Unasked)?;
        let kept = known
            .iter()
            .find(|known| known.id == shown.id)
            .ok_or(RefusedPasskey::Unknown)?;
        let stored = credential(kept).ok_or(RefusedPasskey::Unknown)?;
        let response = AuthenticationResponse {
            id: shown.id,
            authenticator_data: shown.authenticator_data,
            signature: shown.signature,
            client_data_json: shown.client_data,
            user_handle: shown.user_handle,
        };
        let outcome = self.0.finish_authentication(&state, &response, &stored)?;
        Ok(Passkey {
            counter: outcome.new_counter,
            ..kept.clone()
        })
    }
}

fn credential(passkey: &Passkey) -> Option<PasskeyCredential> {
    Some(PasskeyCredential {
        id: CredentialId(URL_SAFE_NO_PAD.decode(&passkey.id).ok()?),
        public_key_cose: CosePublicKey(URL_SAFE_NO_PAD.decode(&passkey.public_key).ok()?),
        counter: passkey.counter,
        transports: passkey.transports.clone(),
        aaguid: [0; 16],
    })
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("numbers, texts and lists are JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_are_made_for_names_over_https_and_for_the_machine_itself() {
        for (address, origin) in [
            ("https://desk.example.com", Some("https://desk.example.com")),
            (
                "https://Desk.example.com:443/x",
                Some("https://desk.example.com"),
            ),
            (
                "https://desk.example.com:8443",
                Some("https://desk.example.com:8443"),
            ),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://desk.example.com", None),
            ("https://192.0.2.1", None),
            ("https://[2001:db8::1]", None),
            ("https://", None),
            ("desk.example.com", None),
            ("", None),
        ] {
            let site = PasskeySite::of(address, "");
            assert_eq!(site.is_ok(), origin.is_some(), "{address}");
            if let Some(origin) = origin {
                let debugged = format!("{site:?}");
                assert!(debugged.contains(&format!("{origin:?}")), "{debugged}");
            }
        }
    }
}

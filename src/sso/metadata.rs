//! What a provider publishes of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;

use super::error::SsoError;
use super::settings::SsoSettings;
use crate::client::check_address;

/// Where a provider does what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) end_session_endpoint: Option<String>,
    #[serde(default)]
    pub(super) token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// Where a provider publishes what it says of itself.
pub(super) fn address_of(issuer: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        issuer.trim().trim_end_matches('/')
    )
}

impl Metadata {
    /// Reads what a provider publishes; it must name itself as the settings do, and lead nowhere that it may not.
    pub(super) fn read(body: &[u8], settings: &SsoSettings) -> Result<Self, SsoError> {
        let metadata: Self =
            serde_json::from_slice(body).map_err(|_| SsoError::Unreadable("itself"))?;
        if metadata.issuer != settings.issuer.trim() {
            return Err(SsoError::OtherIssuer(
                metadata.issuer.chars().take(200).collect(),
            ));
        }
        let addresses = [
            Some(&metadata.authorization_endpoint),
            Some(&metadata.token_endpoint),
            Some(&metadata.jwks_uri),
            metadata.userinfo_endpoint.as_ref(),
            metadata.end_session_endpoint.as_ref(),
        ];
        for address in addresses.into_iter().flatten() {
            check_address(address, settings.destinations())?;
        }
        Ok(metadata)
    }

    /// Tells whether the secret is shown in a header rather than in the form; that is what is meant where nothing is said.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = &self.token_endpoint_auth_methods_supported;
        methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic")
    }
}

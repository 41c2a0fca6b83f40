//! What the operator says about the provider that staff sign in with.

use serde::{Deserialize, Serialize};

use super::error::SsoError;
use crate::client::{Destinations, check_address};
use crate::signing::Secret;
use crate::staff::Role;

/// Who sees to it that staff show a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactorBy {
    /// The provider, by its own rules; nothing is asked here.
    #[default]
    Provider,
    /// The provider, and its token must say so in `amr`.
    Claim,
}

/// The provider that staff sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SsoSettings {
    /// Address of the provider, exactly as it names itself; empty where staff sign in with passwords alone.
    pub issuer: String,
    /// The name under which the provider knows this installation.
    pub client_id: String,
    /// The secret that goes with it; empty for a client without one.
    pub client_secret: Secret,
    /// What the button names; the server of the issuer where it is empty.
    pub name: String,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Name of the claim with somebody's groups; a full stop leads into an object.
    pub groups: String,
    /// Which group has which role, each `GROUP:ROLE`; the first that fits counts, and `*` is everybody.
    pub roles: Vec<String>,
    /// Whether passwords open sessions too.
    pub passwords: bool,
    /// Who sees to it that staff show a second factor.
    pub second_factor: SecondFactorBy,
    /// Words in `amr` that stand for a second factor.
    pub second_factor_methods: Vec<String>,
    /// Whether an account that was made here becomes that of whoever has its address, once the provider has checked it.
    pub link_by_email: bool,
    /// Whether the provider may be at an address that is not public, without encryption too.
    pub private_addresses: bool,
}

impl Default for SsoSettings {
    fn default() -> Self {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: Secret::default(),
            name: String::new(),
            scopes: words(&["openid", "profile", "email"]),
            groups: "groups".to_owned(),
            roles: Vec::new(),
            passwords: true,
            second_factor: SecondFactorBy::Provider,
            second_factor_methods: words(&[
                "mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris",
            ]),
            link_by_email: true,
            private_addresses: false,
        }
    }
}

/// What is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSso {
    /// The provider cannot be there.
    #[error("sso.issuer: {0}")]
    Issuer(String),
    /// The provider knows nobody without a name.
    #[error("sso.issuer is set, and sso.client_id is empty; write the name that the provider gave")]
    NoClient,
    /// Nobody could come in.
    #[error("sso.roles is empty; write which group has which role, as in \"support:agent\"")]
    NoRoles,
    /// A line that is no role of a group.
    #[error("sso.roles: {0:?} is not GROUP:ROLE with a role that there is")]
    Role(String),
    /// It would not be OpenID Connect.
    #[error("sso.scopes lacks \"openid\"")]
    NoOpenid,
    /// Nobody could come in at all.
    #[error("sso.passwords is false, and sso.issuer is empty; nobody could sign in")]
    NoWayIn,
}

impl SsoSettings {
    /// Tells whether staff sign in by a provider.
    pub fn is_on(&self) -> bool {
        !self.issuer.trim().is_empty()
    }

    /// Returns what is wrong, where something is.
    pub fn check(&self) -> Result<(), InvalidSso> {
        if !self.is_on() {
            return self.passwords.then_some(()).ok_or(InvalidSso::NoWayIn);
        }
        check_address(&self.issuer, self.destinations())
            .map_err(|refused| InvalidSso::Issuer(SsoError::from(refused).to_string()))?;
        if self.client_id.trim().is_empty() {
            return Err(InvalidSso::NoClient);
        }
        if self.roles.is_empty() {
            return Err(InvalidSso::NoRoles);
        }
        if let Some(line) = self.roles.iter().find(|line| role_in(line).is_none()) {
            return Err(InvalidSso::Role(line.clone()));
        }
        match self.scopes.iter().any(|scope| scope == "openid") {
            true => Ok(()),
            false => Err(InvalidSso::NoOpenid),
        }
    }

    /// Returns the role of whoever is in these groups; nothing where none of them has one.
    pub fn role_of(&self, groups: &[String]) -> Option<Role> {
        let mut known = self.roles.iter().filter_map(|line| role_in(line));
        let fits = |group: &str| group == "*" || groups.iter().any(|own| own == group);
        known.find(|(group, _)| fits(group)).map(|(_, role)| role)
    }

    /// Returns what the button names.
    pub fn shown_name(&self) -> &str {
        let host = self.issuer.split("://").nth(1).unwrap_or(&self.issuer);
        match self.name.trim() {
            "" => host.split('/').next().unwrap_or(host),
            name => name,
        }
    }

    /// Tells whether these words stand for a second factor.
    pub fn is_second_factor(&self, methods: &[String]) -> bool {
        match self.second_factor {
            SecondFactorBy::Provider => true,
            SecondFactorBy::Claim => methods
                .iter()
                .any(|method| self.second_factor_methods.contains(method)),
        }
    }

    /// Where the provider may be.
    pub(super) fn destinations(&self) -> Destinations {
        match self.private_addresses {
            true => Destinations::Any,
            false => Destinations::Public,
        }
    }
}

/// Reads a group and its role; the group may hold colons.
fn role_in(line: &str) -> Option<(&str, Role)> {
    let (group, role) = line.rsplit_once(':')?;
    let role = role.trim().parse().ok()?;
    (!group.trim().is_empty()).then_some((group.trim(), role))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(roles: &[&str]) -> SsoSettings {
        SsoSettings {
            issuer: "https://id.example.com/realms/shop".to_owned(),
            client_id: "mondo".to_owned(),
            roles: roles.iter().map(|line| (*line).to_owned()).collect(),
            ..SsoSettings::default()
        }
    }

    #[test]
    fn the_first_group_that_fits_has_the_role() {
        let settings = settings(&["urn:group:admins:admin", "leads:lead", "*:viewer"]);
        assert_eq!(settings.check(), Ok(()));
        let role = |groups: &[&str]| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            settings.role_of(&groups)
        };
        assert_eq!(role(&["leads", "urn:group:admins"]), Some(Role::Admin));
        assert_eq!(role(&["leads"]), Some(Role::Lead));
        assert_eq!(role(&["Leads"]), Some(Role::Viewer));
        assert_eq!(role(&[]), Some(Role::Viewer));
        assert_eq!(settings.shown_name(), "id.example.com");
    }

    #[test]
    fn settings_that_let_nobody_in_or_anybody_are_refused() {
        let good = settings(&["support:agent"]);
        assert_eq!(good.check(), Ok(()));
        assert_eq!(good.role_of(&["*".to_owned()]), None);
        assert_eq!(SsoSettings::default().check(), Ok(()));
        let with = |change: &dyn Fn(&mut SsoSettings)| {
            let mut settings = good.clone();
            change(&mut settings);
            settings.check()
        };
        assert_eq!(with(&|s| s.client_id.clear()), Err(InvalidSso::NoClient));
        assert_eq!(with(&|s| s.roles.clear()), Err(InvalidSso::NoRoles));
        assert_eq!(with(&|s| s.scopes.clear()), Err(InvalidSso::NoOpenid));
        assert!(matches!(
            with(&|s| s.roles.push("x:king".to_owned())),
            Err(InvalidSso::Role(_))
        ));
        assert!(matches!(
            with(&|s| s.issuer = "http://id.example.com".to_owned()),
            Err(InvalidSso::Issuer(_))
        ));
        let locked = SsoSettings {
            passwords: false,
            ..SsoSettings::default()
        };
        assert_eq!(locked.check(), Err(InvalidSso::NoWayIn));
    }
}

//! Signing in by a provider: who is sent there, who comes back, and whom that lets in.

use sha2::{Digest as _, Sha256};
use strum::IntoStaticStr;

use super::Workplace;
use super::signing_in::{Door, SignedIn};
use crate::bus::News;
use crate::desk::DeskError;
use crate::ids::AgentId;
use crate::sso::{Answered, Attempt, Person, Provider, SsoError};
use crate::staff::{Agent, EmailAddress, NewAgent, PasswordHash, Role, SecretToken};
use crate::store::{ByProvider, Identified, NewIdentity};
use crate::time::Timestamp;

/// How long somebody may take at the provider.
const ATTEMPT_MS: i64 = 15 * 60 * 1_000;

/// Longest name of a person that is taken from the provider, in characters.
const MAX_NAME_CHARS: usize = 60;

/// Where a browser is sent, and what it is to remember meanwhile.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The address at the provider.
    pub address: String,
    /// Remembered by the browser until it comes back.
    pub remembered: String,
    /// How long it is worth remembering, in seconds.
    pub seconds: i64,
}

/// Somebody who comes back from the provider.
#[derive(Debug, Clone)]
pub struct CameBack {
    /// What the provider says in the address.
    pub answered: Answered,
    /// What the browser has remembered.
    pub remembered: Option<String>,
    /// The session that is open in the browser.
    pub session: Option<(SecretToken, AgentId)>,
    /// What the browser calls itself.
    pub browser: String,
    /// Where the provider sends people back to.
    pub callback: String,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum NotLetIn {
    /// The attempt was begun in another browser, too long ago, or not at all.
    Unasked,
    /// The provider could not be asked, or what it says is not believed.
    Unbelieved,
    /// No group of theirs has a role.
    NoRole,
    /// Their account is switched off.
    Inactive,
    /// Somebody else's account has their address.
    AddressTaken,
    /// The provider does not say that they have shown a second factor.
    NoSecondFactor,
    /// Whoever shows again who they are is somebody else.
    SomebodyElse,
}

impl NotLetIn {
    /// Returns the code it is told by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// What coming back has led to, and the page that was wanted.
type Entered = Result<(Option<SignedIn>, String), NotLetIn>;

impl Workplace {
    /// Returns the provider that staff sign in with.
    pub fn provider(&self) -> Option<&Provider> {
        self.provider.as_deref()
    }

    /// Sends a browser to the provider; nothing where there is none, or it cannot be asked.
    pub async fn send_to_provider(
        &self,
        to: &str,
        proves: bool,
        callback: &str,
        now: Timestamp,
    ) -> Result<Sent, NotLetIn> {
        let provider = self.provider.as_ref().ok_or(NotLetIn::Unasked)?;
        let attempt = Attempt::begin(to, proves, now);
        let address = provider.address(&attempt, callback, now).await;
        let address = address.map_err(told)?;
        let keys = self.store.link_keys();
        Ok(Sent {
            address,
            remembered: keys.sign_attempt(&attempt.written(), now.later_by(ATTEMPT_MS)),
            seconds: ATTEMPT_MS / 1_000,
        })
    }

    /// Lets somebody in who comes back from the provider, or notes that they have shown again who they are.
    pub async fn come_back(&self, back: CameBack, now: Timestamp) -> Result<Entered, DeskError> {
        let entered = self.enter(back, now).await?;
        if let Err(refused) = &entered {
            tracing::info!(
                why = refused.code(),
                "somebody was not let in by the provider"
            );
        }
        Ok(entered)
    }

    async fn enter(&self, back: CameBack, now: Timestamp) -> Result<Entered, DeskError> {
        let Some(provider) = self.provider.as_ref() else {
            return Ok(Err(NotLetIn::Unasked));
        };
        let remembered = back.remembered.as_deref().unwrap_or_default();
        let read = self.store.link_keys().read_attempt(remembered, now);
        let attempt = read.ok().as_deref().and_then(Attempt::read);
        // Compared as digests, so that the time it takes tells nothing.
        let hash = |state: &str| SecretToken::presented(state).hash();
        let own = attempt.filter(|own| hash(&own.state) == hash(&back.answered.state));
        let Some(attempt) = own else {
            return Ok(Err(NotLetIn::Unasked));
        };
        let found = provider
            .person(&back.answered, &attempt, &back.callback, now)
            .await;
        let (person, id_token) = match found {
            Ok(found) => found,
            Err(error) => {
                self.store.note_refused_sign_in(None, now).await?;
                return Ok(Err(told(error)));
            }
        };
        if !provider.settings().is_second_factor(&person.methods) {
            self.store.note_refused_sign_in(None, now).await?;
            return Ok(Err(NotLetIn::NoSecondFactor));
        }
        let agent = match self.account_of(provider, person, now).await? {
            Ok(agent) => agent,
            Err(refused) => return Ok(Err(refused)),
        };
        if attempt.proves {
            return self
                .prove_by_provider(&agent, back.session, attempt.to, now)
                .await;
        }
        let door = Door {
            proof: None,
            lane: None,
            by_provider: Some(ByProvider {
                issuer: provider.issuer().to_owned(),
                id_token,
            }),
        };
        let opened = self
            .open_session_of(agent, door, &back.browser, now)
            .await?;
        Ok(Ok((opened, attempt.to)))
    }

    async fn prove_by_provider(
        &self,
        agent: &Agent,
        session: Option<(SecretToken, AgentId)>,
        to: String,
        now: Timestamp,
    ) -> Result<Entered, DeskError> {
        let own = session.filter(|(_, owner)| *owner == agent.id);
        let Some((token, _)) = own else {
            return Ok(Err(NotLetIn::SomebodyElse));
        };
        self.store
            .prove_session(token.hash(), agent.id, None, now)
            .await?;
        Ok(Ok((None, to)))
    }

    async fn account_of(
        &self,
        provider: &Provider,
        person: Person,
        now: Timestamp,
    ) -> Result<Result<Agent, NotLetIn>, DeskError> {
        let settings = provider.settings();
        let role = settings.role_of(&person.groups);
        let email = person.email.as_deref();
        let email = email.and_then(|email| email.parse::<EmailAddress>().ok());
        let issuer = provider.issuer().to_owned();
        // Without a role no account is made, whatever stands here.
        let fresh = fresh_account(
            &issuer,
            &person,
            email.as_ref(),
            role.unwrap_or(Role::Viewer),
        )?;
        let identified = self
            .store
            .identify(NewIdentity {
                issuer,
                subject: person.subject,
                role,
                linked_by: email.filter(|_| settings.link_by_email),
                fresh,
                password: PasswordHash::of_nobody().clone(),
                now,
            })
            .await?;
        let refused = match identified {
            Identified::As(agent) => return Ok(Ok(*agent)),
            Identified::NoRole => {
                // Sessions of an account that was switched off end at once.
                self.bus.announce(News::Access);
                (None, NotLetIn::NoRole)
            }
            Identified::Inactive(agent) => (Some(agent), NotLetIn::Inactive),
            Identified::AddressTaken => (None, NotLetIn::AddressTaken),
        };
        self.store.note_refused_sign_in(refused.0, now).await?;
        Ok(Err(refused.1))
    }

    /// Writes the address at which the provider ends its own session, for somebody who has signed out here.
    pub async fn leaving(&self, id_token: &str, back: &str, now: Timestamp) -> Option<String> {
        let provider = self.provider.as_ref()?;
        match provider.leaving(id_token, back, now).await {
            Ok(address) => address,
            Err(error) => {
                tracing::warn!(%error, "the provider does not say where it ends a session");
                None
            }
        }
    }
}

/// Returns the account of somebody who has none. An address that the provider has not checked is nobody's: one that leads
/// nowhere stands in its place, so that it can never be mistaken for somebody else's.
fn fresh_account(
    issuer: &str,
    person: &Person,
    email: Option<&EmailAddress>,
    role: Role,
) -> Result<NewAgent, DeskError> {
    let address = match email {
        Some(email) => email.as_str().to_owned(),
        None => {
            let digest = hex::encode(Sha256::digest(format!("{issuer}\n{}", person.subject)));
            format!("{}@sso.invalid", &digest[..24])
        }
    };
    let name: String = person
        .name
        .as_deref()
        .unwrap_or_default()
        .chars()
        .filter(|character| !character.is_control())
        .take(MAX_NAME_CHARS)
        .collect();
    let name = match name.trim() {
        "" => address.split('@').next().unwrap_or("?").to_owned(),
        name => name.to_owned(),
    };
    Ok(NewAgent::new(&address, &name, role)?)
}

/// Logs why somebody is not believed, for whoever sets the provider up.
fn told(error: SsoError) -> NotLetIn {
    tracing::warn!(%error, "the provider was not believed");
    NotLetIn::Unbelieved
}

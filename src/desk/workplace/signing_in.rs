//! Signing in and out.

use super::Workplace;
use super::shown_factor::{Second, ShownFactor};
use crate::bus::News;
use crate::desk::{DeskError, Principal};
use crate::ids::AgentId;
use crate::staff::{Agent, EmailAddress, Password, PasswordHash, SecretToken};
use crate::store::{AttemptLane, ByProvider, CountedAttempt, NewSession, SecondProof};
use crate::time::Timestamp;

/// How long a session lasts: a shift with its overtime.
const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;

/// How long a browser is known after somebody has signed in: a quarter of a year.
pub const DEVICE_MS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// Longest name of a browser that is kept, in characters.
pub(super) const MAX_BROWSER_CHARS: usize = 160;

/// What somebody signs in with.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The address of the account.
    pub email: String,
    /// The password as typed.
    pub password: Password,
    /// What is shown beside it.
    pub shown: ShownFactor,
    /// The token by which the browser is known from an earlier session.
    pub device: Option<SecretToken>,
    /// What the browser calls itself.
    pub browser: String,
}

/// By which door somebody comes in.
pub(super) struct Door {
    /// What was shown for the second factor here.
    pub(super) proof: Option<SecondProof>,
    /// Where the attempt was counted.
    pub(super) lane: Option<AttemptLane>,
    /// What the provider said.
    pub(super) by_provider: Option<ByProvider>,
}

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who has signed in.
    pub agent: Agent,
    /// Goes into the cookie; kept nowhere else.
    pub token: SecretToken,
    /// The token by which the browser is known from now on.
    pub device: SecretToken,
    /// What forms and scripts must repeat.
    pub csrf: String,
    /// When the session ends.
    pub expires: Timestamp,
}

impl Workplace {
    /// Opens a session. Whatever does not fit is refused in the same words and about the same time, so that nobody
    /// learns which addresses exist.
    ///
    /// The attempt counts before it is looked at. A browser from which its owner signed in before is counted by itself
    /// and has hashing seats of its own, so that strangers who guess lock nobody out of the browser they always use.
    pub async fn sign_in(&self, attempt: SignIn, now: Timestamp) -> Result<SignedIn, DeskError> {
        self.require_passwords(&attempt.email, now).await?;
        let counted = self.admit(&attempt, now).await?;
        let second = self
            .second_proof(&counted.credentials, attempt.shown, now)
            .await?;
        let proof = match second {
            Second::NotNeeded => None,
            Second::Right(proof) => Some(proof),
            Second::Missing => {
                self.store.take_back_attempt(counted).await?;
                return Err(DeskError::CodeNeeded);
            }
            Second::Wrong => {
                let agent = counted.credentials.agent.id;
                return Err(self.refuse(Some(agent), now).await?);
            }
        };
        self.open_session(counted, proof, &attempt.browser, now)
            .await
    }

    /// Counts an attempt and looks at its password; who comes back has shown the right one of an account that may sign in.
    pub(super) async fn admit(
        &self,
        attempt: &SignIn,
        now: Timestamp,
    ) -> Result<CountedAttempt, DeskError> {
        let email = attempt.email.parse::<EmailAddress>().ok();
        let device = attempt.device.as_ref().map(SecretToken::hash);
        let password = attempt.password.clone();
        let counted = self.store.begin_sign_in(email, device, now).await?;
        let hash = counted.as_ref().map_or_else(
            || PasswordHash::of_nobody().clone(),
            |counted| counted.credentials.password.clone(),
        );
        let room = match counted.as_ref().map(|counted| &counted.lane) {
            Some(AttemptLane::Device(_)) => &self.hashing_known,
            _ => &self.hashing,
        };
        let fits = room.run(move || hash.fits(&password)).await?;
        let known = counted.as_ref().map(|counted| counted.credentials.agent.id);
        let fitting = counted.filter(|counted| fits && counted.credentials.agent.active);
        let Some(counted) = fitting else {
            return Err(self.refuse(known, now).await?);
        };
        let expires = counted.credentials.password_expires;
        if expires.is_some_and(|expires| expires <= now) {
            self.store.take_back_attempt(counted).await?;
            return Err(DeskError::PasswordExpired);
        }
        Ok(counted)
    }

    /// Refuses passwords where they are switched off, save for an account that the operator lets in for a while.
    async fn require_passwords(&self, email: &str, now: Timestamp) -> Result<(), DeskError> {
        let takes_none = self
            .provider
            .as_ref()
            .is_some_and(|provider| !provider.settings().passwords);
        if !takes_none {
            return Ok(());
        }
        let known = match email.parse::<EmailAddress>() {
            Ok(email) => self.store.reader().credentials(&email).await?,
            Err(_) => None,
        };
        match known.is_some_and(|known| known.let_in_until > now) {
            true => Ok(()),
            false => Err(DeskError::NoPasswords),
        }
    }

    async fn open_session(
        &self,
        counted: CountedAttempt,
        proof: Option<SecondProof>,
        browser: &str,
        now: Timestamp,
    ) -> Result<SignedIn, DeskError> {
        let agent = counted.credentials.agent.clone();
        // A code of the app or an answer that comes twice is a slip; a recovery code that is none may be a guess.
        let is_slip = matches!(proof, Some(SecondProof::Step(_) | SecondProof::Passkey(..)));
        let door = Door {
            proof,
            lane: Some(counted.lane.clone()),
            by_provider: None,
        };
        match self.open_session_of(agent, door, browser, now).await? {
            Some(signed_in) => Ok(signed_in),
            None => {
                if is_slip {
                    self.store.take_back_attempt(counted).await?;
                }
                Err(DeskError::SignInRefused)
            }
        }
    }

    /// Opens a session of somebody who has shown who they are; nothing when what they have shown was taken before.
    pub(super) async fn open_session_of(
        &self,
        agent: Agent,
        door: Door,
        browser: &str,
        now: Timestamp,
    ) -> Result<Option<SignedIn>, DeskError> {
        let (token, device) = (SecretToken::generate(), SecretToken::generate());
        let csrf = SecretToken::generate().reveal().to_owned();
        let expires = now.later_by(SESSION_MS);
        let Door {
            proof,
            lane,
            by_provider,
        } = door;
        let session = NewSession {
            token: token.hash(),
            agent: agent.id,
            csrf: csrf.clone(),
            proof,
            lane,
            by_provider,
            device: (device.hash(), now.later_by(DEVICE_MS)),
            browser: browser.chars().take(MAX_BROWSER_CHARS).collect(),
            expires,
            now,
        };
        let is_open = self.store.open_session(session).await?;
        Ok(is_open.then_some(SignedIn {
            agent,
            token,
            device,
            csrf,
            expires,
        }))
    }

    /// Ends a session, and returns the token by which the provider that opened it is asked to end its own.
    pub async fn sign_out(
        &self,
        token: &SecretToken,
        now: Timestamp,
    ) -> Result<Option<String>, DeskError> {
        let id_token = self.store.end_session(token.hash(), now).await?;
        self.bus.announce(News::Access);
        Ok(id_token)
    }

    /// Notes that somebody was not let in, and returns what they are told.
    async fn refuse(&self, agent: Option<AgentId>, now: Timestamp) -> Result<DeskError, DeskError> {
        tracing::info!("an attempt to sign in was refused");
        self.store.note_refused_sign_in(agent, now).await?;
        Ok(DeskError::SignInRefused)
    }

    /// Tells which program a key belongs to.
    pub async fn with_key(&self, token: &SecretToken) -> Result<Option<Principal>, DeskError> {
        let key = self.store.reader().api_key(&token.hash()).await?;
        Ok(key.map(Principal::Key))
    }
}

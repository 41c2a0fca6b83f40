//! Signing in and out, and sessions.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::second_factor::proof_in;
use super::{Desk, DeskError, Principal};
use crate::conversation::Timestamp;
use crate::staff::{Agent, EmailAddress, Password, PasswordHash, SecretToken};
use crate::store::{NewSession, SecondProof};

/// How long a session lasts: a shift with its overtime.
const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;

/// Hashes computed at once; each takes 19 MiB and a core for some tens of milliseconds.
const HASHING_SEATS: usize = 2;

/// Bounds the password hashes computed at once.
pub(super) struct HashingRoom(Arc<Semaphore>);

impl Default for HashingRoom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HASHING_SEATS)))
    }
}

impl HashingRoom {
    /// Runs `work` on a blocking thread, once there is a seat.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let seat = Arc::clone(&self.0)
            .acquire_owned()
            .await
            .expect("the seats are never closed");
        let done = spawn_blocking(move || {
            let _seat = seat;
            work()
        });
        done.await.map_err(DeskError::HashingStopped)
    }
}

/// What somebody signs in with.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The address of the account.
    pub email: String,
    /// The password as typed.
    pub password: Password,
    /// The code of the second factor, where one is asked for, or a recovery code.
    pub code: Option<String>,
}

/// A session that was opened.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub agent: Agent,
    /// Goes into the cookie; kept nowhere else.
    pub token: SecretToken,
    /// What forms and scripts must repeat.
    pub csrf: String,
    /// When the session ends.
    pub expires: Timestamp,
}

impl Desk {
    /// Opens a session. Whatever does not fit is refused in the same words and about the same time, so that nobody
    /// learns which addresses exist.
    pub async fn sign_in(&self, attempt: SignIn, now: Timestamp) -> Result<SignedIn, DeskError> {
        let SignIn {
            email,
            password,
            code,
        } = attempt;
        let found = match email.parse::<EmailAddress>() {
            Ok(email) => self.store.reader().credentials(&email).await?,
            Err(_) => None,
        };
        let hash = found.as_ref().map_or_else(
            || PasswordHash::of_nobody().clone(),
            |found| found.password.clone(),
        );
        let waits = found
            .as_ref()
            .is_some_and(|found| found.attempts.next_at() > now);
        if waits {
            return Err(DeskError::SignInRefused);
        }
        let fits = self.hashing.run(move || hash.fits(&password)).await?;
        let Some(found) = found.filter(|found| found.agent.active) else {
            return Err(DeskError::SignInRefused);
        };
        if !fits {
            self.store.count_failure(found.agent.id, now).await?;
            return Err(DeskError::SignInRefused);
        }
        let proof = match (&found.second_factor, code) {
            (None, _) => None,
            (Some(_), None) => return Err(DeskError::CodeNeeded),
            (Some(factor), Some(code)) => {
                let proof = proof_in(factor, &code, now)?;
                if proof.is_none() {
                    self.store.count_failure(found.agent.id, now).await?;
                    return Err(DeskError::SignInRefused);
                }
                proof
            }
        };
        let is_recovery = matches!(proof, Some(SecondProof::Recovery(_)));
        let token = SecretToken::generate();
        let csrf = SecretToken::generate().reveal().to_owned();
        let expires = now.later_by(SESSION_MS);
        let session = NewSession {
            token: token.hash(),
            agent: found.agent.id,
            csrf: csrf.clone(),
            proof,
            expires,
            now,
        };
        if !self.store.open_session(session).await? {
            // A code of the app that comes twice is a slip; a recovery code that is none may be a guess.
            if is_recovery {
                self.store.count_failure(found.agent.id, now).await?;
            }
            return Err(DeskError::SignInRefused);
        }
        Ok(SignedIn {
            agent: found.agent,
            token,
            csrf,
            expires,
        })
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &SecretToken) -> Result<(), DeskError> {
        Ok(self.store.end_session(token.hash()).await?)
    }

    /// Tells whose session a token opens, and what its forms and scripts must repeat.
    pub async fn in_session(
        &self,
        token: &SecretToken,
        now: Timestamp,
    ) -> Result<Option<(Principal, String)>, DeskError> {
        let session = self.store.reader().session(&token.hash(), now).await?;
        Ok(session.map(|session| (Principal::Agent(session.agent), session.csrf)))
    }

    /// Tells which program a key belongs to.
    pub async fn with_key(&self, token: &SecretToken) -> Result<Option<Principal>, DeskError> {
        let key = self.store.reader().api_key(&token.hash()).await?;
        Ok(key.map(Principal::Key))
    }
}

//! Open sessions: whose they are, how they end, and what their owners must show again.

use tokio::sync::watch;

use super::Workplace;
use super::shown_factor::{Second, ShownFactor};
use crate::bus::{News, Subject};
use crate::desk::{DeskError, Principal};
use crate::staff::{Agent, Password, SecretToken};
use crate::store::{CountedAttempt, OpenSession};
use crate::time::Timestamp;

const MINUTE_MS: i64 = 60_000;

/// A session of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InSession {
    /// Who asks.
    pub principal: Principal,
    /// What forms and scripts must repeat.
    pub csrf: String,
    /// When they last showed who they are.
    pub proved: Timestamp,
    /// When they last did something.
    pub used: Timestamp,
    /// Whether the session was opened by the provider, who has asked for a second factor or not.
    pub by_provider: bool,
}

impl Workplace {
    /// Tells whose session a token opens; nobody's once its owner did nothing for too long.
    pub async fn in_session(
        &self,
        token: &SecretToken,
        now: Timestamp,
    ) -> Result<Option<InSession>, DeskError> {
        let used_after = self.idle_since(now);
        let session = self
            .store
            .reader()
            .session(&token.hash(), used_after, now)
            .await?;
        Ok(session.map(|session| InSession {
            principal: Principal::Agent(session.agent),
            csrf: session.csrf,
            proved: session.proved,
            used: session.used,
            by_provider: session.by_provider,
        }))
    }

    /// Notes that the owner of a session does something, once a minute.
    pub async fn use_session(
        &self,
        token: &SecretToken,
        session: &InSession,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        if now.millis_since(session.used) < MINUTE_MS {
            return Ok(());
        }
        Ok(self.store.use_session(token.hash(), now).await?)
    }

    /// Tells whether somebody showed who they are lately enough for what is hard to undo.
    pub fn is_proved_lately(&self, proved: Timestamp, now: Timestamp) -> bool {
        let window = i64::from(self.staff_settings.ask_again_minutes).saturating_mul(MINUTE_MS);
        window == 0 || now.millis_since(proved) < window
    }

    /// Tells whether somebody has to set up a second factor before they do anything else.
    pub fn lacks_second_factor(&self, agent: &Agent) -> bool {
        !agent.has_second_factor && self.staff_settings.demands_second_factor(agent.role)
    }

    /// Takes what somebody shows again of who they are: their password, and their second factor.
    pub async fn prove_session(
        &self,
        agent: &Agent,
        token: &SecretToken,
        password: Password,
        shown: ShownFactor,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let counted = self.begin_proof(agent, token, now).await?;
        let hash = counted.credentials.password.clone();
        if !self.hashing_known.run(move || hash.fits(&password)).await? {
            return Err(DeskError::WrongPassword);
        }
        let second = self.second_proof(&counted.credentials, shown, now).await?;
        let proof = match second {
            Second::NotNeeded => None,
            Second::Right(proof) => Some(proof),
            Second::Wrong => return Err(DeskError::SecondFactorUnproven),
            Second::Missing => {
                self.store.take_back_attempt(counted).await?;
                return Err(DeskError::SecondFactorUnproven);
            }
        };
        let proved = self
            .store
            .prove_session(token.hash(), agent.id, proof, now)
            .await?;
        proved.then_some(()).ok_or(DeskError::SecondFactorUnproven)
    }

    /// Counts an attempt within a session. Whoever finds an open console must not try faster than at the door.
    pub(super) async fn begin_proof(
        &self,
        agent: &Agent,
        token: &SecretToken,
        now: Timestamp,
    ) -> Result<CountedAttempt, DeskError> {
        let email = agent.email.clone();
        let counted = self.store.begin_proof(email, token.hash(), now).await?;
        counted.ok_or(DeskError::WrongPassword)
    }

    /// Lists somebody's open sessions, the newest first.
    pub async fn sessions_of(
        &self,
        agent: &Agent,
        current: &SecretToken,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, DeskError> {
        let current = current.hash();
        let reader = self.store.reader();
        let open = reader.sessions_of(&agent.id, &current, self.idle_since(now), now);
        Ok(open.await?)
    }

    /// Ends one of somebody's own sessions.
    pub async fn end_session_of(
        &self,
        agent: &Agent,
        id: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let ended = self.store.end_session_of(agent.id, id.to_owned(), now);
        if !ended.await? {
            return Err(DeskError::UnknownSession);
        }
        self.bus.announce(News::Access);
        Ok(())
    }

    /// Ends all of somebody's sessions but the one that asks, and counts them.
    pub async fn end_other_sessions(
        &self,
        agent: &Agent,
        current: &SecretToken,
        now: Timestamp,
    ) -> Result<u64, DeskError> {
        let ended = self.store.end_other_sessions(agent.id, current.hash(), now);
        let ended = ended.await?;
        self.bus.announce(News::Access);
        Ok(ended)
    }

    /// Wakes whoever waits for somebody's access to change.
    pub fn access_changes(&self) -> watch::Receiver<u64> {
        self.bus.heard(Subject::Access)
    }

    fn idle_since(&self, now: Timestamp) -> Timestamp {
        let idle = i64::from(self.staff_settings.idle_minutes).saturating_mul(MINUTE_MS);
        match idle {
            0 => Timestamp::from_millis(i64::MIN),
            idle => Timestamp::from_millis(now.as_millis().saturating_sub(idle)),
        }
    }
}

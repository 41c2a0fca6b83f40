//! Accounts and keys, and the phrase by which a visitor checks an agent.

use super::Workplace;
use crate::bus::News;
use crate::desk::DeskError;
use crate::ids::AgentId;
use crate::language::Spoken;
use crate::staff::{
    Agent, Duties, Level, NewAgent, Password, PasswordHash, Permission, Role, SecretToken,
    VerificationPhrase, tidy_skills,
};
use crate::store::{ApiKey, KeyId, StaffLogFilter, StaffLogLine, Store, StoreError};
use crate::time::Timestamp;

/// How long a phrase is good for: long enough to be read out and typed.
const PHRASE_MS: i64 = 10 * 60 * 1_000;

/// Conversations an agent can be made to hold at once.
const CAPACITIES: std::ops::RangeInclusive<i64> = 1..=100;

/// Longest name of a key, in characters.
const MAX_KEY_NAME_CHARS: usize = 80;

/// Makes an account with a password nobody has chosen, which is given back once. Slow, so not for async threads.
pub async fn add_account(
    store: &Store,
    new: NewAgent,
    actor: &str,
    now: Timestamp,
) -> Result<(Agent, Password), StoreError> {
    let (password, hash) = fresh_password().await?;
    let agent = store.add_agent(new, hash, actor.to_owned(), now).await?;
    Ok((agent, password))
}

/// Gives an account a new password nobody has chosen, takes its second factor away and signs it out everywhere.
pub async fn reset_account(
    store: &Store,
    agent: &AgentId,
    actor: &str,
    now: Timestamp,
) -> Result<Password, StoreError> {
    store.reader().agent(agent).await?;
    let (password, hash) = fresh_password().await?;
    store
        .reset_agent(*agent, hash, actor.to_owned(), now)
        .await?;
    Ok(password)
}

async fn fresh_password() -> Result<(Password, PasswordHash), StoreError> {
    let made = tokio::task::spawn_blocking(|| {
        let password = Password::generate();
        let hash = PasswordHash::of(&password);
        (password, hash)
    });
    made.await.map_err(|_| StoreError::Stopped)
}

impl Workplace {
    /// Reads every account.
    pub async fn agents(&self) -> Result<Vec<Agent>, DeskError> {
        Ok(self.store.reader().agents().await?)
    }

    /// Reads one account, such as for its badge.
    pub async fn agent(&self, id: &AgentId) -> Result<Agent, DeskError> {
        Ok(self.store.reader().agent(id).await?)
    }

    /// Makes an account and gives its first password.
    pub async fn add_agent(
        &self,
        new: NewAgent,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(Agent, Password), DeskError> {
        let made = add_account(&self.store, new, &by.id.to_string(), now).await;
        made.map_err(|error| match error {
            StoreError::Conflict(_) => DeskError::EmailTaken,
            other => other.into(),
        })
    }

    /// Changes role and activity. Nobody does that to themselves, so that the last admin cannot vanish by a slip.
    pub async fn change_agent(
        &self,
        id: AgentId,
        role: Role,
        active: bool,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Agent, DeskError> {
        if id == by.id {
            return Err(DeskError::OwnAccount);
        }
        self.store.reader().agent(&id).await?;
        let actor = by.id.to_string();
        let changed = self.store.change_agent(id, role, active, actor, now);
        let changed = changed.await?;
        self.bus.announce(News::Access);
        Ok(changed)
    }

    /// Sets what decides which conversations an agent is given; every language when none is named.
    pub async fn set_duties(
        &self,
        id: AgentId,
        duties: Duties,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Agent, DeskError> {
        self.store.reader().agent(&id).await?;
        let Duties {
            languages,
            skills,
            mut levels,
            capacity,
            department,
        } = duties;
        if !CAPACITIES.contains(&capacity) {
            return Err(DeskError::Capacity);
        }
        let skills = tidy_skills(&skills);
        if let Some(level) = skills.iter().find(|skill| skill.parse::<Level>().is_ok()) {
            return Err(DeskError::LevelAsSkill(level.clone()));
        }
        levels.sort_unstable();
        levels.dedup();
        // Everybody takes the first.
        levels.retain(|level| *level != Level::L1);
        let duties = Duties {
            languages: match languages.is_empty() {
                true => Spoken::all_served(),
                false => languages,
            },
            skills,
            levels,
            capacity,
            department,
        };
        let actor = by.id.to_string();
        Ok(self.store.set_duties(id, duties, actor, now).await?)
    }

    /// Gives an account a new password.
    pub async fn reset_agent(
        &self,
        id: &AgentId,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Password, DeskError> {
        let password = reset_account(&self.store, id, &by.id.to_string(), now).await?;
        self.bus.announce(News::Access);
        Ok(password)
    }

    /// Makes a key and gives its token, this once.
    pub async fn add_api_key(
        &self,
        name: &str,
        scopes: Vec<Permission>,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(ApiKey, SecretToken), DeskError> {
        let name: String = name.trim().chars().take(MAX_KEY_NAME_CHARS).collect();
        // A key must not do what its maker may not.
        if let Some(scope) = scopes.iter().find(|scope| !by.role.may(**scope)) {
            return Err(DeskError::ScopeBeyondRole(*scope));
        }
        let token = SecretToken::generate();
        let key = self
            .store
            .add_api_key(name, scopes, token.hash(), by.id, now)
            .await?;
        Ok((key, token))
    }

    /// Makes a key stop working.
    pub async fn revoke_api_key(
        &self,
        id: KeyId,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let known = self.store.revoke_api_key(id.clone(), by.id, now).await?;
        self.bus.announce(News::Access);
        known.then_some(()).ok_or(DeskError::UnknownKey(id))
    }

    /// Returns a phrase that an agent reads out, so that the visitor can check it on the site; it replaces earlier
    /// ones.
    pub async fn verification_phrase(
        &self,
        agent: &Agent,
        now: Timestamp,
    ) -> Result<VerificationPhrase, DeskError> {
        let phrase = VerificationPhrase::generate();
        self.store
            .set_phrase(agent.id, phrase.hash(), now.later_by(PHRASE_MS))
            .await?;
        Ok(phrase)
    }

    /// Lists the keys of programs.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, DeskError> {
        Ok(self.store.reader().api_keys().await?)
    }

    /// Reads who did what, the newest first.
    pub async fn staff_log(
        &self,
        filter: &StaffLogFilter,
        count: i64,
    ) -> Result<Vec<StaffLogLine>, DeskError> {
        Ok(self.store.reader().staff_log(filter, count).await?)
    }
}

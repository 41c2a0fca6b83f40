//! Accounts and keys, and the phrase by which a visitor checks an agent.

use super::{Desk, DeskError};
use crate::conversation::{AgentId, Timestamp};
use crate::language::Language;
use crate::staff::{
    Agent, NewAgent, Password, PasswordHash, Permission, Role, SecretToken, VerificationPhrase,
    tidy_skills,
};
use crate::store::{ApiKey, KeyId, Store, StoreError};

/// How long a phrase is good for: long enough to be read out and typed.
const PHRASE_MS: i64 = 10 * 60 * 1_000;

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

impl Desk {
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
        Ok(self
            .store
            .change_agent(id, role, active, actor, now)
            .await?)
    }

    /// Sets what an agent answers in, which decides what they are offered; every language when none is named.
    pub async fn set_skills(
        &self,
        id: AgentId,
        languages: Vec<Language>,
        skills: &[String],
        by: &Agent,
        now: Timestamp,
    ) -> Result<Agent, DeskError> {
        self.store.reader().agent(&id).await?;
        let languages = match languages.is_empty() {
            true => Language::ALL.to_vec(),
            false => languages,
        };
        let skills = tidy_skills(skills);
        let actor = by.id.to_string();
        Ok(self
            .store
            .set_skills(id, languages, skills, actor, now)
            .await?)
    }

    /// Gives an account a new password.
    pub async fn reset_agent(
        &self,
        id: &AgentId,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Password, DeskError> {
        Ok(reset_account(&self.store, id, &by.id.to_string(), now).await?)
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
        known.then_some(()).ok_or(DeskError::UnknownKey(id))
    }

    /// Gives a phrase that an agent reads out, so that the visitor can check it on the site; it replaces earlier ones.
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

    /// Tells whose phrase this is; it works once.
    pub async fn verify_agent(
        &self,
        phrase: &str,
        now: Timestamp,
    ) -> Result<Option<Agent>, DeskError> {
        if !self.guesses.may_go_on(now) {
            return Err(DeskError::TooManyGuesses);
        }
        let agent = match VerificationPhrase::presented(phrase) {
            Some(phrase) => self.store.take_phrase(phrase.hash(), now).await?,
            None => None,
        };
        if agent.is_none() {
            self.guesses.note(now);
        }
        Ok(agent)
    }
}

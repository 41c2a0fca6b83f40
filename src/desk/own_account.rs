//! What somebody changes about their own account: name, languages, skills, password.

use super::{Desk, DeskError};
use crate::conversation::{Level, Timestamp};
use crate::language::Language;
use crate::staff::{Agent, NewAgent, Password, PasswordHash, SecretToken};

/// What colleagues and the queue go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name shown to visitors and colleagues.
    pub name: String,
    /// Languages they answer in.
    pub languages: Vec<Language>,
    /// What they know about.
    pub skills: Vec<String>,
}

/// Most skills of an account, and their longest name in characters.
const MAX_SKILLS: usize = 30;
const MAX_SKILL_CHARS: usize = 40;

impl Desk {
    /// Changes how somebody is known.
    pub async fn change_profile(
        &self,
        agent: &Agent,
        profile: Profile,
        now: Timestamp,
    ) -> Result<Agent, DeskError> {
        let Profile {
            name,
            languages,
            skills,
        } = profile;
        let checked = NewAgent::new(agent.email.as_str(), &name, agent.role)?;
        let mut known = Vec::new();
        for language in languages {
            if !known.contains(&language) {
                known.push(language);
            }
        }
        if known.is_empty() {
            known = checked.languages;
        }
        let is_level = |skill: &str| skill.parse::<Level>().is_ok();
        // Levels are granted by others; a comma parts skills where they are kept.
        let granted = agent.skills.iter().filter(|skill| is_level(skill)).cloned();
        let chosen = skills
            .iter()
            .flat_map(|skill| skill.split([',', '、', '，']))
            .map(|skill| skill.trim().chars().take(MAX_SKILL_CHARS).collect())
            .filter(|skill: &String| !skill.is_empty() && !is_level(skill))
            .take(MAX_SKILLS);
        let skills = granted.chain(chosen).collect();
        Ok(self
            .store
            .change_profile(agent.id, checked.name, known, skills, now)
            .await?)
    }

    /// Sets a password its owner has chosen, and ends every session but the one it was set in.
    pub async fn change_password(
        &self,
        agent: &Agent,
        current: Password,
        new: &str,
        session: Option<SecretToken>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let new = Password::choose(new)?;
        let known = self.store.reader().credentials(&agent.email).await?;
        let known = known.ok_or(DeskError::WrongPassword)?;
        // Whoever finds an open console must not try passwords faster than at the door.
        if known.attempts.next_at() > now {
            return Err(DeskError::WrongPassword);
        }
        let checked = self.hashing.run(move || {
            let fits = known.password.fits(&current);
            fits.then(|| PasswordHash::of(&new))
        });
        let Some(hash) = checked.await? else {
            self.store.count_failure(agent.id, now).await?;
            return Err(DeskError::WrongPassword);
        };
        let session = session.map(|token| token.hash());
        Ok(self
            .store
            .set_password(agent.id, hash, session, now)
            .await?)
    }
}

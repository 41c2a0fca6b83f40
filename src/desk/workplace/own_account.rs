//! What somebody changes about their own account: name, languages, skills, password.

use super::Workplace;
use crate::bus::News;
use crate::desk::DeskError;
use crate::language::Spoken;
use crate::locale::Locale;
use crate::safety::Words;
use crate::staff::{
    Agent, Availability, Level, NewAgent, Notice, Password, PasswordHash, SecretToken,
};
use crate::time::Timestamp;

/// What colleagues and the queue go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The name shown to visitors and colleagues.
    pub name: String,
    /// Languages they answer in.
    pub languages: Vec<Spoken>,
    /// What they know about.
    pub skills: Vec<String>,
}

/// Most skills of an account, and their longest name in characters.
const MAX_SKILLS: usize = 30;
const MAX_SKILL_CHARS: usize = 40;

impl Workplace {
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
        // A comma parts skills where they are kept; levels are granted by others.
        let chosen = skills
            .iter()
            .flat_map(|skill| skill.split([',', '、', '，']))
            .map(|skill| skill.trim().chars().take(MAX_SKILL_CHARS).collect())
            .filter(|skill: &String| !skill.is_empty() && skill.parse::<Level>().is_err())
            .take(MAX_SKILLS);
        let skills = chosen.collect();
        Ok(self
            .store
            .change_profile(agent.id, checked.name, known, skills, now)
            .await?)
    }

    /// Says whether somebody takes new conversations. Who is away is not at the desk for visitors either.
    pub async fn set_availability(
        &self,
        agent: &Agent,
        availability: Availability,
        reason: Option<Words>,
        now: Timestamp,
    ) -> Result<Agent, DeskError> {
        let reason = match availability {
            Availability::Here => None,
            Availability::Busy | Availability::Away => reason,
        };
        let changed = self
            .store
            .set_availability(agent.id, availability, reason, now)
            .await?;
        self.bus
            .set_away(agent.id, availability == Availability::Away);
        Ok(changed)
    }

    /// Sets what somebody is told by mail.
    pub async fn set_mail_notices(
        &self,
        agent: &Agent,
        notices: Vec<Notice>,
        now: Timestamp,
    ) -> Result<Agent, DeskError> {
        let wanted = Notice::ALL.into_iter();
        let wanted = wanted.filter(|notice| notices.contains(notice)).collect();
        Ok(self.store.set_mail_notices(agent.id, wanted, now).await?)
    }

    /// Keeps in which locale somebody reads, so that they are written to in it.
    pub async fn reads_in(&self, agent: &Agent, locale: Locale) -> Result<(), DeskError> {
        match agent.locale == Some(locale) {
            true => Ok(()),
            false => Ok(self.store.set_locale(agent.id, locale).await?),
        }
    }

    /// Sets a password its owner has chosen, and ends every session but the one it was set in.
    pub async fn change_password(
        &self,
        agent: &Agent,
        current: Password,
        new: String,
        session: &SecretToken,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let counted = self.begin_proof(agent, session, now).await?;
        let known = counted.credentials.password.clone();
        let (email, name) = (agent.email.to_string(), agent.name.clone());
        let checked = self.hashing_known.run(move || {
            if !known.fits(&current) {
                return Err(DeskError::WrongPassword);
            }
            let new = Password::choose(&new, &[&email, &name])?;
            Ok(PasswordHash::of(&new))
        });
        let checked = checked.await?;
        if !matches!(checked, Err(DeskError::WrongPassword)) {
            self.store.forget_failures(counted.lane).await?;
        }
        self.store
            .set_password(agent.id, checked?, Some(session.hash()), now)
            .await?;
        self.bus.announce(News::Access);
        Ok(())
    }
}

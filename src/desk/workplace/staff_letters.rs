//! Letters to members of staff that are about no ticket: a promise that is broken, a report.

use lettre::Message;
use lettre::message::MultiPart;

use super::Workplace;
use super::mail::pause_ms;
use super::mailer::{HandedOver, Mailer, Unwritable, in_both_forms, marked_automatic};
use crate::desk::DeskError;
use crate::locale::{Locale, filled, words};
use crate::staff::{Agent, Permission};
use crate::store::{ContractReview, DueStaffLetter, MailOutcome, NewStaffLetter};
use crate::time::Timestamp;

/// Attempts before a letter counts as failed.
const MAX_ATTEMPTS: i64 = 18;

impl Workplace {
    /// Tells those who set thresholds that answers are wrong more often than was promised.
    pub async fn tell_of_broken_contract(
        &self,
        broken: &[ContractReview],
        precision: f64,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        let promised = percent(precision);
        self.write_to_those_who(Permission::SetThresholds, now, |locale, base| {
            let say = &words(locale).letter;
            let mut lines: Vec<String> = broken
                .iter()
                .map(|review| {
                    let values = [
                        ("language", review.language.endonym()),
                        ("promised", &promised),
                        ("right", &review.right.to_string()),
                        ("judged", &review.judged.to_string()),
                    ];
                    let told = filled(&say.contract, &values);
                    match review.changed_to {
                        Some(threshold) => {
                            let threshold = format!("{threshold:.2}");
                            let raised = filled(&say.contract_raised, &[("threshold", &threshold)]);
                            format!("{told} {raised}")
                        }
                        None => told,
                    }
                })
                .collect();
            if !base.is_empty() {
                lines.push(format!("{base}/console/contract"));
            }
            let subject = filled(&say.contract_subject, &[("promised", &promised)]);
            (subject, lines.join("\n\n"), None)
        })
        .await
    }

    /// Puts a letter into the outbox for everybody who may do something; it is written for each reader's locale, with the
    /// address of this server, which may be empty.
    pub async fn write_to_those_who(
        &self,
        may: Permission,
        now: Timestamp,
        write: impl Fn(Locale, &str) -> (String, String, Option<String>),
    ) -> Result<(), DeskError> {
        let Some(mailer) = self.mailer.load_full() else {
            return Ok(());
        };
        let agents = self.agents().await?;
        let readers = agents
            .iter()
            .filter(|agent| agent.active && agent.role.may(may));
        let letters = readers.map(|agent| {
            let (subject, text, html) = write(locale_of(agent), &mailer.base);
            NewStaffLetter {
                agent: agent.id,
                subject,
                text,
                html,
            }
        });
        let letters = letters.collect();
        Ok(self.store.put_staff_letters(letters, now).await?)
    }

    /// Sends letters whose time has come; one that was taken just before a crash is sent again under the same Message-ID.
    pub async fn send_staff_letters(&self, now: Timestamp) -> Result<usize, DeskError> {
        let Some(mailer) = self.mailer.load_full() else {
            return Ok(0);
        };
        let mut sent = 0;
        for letter in self.store.reader().due_staff_letters(now).await? {
            let next = now.later_by(pause_ms(letter.attempts));
            if !self.store.begin_staff_letter(&letter, next).await? {
                continue;
            }
            let outcome = match letter.agent.active {
                true => hand_over(&mailer, &letter, now).await,
                false => MailOutcome::Dropped,
            };
            sent += usize::from(outcome == MailOutcome::Sent);
            self.store.end_staff_letter(letter.id, outcome).await?;
        }
        Ok(sent)
    }
}

/// The locale somebody reads in.
fn locale_of(agent: &Agent) -> Locale {
    let served = || agent.languages.iter().find_map(|spoken| spoken.served());
    let own = agent.locale.or_else(|| served().map(Locale::of));
    own.unwrap_or(Locale::English)
}

async fn hand_over(mailer: &Mailer, letter: &DueStaffLetter, now: Timestamp) -> MailOutcome {
    let composed = match compose(mailer, letter, now) {
        Ok(composed) => composed,
        Err(error) => return MailOutcome::Failed(error.to_string()),
    };
    match mailer.hand_over(&composed, now).await {
        HandedOver::Taken => MailOutcome::Sent,
        HandedOver::Later(said) if letter.attempts + 1 < MAX_ATTEMPTS => {
            tracing::warn!(
                letter = letter.id,
                error = said,
                "a letter to staff was not taken"
            );
            MailOutcome::Later(said)
        }
        HandedOver::Later(said) | HandedOver::Never(said) => {
            tracing::error!(
                letter = letter.id,
                error = said,
                "a letter to staff was refused"
            );
            MailOutcome::Failed(said)
        }
    }
}

fn compose(
    mailer: &Mailer,
    letter: &DueStaffLetter,
    now: Timestamp,
) -> Result<Message, Unwritable> {
    let locale = locale_of(&letter.agent);
    let signature = filled(&words(locale).mail.signature, &[("name", &mailer.name)]);
    let text = format!("{}\n\n{signature}\n", letter.text);
    let begun = mailer.addressed(&letter.agent.email, &letter.id, None, now)?;
    let builder = marked_automatic(begun, "auto-generated").subject(letter.subject.clone());
    let both = match &letter.html {
        Some(html) => MultiPart::alternative_plain_html(text, html.clone()),
        None => in_both_forms(&text, locale),
    };
    Ok(builder.multipart(both)?)
}

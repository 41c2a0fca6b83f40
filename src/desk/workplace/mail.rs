//! Mail: notices leave through the outbox, in the reader's language, until the other server takes or refuses them.

use std::sync::Arc;

use lettre::Message;
use lettre::message::MessageBuilder;

use super::Workplace;
use super::letters::in_thread;
use super::mailer::{HandedOver, Mailer, Unwritable, in_both_forms, marked_automatic};
use crate::conversation::TicketNumber;
use crate::desk::DeskError;
use crate::desk::contacts::{ask_again_ms, contact_token, digest_of};
use crate::desk::status_link::status_token;
use crate::locale::{MailWords, filled, words};
use crate::store::{Admission, DueMail, LetterHeads, MailKind, MailOutcome, MailState, SentMail};
use crate::time::Timestamp;

/// Attempts before a mail counts as failed: with the pauses between them, three days.
const MAX_ATTEMPTS: i64 = 18;
/// Pause after the first attempt; each later one is twice as long.
const FIRST_PAUSE_MS: i64 = 30_000;
/// Longest pause.
const LONGEST_PAUSE_MS: i64 = 6 * 60 * 60 * 1_000;

impl Workplace {
    /// Sends mail whose time has come, and counts what was taken.
    ///
    /// A mail that was taken just before a crash is sent again under the same Message-ID.
    pub async fn send_mail(&self, now: Timestamp) -> Result<usize, DeskError> {
        let Some(mailer) = self.mailer.load_full() else {
            return Ok(0);
        };
        let mailer = mailer.as_ref();
        let mut sent = 0;
        let mut to_staff: Vec<DueMail> = Vec::new();
        for mail in self.store.reader().due_mail(now).await? {
            if !self
                .store
                .begin_mail(&mail, now.later_by(pause_ms(mail.attempts)))
                .await?
            {
                continue;
            }
            let admission = match is_needless(&mail) {
                true => Admission::Needless,
                false => self.admit_mail(&mail, now).await?,
            };
            if mail.agent.is_some() && admission == Admission::Confirmed {
                to_staff.push(mail);
                continue;
            }
            let outcome = match admission {
                Admission::Needless => MailOutcome::Dropped,
                Admission::Waits => continue,
                Admission::Confirmed | Admission::Asks => {
                    self.hand_over_mail(mailer, &mail, admission, now).await
                }
            };
            sent += usize::from(outcome == MailOutcome::Sent);
            self.store.end_mail(&mail.id, outcome, now).await?;
        }
        while let Some(first) = to_staff.first() {
            let reader = first.recipient.clone();
            let (bundle, others) = to_staff
                .into_iter()
                .partition(|mail| mail.recipient == reader);
            to_staff = others;
            sent += self.send_to_staff(mailer, bundle, now).await?;
        }
        Ok(sent)
    }

    /// Sends one person what is due for them: one thing as it is, several in one mail.
    async fn send_to_staff(
        &self,
        mailer: &Mailer,
        bundle: Vec<DueMail>,
        now: Timestamp,
    ) -> Result<usize, DeskError> {
        let Some(first) = bundle.first() else {
            return Ok(0);
        };
        let composed = match bundle.len() {
            1 => self.compose(mailer, first, Admission::Confirmed, None, now),
            _ => compose_digest(mailer, first, &bundle, now),
        };
        let outcome = deliver(mailer, first, composed, now).await;
        for mail in &bundle {
            self.store.end_mail(&mail.id, outcome.clone(), now).await?;
        }
        Ok(usize::from(outcome == MailOutcome::Sent))
    }

    /// Tells whether mail is sent at all.
    pub fn sends_mail(&self) -> bool {
        self.mailer.load().is_some()
    }

    /// Hands mail to another server from now on, or to none.
    pub async fn change_mailer(&self, mailer: Option<Mailer>) -> Result<(), DeskError> {
        self.store.switch_mail(mailer.is_some()).await?;
        self.mailer.store(mailer.map(Arc::new));
        Ok(())
    }

    /// Lists mails with their ticket, in one state or in any, the newest first.
    pub async fn mail_in(
        &self,
        state: Option<MailState>,
    ) -> Result<Vec<(TicketNumber, SentMail)>, DeskError> {
        Ok(self.store.reader().mail_in(state).await?)
    }

    /// A stranger's address gets one mail, which asks; those of staff are known.
    async fn admit_mail(&self, mail: &DueMail, now: Timestamp) -> Result<Admission, DeskError> {
        // Whoever writes by mail reads there.
        if mail.agent.is_some() || mail.answers_mail {
            return Ok(Admission::Confirmed);
        }
        let digest = digest_of(&self.store, &mail.recipient);
        let again = ask_again_ms(self.settings);
        Ok(self.store.admit_mail(mail, digest, again, now).await?)
    }

    async fn hand_over_mail(
        &self,
        mailer: &Mailer,
        mail: &DueMail,
        admission: Admission,
        now: Timestamp,
    ) -> MailOutcome {
        let heads = match mail.answers_mail {
            true => {
                let reader = self.store.reader();
                reader.letter_heads(&mail.ticket.conversation).await
            }
            false => Ok(None),
        };
        let heads = match heads {
            Ok(heads) => heads,
            Err(error) => return MailOutcome::Later(error.to_string()),
        };
        let composed = self.compose(mailer, mail, admission, heads.as_ref(), now);
        deliver(mailer, mail, composed, now).await
    }

    fn compose(
        &self,
        mailer: &Mailer,
        mail: &DueMail,
        admission: Admission,
        heads: Option<&LetterHeads>,
        now: Timestamp,
    ) -> Result<Message, Unwritable> {
        let say = &words(mail.locale).mail;
        let number = mail.ticket.number.to_string();
        let link = match (mailer.base.as_str(), &mail.agent) {
            ("", _) => None,
            (base, Some(_)) => Some(format!(
                "{}\n{base}/console#{}",
                say.in_console, mail.ticket.conversation
            )),
            (base, None) => {
                let token = status_token(&self.store, self.settings, mail.ticket.number, now);
                Some(format!("{}\n{base}/t/{token}", say.follow))
            }
        };
        let (subject, text) = sentences(say, mail);
        let quoted = mail.said.iter().map(|message| {
            let name = message.speaker.as_ref().map_or("", |speaker| &speaker.name);
            format!("{name}:\n{}", message.text)
        });
        let asks = (admission == Admission::Asks && !mailer.base.is_empty()).then(|| {
            let digest = digest_of(&self.store, &mail.recipient);
            let token = contact_token(&self.store, self.settings, digest, now);
            format!("{}\n{}/mail/{token}", say.confirm, mailer.base)
        });
        let warning = mail.agent.is_none().then(|| say.warning.clone());
        let parts: Vec<String> = [filled(text, &[("number", &number)])]
            .into_iter()
            .chain(quoted)
            .chain(link)
            .chain(asks)
            .chain(warning)
            .chain([filled(&say.signature, &[("name", &mailer.name)])])
            .collect();
        let subject = format!("[{number}] {subject}");
        let thread = match mail.agent {
            Some(_) => None,
            None => Some(
                self.store
                    .link_keys()
                    .thread_token(&mail.ticket.conversation),
            ),
        };
        let own = format!("<{}@{}>", mail.ticket.id, mailer.domain());
        let builder = addressed(mailer, mail, thread.as_deref(), now)?.subject(subject);
        let builder = match heads {
            Some(heads) => in_thread(builder, heads, &[own]),
            None => builder.references(own),
        };
        let message =
            builder.multipart(in_both_forms(&(parts.join("\n\n") + "\n"), mail.locale))?;
        Ok(message)
    }
}

/// Hands a mail over, once it could be written.
async fn deliver(
    mailer: &Mailer,
    mail: &DueMail,
    composed: Result<Message, Unwritable>,
    now: Timestamp,
) -> MailOutcome {
    let composed = match composed {
        Ok(composed) => composed,
        Err(error) => return MailOutcome::Failed(error.to_string()),
    };
    let (said, is_final) = match mailer.hand_over(&composed, now).await {
        HandedOver::Taken => return MailOutcome::Sent,
        HandedOver::Later(said) => (said, mail.attempts + 1 >= MAX_ATTEMPTS),
        HandedOver::Never(said) => (said, true),
    };
    tracing::warn!(mail = %mail.id, error = said, "a mail was not taken");
    match is_final {
        true => MailOutcome::Failed(said),
        false => MailOutcome::Later(said),
    }
}

/// Writes one mail of several things that one person is told.
fn compose_digest(
    mailer: &Mailer,
    first: &DueMail,
    bundle: &[DueMail],
    now: Timestamp,
) -> Result<Message, Unwritable> {
    let say = &words(first.locale).mail;
    let count = bundle.len().to_string();
    let lines: Vec<String> = bundle
        .iter()
        .map(|mail| {
            let (_, text) = sentences(say, mail);
            let text = filled(text, &[("number", &mail.ticket.number.to_string())]);
            match mailer.base.as_str() {
                "" => format!("- {text}"),
                base => format!("- {text}\n  {base}/console#{}", mail.ticket.conversation),
            }
        })
        .collect();
    let parts = [
        filled(&say.digest, &[("count", &count)]),
        lines.join("\n"),
        filled(&say.signature, &[("name", &mailer.name)]),
    ];
    let subject = filled(&say.digest_subject, &[("count", &count)]);
    let message = addressed(mailer, first, None, now)?.subject(subject);
    let text = parts.join("\n\n") + "\n";
    Ok(message.multipart(in_both_forms(&text, first.locale))?)
}

/// Begins a mail that tells of something that happened.
fn addressed(
    mailer: &Mailer,
    mail: &DueMail,
    thread: Option<&str>,
    now: Timestamp,
) -> Result<MessageBuilder, Unwritable> {
    let id = match thread {
        Some(thread) => format!("{}.{thread}", mail.id),
        None => mail.id.to_string(),
    };
    let builder = mailer.addressed(&mail.recipient, &id, thread, now)?;
    Ok(marked_automatic(builder, "auto-generated"))
}

/// Tells whether what a mail tells of is known or over by now.
fn is_needless(mail: &DueMail) -> bool {
    let ticket = &mail.ticket;
    match mail.kind {
        MailKind::Replied => mail.is_stale,
        MailKind::Unseen => ticket.assignee.is_some() || !ticket.status.is_open(),
        MailKind::Near => !ticket.status.is_open(),
        _ => false,
    }
}

fn sentences<'w>(say: &'w MailWords, mail: &DueMail) -> (&'w str, &'w str) {
    match mail.kind {
        MailKind::Opened => (&say.opened_subject, &say.opened),
        MailKind::Replied => (&say.replied_subject, &say.replied),
        MailKind::Solved => (&say.solved_subject, &say.solved),
        MailKind::Assigned => (&say.assigned_subject, &say.assigned),
        MailKind::Breached => (&say.breached_subject, &say.breached),
        MailKind::Unseen => (&say.unseen_subject, &say.unseen),
        MailKind::Near => (&say.near_subject, &say.near),
        MailKind::Mentioned => (&say.mentioned_subject, &say.mentioned),
    }
}

pub(super) fn pause_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or_default();
    FIRST_PAUSE_MS
        .saturating_mul(1_i64 << doublings)
        .min(LONGEST_PAUSE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound() {
        assert_eq!(pause_ms(0), 30_000);
        assert_eq!(pause_ms(3), 240_000);
        assert_eq!(pause_ms(17), LONGEST_PAUSE_MS);
        let total: i64 = (0..MAX_ATTEMPTS).map(pause_ms).sum();
        assert!((2..4).contains(&(total / 86_400_000)), "{total}");
    }
}

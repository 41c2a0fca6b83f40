//! How mail is sent, by the settings.

use crate::config::Config;
use crate::desk::Mailer;

/// Reads how mail is sent, and to which mailbox it is answered; nothing where none is sent.
pub fn mailer_of(config: &Config) -> anyhow::Result<Option<Mailer>> {
    let site = &config.http.site;
    let mailer = Mailer::new(&config.mail, &site.name, &site.address)?;
    let mailbox = config.mailbox.read(!config.mail.smtp_url.is_empty())?;
    Ok(match mailbox {
        Some(mailbox) => mailer.map(|mailer| mailer.answered_at(&mailbox.address)),
        None => mailer,
    })
}

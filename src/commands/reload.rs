//! Takes over what has changed outside while the server runs, when the system says so with SIGHUP, and tells in one line what
//! was taken over and what waits for a restart.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use crate::config::{Config, Effective, Overrides, Setting};
use crate::desk::{Library, Reloaded};
use crate::http::AppState;
use crate::identity::Keyring;
use crate::pipeline::Engine;
use crate::store::Store;

use super::log::{self, SetLevel};
use super::outgoing_mail::mailer_of;

/// Settings that are taken over; whatever else differs needs a restart.
const LEVEL: &str = "log.level";
const MAIL: &str = "mail.";
const IDENTITY: &str = "identity.";

/// What is taken over, and from where.
pub struct Reloading {
    /// The configuration file and flags the server was started with.
    pub file: Option<PathBuf>,
    /// Likewise.
    pub overrides: Overrides,
    /// The settings in effect, so that what differs can be told.
    pub effective: Mutex<Effective>,
    /// Sets the least level that is logged.
    pub set_level: SetLevel,
    /// Has the master keys and the opening hours.
    pub store: Store,
    /// The knowledge folder.
    pub library: Arc<Library>,
    /// Serves what lies in it.
    pub engine: Arc<Engine>,
    /// Hands mail over, and believes tokens.
    pub app: AppState,
}

/// What became of the parts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    taken: Vec<String>,
    kept: Vec<String>,
    waiting: Vec<String>,
}

impl Reloading {
    /// Takes over what has changed, and tells it. Blocks.
    pub fn reload(&self) -> String {
        let mut report = Report::default();
        self.reload_settings(&mut report);
        match self.store.reload_master_keys() {
            Ok(()) => report.taken.push("master keys read".to_owned()),
            Err(error) => report.kept.push(format!("the master keys ({error})")),
        }
        match self.library.reload(&self.engine) {
            Ok(Reloaded::Unchanged) => report.taken.push("knowledge base unchanged".to_owned()),
            Ok(Reloaded::Swapped { articles }) => {
                let told = format!("knowledge base read, {articles} articles");
                report.taken.push(told);
            }
            Err(error) => report.kept.push(format!("the knowledge base ({error})")),
        }
        report.in_one_line()
    }

    fn reload_settings(&self, report: &mut Report) {
        let file = self.file.as_deref();
        let read = match Config::load(file, std::env::vars(), self.overrides.clone()) {
            Ok(read) => read,
            Err(error) => {
                let error = error.to_string().replace('\n', ", ");
                return report.kept.push(format!("every setting ({error})"));
            }
        };
        match read.config.schedule.load() {
            Ok(hours) => {
                self.store.change_hours(hours);
                report.taken.push("opening hours read".to_owned());
            }
            Err(error) => report.kept.push(format!("the opening hours ({error})")),
        }
        let mut effective = self
            .effective
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if effective.config.mail != read.config.mail {
            self.take_mail(&mut effective, &read, report);
        }
        if effective.config.identity != read.config.identity {
            self.take_identity(&mut effective, &read, report);
        }
        let changed = changed(&effective.settings, &read.settings);
        let hides_change = changed.is_empty() && effective.config != read.config;
        for key in changed {
            match key.as_str() {
                LEVEL => self.take_level(&mut effective, &read, report),
                // Read above, whatever the file is called.
                "schedule.file" => effective.config.schedule = read.config.schedule.clone(),
                // Told already that they could not be taken.
                refused if refused.starts_with(MAIL) || refused.starts_with(IDENTITY) => {}
                _ => report.waiting.push(key),
            }
        }
        if hides_change {
            report.waiting.push("a secret".to_owned());
        }
    }

    fn take_mail(&self, effective: &mut Effective, read: &Effective, report: &mut Report) {
        let changed = mailer_of(&read.config).and_then(|mailer| {
            let change = self.app.workplace().change_mailer(mailer);
            Ok(Handle::current().block_on(change)?)
        });
        match changed {
            Ok(()) => {
                effective.config.mail = read.config.mail.clone();
                settle(effective, read, MAIL);
                report.taken.push("mail settings read".to_owned());
            }
            Err(error) => report.kept.push(format!("the mail settings ({error})")),
        }
    }

    fn take_identity(&self, effective: &mut Effective, read: &Effective, report: &mut Report) {
        match Keyring::new(&read.config.identity) {
            Ok(keyring) => {
                self.app.change_keyring(keyring);
                effective.config.identity = read.config.identity.clone();
                settle(effective, read, IDENTITY);
                report.taken.push("keys of hosts read".to_owned());
            }
            Err(error) => report.kept.push(format!("the keys of hosts ({error})")),
        }
    }

    fn take_level(&self, effective: &mut Effective, read: &Effective, report: &mut Report) {
        let level = &read.config.log.level;
        let set = log::filter_of(level)
            .map_err(|error| error.to_string())
            .and_then(|filter| (self.set_level)(filter));
        match set {
            Ok(()) => {
                effective.config.log.level.clone_from(level);
                settle(effective, read, LEVEL);
                report.taken.push(format!("{LEVEL} is {level}"));
            }
            Err(error) => report.kept.push(format!("{LEVEL} ({error})")),
        }
    }
}

/// Keeps the settings whose names begin so as they were read.
fn settle(effective: &mut Effective, read: &Effective, prefix: &str) {
    for (kept, new) in effective.settings.iter_mut().zip(&read.settings) {
        if kept.key.starts_with(prefix) {
            kept.clone_from(new);
        }
    }
}

/// Names the settings whose values differ; both lists are in the same order and of the same keys.
fn changed(before: &[Setting], now: &[Setting]) -> Vec<String> {
    before
        .iter()
        .zip(now)
        .filter(|(before, now)| before.value != now.value)
        .map(|(_, now)| now.key.clone())
        .collect()
}

impl Report {
    fn in_one_line(&self) -> String {
        let part = |title: &str, items: &[String]| match items.is_empty() {
            true => String::new(),
            false => format!("; {title}: {}", items.join(", ")),
        };
        format!(
            "mondo reloads: {}{}{}",
            self.taken.join(", "),
            part("left as it was", &self.kept),
            part("needs a restart", &self.waiting)
        )
    }
}

/// Reloads at every SIGHUP, which would otherwise end the process; not before everything is there.
#[cfg(unix)]
pub async fn follow(mut hangups: tokio::signal::unix::Signal, reloading: Reloading) {
    let reloading = Arc::new(reloading);
    while hangups.recv().await.is_some() {
        let reloading = Arc::clone(&reloading);
        match tokio::task::spawn_blocking(move || reloading.reload()).await {
            Ok(told) => log::say(told),
            Err(error) => tracing::error!(%error, "reloading broke off; what was served before is"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_one_line_that_names_every_part() {
        let report = Report {
            taken: vec!["opening hours read".to_owned()],
            kept: Vec::new(),
            waiting: vec!["http.max_streams".to_owned(), "a secret".to_owned()],
        };
        assert_eq!(
            report.in_one_line(),
            "mondo reloads: opening hours read; needs a restart: http.max_streams, a secret"
        );
    }

    #[test]
    fn settings_that_differ_are_named() {
        let load = |level: &str| {
            let mut overrides = Overrides::default();
            overrides.set("server.kb", "--kb", "no knowledge base");
            let variable = ("MONDO__LOG__LEVEL".to_owned(), level.to_owned());
            Config::load(None, std::iter::once(variable), overrides).unwrap()
        };
        let (before, now) = (load("info"), load("debug"));
        assert_eq!(changed(&before.settings, &now.settings), ["log.level"]);
        assert!(changed(&before.settings, &before.settings).is_empty());
    }
}

//! The effective settings: commented defaults, then what the knowledge base says of its company, then a file, then the
//! environment, then flags.
//!
//! Each section's struct belongs to the module that owns the setting; this module composes them and is the only one
//! that knows where a value came from. Nothing below it reads the environment.

mod edit;
mod layers;
mod schedule;
mod sections;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::desk::{DeskSettings, DrafterSettings, MailSettings, PushSettings, StaffSettings};
use crate::encoder::EncoderSettings;
use crate::evaluation::ContractSettings;
use crate::http::HttpSettings;
use crate::identity::IdentitySettings;
use crate::insights::TargetSettings;
use crate::pipeline::{Routing, Thresholds};
use crate::relay::{MailboxSettings, WebhookSettings};
use crate::report::ReportSettings;
use crate::sealing::SealingSettings;
use crate::sso::SsoSettings;
use crate::store::{FileSettings, RecordSettings, StoreSettings};

pub use edit::set_text;
pub use layers::{ConfigFault, Origin, Overrides, Setting};
pub use schedule::{ScheduleError, ScheduleSettings};
pub use sections::{LogFormat, LogSettings, ServerSettings, TraceSettings};

/// The commented defaults, as they are compiled in.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// File read from the working folder when none is named.
pub const DEFAULT_FILE: &str = "mondo.toml";

/// File at the root of a knowledge base that describes the company it speaks for: the sections `site` and `channels`.
pub const SITE_FILE: &str = "site.toml";

/// Every setting of mondo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen, read and write.
    pub server: ServerSettings,
    /// Limits of the HTTP surface.
    pub http: HttpSettings,
    /// Which encoder to load.
    pub encoder: EncoderSettings,
    /// How sure is sure enough.
    pub thresholds: Thresholds,
    /// How many answers are right at least.
    pub contract: ContractSettings,
    /// How much is to be answered and settled.
    pub targets: TargetSettings,
    /// Policy per kind of question.
    pub routing: Routing,
    /// How visitors are served.
    pub desk: DeskSettings,
    /// How staff are let in.
    pub staff: StaffSettings,
    /// The provider that staff sign in with.
    pub sso: SsoSettings,
    /// Files of visitors and agents.
    pub attachments: FileSettings,
    /// Where the database is.
    pub store: StoreSettings,
    /// Where the master key comes from.
    pub sealing: SealingSettings,
    /// How the record is kept, and for how long.
    pub record: RecordSettings,
    /// Mail to visitors and staff.
    pub mail: MailSettings,
    /// Mail from visitors.
    pub mailbox: MailboxSettings,
    /// Messages to browsers of staff.
    pub push: PushSettings,
    /// Whether reports leave by themselves.
    pub report: ReportSettings,
    /// Which tokens of hosts are believed.
    pub identity: IdentitySettings,
    /// When the desk is open.
    pub schedule: ScheduleSettings,
    /// Who writes drafts of replies, if anybody.
    pub drafter: DrafterSettings,
    /// How others are told what happens.
    pub webhooks: WebhookSettings,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Where traces go.
    pub traces: TraceSettings,
}

/// The settings and where each came from.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The settings.
    pub config: Config,
    /// Every setting with its origin, in alphabetical order.
    pub settings: Vec<Setting>,
}

/// Why there are no effective settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "could not read the configuration {path}: {source}; check the path given with --config"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not TOML: {source}")]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        source: Box<toml::de::Error>,
    },
    /// Some values cannot be used.
    #[error("{}", lines_of(faults))]
    Faulty {
        /// Every fault found.
        faults: Vec<ConfigFault>,
    },
}

fn lines_of(faults: &[ConfigFault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl Config {
    /// Returns the variable that was meant by one of the environment which is no setting, and differs from one in its
    /// underscores or its case alone.
    pub fn meant_variable(name: &str) -> Option<String> {
        layers::meant_variable(name, &defaults())
    }

    /// Lays what the knowledge base says of its company, the file, the environment and the flags over the defaults, and
    /// reports every fault at once.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        overrides: Overrides,
    ) -> Result<Effective, ConfigError> {
        let environment: Vec<(String, String)> = environment.collect();
        let table = file.map(read_table).transpose()?;
        let laid = |site: Option<(&Path, &toml::Table)>| {
            let mut layers = layers::Layers::over(defaults());
            if let Some((path, site)) = site {
                layers.lay_site(path, site);
            }
            if let (Some(path), Some(table)) = (file, &table) {
                layers.lay_file(path, table);
            }
            layers.lay_environment(environment.iter().cloned());
            layers.lay_overrides(overrides.clone());
            layers
        };
        // Where the knowledge base is, the other layers say.
        let alone = laid(None);
        let path = alone
            .text("server.kb")
            .map(|kb| Path::new(kb).join(SITE_FILE));
        let site = path.as_deref().filter(|path| path.is_file());
        let site = site.map(|path| read_table(path).map(|table| (path, table)));
        let layers = match site.transpose()? {
            Some((path, site)) => laid(Some((path, &site))),
            None => alone,
        };
        let (table, mut settings) = layers
            .finish()
            .map_err(|faults| ConfigError::Faulty { faults })?;
        let config: Config =
            serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|error| {
                ConfigError::Faulty {
                    faults: vec![layers::unusable(&settings, &error)],
                }
            })?;
        let faults = config.out_of_range(&settings);
        if !faults.is_empty() {
            return Err(ConfigError::Faulty { faults });
        }
        let typed = toml::Table::try_from(&config).expect("settings are values of TOML");
        layers::mask(&mut settings, &typed);
        Ok(Effective { config, settings })
    }

    /// Names the file to read: the one asked for, else `mondo.toml` in the working folder when there is one.
    pub fn file(asked: Option<&Path>) -> Option<PathBuf> {
        match asked {
            Some(path) => Some(path.to_owned()),
            None => Path::new(DEFAULT_FILE)
                .is_file()
                .then(|| PathBuf::from(DEFAULT_FILE)),
        }
    }

    fn out_of_range(&self, settings: &[Setting]) -> Vec<ConfigFault> {
        let thresholds = &self.thresholds;
        let shares = [
            ("thresholds.clarify", thresholds.clarify),
            ("thresholds.option_share", thresholds.option_share),
            ("thresholds.answer.en", thresholds.answer.en),
            ("thresholds.answer.zh", thresholds.answer.zh),
            ("thresholds.answer.ja", thresholds.answer.ja),
            ("thresholds.answer.ko", thresholds.answer.ko),
        ];
        let mailbox = self
            .mailbox
            .read(!self.mail.smtp_url.is_empty())
            .err()
            .map(|error| {
                let key = error.key().to_owned();
                ConfigFault::Unusable {
                    origin: layers::origin_of(settings, &key),
                    key,
                    reason: error.to_string(),
                }
            });
        shares
            .into_iter()
            .filter(|(_, share)| !(0.0..=1.0).contains(share))
            .map(|(key, share)| ConfigFault::Unusable {
                key: key.to_owned(),
                origin: layers::origin_of(settings, key),
                reason: format!("{share} is not a probability; use a number from 0 to 1"),
            })
            .chain(mailbox)
            .collect()
    }
}

fn defaults() -> toml::Table {
    toml::from_str(DEFAULTS).expect("the compiled-in defaults are TOML, as a test proves")
}

fn read_table(path: &Path) -> Result<toml::Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|source| ConfigError::NotToml {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_with(
        file: Option<&str>,
        environment: &[(&str, &str)],
        overrides: Overrides,
    ) -> Result<Effective, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mondo.toml");
        let path = file.map(|text| {
            std::fs::write(&path, text).unwrap();
            path.as_path()
        });
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(path, environment, overrides).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_file_holds_every_key_and_agrees_with_the_owners() {
        // Without a knowledge base, which would describe a company.
        let mut overrides = Overrides::default();
        overrides.set("server.kb", "--kb", "no knowledge base");
        let effective = load_with(None, &[], overrides).unwrap();
        let config = &effective.config;
        assert_eq!(config.thresholds, Thresholds::default());
        assert_eq!(config.targets, TargetSettings::default());
        assert_eq!(config.routing, Routing::default());
        assert_eq!(config.http, HttpSettings::default());
        assert_eq!(config.desk, DeskSettings::default());
        assert_eq!(config.staff, StaffSettings::default());
        assert_eq!(config.sso, SsoSettings::default());
        assert_eq!(config.attachments, FileSettings::default());
        assert_eq!(config.store, StoreSettings::default());
        assert_eq!(config.sealing, SealingSettings::default());
        assert_eq!(config.record, RecordSettings::default());
        assert_eq!(config.mail, MailSettings::default());
        assert_eq!(config.mailbox, MailboxSettings::default());
        assert_eq!(config.push, PushSettings::default());
        assert_eq!(config.drafter, DrafterSettings::default());
        assert_eq!(config.webhooks, WebhookSettings::default());
        assert_eq!(config.identity, IdentitySettings::default());
        assert_eq!(config.encoder, EncoderSettings::default());
        let written = toml::Table::try_from(config).unwrap();
        let keys = |table| layers::leaves(table).into_iter().map(|(key, _)| key);
        let mut from_types: Vec<String> = keys(&written).collect();
        let mut from_file: Vec<String> = keys(&defaults()).collect();
        from_types.sort();
        from_file.sort();
        assert_eq!(from_file, from_types);
    }

    #[test]
    fn every_default_has_a_sentence_with_its_variable() {
        let lines: Vec<&str> = DEFAULTS.lines().collect();
        for (key, _) in layers::leaves(&defaults()) {
            let variable = layers::variable_of(&key);
            let comment = lines
                .iter()
                .position(|line| line.starts_with('#') && line.ends_with(&format!(". {variable}")));
            let place = comment.unwrap_or_else(|| panic!("no sentence names {variable}"));
            let name = key.rsplit('.').next().unwrap();
            assert!(lines[place + 1].starts_with(&format!("{name} = ")), "{key}");
        }
    }

    #[test]
    fn a_mailbox_that_cannot_be_read_or_answered_is_named() {
        let check = |mailbox: &str, mail: &str, expected: &str| {
            let file = format!("[mailbox]\n{mailbox}\n[mail]\n{mail}\n");
            let told = load_with(Some(&file), &[], Overrides::default());
            let told = told.map(|_| String::new()).unwrap_or_else(|error| error);
            assert!(told.contains(expected), "{told}");
            assert_eq!(told.is_empty(), expected.is_empty(), "{told}");
            assert!(!told.contains("hunter2"), "{told}");
        };
        let sent = "smtp_url = \"smtp://127.0.0.1:25\"";
        let address = "address = \"help@example.com\"";
        let server = "imap_url = \"imaps://help:hunter2@mail.example.com\"";
        check(address, sent, "");
        check(&format!("{address}\n{server}"), sent, "");
        check(address, "", "mailbox.address");
        check(server, sent, "mailbox.address");
        let readable = server.replace("imaps", "imap");
        check(&format!("{address}\n{readable}"), sent, "mailbox.imap_url");
        check(
            &format!("{address}\nafter = \"burn\""),
            sent,
            "mailbox.after",
        );
    }

    #[test]
    fn later_layers_win_and_are_named() {
        let mut overrides = Overrides::default();
        overrides.set("server.data", "--data", "elsewhere");
        let effective = load_with(
            Some("[server]\nlisten = \"0.0.0.0:1\"\ndata = \"a\"\n[thresholds]\nclarify = 0\n"),
            &[
                ("MONDO__SERVER__LISTEN", "0.0.0.0:2"),
                ("MONDO__THRESHOLDS__ANSWER__JA", "0.9"),
                ("MONDO__SERVER__WATCH", "true"),
                ("HOME", "/root"),
            ],
            overrides,
        )
        .unwrap();
        assert_eq!(effective.config.server.listen, "0.0.0.0:2");
        assert_eq!(effective.config.server.data, PathBuf::from("elsewhere"));
        assert!(effective.config.server.watch);
        assert_eq!(effective.config.thresholds.clarify, 0.0);
        assert_eq!(effective.config.thresholds.answer.ja, 0.9);
        let origin = |key| layers::origin_of(&effective.settings, key);
        assert_eq!(origin("server.kb"), Origin::Default);
        assert_eq!(
            origin("server.listen"),
            Origin::Environment("MONDO__SERVER__LISTEN".to_owned())
        );
        assert_eq!(origin("server.data"), Origin::Flag("--data"));
        assert!(matches!(origin("thresholds.clarify"), Origin::File(_)));
    }

    #[test]
    fn a_knowledge_base_describes_its_company_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let with_site = |site: &str, file: Option<&str>| {
            std::fs::write(folder.path().join(SITE_FILE), site).unwrap();
            let mut overrides = Overrides::default();
            overrides.set("server.kb", "--kb", folder.path().to_str().unwrap());
            load_with(file, &[], overrides)
        };
        let site = "[site]\nname = \"Tea\"\n[channels]\ndomains = [\"tea.example\"]\n";
        let effective = with_site(site, None).unwrap();
        assert_eq!(effective.config.http.site.name, "Tea");
        assert_eq!(effective.config.http.channels.domains, ["tea.example"]);
        let effective = with_site(site, Some("[http.site]\nname = \"Other\"\n")).unwrap();
        assert_eq!(effective.config.http.site.name, "Other");
        let effective = with_site("[thresholds.answer]\nko = 0.9\n", None).unwrap();
        assert_eq!(effective.config.thresholds.answer.ko, 0.9);
        for (site, part) in [
            ("[site]\nnmae = \"Tea\"\n", "`http.site.name`"),
            ("[site]\nname = 3\n", "text in quotation marks"),
            ("[server]\nlisten = \"0.0.0.0:1\"\n", "`server`"),
            ("name = \"Tea\"\n", "`name`"),
        ] {
            let refused = with_site(site, None).unwrap_err();
            assert!(
                refused.contains(part) && refused.contains(SITE_FILE),
                "{refused}"
            );
        }
    }

    #[test]
    fn what_the_types_call_a_secret_is_never_listed() {
        let file = "[mail]\nsmtp_url = \"smtps://me:hunter2@mail.example\"\n\
            [identity]\nkeys = [\"shop:HS256:hunter2hunter2hunter2hunter2\"]\n\
            [attachments]\nkey = \"name\"\nsecret = \"hunter2\"\n";
        let effective = load_with(Some(file), &[], Overrides::default()).unwrap();
        let listed: Vec<String> = effective.settings.iter().map(ToString::to_string).collect();
        let listed = listed.join("\n");
        assert!(!listed.contains("hunter2"), "{listed}");
        for line in [
            "mail.smtp_url = \"***\"",
            "identity.keys = [\"***\"]",
            "attachments.secret = \"***\"",
            "attachments.key = \"name\"",
            "drafter.key = \"\"",
        ] {
            assert!(listed.contains(line), "{line} is not in {listed}");
        }
        let shown = format!("{:?}", effective.config);
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn every_fault_names_its_key_and_what_to_do() {
        let check = |file: &str, environment: &[(&str, &str)], expected: &[&str]| {
            let message = load_with(Some(file), environment, Overrides::default()).unwrap_err();
            for part in expected {
                assert!(message.contains(part), "{part:?} is not in {message:?}");
            }
        };
        check(
            "[server]\nlissten = \"x\"\n[extra]\n",
            &[],
            &[
                "`server.lissten`",
                "`server.listen`",
                "`extra`",
                "mondo.toml",
            ],
        );
        check(
            "",
            &[("MONDO__LOG__LEVLE", "x")],
            &["MONDO__LOG__LEVLE", "MONDO__LOG__LEVEL"],
        );
        check(
            "",
            &[("MONDO__HTTP__MAX_IN_FLIGHT", "many")],
            &["MONDO__HTTP__MAX_IN_FLIGHT", "many", "whole number"],
        );
        check(
            "[http]\nmax_in_flight = 0\n",
            &[],
            &["`http.max_in_flight`"],
        );
        check(
            "[http]\nmax_in_flight = 9000000000000000000\n",
            &[],
            &["`http.max_in_flight`"],
        );
        check(
            "[http]\nmax_in_flight = \"9\"\n",
            &[],
            &["`http.max_in_flight`", "whole number"],
        );
        check(
            "[thresholds.answer]\nzh = 95\n",
            &[],
            &["`thresholds.answer.zh`", "from 0 to 1"],
        );
        check(
            "[desk]\nfallback = \"fr\"\n",
            &[],
            &["`desk.fallback`", "fr"],
        );
        check("[log]\nformat = \"xml\"\n", &[], &["`log.format`", "json"]);
        check("server = 3\n", &[], &["`server`", "section"]);
        check("a = [\n", &[], &["mondo.toml", "line"]);
    }
}

//! The effective settings: commented defaults, then a file, then the environment, then flags.
//!
//! Each section's struct belongs to the module that owns the setting; this module composes them and is the only one
//! that knows where a value came from. Nothing below it reads the environment.

mod edit;
mod layers;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::desk::{DeskSettings, DrafterSettings, MailSettings};
use crate::encoder::EncoderSettings;
use crate::http::HttpSettings;
use crate::identity::IdentitySettings;
use crate::pipeline::{Routing, Thresholds};
use crate::relay::WebhookSettings;
use crate::schedule::{Hours, InvalidCalendar, ServiceHours};
use crate::store::FileSettings;

pub use edit::set_text;
pub use layers::{ConfigFault, Origin, Overrides, Setting};

/// The commented defaults, as they are compiled in.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// File read from the working folder when none is named.
pub const DEFAULT_FILE: &str = "mondo.toml";

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
    /// Policy per kind of question.
    pub routing: Routing,
    /// How visitors are served.
    pub desk: DeskSettings,
    /// Which tokens of hosts are believed.
    pub identity: IdentitySettings,
    /// Files of visitors and agents.
    pub attachments: FileSettings,
    /// Mail to visitors and staff.
    pub mail: MailSettings,
    /// When the desk is open.
    pub schedule: ScheduleSettings,
    /// Who writes drafts of replies, if anybody.
    pub drafter: DrafterSettings,
    /// How others are told what happens.
    pub webhooks: WebhookSettings,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// When the desk is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    /// The file that says so; empty for day and night.
    pub file: PathBuf,
}

/// Why the file of the opening hours cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// It cannot be read.
    #[error("could not read the opening hours {}: {source}; check schedule.file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not TOML of this form.
    #[error("{} does not say opening hours: {source}", path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        source: Box<toml::de::Error>,
    },
    /// Its hours cannot be used.
    #[error("{}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: InvalidCalendar,
    },
}

impl ScheduleSettings {
    /// Reads the hours; day and night when there is no file.
    pub fn load(&self) -> Result<Hours, ScheduleError> {
        let path = self.file.clone();
        if path.as_os_str().is_empty() {
            return Ok(Hours::default());
        }
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) => return Err(ScheduleError::Unreadable { path, source }),
        };
        let written: ServiceHours = match toml::from_str(&text) {
            Ok(written) => written,
            Err(source) => {
                let source = Box::new(source);
                return Err(ScheduleError::NotToml { path, source });
            }
        };
        written
            .hours()
            .map_err(|source| ScheduleError::Invalid { path, source })
    }
}

/// Where to listen, read and write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port, such as `127.0.0.1:8090`.
    pub listen: String,
    /// Folder for the database and the index.
    pub data: PathBuf,
    /// Folder with the knowledge base.
    pub kb: PathBuf,
    /// Whether edits of the knowledge base are served at once.
    pub watch: bool,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// Shape of a line.
    pub format: LogFormat,
    /// Least level, also per module as in `mondo::http=debug`.
    pub level: String,
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
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
    /// Lays the file, the environment and the flags over the defaults, and reports every fault at once.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        overrides: Overrides,
    ) -> Result<Effective, ConfigError> {
        let mut layers = layers::Layers::over(defaults());
        if let Some(path) = file {
            layers.lay_file(path, &read_table(path)?);
        }
        layers.lay_environment(environment);
        layers.lay_overrides(overrides);
        let (table, settings) = layers
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
        shares
            .into_iter()
            .filter(|(_, share)| !(0.0..=1.0).contains(share))
            .map(|(key, share)| ConfigFault::Unusable {
                key: key.to_owned(),
                origin: layers::origin_of(settings, key),
                reason: format!("{share} is not a probability; use a number from 0 to 1"),
            })
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
        let effective = load_with(None, &[], Overrides::default()).unwrap();
        let config = &effective.config;
        assert_eq!(config.thresholds, Thresholds::default());
        assert_eq!(config.routing, Routing::default());
        assert_eq!(config.http, HttpSettings::default());
        assert_eq!(config.desk, DeskSettings::default());
        assert_eq!(config.identity, IdentitySettings::default());
        assert_eq!(config.attachments, FileSettings::default());
        assert_eq!(config.mail, MailSettings::default());
        assert_eq!(config.drafter, DrafterSettings::default());
        assert_eq!(config.webhooks, WebhookSettings::default());
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

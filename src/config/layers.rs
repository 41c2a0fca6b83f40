//! Layers of settings over the defaults, with every fault named and the origin of every value kept.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::signing::MASK;

/// Begins the name of every environment variable that is a setting.
const PREFIX: &str = "MONDO__";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The compiled-in defaults.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => formatter.write_str("default"),
            Origin::File(path) => write!(formatter, "{}", path.display()),
            Origin::Environment(name) => formatter.write_str(name),
            Origin::Flag(flag) => formatter.write_str(flag),
        }
    }
}

/// One effective setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its name, such as `server.listen`.
    pub key: String,
    /// Its value; that of a secret is `***`.
    pub value: Value,
    /// Where the value came from.
    pub origin: Origin,
}

impl fmt::Display for Setting {
    /// Writes a line of TOML with the origin as a comment.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, value, origin) = (&self.key, &self.value, &self.origin);
        write!(formatter, "{key} = {value}  # {origin}")
    }
}

/// Values given by flags.
#[derive(Debug, Clone, Default)]
pub struct Overrides(Vec<(&'static str, &'static str, Value)>);

impl Overrides {
    /// Notes the value a flag gives to a key.
    pub fn set(&mut self, key: &'static str, flag: &'static str, value: impl Into<Value>) {
        self.0.push((key, flag, value.into()));
    }
}

/// One thing wrong with the settings.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigFault {
    /// A key nobody knows.
    #[error("{origin}: unknown setting `{key}`; did you mean `{nearest}`?")]
    UnknownKey {
        /// The key.
        key: String,
        /// The known key most like it.
        nearest: String,
        /// Where it stands.
        origin: Origin,
    },
    /// An environment variable that is no setting.
    #[error("unknown setting {variable} in the environment; did you mean {nearest}?")]
    UnknownVariable {
        /// The variable.
        variable: String,
        /// The known variable most like it.
        nearest: String,
    },
    /// A value of the wrong type or out of range.
    #[error("{origin}: `{key}`: {reason}")]
    Unusable {
        /// The key.
        key: String,
        /// Where the value stands.
        origin: Origin,
        /// What is wrong and what would be right.
        reason: String,
    },
}

/// Settings under construction.
pub(super) struct Layers {
    settings: Vec<Setting>,
    faults: Vec<ConfigFault>,
}

impl Layers {
    /// Starts from the defaults, which say which keys exist and of which type they are.
    pub(super) fn over(defaults: Table) -> Self {
        let settings = leaves(&defaults)
            .into_iter()
            .map(|(key, value)| Setting {
                key,
                value,
                origin: Origin::Default,
            })
            .collect();
        Self {
            settings,
            faults: Vec::new(),
        }
    }

    pub(super) fn lay_file(&mut self, path: &Path, table: &Table) {
        let origin = Origin::File(path.to_owned());
        for (key, value) in leaves(table) {
            if self.is_section(&key) {
                if !value.is_table() {
                    let reason = format!("this is a section; write it as [{key}]");
                    self.fault(key, &origin, reason);
                }
                continue;
            }
            self.lay(&key, value, &origin);
        }
    }

    /// Lays what a knowledge base says of the company it speaks for, and the thresholds that were found for it; it may set
    /// nothing else.
    pub(super) fn lay_site(&mut self, path: &Path, table: &Table) {
        for (name, value) in table {
            let origin = Origin::File(path.to_owned());
            match (name.as_str(), value) {
                ("site" | "channels", Value::Table(section)) => {
                    for (key, value) in leaves(section) {
                        self.lay(&format!("http.{name}.{key}"), value, &origin);
                    }
                }
                ("thresholds", Value::Table(section)) => {
                    for (key, value) in leaves(section) {
                        self.lay(&format!("thresholds.{key}"), value, &origin);
                    }
                }
                _ => {
                    let reason = "a knowledge base sets [site], [channels] and [thresholds] alone; write it in mondo.toml";
                    self.fault(name.clone(), &origin, reason.to_owned());
                }
            }
        }
    }

    /// Returns the text that a key has so far.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let setting = self.settings.iter().find(|setting| setting.key == key)?;
        setting.value.as_str()
    }

    pub(super) fn lay_environment(&mut self, environment: impl Iterator<Item = (String, String)>) {
        let mut variables: Vec<(String, String)> = environment
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        variables.sort();
        for (variable, text) in variables {
            let wanted = self
                .settings
                .iter()
                .find(|setting| variable_of(&setting.key) == variable)
                .map(|setting| (setting.key.clone(), setting.value.clone()));
            let Some((key, default)) = wanted else {
                let nearest = nearest(&variable, self.keys().map(variable_of));
                self.faults
                    .push(ConfigFault::UnknownVariable { variable, nearest });
                continue;
            };
            let origin = Origin::Environment(variable);
            match read_as(&default, &text) {
                Some(value) => self.lay(&key, value, &origin),
                None => {
                    let reason = format!("{text:?} is not {}", kind_of(&default));
                    self.fault(key, &origin, reason);
                }
            }
        }
    }

    pub(super) fn lay_overrides(&mut self, overrides: Overrides) {
        for (key, flag, value) in overrides.0 {
            self.lay(key, value, &Origin::Flag(flag));
        }
    }

    /// Returns the merged table and the origin of every value, or every fault.
    pub(super) fn finish(self) -> Result<(Table, Vec<Setting>), Vec<ConfigFault>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        let mut table = Table::new();
        for setting in &self.settings {
            insert(&mut table, &setting.key, setting.value.clone());
        }
        Ok((table, self.settings))
    }

    fn lay(&mut self, key: &str, value: Value, origin: &Origin) {
        let Some(setting) = self.settings.iter_mut().find(|setting| setting.key == key) else {
            let nearest = nearest(key, self.keys().map(str::to_owned));
            self.faults.push(ConfigFault::UnknownKey {
                key: key.to_owned(),
                nearest,
                origin: origin.clone(),
            });
            return;
        };
        // A whole number is a fine way to write 0 or 1 where a fraction is wanted.
        let value = match (&setting.value, value) {
            (Value::Float(_), Value::Integer(whole)) => Value::Float(whole as f64),
            (_, other) => other,
        };
        if !value.same_type(&setting.value) {
            let reason = format!("{value} is not {}", kind_of(&setting.value));
            self.fault(key.to_owned(), origin, reason);
            return;
        }
        setting.value = value;
        setting.origin = origin.clone();
    }

    fn fault(&mut self, key: String, origin: &Origin, reason: String) {
        self.faults.push(ConfigFault::Unusable {
            key,
            origin: origin.clone(),
            reason,
        });
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.settings.iter().map(|setting| setting.key.as_str())
    }

    fn is_section(&self, key: &str) -> bool {
        self.keys().any(|known| {
            known
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// Returns the variable that was meant by one which is none of ours and differs in its underscores or its case alone.
pub(super) fn meant_variable(name: &str, defaults: &Table) -> Option<String> {
    let letters = |name: &str| name.replace('_', "").to_uppercase();
    if name.starts_with(PREFIX) || !letters(name).starts_with(&letters(PREFIX)) {
        return None;
    }
    leaves(defaults)
        .into_iter()
        .map(|(key, _)| variable_of(&key))
        .find(|variable| letters(variable) == letters(name))
}

/// Names the environment variable of a key: `server.listen` is `MONDO__SERVER__LISTEN`.
pub(super) fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

/// Returns the values of a table with their whole keys; an empty table counts as a value.
pub(super) fn leaves(table: &Table) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) if !inner.is_empty() => found.extend(
                leaves(inner)
                    .into_iter()
                    .map(|(key, value)| (format!("{name}.{key}"), value)),
            ),
            _ => found.push((name.clone(), value.clone())),
        }
    }
    found
}

/// Takes the secrets out of settings: what the types write as masked is masked.
pub(super) fn mask(settings: &mut [Setting], typed: &Table) {
    let typed: BTreeMap<String, Value> = leaves(typed).into_iter().collect();
    for setting in settings {
        if let Some(written) = typed.get(&setting.key).filter(|value| is_masked(value)) {
            setting.value = written.clone();
        }
    }
}

fn is_masked(value: &Value) -> bool {
    match value {
        Value::String(text) => text == MASK,
        Value::Array(values) => values.iter().any(is_masked),
        _ => false,
    }
}

/// Returns the origin of a key.
pub(super) fn origin_of(settings: &[Setting], key: &str) -> Origin {
    settings
        .iter()
        .find(|setting| setting.key == key)
        .map_or(Origin::Default, |setting| setting.origin.clone())
}

/// Says which setting the types refused.
pub(super) fn unusable(
    settings: &[Setting],
    error: &serde_path_to_error::Error<toml::de::Error>,
) -> ConfigFault {
    let key = error.path().to_string();
    ConfigFault::Unusable {
        origin: origin_of(settings, &key),
        key,
        reason: error.inner().message().trim().to_owned(),
    }
}

fn insert(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let inner = table
                .entry(section)
                .or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

fn read_as(default: &Value, text: &str) -> Option<Value> {
    match default {
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Float(_) => text.parse().ok().map(Value::Float),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) => Some(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(Value::from)
                .collect(),
        )),
        _ => Some(Value::String(text.to_owned())),
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::String(_) => "a text in quotation marks",
        Value::Array(_) => {
            "a list of texts in square brackets, or separated by commas in the environment"
        }
        _ => "of the right type",
    }
}

fn nearest(unknown: &str, known: impl Iterator<Item = String>) -> String {
    known
        .max_by(|left, right| {
            let like = |key: &str| strsim::normalized_damerau_levenshtein(unknown, key);
            like(left).total_cmp(&like(right))
        })
        .unwrap_or_default()
}

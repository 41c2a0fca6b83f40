//! Reads master keys from where they are kept, and puts them there where that is a file.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use zeroize::Zeroizing;

use super::master_key::{InvalidMasterKeys, MasterKey, MasterKeys};
use super::settings::SealingSettings;

/// Name of the file in the data folder.
const FILE: &str = "master.keys";

/// Where master keys are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKeySource {
    /// A file that only its owner reads.
    File(PathBuf),
    /// The configuration or the environment.
    Configured(SealingSettings),
    /// What a program prints.
    Command(Vec<String>),
}

/// What to do where there is no key yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Make one, since nothing is sealed yet.
    Make,
    /// Say so: what was sealed needs the keys it was sealed with.
    Refuse,
}

/// Why there are no master keys.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file is missing although things were sealed.
    #[error(
        "the master keys {} are missing, and what visitors said cannot be read without them; put the file back, such as from where you keep it apart from backups",
        path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("could not use the master keys {}: {source}; check the file and its folder", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The program cannot be run.
    #[error("could not run {program} for the master keys: {source}; check sealing.command")]
    Command {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// The program failed.
    #[error("{program} gave no master keys: {status}; run it by hand to see why")]
    CommandFailed {
        /// The program.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// What was read are no keys.
    #[error("{place}: {source}")]
    Invalid {
        /// Where it was read.
        place: String,
        /// What is wrong.
        source: InvalidMasterKeys,
    },
    /// Only a file can be written.
    #[error(
        "the master keys come from {place}; put a new line before the others there, start mondo anew, and rotate again"
    )]
    NotOurs {
        /// Where they come from.
        place: &'static str,
    },
}

impl MasterKeySource {
    /// Chooses the place that the settings name.
    pub fn of(settings: &SealingSettings, data: &Path) -> Self {
        if !settings.secret.is_empty() {
            return Self::Configured(settings.clone());
        }
        if !settings.command.is_empty() {
            return Self::Command(settings.command.clone());
        }
        match settings.file.as_os_str().is_empty() {
            true => Self::File(data.join(FILE)),
            false => Self::File(settings.file.clone()),
        }
    }

    /// Reads the keys.
    pub fn load(&self, missing: Missing) -> Result<MasterKeys, SourceError> {
        let (place, text) = match self {
            Self::File(path) => (path.display().to_string(), file_text(path, missing)?),
            Self::Configured(settings) => (
                "sealing.secret".to_owned(),
                Zeroizing::new(settings.secret.reveal().to_owned()),
            ),
            Self::Command(command) => (command.join(" "), printed_by(command)?),
        };
        MasterKeys::parse(&text).map_err(|source| SourceError::Invalid { place, source })
    }

    /// Keeps these keys in place of the earlier ones, whole or not at all; only where they are in a file.
    pub fn replace(&self, keys: &MasterKeys) -> Result<(), SourceError> {
        match self {
            Self::File(path) => put(path, keys).map_err(at(path)),
            Self::Configured(_) => Err(SourceError::NotOurs {
                place: "sealing.secret",
            }),
            Self::Command(_) => Err(SourceError::NotOurs {
                place: "sealing.command",
            }),
        }
    }

    /// Returns the file, where there is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Configured(_) | Self::Command(_) => None,
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> SourceError + use<> {
    let path = path.to_owned();
    move |source| SourceError::File { path, source }
}

fn file_text(path: &Path, missing: Missing) -> Result<Zeroizing<String>, SourceError> {
    if !path.exists() {
        if missing == Missing::Refuse {
            return Err(SourceError::Missing {
                path: path.to_owned(),
            });
        }
        let fresh = MasterKeys::with(MasterKey::generate());
        match create(path, &fresh) {
            // Another process was faster; its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.map_err(at(path))?,
        }
    }
    std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(at(path))
}

fn create(path: &Path, keys: &MasterKeys) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(keys.text().as_bytes())?;
    file.sync_all()
}

/// Written beside its place and renamed, so that a crash leaves the old keys or the new ones.
fn put(path: &Path, keys: &MasterKeys) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(name);
    let _ = std::fs::remove_file(&beside);
    create(&beside, keys)?;
    std::fs::rename(&beside, path)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

fn printed_by(command: &[String]) -> Result<Zeroizing<String>, SourceError> {
    let (program, arguments) = command.split_first().expect("an empty command is none");
    let output = Command::new(program)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|source| SourceError::Command {
            program: program.clone(),
            source,
        })?;
    if !output.status.success() {
        return Err(SourceError::CommandFailed {
            program: program.clone(),
            status: output.status,
        });
    }
    Ok(Zeroizing::new(
        String::from_utf8_lossy(&output.stdout).into_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_for_its_owner_alone_and_never_when_things_were_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = MasterKeySource::of(&SealingSettings::default(), folder.path());
        let refused = source.load(Missing::Refuse).expect_err("nothing is there");
        assert!(matches!(refused, SourceError::Missing { .. }), "{refused}");
        let made = source.load(Missing::Make).expect("made");
        let again = source.load(Missing::Refuse).expect("there");
        assert_eq!(made.newest().id(), again.newest().id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let path = source.file().expect("a file");
            let mode = std::fs::metadata(path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let next = again.preceded_by(MasterKey::generate());
        source.replace(&next).expect("replaced");
        assert_eq!(source.load(Missing::Refuse).expect("there").keys().len(), 2);
    }

    #[test]
    fn the_environment_and_programs_give_keys_too() {
        let line = MasterKey::generate().line();
        let id = line.parse::<MasterKey>().expect("a key").id().clone();
        let configured = SealingSettings {
            secret: crate::signing::Secret::new(line.as_str()),
            ..SealingSettings::default()
        };
        let printed = SealingSettings {
            command: vec!["echo".to_owned(), (*line).clone()],
            ..SealingSettings::default()
        };
        for settings in [configured, printed] {
            let source = MasterKeySource::of(&settings, Path::new("nowhere"));
            let keys = source.load(Missing::Refuse).expect("keys");
            assert_eq!(*keys.newest().id(), id);
            let refused = source.replace(&keys).expect_err("not ours to write");
            assert!(matches!(refused, SourceError::NotOurs { .. }), "{refused}");
        }
        let silent = SealingSettings {
            command: vec!["false".to_owned()],
            ..SealingSettings::default()
        };
        let source = MasterKeySource::of(&silent, Path::new("nowhere"));
        let error = source.load(Missing::Make).expect_err("it fails");
        assert!(
            matches!(error, SourceError::CommandFailed { .. }),
            "{error}"
        );
    }
}

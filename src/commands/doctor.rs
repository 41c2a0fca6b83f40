//! `mondo doctor`: looks at everything the server depends on, and says what to do about what is not right.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use crate::client::Mailbox;
use crate::config::{Config, Overrides};
use crate::encoder::ModelFolder;
use crate::knowledge::{Level, load_folder};
use crate::store::{OpenError, Reader};

use super::findings::Finding::{self, Fault, Note, Right};
use super::findings::of_settings;
use super::{output, place};

/// Looks at settings, data folder, database, model, knowledge base and addresses; exit code 1 when something is wrong
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Folder for the database and the index [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder with the knowledge base [default: knowledge_base]
    #[arg(long, value_name = "DIR")]
    kb: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Room below which the data folder is said to be short of it: an index is written whole before the old one goes.
const LEAST_ROOM_BYTES: u64 = 1024 * 1024 * 1024;

/// Runs the command.
pub fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let mut overrides = Overrides::default();
    for (key, flag, folder) in [
        ("server.data", "--data", &args.data),
        ("server.kb", "--kb", &args.kb),
    ] {
        if let Some(folder) = folder {
            let text = folder.to_str().context("a folder is not UTF-8")?;
            overrides.set(key, flag, text);
        }
    }
    let file = Config::file(args.config.as_deref());
    let findings = match Config::load(file.as_deref(), std::env::vars(), overrides) {
        Ok(effective) => {
            let mut findings = vec![(
                "settings",
                Right(match &file {
                    Some(path) => format!("{} and the environment fit", path.display()),
                    None => "the defaults and the environment fit".to_owned(),
                }),
            )];
            findings.extend(look(&effective.config)?);
            findings
        }
        Err(error) => vec![("settings", Fault(error.to_string().replace('\n', "; ")))],
    };
    let mut is_well = true;
    for (subject, finding) in findings {
        let (word, told) = match finding {
            Right(told) => ("ok", told),
            Note(told) => ("note", told),
            Fault(told) => {
                is_well = false;
                ("FAULT", told)
            }
        };
        output::print_data(&format!("{word:<6}{subject:<12}{told}"))?;
    }
    Ok(match is_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn look(config: &Config) -> anyhow::Result<Vec<(&'static str, Finding)>> {
    let opened = place::run(async {
        Ok(Reader::open_with(&config.server.data, &config.store, &config.sealing).await)
    })?;
    let mut findings = vec![
        ("data", data_folder(&config.server.data)),
        ("database", database(opened)),
        ("model", model(config)),
        ("knowledge", knowledge(&config.server.kb)),
        ("mailbox", mailbox(config)?),
    ];
    findings.extend(of_settings(config, std::env::vars()));
    Ok(findings)
}

fn data_folder(folder: &Path) -> Finding {
    let told = folder.display();
    // Whoever looks at something does not make it.
    if !folder.exists() {
        return Note(format!(
            "{told} is not there; `mondo serve` makes it at its first start"
        ));
    }
    let probe = folder.join(".mondo-doctor");
    if let Err(error) = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe)) {
        return Fault(format!(
            "{told} cannot be written: {error}; give it to the user that runs mondo"
        ));
    }
    match fs4::available_space(folder) {
        Ok(room) if room < LEAST_ROOM_BYTES => Fault(format!(
            "{told} has {} MiB left; free some, for a full disk stops every acknowledgement",
            room >> 20
        )),
        Ok(room) => Right(format!("{told} is writable, {} GiB free", room >> 30)),
        Err(error) => Note(format!("{told} is writable; its room is unknown: {error}")),
    }
}

fn database(opened: Result<Reader, OpenError>) -> Finding {
    match opened {
        Ok(_) => Right("opens, with its keys, in the schema of this version".to_owned()),
        Err(error @ OpenError::NotThere { .. }) => Note(format!(
            "{error}; `mondo serve` makes one at its first start"
        )),
        Err(error @ (OpenError::OlderSchema { .. } | OpenError::NotSealed { .. })) => {
            Note(error.to_string())
        }
        Err(error) => Fault(error.to_string()),
    }
}

fn model(config: &Config) -> Finding {
    let opened = ModelFolder::chosen(&config.encoder)
        .and_then(|_| ModelFolder::chosen_second(&config.encoder));
    match opened {
        Ok(Some(_)) => Right("both encoders are whole".to_owned()),
        Ok(None) => Right("the encoder is whole; no second one is asked".to_owned()),
        Err(error) => Fault(format!("{error}; `mondo model verify` tells more")),
    }
}

fn knowledge(folder: &Path) -> Finding {
    let loaded = match load_folder(folder) {
        Ok(loaded) => loaded,
        Err(error) => return Fault(error.to_string()),
    };
    let faults = loaded.faults.iter();
    let errors = faults.filter(|fault| fault.level == Level::Error).count();
    let articles = loaded.knowledge.articles.len();
    let told = folder.display();
    match (errors, articles) {
        (0, 0) => Fault(format!(
            "{told} has no article; write one, or `mondo init` a folder"
        )),
        (0, _) => Right(format!("{told} has {articles} articles")),
        _ => Fault(format!(
            "{told} has {errors} errors; `mondo kb check` names them with file and line"
        )),
    }
}

fn mailbox(config: &Config) -> anyhow::Result<Finding> {
    let settings = &config.mailbox;
    let read = match settings.read(!config.mail.smtp_url.is_empty()) {
        Ok(Some(read)) => read,
        Ok(None) => {
            let told = "mailbox.address is empty: no mail of visitors is taken";
            return Ok(Note(told.to_owned()));
        }
        Err(error) => return Ok(Fault(format!("{}: {error}", error.key()))),
    };
    let address = read.address;
    let Some(account) = read.account else {
        return Ok(Right(format!(
            "a program posts the mails to {address}; its outlet stands under Programs"
        )));
    };
    let authorities = &settings.ca_file;
    let authorities = (!authorities.as_os_str().is_empty()).then_some(authorities.as_path());
    let opened = place::run(async {
        let mut mailbox = match Mailbox::open(&account, &settings.folder, authorities).await {
            Ok(mailbox) => mailbox,
            Err(error) => return Ok(Err(error)),
        };
        let unread = mailbox.unread().await;
        mailbox.close().await;
        Ok(unread)
    })?;
    Ok(match opened {
        Ok(unread) => Right(format!(
            "{address} can be read at {}, {} unread",
            account.place(),
            unread.len()
        )),
        Err(error) => Fault(format!("{address}: {error}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_fault(finding: &Finding) -> bool {
        matches!(finding, Fault(_))
    }

    #[test]
    fn a_folder_that_cannot_be_used_is_a_fault() {
        let place = tempfile::tempdir().unwrap();
        let new = place.path().join("new");
        assert!(!is_fault(&data_folder(&new)) && !new.exists());
        assert!(!is_fault(&data_folder(place.path())));
        let file = place.path().join("file");
        std::fs::write(&file, "x").unwrap();
        assert!(is_fault(&data_folder(&file)));
        assert!(is_fault(&knowledge(&place.path().join("gone"))));
    }
}

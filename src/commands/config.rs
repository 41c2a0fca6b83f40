//! `mondo config check`: tells whether the settings are right, and where each came from.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::{Config, ConfigError, Overrides};

use super::findings::{Finding, of_settings};

/// Looks at the settings.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ConfigCommand {
    /// Checks the file and the environment; exit code 1 when something is wrong
    Check(CheckArgs),
    /// Prints the commented defaults, the beginning of a mondo.toml
    Defaults,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print every effective setting with where it came from
    #[arg(long)]
    print: bool,
}

/// Runs the command.
pub fn run(args: ConfigArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        ConfigCommand::Check(args) => check(&args),
        ConfigCommand::Defaults => {
            print!("{}", crate::config::DEFAULTS);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let file = Config::file(args.config.as_deref());
    let effective = match Config::load(file.as_deref(), std::env::vars(), Overrides::default()) {
        Ok(effective) => effective,
        Err(error @ ConfigError::Unreadable { .. }) => return Err(error.into()),
        Err(error) => {
            eprintln!("{error}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut is_right = true;
    for (subject, finding) in of_settings(&effective.config, std::env::vars()) {
        match finding {
            Finding::Right(_) => {}
            Finding::Note(told) => eprintln!("note, {subject}: {told}"),
            Finding::Fault(told) => {
                is_right = false;
                eprintln!("{subject}: {told}");
            }
        }
    }
    if args.print {
        for setting in &effective.settings {
            println!("{setting}");
        }
    }
    if !is_right {
        return Ok(ExitCode::FAILURE);
    }
    match file {
        Some(path) => eprintln!(
            "the settings are right (defaults, {}, environment)",
            path.display()
        ),
        None => eprintln!("the settings are right (defaults, environment)"),
    }
    Ok(ExitCode::SUCCESS)
}

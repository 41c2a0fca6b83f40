//! `mondo key`: the master keys that wrap the keys of what visitors said, also while the server runs.

use std::process::ExitCode;

use clap::Subcommand;

use super::output::print_data;
use super::place::{DataPlace, now, run as run_async};

/// Changes the master keys that protect what visitors said
#[derive(Debug, clap::Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    command: KeyCommand,
    #[command(flatten)]
    place: DataPlace,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Lists the master keys by name, the newest first, with how many keys each of them wraps
    List,
    /// Makes a new master key and wraps every key with it; what was sealed stays as it is
    Rotate,
    /// Takes away master keys that wrap nothing any more; not within five minutes of a rotation
    Prune,
}

/// Runs `mondo key`.
pub fn run(args: &KeyArgs) -> anyhow::Result<ExitCode> {
    run_async(async {
        let store = args.place.store().await?;
        match args.command {
            KeyCommand::List => {
                for used in store.master_keys().await? {
                    let place = if used.at_hand { "" } else { "\tnot at hand" };
                    print_data(&format!("{}\t{}{place}", used.id, used.wraps))?;
                }
            }
            KeyCommand::Rotate => {
                let rotated = store.rotate_master_key(now()).await?;
                eprintln!(
                    "{} keys are wrapped with {} now; a server that runs takes it within a minute. Keep a copy of the master keys apart from backups; `mondo key prune` takes the old ones away",
                    rotated.wrapped, rotated.newest
                );
            }
            KeyCommand::Prune => {
                let gone = store.prune_master_keys(now()).await?;
                eprintln!(
                    "{gone} master keys taken away; backups made before a rotation need them"
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

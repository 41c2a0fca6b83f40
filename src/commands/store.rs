//! `mondo store copy`: the database from one place to another, such as from a file to a server.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::signing::Secret;
use crate::store::{FolderLock, StorePlace, copy_store};

use super::place;

/// Moves what is kept
#[derive(Debug, clap::Args)]
pub struct StoreArgs {
    #[command(subcommand)]
    command: StoreCommand,
}

#[derive(Debug, clap::Subcommand)]
enum StoreCommand {
    /// Copies the database, and compares both by the number and the digests of their rows
    ///
    /// Stop the server first. A copy that broke off is begun again with the same command. What is sealed stays sealed: the
    /// master keys, and attachments that lie in the data folder, are not part of the database and stay where they are.
    Copy(CopyArgs),
}

#[derive(Debug, clap::Args)]
struct CopyArgs {
    /// A data folder, or postgres://user:password@host/database
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// A data folder, or postgres://user:password@host/database; it must be empty, or hold a part of the same copy
    #[arg(long, value_name = "PLACE")]
    to: String,
}

/// Runs the command.
pub fn run(args: StoreArgs) -> anyhow::Result<ExitCode> {
    let StoreCommand::Copy(CopyArgs { from, to }) = args.command;
    if from == to {
        bail!("--from and --to name the same place");
    }
    let (from, to) = (place_of(&from), place_of(&to));
    // Whoever serves a folder meanwhile would write what is not copied.
    let _locks = [&from, &to]
        .into_iter()
        .filter_map(|place| match place {
            StorePlace::Folder(folder) => Some(folder),
            StorePlace::Server(_) => None,
        })
        .map(|folder| {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("could not use the folder {}", folder.display()))?;
            Ok(FolderLock::take(folder, "mondo store copy")?)
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let copied = place::run(async {
        let told = |table: &crate::store::CopiedTable| {
            eprintln!("{:<22} {:>10} rows", table.name, table.rows);
        };
        Ok(copy_store(&from, &to, told).await?)
    })?;
    let rows: u64 = copied.iter().map(|table| table.rows).sum();
    println!(
        "{rows} rows of {} tables are in both places, and equal",
        copied.len()
    );
    Ok(ExitCode::SUCCESS)
}

fn place_of(text: &str) -> StorePlace {
    match text.starts_with("postgres://") || text.starts_with("postgresql://") {
        true => StorePlace::Server(Secret::new(text)),
        false => StorePlace::Folder(PathBuf::from(text)),
    }
}

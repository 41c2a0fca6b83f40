//! `mondo backup` and `mondo restore`: everything that cannot be made again, into a folder or a pipe, and back.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::backup::{self, BackupSource, Manifest};
use crate::config::{Config, Overrides};
use crate::sealing::MasterKeySource;
use crate::time::Timestamp;

/// Copies database, attachments and articles while the server goes on
///
/// The master keys are left out, so that whoever finds the backup reads nothing that visitors said: keep a copy of
/// master.keys in another place, and name it to `mondo restore --key`. With --with-key they are part of the backup.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// A new or empty folder; - writes a tar archive to standard output
    target: PathBuf,
    /// Compare a backup with its manifest instead of making one; exit code 1 when it is damaged
    #[arg(long)]
    check: bool,
    /// Copy the master keys too; whoever has such a backup reads everything in it
    #[arg(long)]
    with_key: bool,
    #[command(flatten)]
    place: Place,
}

/// Puts a backup back into empty folders
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The folder that `mondo backup` made; - reads a tar archive from standard input
    source: PathBuf,
    /// File with the master keys, for a backup that was made without them
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Args)]
struct Place {
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

impl Place {
    fn settings(&self) -> anyhow::Result<Config> {
        let file = Config::file(self.config.as_deref());
        let mut config =
            Config::load(file.as_deref(), std::env::vars(), Overrides::default())?.config;
        if let Some(data) = &self.data {
            config.server.data.clone_from(data);
        }
        if let Some(kb) = &self.kb {
            config.server.kb.clone_from(kb);
        }
        Ok(config)
    }
}

/// Runs `mondo backup`.
pub fn run(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    if args.check {
        return check(&args.target);
    }
    let config = args.place.settings()?;
    if !config.store.url.is_empty() {
        bail!(
            "the database is on a server: copy it with pg_dump, and beside it the folder {} with keys and attachments, and the knowledge base",
            config.server.data.display()
        );
    }
    if !config.attachments.bucket.is_empty() {
        eprintln!(
            "attachments lie in the bucket {}: they are not part of this backup",
            config.attachments.bucket
        );
    }
    let keys = MasterKeySource::of(&config.sealing, &config.server.data);
    let master_keys = match (args.with_key, keys.file()) {
        (false, _) => None,
        (true, Some(file)) => Some(file.to_owned()),
        (true, None) => bail!("the master keys lie in no file; leave --with-key out"),
    };
    if master_keys.is_none() {
        eprintln!(
            "the master keys are not part of this backup; keep them in another place, or nobody will read what visitors said"
        );
    }
    let source = BackupSource {
        data: config.server.data,
        knowledge: config.server.kb,
        master_keys,
    };
    if args.target != Path::new("-") {
        let manifest = make(&source, &args.target)?;
        eprintln!(
            "{} in {}; check it with `mondo backup --check {}`",
            sized(&manifest),
            args.target.display(),
            args.target.display()
        );
        return Ok(ExitCode::SUCCESS);
    }
    let out = io::stdout().lock();
    if out.is_terminal() {
        bail!(
            "standard output is a terminal; send it to a file, as in `mondo backup - > mondo.tar`"
        );
    }
    let folder = temporary(&source.data)?;
    let made = make(&source, &folder).and_then(|manifest| {
        backup::pack(&folder, out)?;
        Ok(manifest)
    });
    let _ = std::fs::remove_dir_all(&folder);
    eprintln!("{} written", sized(&made?));
    Ok(ExitCode::SUCCESS)
}

/// Runs `mondo restore`.
pub fn run_restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let server = args.place.settings()?.server;
    let from_pipe = args.source == Path::new("-");
    let source = match from_pipe {
        true => temporary(&server.data)?,
        false => args.source.clone(),
    };
    let restored = unpacked(from_pipe, &source).and_then(|()| {
        let key = args.key.as_deref();
        Ok(backup::restore(&source, &server.data, &server.kb, key)?)
    });
    if from_pipe {
        let _ = std::fs::remove_dir_all(&source);
    }
    let restored = restored?;
    eprintln!(
        "{} files put back into {} and {}; start it with `mondo serve --data {} --kb {}`",
        restored.files,
        server.data.display(),
        server.kb.display(),
        server.data.display(),
        server.kb.display()
    );
    if !restored.has_master_keys {
        eprintln!(
            "the backup has no master keys: before starting, put yours into {}, or name where they are in [sealing]",
            server.data.join("master.keys").display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn unpacked(from_pipe: bool, folder: &Path) -> anyhow::Result<()> {
    if from_pipe {
        backup::unpack(io::stdin().lock(), folder)?;
    }
    Ok(())
}

fn check(folder: &Path) -> anyhow::Result<ExitCode> {
    let manifest = Manifest::read(folder)?;
    let damage = manifest.damage(folder)?;
    for one in &damage {
        println!("{one}");
    }
    if damage.is_empty() {
        eprintln!("{}, all as it was made", sized(&manifest));
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("the backup is damaged; use another one");
    Ok(ExitCode::FAILURE)
}

fn make(source: &BackupSource, into: &Path) -> anyhow::Result<Manifest> {
    let runtime = tokio::runtime::Runtime::new().context("could not start the runtime")?;
    let now = Timestamp::from(SystemTime::now());
    Ok(runtime.block_on(backup::make(source, into, now))?)
}

/// A folder beside the data folder, on the same disk, which a backup of it fits on as likely as anywhere.
fn temporary(data: &Path) -> anyhow::Result<PathBuf> {
    let beside = data.parent().unwrap_or(Path::new("."));
    let name = format!(".mondo-backup-{}", std::process::id());
    let folder = match beside.as_os_str().is_empty() {
        true => PathBuf::from(name),
        false => beside.join(name),
    };
    if folder.exists() {
        bail!("{} is in the way; remove it", folder.display());
    }
    Ok(folder)
}

fn sized(manifest: &Manifest) -> String {
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let mebibytes = bytes.div_ceil(1 << 20);
    format!("{} files, {mebibytes} MiB", manifest.files.len())
}

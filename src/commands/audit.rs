//! `mondo audit`: proof that the record was not altered, for ourselves and for others.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;

use crate::ids::ConversationId;
use crate::record::{Bundle, PublicKey};
use crate::store::{Fault, Verified, Verifying};
use crate::time::Timestamp;

use super::output::print_data;
use super::place::{DataPlace, now, run as run_async};

/// Proves that the record was not altered
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
    #[command(flatten)]
    place: DataPlace,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Verifies the record and prints whatever is not as it was recorded; exit code 1 when there is anything
    Verify {
        /// Only what happened on this day or later, as in 2026-11-28
        #[arg(long, value_name = "DAY")]
        since: Option<String>,
        /// The key that must have signed, as `mondo audit key` printed it when all was well
        #[arg(long, value_name = "KEY")]
        public_key: Option<PublicKey>,
    },
    /// Prints the public key and the newest checkpoint; keep them where nobody who can write the database can
    Key,
    /// Writes a conversation as a bundle that others can check without mondo
    Export {
        /// The conversation
        #[arg(long, value_name = "ID")]
        conversation: ConversationId,
        /// The file; standard output when none is named
        file: Option<PathBuf>,
    },
    /// Checks a bundle; exit code 1 when it is not what was recorded
    Check {
        /// The bundle
        bundle: PathBuf,
        /// The key that must have signed
        #[arg(long, value_name = "KEY")]
        public_key: Option<PublicKey>,
    },
}

/// Runs `mondo audit`.
pub fn run(args: &AuditArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        AuditCommand::Check { bundle, public_key } => check(bundle, *public_key),
        AuditCommand::Verify { since, public_key } => {
            let verifying = Verifying {
                since: since.as_deref().map(day).transpose()?,
                public_key: *public_key,
            };
            run_async(verify(&args.place, verifying))
        }
        AuditCommand::Key => run_async(async {
            let reader = args.place.reader().await?;
            let Some(head) = reader.record_head().await? else {
                bail!("nothing was signed yet; `mondo serve` signs what is recorded every minute");
            };
            print_data(&format!(
                "key {}\ncheckpoint {} {}",
                head.public_key,
                head.checkpoint.number,
                head.checkpoint.hash()
            ))?;
            Ok(ExitCode::SUCCESS)
        }),
        AuditCommand::Export { conversation, file } => run_async(async {
            let store = args.place.store().await?;
            let bundle = store.bundle(conversation, now()).await?;
            let text = serde_json::to_string_pretty(&bundle)?;
            match file {
                Some(file) => fs::write(file, text)
                    .with_context(|| format!("could not write {}", file.display()))?,
                None => print_data(&text)?,
            }
            Ok(ExitCode::SUCCESS)
        }),
    }
}

async fn verify(place: &DataPlace, verifying: Verifying) -> anyhow::Result<ExitCode> {
    let reader = place.reader().await?;
    let data = place.settings()?.server.data;
    let mut on_fault = |fault: Fault| println!("{fault}");
    let verified = reader
        .verify_record(&data, verifying, &mut on_fault)
        .await?;
    let Verified {
        conversations,
        events,
        erased,
        lines,
        checkpoints,
        faults,
    } = verified;
    eprintln!(
        "{events} events of {conversations} conversations ({erased} of them erased), {lines} lines of the staff log, {checkpoints} checkpoints: {faults} faults"
    );
    Ok(match faults {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn check(file: &PathBuf, public_key: Option<PublicKey>) -> anyhow::Result<ExitCode> {
    let text = fs::read_to_string(file)
        .with_context(|| format!("could not read the bundle {}", file.display()))?;
    let bundle: Bundle =
        serde_json::from_str(&text).with_context(|| format!("{} is no bundle", file.display()))?;
    if let Err(fault) = bundle.verify(public_key) {
        println!("{fault}");
        return Ok(ExitCode::FAILURE);
    }
    eprintln!(
        "{} events of conversation {} are as they were recorded, by checkpoint {} signed with {}",
        bundle.events.len(),
        bundle.stream,
        bundle.proof.checkpoint.number,
        bundle.proof.public_key
    );
    Ok(ExitCode::SUCCESS)
}

/// Reads a day as its first moment in UTC.
fn day(text: &str) -> anyhow::Result<Timestamp> {
    let first = text
        .parse::<jiff::civil::Date>()
        .and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC))
        .with_context(|| format!("{text:?} is no day; write it as in 2026-11-28"))?;
    Ok(Timestamp::from_millis(first.timestamp().as_millisecond()))
}

//! `mondo privacy`: what a person may ask for, also while the server runs.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;

use crate::ids::ConversationId;
use crate::store::Erased;

use super::output::print_data;
use super::place::{DataPlace, now, run as run_async};

/// Hands out or destroys what is kept of a person
#[derive(Debug, clap::Args)]
pub struct PrivacyArgs {
    #[command(subcommand)]
    command: PrivacyCommand,
    #[command(flatten)]
    place: DataPlace,
}

#[derive(Debug, Subcommand)]
enum PrivacyCommand {
    /// Prints everything that is kept of a person as JSON
    Export {
        #[command(flatten)]
        whose: Whose,
    },
    /// Destroys what a person said, in every place; the record still verifies
    ///
    /// Backups made before keep it until they are thrown away.
    Erase {
        #[command(flatten)]
        whose: Whose,
        /// Why, for the record; name the request, not the person
        #[arg(long, default_value = "asked for by the person")]
        why: String,
    },
    /// Keeps a conversation whatever its age, until it is released
    Hold {
        /// The conversation
        #[arg(long, value_name = "ID")]
        conversation: ConversationId,
        /// Why, for the record
        #[arg(long)]
        why: String,
    },
    /// Lets a conversation go that was held
    Release {
        /// The conversation
        #[arg(long, value_name = "ID")]
        conversation: ConversationId,
        /// Why, for the record
        #[arg(long)]
        why: String,
    },
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The account as its host names it: the subject of its tokens
    #[arg(long, value_name = "ID")]
    visitor: Option<String>,
    /// One conversation, for visitors without an account
    #[arg(long, value_name = "ID")]
    conversation: Option<ConversationId>,
}

/// The name under which the log keeps what is done here.
const ACTOR: &str = "operator";

/// Runs `mondo privacy`.
pub fn run(args: &PrivacyArgs) -> anyhow::Result<ExitCode> {
    run_async(act(args))
}

async fn act(args: &PrivacyArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        PrivacyCommand::Export { whose } => {
            let reader = args.place.reader().await?;
            let kept = match (&whose.visitor, &whose.conversation) {
                (Some(visitor), _) => reader.export_account(visitor).await?,
                (None, Some(id)) => reader.export_conversation(id).await?,
                (None, None) => unreachable!("the group is required"),
            };
            print_data(&serde_json::to_string_pretty(&kept)?)?;
        }
        PrivacyCommand::Erase { whose, why } => {
            let store = args.place.store().await?;
            let erased = match (&whose.visitor, &whose.conversation) {
                (Some(visitor), _) => store.erase_account(visitor, ACTOR, why, now()).await?,
                (None, Some(id)) => store.erase_conversation(*id, ACTOR, why, now()).await?,
                (None, None) => unreachable!("the group is required"),
            };
            return told(erased);
        }
        PrivacyCommand::Hold { conversation, why } => {
            let store = args.place.store().await?;
            store
                .hold_conversation(*conversation, true, ACTOR, why, now())
                .await?;
        }
        PrivacyCommand::Release { conversation, why } => {
            let store = args.place.store().await?;
            store
                .hold_conversation(*conversation, false, ACTOR, why, now())
                .await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(erased: Erased) -> anyhow::Result<ExitCode> {
    let Erased {
        conversations,
        messages,
        files,
        on_hold,
    } = erased;
    if on_hold > 0 {
        bail!(
            "{conversations} conversations erased, {on_hold} left: they are on hold; `mondo privacy release` lets them go"
        );
    }
    eprintln!("{conversations} conversations erased, with {messages} messages and {files} files");
    Ok(ExitCode::SUCCESS)
}

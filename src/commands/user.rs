//! `mondo user`: accounts of staff, also while the server runs.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, bail};
use clap::Subcommand;

use crate::config::{Config, Overrides};
use crate::desk::{add_account, reset_account};
use crate::staff::{Agent, Department, EmailAddress, NewAgent, Role};
use crate::store::{Store, StoreError};
use crate::time::Timestamp;

/// Makes and changes accounts of staff
#[derive(Debug, clap::Args)]
pub struct UserArgs {
    #[command(subcommand)]
    command: UserCommand,
    /// Folder for the database [default: data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Makes an account and prints its first password
    Add {
        /// What they sign in with
        email: String,
        /// The name shown to visitors and colleagues
        #[arg(long)]
        name: String,
        /// viewer, author, agent, lead, admin or auditor
        #[arg(long, default_value = "agent")]
        role: String,
        /// Where they work, as visitors may read it
        #[arg(long, default_value = "")]
        department: String,
    },
    /// Changes what an account may do
    Role {
        /// The account
        email: String,
        /// viewer, author, agent, lead, admin or auditor
        role: String,
        /// Sign the account out, and let nobody sign in with it
        #[arg(long)]
        inactive: bool,
    },
    /// Prints a new password, takes the second factor away and signs the account out
    Reset {
        /// The account
        email: String,
    },
    /// Lets an account sign in by password for an hour although sso.passwords is false, and prints a new password
    LetIn {
        /// The account
        email: String,
    },
    /// Lists the accounts
    List,
}

/// The name under which the log keeps what is done here.
const ACTOR: &str = "operator";

/// How long somebody is let in by password where passwords are switched off: an hour.
const LET_IN_MS: i64 = 60 * 60 * 1_000;

pub fn run(args: UserArgs) -> anyhow::Result<ExitCode> {
    let mut overrides = Overrides::default();
    if let Some(folder) = &args.data {
        let folder = folder.to_str().context("the data folder is not UTF-8")?;
        overrides.set("server.data", "--data", folder);
    }
    let file = Config::file(args.config.as_deref());
    let config = Config::load(file.as_deref(), std::env::vars(), overrides)?.config;
    let runtime = tokio::runtime::Runtime::new().context("could not start the runtime")?;
    runtime.block_on(async {
        let now = Timestamp::from(SystemTime::now());
        let store =
            Store::open_with(&config.server.data, &config.store, &config.sealing, now).await?;
        act(&store, args.command, now).await
    })
}

async fn act(store: &Store, command: UserCommand, now: Timestamp) -> anyhow::Result<ExitCode> {
    match command {
        UserCommand::Add {
            email,
            name,
            role,
            department,
        } => {
            let mut new = NewAgent::new(&email, &name, role_from(&role)?)?;
            new.department = Department::new(&department);
            let (agent, password) = match add_account(store, new, ACTOR, now).await {
                Err(StoreError::Conflict(_)) => bail!(
                    "an account with the address {email} exists already; use `mondo user reset {email}`"
                ),
                made => made?,
            };
            eprintln!(
                "{} may sign in at /console; the password is shown this once",
                agent.email
            );
            println!("{}", password.reveal());
        }
        UserCommand::Role {
            email,
            role,
            inactive,
        } => {
            let agent = find(store, &email).await?;
            let role = role_from(&role)?;
            store
                .change_agent(agent.id, role, !inactive, ACTOR.to_owned(), now)
                .await?;
            eprintln!("{} is {role} now", agent.email);
        }
        UserCommand::Reset { email } => {
            let agent = find(store, &email).await?;
            let password = reset_account(store, &agent.id, ACTOR, now).await?;
            eprintln!(
                "{} is signed out; the new password is shown this once",
                agent.email
            );
            println!("{}", password.reveal());
        }
        UserCommand::LetIn { email } => {
            let agent = find(store, &email).await?;
            let password = reset_account(store, &agent.id, ACTOR, now).await?;
            let until = now.later_by(LET_IN_MS);
            store.let_in(agent.id, until, ACTOR.to_owned(), now).await?;
            eprintln!(
                "{} may sign in at /console/sign-in?password=true until {until}; the password is shown this once",
                agent.email
            );
            println!("{}", password.reveal());
        }
        UserCommand::List => {
            for agent in store.reader().agents().await? {
                let state = if agent.active { "active" } else { "inactive" };
                println!("{}\t{}\t{}\t{state}", agent.email, agent.role, agent.name);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn role_from(code: &str) -> anyhow::Result<Role> {
    code.parse().map_err(|_| {
        let known: Vec<&str> = Role::ALL.into_iter().map(Role::code).collect();
        anyhow::anyhow!("there is no role {code:?}; use one of {}", known.join(", "))
    })
}

async fn find(store: &Store, email: &str) -> anyhow::Result<Agent> {
    let address: EmailAddress = email.parse()?;
    let found = store.reader().credentials(&address).await?;
    match found {
        Some(found) => Ok(found.agent),
        None => bail!("there is no account {address}; `mondo user list` shows those there are"),
    }
}

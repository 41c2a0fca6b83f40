//! `mondo init`: from an empty folder to a first answer.
//!
//! Whatever is not given as a flag is asked on a terminal, so scripts and people walk the same way.

mod starter;

use std::fs;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, bail};
use toml::{Table, Value};

use mondo::config::{Config, DEFAULT_FILE, Overrides, SITE_FILE};
use mondo::desk::add_account;
use mondo::knowledge::load_folder;
use mondo::language::Language;
use mondo::staff::{NewAgent, Role};
use mondo::store::Store;
use mondo::time::Timestamp;

/// Makes a folder with settings, a knowledge base to begin with and a first account
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder; it is made where it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Name of the company, as visitors read it
    #[arg(long)]
    name: Option<String>,
    /// Languages of the first articles: some of en, zh, ja and ko
    #[arg(long, value_name = "LANGUAGES", value_delimiter = ',')]
    languages: Vec<Language>,
    /// Official domains, such as example.com
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    domains: Option<Vec<String>>,
    /// Mail address of the first administrator
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// Make no account
    #[arg(long, conflicts_with = "admin")]
    no_admin: bool,
}

/// Folder of the knowledge base inside the new folder.
const KNOWLEDGE: &str = "knowledge_base";

/// The name under which the log keeps what is done here.
const ACTOR: &str = "operator";

/// Runs the command; what is there already is never written over.
pub fn run(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    let settings = folder.join(DEFAULT_FILE);
    let base = folder.join(KNOWLEDGE);
    for taken in [&settings, &base] {
        if taken.exists() {
            bail!(
                "{} is there already; choose another folder, or edit it in place",
                taken.display()
            );
        }
    }
    let plan = Plan::of(args)?;
    let articles = plan.write(&settings, &base)?;
    let password = match &plan.admin {
        Some(address) => Some(first_account(folder, address)?),
        None => None,
    };
    let loaded = load_folder(&base).context("the first articles cannot be read")?;
    loaded
        .into_served()
        .context("the first articles have faults")?;
    plan.tell(folder, articles, password.as_deref());
    Ok(ExitCode::SUCCESS)
}

/// What was given or answered.
struct Plan {
    name: String,
    languages: Vec<Language>,
    domains: Vec<String>,
    admin: Option<String>,
}

impl Plan {
    fn of(args: &InitArgs) -> anyhow::Result<Self> {
        let asks = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        let name = match &args.name {
            Some(name) => name.trim().to_owned(),
            None if asks => asked("Name of the company, as visitors read it", "")?,
            None => bail!("give the name of the company with --name"),
        };
        if name.is_empty() {
            bail!("a company has a name; give it with --name");
        }
        let languages = match args.languages.is_empty() {
            false => args.languages.clone(),
            true if asks => read_languages(&asked(
                "Languages of the first articles, such as en,ja",
                "en,zh,ja,ko",
            )?)?,
            true => Language::ALL.to_vec(),
        };
        let domains = match &args.domains {
            Some(domains) => domains.clone(),
            None if asks => list_of(&asked("Official domains, such as example.com", "")?),
            None => Vec::new(),
        };
        let admin = match &args.admin {
            Some(address) => Some(address.trim().to_owned()),
            None if asks && !args.no_admin => {
                let address = asked("Mail address of the first administrator", "nobody yet")?;
                (address.contains('@')).then_some(address)
            }
            None => None,
        };
        Ok(Self {
            name,
            languages,
            domains,
            admin,
        })
    }

    /// Writes settings and articles, and counts the articles.
    fn write(&self, settings: &Path, base: &Path) -> anyhow::Result<usize> {
        let articles = starter::write(base, &self.languages)
            .with_context(|| format!("could not write into {}", base.display()))?;
        let write = |path: &Path, text: String| {
            fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
        };
        write(&base.join(SITE_FILE), self.site())?;
        write(settings, self.settings())?;
        Ok(articles)
    }

    fn site(&self) -> String {
        let texts =
            |values: Vec<String>| Value::Array(values.into_iter().map(Value::from).collect());
        let mut site = Table::new();
        site.insert("name".to_owned(), Value::from(self.name.as_str()));
        let mut channels = Table::new();
        let mails = self.domains.iter().map(|domain| format!("@{domain}"));
        channels.insert("mails".to_owned(), texts(mails.collect()));
        channels.insert("domains".to_owned(), texts(self.domains.clone()));
        let mut whole = Table::new();
        whole.insert("site".to_owned(), Value::Table(site));
        whole.insert("channels".to_owned(), Value::Table(channels));
        format!(
            "# The company this knowledge base speaks for; the keys stand in `mondo config defaults`.\n\n{whole}"
        )
    }

    fn settings(&self) -> String {
        let fallback = self.languages.first().copied().unwrap_or(Language::English);
        format!(
            "# What differs from `mondo config defaults`.\n\n[server]\nkb = \"{KNOWLEDGE}\"\n\n[desk]\n\
             # Language of visitors whose own is not served.\nfallback = \"{}\"\n",
            fallback.code()
        )
    }

    fn tell(&self, folder: &Path, articles: usize, password: Option<&str>) {
        eprintln!(
            "{} has settings and {articles} articles to begin with.\n",
            folder.display()
        );
        if let (Some(address), Some(password)) = (&self.admin, password) {
            eprintln!("{address} may sign in at /console; the password is shown this once:");
            println!("{password}");
            eprintln!();
        }
        let folder = folder.display();
        eprintln!("Go on with");
        eprintln!(
            "  cd {folder} && mondo serve --watch                      ask at the printed address"
        );
        eprintln!(
            "  mondo kb import markdown ~/site --into {folder}/{KNOWLEDGE}    bring in what you have; also csv, zendesk, ..."
        );
        eprintln!(
            "  mondo kb check --kb {folder}/{KNOWLEDGE}                       what an author should mend"
        );
    }
}

fn first_account(folder: &Path, address: &str) -> anyhow::Result<String> {
    let name = address.split('@').next().unwrap_or(address);
    let new = NewAgent::new(address, name, Role::Admin)?;
    let path = folder.join(DEFAULT_FILE);
    let config = Config::load(Some(&path), std::env::vars(), Overrides::default())?.config;
    // The server that is started in the new folder looks there.
    let data = folder.join(&config.server.data);
    let runtime = tokio::runtime::Runtime::new().context("could not start the runtime")?;
    runtime.block_on(async {
        let now = Timestamp::from(SystemTime::now());
        let store = Store::open_with(&data, &config.store, &config.sealing, now).await?;
        let (_, password) = add_account(&store, new, ACTOR, now).await?;
        Ok(password.reveal().to_owned())
    })
}

/// Asks on the terminal; an empty line means what stands in brackets.
fn asked(question: &str, usual: &str) -> anyhow::Result<String> {
    match usual {
        "" => eprint!("{question}: "),
        usual => eprint!("{question} [{usual}]: "),
    }
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let line = line.trim();
    Ok(if line.is_empty() { usual } else { line }.to_owned())
}

fn list_of(text: &str) -> Vec<String> {
    let parts = text.split([',', ' ']).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn read_languages(text: &str) -> anyhow::Result<Vec<Language>> {
    list_of(text)
        .iter()
        .map(|code| {
            code.parse()
                .with_context(|| format!("{code} is none of en, zh, ja and ko"))
        })
        .collect()
}

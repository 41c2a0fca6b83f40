//! `mondo init`: from an empty folder to a first answer.
//!
//! Whatever is not given as a flag is asked on a terminal, so scripts and people walk the same way.

mod hours;
mod look;
mod starter;

use std::fs;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, bail};
use toml::{Table, Value};

use crate::config::{Config, DEFAULT_FILE, Overrides, SITE_FILE};
use crate::desk::add_account;
use crate::knowledge::{ImportFormat, ImportSettings, import, load_folder};
use crate::language::{Detector, Language};
use crate::staff::{NewAgent, Role};
use crate::store::Store;
use crate::time::Timestamp;

use super::first_answers::first_answers;
use super::workbench::Workbench;

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
    /// Official mail addresses beside those of the domains
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    mails: Vec<String>,
    /// Official telephone numbers with their country code
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    phones: Vec<String>,
    /// Official profiles on other sites, such as t.me/example_news
    #[arg(long, value_name = "PROFILE", value_delimiter = ',')]
    profiles: Vec<String>,
    /// Public address of the server to be, such as https://help.example.com
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    /// Colour of the bubble, such as #0f6f67
    #[arg(long, value_name = "COLOUR")]
    color: Option<String>,
    /// When people answer, such as "mon-fri 09:00-12:00 13:00-18:00"; may be given more than once [default: day and night]
    #[arg(long, value_name = "HOURS")]
    hours: Vec<String>,
    /// Time zone of the hours, such as Asia/Seoul
    #[arg(long, value_name = "ZONE", requires = "hours")]
    zone: Option<String>,
    /// Bring in articles instead of the three to begin with, as `mondo kb import` does: format and source
    #[arg(long, num_args = 2, value_names = ["FORMAT", "SOURCE"])]
    import: Vec<String>,
    /// Mail address of the first administrator
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// Make no account
    #[arg(long, conflicts_with = "admin")]
    no_admin: bool,
}

/// Folder of the knowledge base inside the new folder.
const KNOWLEDGE: &str = "knowledge_base";

/// File of the opening hours inside the new folder.
const SCHEDULE: &str = "schedule.toml";

/// The name under which the log keeps what is done here.
const ACTOR: &str = "operator";

/// Runs the command; what is there already is never written over.
pub fn run(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    let taken = [DEFAULT_FILE, KNOWLEDGE, SCHEDULE].map(|name| folder.join(name));
    for taken in &taken {
        if taken.exists() {
            bail!(
                "{} is there already; choose another folder, or edit it in place",
                taken.display()
            );
        }
    }
    let plan = Plan::of(args)?;
    let articles = plan.write(folder)?;
    let password = match &plan.admin {
        Some(address) => Some(first_account(folder, address)?),
        None => None,
    };
    let base = folder.join(KNOWLEDGE);
    let loaded = load_folder(&base).context("the first articles cannot be read")?;
    loaded
        .into_served()
        .context("the first articles have faults")?;
    plan.tell(folder, articles, password.as_deref());
    let config = Config::load(
        Some(&folder.join(DEFAULT_FILE)),
        std::env::vars(),
        Overrides::default(),
    )?
    .config;
    let data = folder.join(&config.server.data);
    fs::create_dir_all(&data)
        .with_context(|| format!("could not make the folder {}", data.display()))?;
    let workbench = Workbench::with(config)?;
    eprintln!("\nWhat it says to ten questions, two of which no article answers:\n");
    eprint!("{}", first_answers(&workbench, &base, &data, Vec::new())?);
    eprintln!("\nFor the end of every page of your site; /console/start shows how it looks:");
    eprintln!("  {}", look::tag_of(&plan.address, &plan.color));
    Ok(ExitCode::SUCCESS)
}

/// What was given or answered.
struct Plan {
    name: String,
    languages: Vec<Language>,
    channels: Vec<(&'static str, Vec<String>)>,
    address: String,
    color: String,
    /// The file of opening hours; empty for day and night.
    schedule: String,
    source: Option<(ImportFormat, PathBuf)>,
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
        let source = match args.import.as_slice() {
            [format, source] => Some(source_of(format, source)?),
            _ if asks => {
                let said = asked(
                    "What you have to bring in, such as markdown ~/site or csv faq.csv",
                    "three articles to begin with",
                )?;
                match said.split_once(' ') {
                    Some((format, source)) if !said.starts_with("three ") => {
                        Some(source_of(format, source.trim())?)
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let languages = match args.languages.is_empty() {
            false => args.languages.clone(),
            true if asks && source.is_none() => read_languages(&asked(
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
        let mails = domains.iter().map(|domain| format!("@{domain}"));
        let channels = vec![
            ("mails", mails.chain(args.mails.iter().cloned()).collect()),
            ("domains", domains),
            ("phones", args.phones.clone()),
            ("profiles", args.profiles.clone()),
        ];
        let color = match &args.color {
            Some(color) => look::color_of(color)?,
            None if asks => {
                match asked("Colour of the bubble, such as #0f6f67", "teal")?.as_str() {
                    "teal" => String::new(),
                    color => look::color_of(color)?,
                }
            }
            None => String::new(),
        };
        let (hours, zone) = match (args.hours.is_empty(), &args.zone) {
            (false, Some(zone)) => (args.hours.clone(), zone.clone()),
            (false, None) => {
                bail!("give the time zone of the hours with --zone, such as Asia/Seoul")
            }
            (true, _) if asks => {
                let usual = "day and night";
                let said = asked("When people answer, such as mon-fri 09:00-18:00", usual)?;
                match said == usual {
                    true => (Vec::new(), String::new()),
                    false => (
                        vec![said],
                        asked("In which time zone, such as Asia/Seoul", "UTC")?,
                    ),
                }
            }
            (true, _) => (Vec::new(), String::new()),
        };
        let schedule = match hours.is_empty() {
            true => String::new(),
            false => hours::schedule_of(&hours, &zone)?,
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
            channels,
            address: args.address.clone().unwrap_or_default(),
            color,
            schedule,
            source,
            admin,
        })
    }

    /// Writes articles and settings, and counts the articles.
    fn write(&self, folder: &Path) -> anyhow::Result<usize> {
        let base = folder.join(KNOWLEDGE);
        let articles = match &self.source {
            Some((format, source)) => brought_in(*format, source, &base)?,
            None => starter::write(&base, &self.languages)
                .with_context(|| format!("could not write into {}", base.display()))?,
        };
        let write = |path: PathBuf, text: String| {
            fs::write(&path, text).with_context(|| format!("could not write {}", path.display()))
        };
        write(base.join(SITE_FILE), self.site())?;
        if !self.schedule.is_empty() {
            write(folder.join(SCHEDULE), self.schedule.clone())?;
        }
        write(folder.join(DEFAULT_FILE), self.settings())?;
        Ok(articles)
    }

    fn site(&self) -> String {
        let texts = |values: &[String]| {
            Value::Array(values.iter().map(|one| Value::from(one.as_str())).collect())
        };
        let mut site = Table::new();
        site.insert("name".to_owned(), Value::from(self.name.as_str()));
        for (key, value) in [("address", &self.address), ("color", &self.color)] {
            if !value.is_empty() {
                site.insert(key.to_owned(), Value::from(value.as_str()));
            }
        }
        let mut channels = Table::new();
        for (key, values) in &self.channels {
            if !values.is_empty() || ["mails", "domains"].contains(key) {
                channels.insert((*key).to_owned(), texts(values));
            }
        }
        let mut whole = Table::new();
        whole.insert("site".to_owned(), Value::Table(site));
        whole.insert("channels".to_owned(), Value::Table(channels));
        format!(
            "# The company this knowledge base speaks for; the keys stand in `mondo config defaults`.\n\n{whole}"
        )
    }

    fn settings(&self) -> String {
        let fallback = self.languages.first().copied().unwrap_or(Language::English);
        let schedule = match self.schedule.is_empty() {
            true => String::new(),
            false => format!("\n[schedule]\nfile = \"{SCHEDULE}\"\n"),
        };
        format!(
            "# What differs from `mondo config defaults`.\n\n[server]\nkb = \"{KNOWLEDGE}\"\n\n[desk]\n\
             # Language of visitors whose own is not served.\nfallback = \"{}\"\n{schedule}",
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

fn source_of(format: &str, source: &str) -> anyhow::Result<(ImportFormat, PathBuf)> {
    let mut formats = ImportFormat::ALL.into_iter();
    let found = formats.find(|one| one.name() == format);
    let found = found.with_context(|| {
        let names = ImportFormat::ALL.map(ImportFormat::name);
        format!("{format} is no format; choose one of {}", names.join(", "))
    })?;
    // A shell expands ~ for flags, but not for what is typed here.
    let home = source
        .strip_prefix("~/")
        .and_then(|rest| Some(PathBuf::from(std::env::var_os("HOME")?).join(rest)));
    Ok((found, home.unwrap_or_else(|| PathBuf::from(source))))
}

/// Imports a source, says what was lost, and counts the articles.
fn brought_in(format: ImportFormat, source: &Path, base: &Path) -> anyhow::Result<usize> {
    let settings = ImportSettings {
        format,
        source: source.to_owned(),
        into: base.to_owned(),
        language: None,
        category: "general".to_owned(),
        site: None,
        split_questions: false,
        joins: Default::default(),
        take_theirs: false,
        dry_run: false,
    };
    let outcome = import(&settings, &Detector::new())?;
    if !outcome.losses.is_empty() {
        eprintln!("What could not be carried:\n{}", outcome.losses);
    }
    Ok(outcome.articles)
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

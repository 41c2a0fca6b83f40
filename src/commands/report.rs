//! `mondo report`: a month on paper, as a table or as JSON, signed; and whether such a folder is what was signed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::locale::Locale;
use crate::record::PublicKey;
use crate::report::{Audience, Figures, MANIFEST, Manifest, Month, digests, statement_of, verify};
use anyhow::Context;

use super::output::print_data;
use super::place::{self, DataPlace, now};

/// Reports on a month
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    #[command(flatten)]
    place: DataPlace,
    /// The month, such as 2026-11 [default: the one before the present one]
    #[arg(long, value_name = "YYYY-MM", conflicts_with = "verify")]
    month: Option<Month>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = ReportFormat::Html)]
    format: ReportFormat,
    /// Language of the page: en, zh-Hans, zh-Hant, ja or ko
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = locale)]
    language: Locale,
    /// For everybody: without articles and channels, and without counts below ten
    #[arg(long)]
    public: bool,
    /// Write report.html, report.csv and report.json to a folder, with a manifest that is signed with the key of the record
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Check such a folder; exit code 1 when it is not what was signed
    #[arg(long, value_name = "DIR", conflicts_with = "into")]
    verify: Option<PathBuf>,
    /// With --verify: the key that must have signed, as `mondo audit key` shows it
    #[arg(long, value_name = "HEX", requires = "verify")]
    public_key: Option<PublicKey>,
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ReportFormat {
    /// A page for print.
    Html,
    /// A table of outcomes.
    Csv,
    /// For programs.
    Json,
}

/// Runs the command.
pub fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.verify {
        return Ok(match verify(folder, args.public_key) {
            Ok(files) => {
                eprintln!("what was signed: {}", files.join(", "));
                ExitCode::SUCCESS
            }
            Err(fault) => {
                eprintln!("{}: {fault}", folder.display());
                ExitCode::from(1)
            }
        });
    }
    place::run(write(args))
}

async fn write(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let config = args.place.settings()?;
    let month = args.month.unwrap_or_else(|| Month::of(now()).before());
    let audience = match args.public {
        true => Audience::Public,
        false => Audience::House,
    };
    let reader = args.place.reader().await?;
    let now = now();
    let record = reader
        .month_record(month.begins(), month.ends(), now)
        .await?;
    let figures = Figures::of(&record, month, &config.http.site.name, &config.targets, now);
    let figures = figures.for_audience(audience);
    let Some(folder) = &args.into else {
        let text = match args.format {
            ReportFormat::Html => figures.html(args.language)?,
            ReportFormat::Csv => figures.csv(),
            ReportFormat::Json => figures.json(),
        };
        print_data(text.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    };
    let files = BTreeMap::from([
        ("report.html", figures.html(args.language)?),
        ("report.csv", figures.csv()),
        ("report.json", figures.json()),
    ]);
    let digests = digests(&files);
    let store = args.place.store().await?;
    let (public_key, signature) = store.sign_statement(statement_of(&digests), now).await?;
    let manifest = Manifest {
        files: digests,
        public_key,
        signature,
    };
    let written = || format!("could not write to {}", folder.display());
    fs::create_dir_all(folder).with_context(written)?;
    for (name, text) in files {
        fs::write(folder.join(name), text).with_context(written)?;
    }
    let text = serde_json::to_string_pretty(&manifest)?;
    fs::write(folder.join(MANIFEST), text + "\n").with_context(written)?;
    eprintln!("the report on {month} lies in {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

fn locale(tag: &str) -> Result<Locale, String> {
    Locale::from_tag(tag).ok_or_else(|| "use en, zh-Hans, zh-Hant, ja or ko".to_owned())
}

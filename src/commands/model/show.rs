//! `mondo model info` and `mondo model verify`: what a folder is, and whether it is sound.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::encoder::{ModelFolder, ModelSummary, verify_folder};

use super::settings::{Format, in_mebibytes, settings};
use crate::commands::output::print_data;

#[derive(Debug, clap::Args)]
pub struct InfoArgs {
    /// Model folder, or `built-in` [default: the configured one]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Model folder, or `built-in` [default: the configured one]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn info(args: &InfoArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(args.config.as_deref(), args.folder.as_deref())?;
    let folder = ModelFolder::chosen(&settings)?;
    let summary = ModelSummary::of(&folder)?;
    match args.format {
        Format::Json => print_data(&serde_json::to_string_pretty(&summary)?)?,
        Format::Text => print_data(&lines_of(&summary))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn lines_of(summary: &ModelSummary) -> String {
    let length = summary
        .max_tokens
        .map_or("any".to_owned(), |tokens| format!("{tokens} tokens"));
    let licence = match summary.licence.as_str() {
        "" => "not stated",
        licence => licence,
    };
    let lines = [
        ("name", summary.name.clone()),
        ("layout", summary.layout.clone()),
        ("runtime", summary.runtime.to_string()),
        ("dimension", summary.dimension.to_string()),
        ("parameters", summary.parameters.to_string()),
        ("size", in_mebibytes(summary.bytes)),
        ("longest text", length),
        ("question prefix", format!("{:?}", summary.query_prefix)),
        ("passage prefix", format!("{:?}", summary.passage_prefix)),
        ("licence", licence.to_owned()),
        ("checksum", summary.checksum.clone()),
        ("fingerprint", summary.identity.clone()),
        ("known vectors", summary.checks.to_string()),
    ];
    lines
        .map(|(name, value)| format!("{name:16} {value}"))
        .join("\n")
}

pub fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let settings = settings(args.config.as_deref(), args.folder.as_deref())?;
    let verified = ModelFolder::chosen(&settings).and_then(|folder| {
        ModelSummary::of(&folder)?;
        verify_folder(folder, &settings)
    });
    match verified {
        Ok(verified) => {
            print_data(&format!(
                "{} is sound: {} checksums hold, shapes and vocabulary agree, {} known vectors come out on {}",
                verified.encoder.identity(),
                verified.checksums,
                verified.vectors,
                verified.runtime
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("mondo: {error}");
            Ok(ExitCode::FAILURE)
        }
    }
}

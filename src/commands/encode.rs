//! `mondo encode`: texts to vectors, for scripts.

use std::io::{BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::encoder::{Encoder, TextRole};
use anyhow::Context;

use super::counted_encoder::count_bar;
use super::model::open_encoder;

/// Turns each line of standard input into a vector of length one
#[derive(Debug, clap::Args)]
pub struct EncodeArgs {
    /// Model folder [default: the configured one]
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// What the lines are: questions, or titles and pieces of answers
    #[arg(long, value_enum, default_value_t = RoleName::Query)]
    role: RoleName,
    /// Shape of the output: a JSON array a line, or 32-bit little-endian floats one vector behind the other
    #[arg(long, value_enum, default_value_t = VectorFormat::Json)]
    format: VectorFormat,
    /// Configuration file [default: mondo.toml, when there is one]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RoleName {
    Query,
    Passage,
}

/// Shape of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum VectorFormat {
    Json,
    Raw,
}

/// Lines encoded at once, so that all cores have work.
const LINES_AT_ONCE: usize = 512;

/// Runs the command.
pub fn run(args: &EncodeArgs) -> anyhow::Result<ExitCode> {
    let encoder = open_encoder(args.config.as_deref(), args.model.as_deref())?;
    let role = match args.role {
        RoleName::Query => TextRole::Query,
        RoleName::Passage => TextRole::Passage,
    };
    let mut output = BufWriter::new(std::io::stdout().lock());
    let bar = count_bar("encoded", None);
    let mut lines = std::io::stdin().lock().split(b'\n').enumerate();
    loop {
        let mut texts = Vec::with_capacity(LINES_AT_ONCE);
        for (number, line) in lines.by_ref().take(LINES_AT_ONCE) {
            let line = line.context("could not read standard input")?;
            let text = String::from_utf8(line)
                .with_context(|| format!("line {} is not UTF-8; send UTF-8", number + 1))?;
            texts.push(text.trim_end_matches('\r').to_owned());
        }
        if texts.is_empty() {
            break;
        }
        let written = write_vectors(&mut output, encoder.as_ref(), role, &texts, args.format);
        match written.and_then(|()| output.flush()) {
            // A reader that has seen enough, such as `head`, is no failure.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => break,
            written => written.context("could not write")?,
        }
        bar.inc(texts.len() as u64);
    }
    bar.finish_and_clear();
    Ok(ExitCode::SUCCESS)
}

fn write_vectors(
    output: &mut impl Write,
    encoder: &dyn Encoder,
    role: TextRole,
    texts: &[String],
    format: VectorFormat,
) -> std::io::Result<()> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for embedding in encoder.encode(role, &texts) {
        match format {
            VectorFormat::Json => {
                serde_json::to_writer(&mut *output, &embedding.0)?;
                writeln!(output)?;
            }
            VectorFormat::Raw => {
                for value in &embedding.0 {
                    output.write_all(&value.to_le_bytes())?;
                }
            }
        }
    }
    Ok(())
}

//! `mondo detect`: says which language each line is in.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use crate::language::{ChineseScript, Detector, Elsewhere, Language, LanguageDistribution, Priors};
use anyhow::Context;
use serde::Serialize;

use super::ask::Format;

/// Says which language each line of standard input is in
#[derive(Debug, clap::Args)]
pub struct DetectArgs {
    /// What the page or the browser says, as a BCP 47 tag; weighs in where the text leaves it open
    #[arg(long, value_name = "TAG")]
    page: Option<String>,
    /// Shape of the output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Serialize)]
struct DetectedLine<'a> {
    text: &'a str,
    language: &'static str,
    distribution: LanguageDistribution,
}

/// Runs the command.
pub fn run(args: &DetectArgs) -> anyhow::Result<ExitCode> {
    let page = args.page.as_deref();
    let priors = Priors {
        page: page.and_then(Language::from_tag),
        elsewhere: page.and_then(Elsewhere::from_tag).into_iter().collect(),
        script: page.and_then(ChineseScript::from_tag),
        ..Priors::default()
    };
    if let Some(tag) = page.filter(|_| priors.page.is_none() && priors.elsewhere.is_empty()) {
        eprintln!(
            "mondo: `{tag}` is no language I know; use a tag such as en, zh-Hant-TW, ja, ko-KR or fr"
        );
        return Ok(ExitCode::from(2));
    }
    let detector = Detector::new();
    let mut output = std::io::stdout().lock();
    for (number, line) in std::io::stdin().lock().split(b'\n').enumerate() {
        let line = line.context("could not read standard input")?;
        let text = String::from_utf8(line)
            .with_context(|| format!("line {} is not UTF-8; send UTF-8", number + 1))?;
        let text = text.trim_end_matches('\r');
        let distribution = detector.detect(text, &priors);
        let language = match distribution.most_likely() {
            Some(Language::Chinese) => match ChineseScript::chosen(text, priors.script) {
                ChineseScript::Simplified => Language::Chinese.code(),
                traditional => traditional.tag(),
            },
            Some(language) => language.code(),
            None => distribution.elsewhere().map_or("other", Elsewhere::code),
        };
        let written = match args.format {
            Format::Json => {
                let line = DetectedLine {
                    text,
                    language,
                    distribution,
                };
                writeln!(output, "{}", serde_json::to_string(&line)?)
            }
            Format::Text => writeln!(output, "{language}\t{}\t{text}", in_short(&distribution)),
        };
        match written {
            // A reader that has seen enough, such as `head`, is no failure.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => break,
            written => written.context("could not write")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn in_short(distribution: &LanguageDistribution) -> String {
    let mut parts: Vec<String> = Language::ALL
        .into_iter()
        .map(|language| {
            format!(
                "{}={:.3}",
                language.code(),
                distribution.probability(language)
            )
        })
        .collect();
    parts.push(format!("other={:.3}", distribution.other()));
    parts.join(" ")
}

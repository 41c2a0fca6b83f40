//! What the bot says to ten questions of a base: the first look after `mondo init` and an import.

use std::collections::BTreeSet;
use std::path::Path;

use crate::knowledge::{FirstQuestion, Readership, first_questions, load_folder};
use crate::language::{Language, Priors};
use crate::pipeline::{Asked, Decision, Engine, Question};
use crate::time::Timestamp;

use super::workbench::Workbench;

/// Characters of an answer that are shown.
const SHOWN: usize = 160;

/// Returns one paragraph a question: the words, what the bot does and how sure it is, and the beginning of what it says.
pub fn first_answers(
    workbench: &Workbench,
    kb: &Path,
    data: &Path,
    questions: Vec<FirstQuestion>,
) -> anyhow::Result<String> {
    let knowledge = load_folder(kb)?.into_served()?;
    let questions = match questions.is_empty() {
        true => first_questions(&knowledge),
        false => questions,
    };
    let languages: BTreeSet<Language> = knowledge
        .articles
        .iter()
        .flat_map(|article| article.translations.keys().copied())
        .collect();
    let fallback = match languages.contains(&workbench.config.desk.fallback) {
        true => workbench.config.desk.fallback,
        false => languages.first().copied().unwrap_or(Language::English),
    };
    // A folder that is not there yet is not made for a look.
    let engine = match data.exists() {
        true => workbench.engine_over_kept(knowledge, data)?,
        false => workbench.engine_over(knowledge, workbench.config.thresholds.clone())?,
    };
    let mut text = String::new();
    for question in &questions {
        text.push_str(&paragraph(&engine, question, fallback)?);
    }
    Ok(text)
}

fn paragraph(engine: &Engine, first: &FirstQuestion, fallback: Language) -> anyhow::Result<String> {
    let question = Question::parse(&first.text)?;
    let today = Timestamp::from(std::time::SystemTime::now()).day();
    let outcome = engine.ask(&Asked {
        question: &question,
        priors: &Priors::default(),
        forced: Some(first.language),
        fallback,
        today: &today,
        readership: Readership::anybody(),
    })?;
    let sure = format!("{:.0} %", outcome.confidence.0 * 100.0);
    let mut text = format!("{}\n", first.text);
    match &outcome.decision {
        Decision::Answer { answer, .. } => {
            let said: String = answer.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let begin: String = said.chars().take(SHOWN).collect();
            let rest = if begin.len() < said.len() { "…" } else { "" };
            text.push_str(&format!("  answers, {sure}: {}\n", answer.title));
            text.push_str(&format!("  {begin}{rest}\n"));
        }
        Decision::Clarify { options } => {
            let titles: Vec<&str> = options.iter().map(|one| one.title.as_str()).collect();
            text.push_str(&format!("  asks back, {sure}: {}\n", titles.join(" / ")));
        }
        Decision::Escalate { .. } => text.push_str(&format!("  offers a person, {sure}\n")),
        Decision::SmallTalk { .. } => text.push_str("  says a courteous word\n"),
    }
    Ok(text)
}

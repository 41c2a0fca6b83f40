//! Proposes which texts of a source are translations of each other, for somebody to confirm.

use std::path::Path;

use crate::insights::propose_joins;
use crate::knowledge::{ImportSettings, ProposedJoin, Verdict, articles_apart, write_proposals};
use crate::language::Detector;

use crate::commands::output::print_data;
use crate::commands::workbench::Workbench;

/// Writes the proposals into a table, shows them, and imports nothing.
pub fn propose(
    settings: &ImportSettings,
    table: &Path,
    config: Option<&Path>,
) -> anyhow::Result<()> {
    let apart = articles_apart(settings, &Detector::new())?;
    let workbench = Workbench::open(config)?;
    let proposals = propose_joins(&apart, workbench.encoder.as_ref());
    write_proposals(table, &proposals)?;
    for one in &proposals {
        print_data(&line_of(one))?;
    }
    let sure = proposals.iter().filter(|one| one.verdict == Verdict::Yes);
    let table = table.display();
    eprintln!(
        "{} articles lack a language; {} pairs proposed, {} of them with yes. Look at each in {table}, write yes or no, \
         and import with --join-translations {table}; nothing was imported",
        apart.len(),
        proposals.len(),
        sure.count()
    );
    Ok(())
}

fn line_of(one: &ProposedJoin) -> String {
    let (_, language, title) = &one.text;
    let (_, with_language, with_title) = &one.with;
    format!(
        "{:<3} {:.3}  {language} {title}  =  {with_language} {with_title}",
        one.verdict.word(),
        one.similarity
    )
}

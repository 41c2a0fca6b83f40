//! The people's part of the page: how long visitors waited for a person, what was promised and kept, how satisfied they were.

use minijinja::{Value, context};

use crate::http::console::words::Preferences;
use crate::http::edge::insights::scores;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::insights::{Scores, Tallied, tally};
use crate::language::Language;
use crate::report::{SatisfactionFigures, TicketFigures};
use crate::staff::Agent;
use crate::store::{DailyCount, OutcomeKind, ScorePart};

/// Fills that part.
pub(super) async fn values(
    app: &AppState,
    preferences: &Preferences,
    counts: &[DailyCount],
    days: u32,
) -> Result<Value, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    let tickets = app.library().ticket_times(from, now).await?;
    let satisfaction = app.library().satisfaction_between(from, now).await?;
    let satisfaction = SatisfactionFigures::of(&satisfaction);
    let all = std::iter::once(None).chain(Language::ALL.into_iter().map(Some));
    let columns: Vec<Value> = all
        .map(|language| {
            let own: Vec<_> = tickets
                .iter()
                .filter(|ticket| language.is_none_or(|language| ticket.language == language))
                .copied()
                .collect();
            let broken = own.iter().filter(|ticket| ticket.is_breached).count();
            column(preferences, language, broken, &TicketFigures::of(&own))
        })
        .collect();
    let complaints: Vec<Value> = satisfaction
        .complaints
        .iter()
        .map(|(code, count)| {
            context! { code, word => preferences.word(&format!("complaint_{code}")), count }
        })
        .collect();
    let agents = app.workplace().agents().await?;
    let given = scores(app, days).await?;
    let lines = |part: ScorePart| -> Vec<Value> {
        let found = Scores::by(part, &given).into_iter();
        found
            .map(|(name, scores)| score_values(part, &name, &scores, &agents))
            .collect()
    };
    let told_apart = [ScorePart::Language, ScorePart::Category, ScorePart::Agent];
    let told_apart: Vec<Value> = told_apart
        .into_iter()
        .map(|part| {
            let word = preferences.word(&format!("scores_{}", part.code()));
            context! { code => part.code(), word, lines => lines(part) }
        })
        .collect();
    let rated = tally(counts, None).into_iter();
    let rated: Vec<Tallied> = rated
        .filter(|one| matches!(one.kind, OutcomeKind::Helpful | OutcomeKind::NotHelpful))
        .collect();
    let bot: Vec<Value> = rated
        .iter()
        .map(|one| context! { code => one.kind.code(), count => one.count })
        .collect();
    let bot_share = rated.first().and_then(|one| one.share);
    let scores = satisfaction.count.to_string();
    Ok(context! {
        columns,
        told_apart,
        bot,
        bot_share => bot_share.map(|share| format!("{:.0}%", share.share * 100.0)),
        mean => satisfaction.mean.map(|mean| format!("{mean:.2}")),
        scores => preferences.filled("scoresN", &[("n", &scores)]),
        complaints,
    })
}

/// How satisfied visitors were in one language, with one category, or with one agent.
fn score_values(part: ScorePart, name: &str, scores: &Scores, agents: &[Agent]) -> Value {
    let agent = agents.iter().find(|one| one.id.to_string() == name);
    let shown = match part {
        ScorePart::Language => Language::from_tag(name).map(|one| one.endonym().to_owned()),
        ScorePart::Agent => agent.map(|agent| agent.name.clone()),
        ScorePart::Category | ScorePart::All => None,
    };
    context! {
        name,
        shown => shown.unwrap_or_else(|| name.to_owned()),
        count => scores.count(),
        mean => scores.mean().map(|mean| format!("{mean:.2}")),
    }
}

fn column(
    preferences: &Preferences,
    language: Option<Language>,
    broken: usize,
    figures: &TicketFigures,
) -> Value {
    let minutes = |minutes: Option<i64>| {
        minutes.map(|minutes| preferences.filled("minutesN", &[("n", &minutes.to_string())]))
    };
    context! {
        language => language.map(Language::code),
        broken,
        opened => figures.opened,
        answered => figures.answered,
        half => minutes(figures.half_minutes),
        most => minutes(figures.most_minutes),
        kept => figures.kept.map(|kept| format!("{:.0}%", kept.value * 100.0)),
    }
}

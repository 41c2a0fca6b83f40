//! The people's part of the page: how long visitors waited for a person, what was promised and kept, how satisfied they were.

use minijinja::{Value, context};

use crate::http::console::words::Preferences;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::report::{SatisfactionFigures, TicketFigures};

/// Fills that part.
pub(super) async fn values(
    app: &AppState,
    preferences: &Preferences,
    days: u32,
) -> Result<Value, ApiError> {
    let now = app.now();
    let from = now.days_earlier(days - 1).start_of_day();
    let reader = app.library().reader();
    let tickets = reader
        .ticket_times(from, now)
        .await
        .map_err(ApiError::internal)?;
    let satisfaction = SatisfactionFigures::read(reader, from, now)
        .await
        .map_err(ApiError::internal)?;
    let all = std::iter::once(None).chain(Language::ALL.into_iter().map(Some));
    let columns: Vec<Value> = all
        .map(|language| {
            let own: Vec<_> = tickets
                .iter()
                .filter(|ticket| language.is_none_or(|language| ticket.language == language))
                .copied()
                .collect();
            column(preferences, &TicketFigures::of(&own))
        })
        .collect();
    let complaints: Vec<Value> = satisfaction
        .complaints
        .iter()
        .map(|(code, count)| {
            context! { word => preferences.word(&format!("complaint_{code}")), count }
        })
        .collect();
    let scores = satisfaction.count.to_string();
    Ok(context! {
        columns,
        mean => satisfaction.mean.map(|mean| format!("{mean:.2}")),
        scores => preferences.filled("scoresN", &[("n", &scores)]),
        complaints,
    })
}

fn column(preferences: &Preferences, figures: &TicketFigures) -> Value {
    let minutes = |minutes: Option<i64>| {
        minutes.map(|minutes| preferences.filled("minutesN", &[("n", &minutes.to_string())]))
    };
    context! {
        opened => figures.opened,
        answered => figures.answered,
        half => minutes(figures.half_minutes),
        most => minutes(figures.most_minutes),
        kept => figures.kept.map(|kept| format!("{:.0}%", kept.value * 100.0)),
    }
}

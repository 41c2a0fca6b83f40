//! Reports on a month, for whoever asks and, once it is over, by mail for whom it concerns.

use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::report::{Figures, Month, letter};
use crate::staff::Permission;

/// Reads the figures of a month.
pub(in crate::http) async fn figures_of(app: &AppState, month: Month) -> Result<Figures, ApiError> {
    let name = &app.settings().site.name;
    let now = app.now();
    let record = app
        .library()
        .month_record(month.begins(), month.ends(), now)
        .await?;
    Ok(Figures::of(&record, month, name, app.targets(), now))
}

/// Sends the report of the month before to leads and admins, once.
pub(in crate::http) async fn send_report(app: &AppState) -> Result<(), ApiError> {
    let now = app.now();
    let month = Month::of(now).before();
    if !app.sends_reports()
        || !app.workplace().sends_mail()
        || !app.library().report_is_due(month.ends(), now).await?
    {
        return Ok(());
    }
    let figures = figures_of(app, month).await?;
    if figures.days.iter().all(|day| day.asked == 0) {
        return Ok(());
    }
    app.workplace()
        .write_to_those_who(Permission::SetThresholds, now, |locale, _| {
            let (subject, text) = letter(locale, &figures);
            let page = figures.html(locale);
            if let Err(error) = &page {
                tracing::error!(%error, "a report could not be written as a page");
            }
            (subject, text, page.ok())
        })
        .await?;
    Ok(())
}

//! `/v1/staff/insights/report`: a month on paper, as a table or as JSON.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::extract::ApiQuery;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::report::figures_of;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::locale::Locale;
use crate::report::{Audience, Month, NoMonth};
use crate::staff::Permission;

/// Which month is wanted, and how it is written.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ReportQuery {
    /// The month, such as `2026-11`; the one before the present one where this is left out.
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2026-11")]
    month: Option<String>,
    /// `html` for a page that prints, `csv` for a table of outcomes, `json` for programs.
    #[serde(default)]
    #[param(value_type = String, example = "html", default = "html")]
    format: Format,
    /// Language of the page: `en`, `zh-Hans`, `zh-Hant`, `ja` or `ko`.
    #[param(example = "en", default = "en")]
    lang: Option<String>,
    /// Whether it is for everybody: without articles and channels, and without counts below ten.
    #[serde(default)]
    #[param(default = false)]
    public: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Html,
    Csv,
    Json,
}

/// Reports on a month: what was asked and what became of it, how many answers are right, how long people waited. `mondo
/// report` writes the same, signed.
#[utoipa::path(
    get,
    path = "/v1/staff/insights/report",
    tag = "staff",
    params(ReportQuery),
    responses(
        (status = 200, description = "The report", content(
            (String = "text/html"),
            (String = "text/csv"),
            (serde_json::Value = "application/json"),
        )),
        ApiError,
    )
)]
async fn read_report(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<ReportQuery>,
) -> Result<Response, ApiError> {
    staff.require(Permission::ReadInsights)?;
    let refused = |error: NoMonth| {
        ApiError::new(ProblemKind::BadRequest, error.to_string()).in_field("month")
    };
    let month = match query.month.as_deref() {
        None => Month::of(app.now()).before(),
        Some(month) => month.parse().map_err(refused)?,
    };
    let audience = match query.public {
        true => Audience::Public,
        false => Audience::House,
    };
    let figures = figures_of(&app, month).await?.for_audience(audience);
    let locale = query.lang.as_deref().and_then(Locale::from_tag);
    let (kind, text, ending) = match query.format {
        Format::Html => {
            let page = figures.html(locale.unwrap_or(Locale::English));
            let page = page.map_err(ApiError::internal)?;
            ("text/html; charset=utf-8", page, "html")
        }
        Format::Csv => ("text/csv; charset=utf-8", figures.csv(), "csv"),
        Format::Json => ("application/json", figures.json(), "json"),
    };
    let shown = match query.format {
        Format::Html => "inline",
        Format::Csv | Format::Json => "attachment",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("{shown}; filename=\"report-{month}.{ending}\""),
        ),
        // A page of figures: styles of its own, and nothing else.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                .to_owned(),
        ),
    ];
    Ok((headers, text).into_response())
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read_report))
}

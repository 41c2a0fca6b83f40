//! The page of the promise: whether it is kept in each language, how that is known, and how it was before.

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};

use crate::desk::JUDGED_DAYS;
use crate::evaluation::Proof;
use crate::http::console::shell::AtDesk;
use crate::http::console::words::Preferences;
use crate::http::edge::insights::contract::{LanguageStanding, standings};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::staff::Permission;
use crate::store::ContractReview;

/// Lines of the history that are shown.
const MOST_SHOWN: usize = 40;

/// The page.
pub(in crate::http::console) async fn contract(
    State(app): State<AppState>,
    at_desk: AtDesk,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::ReadInsights)?;
    let preferences = at_desk.preferences();
    let settings = app.contract();
    let promise = preferences.filled(
        "contractPromise",
        &[
            ("promised", &percent(settings.precision.get())),
            ("level", &percent(settings.confidence_level.get())),
            ("days", &settings.days.get().to_string()),
        ],
    );
    let languages: Vec<Value> = standings(&app)
        .await?
        .iter()
        .map(|one| language_values(preferences, one))
        .collect();
    let history: Vec<Value> = app
        .library()
        .contract_reviews()
        .await?
        .into_iter()
        .take(MOST_SHOWN)
        .map(|review| review_values(preferences, &review))
        .collect();
    let days = JUDGED_DAYS.to_string();
    let values = context! {
        coverage_hint => preferences.filled("coverageHint", &[("days", &days)]),
        promise,
        languages,
        history,
        may_set => at_desk.staff.principal.may(Permission::SetThresholds),
    };
    at_desk.page("contract.html", "/console/contract", values)
}

fn language_values(preferences: &Preferences, one: &LanguageStanding) -> Value {
    let standing = &one.standing;
    let keeping = standing.keeping.code();
    let missing = standing.missing.map(|missing| {
        let values = [("n", missing.to_string())];
        preferences.filled("contractMissing", &[("n", &values[0].1)])
    });
    let lower = standing.lower.map(|lower| {
        let values = proof_values(&lower);
        let told = preferences.filled(
            "contractLower",
            &[
                ("threshold", &format!("{:.2}", lower.threshold)),
                ("right", &lower.right.to_string()),
                ("judged", &lower.judged.to_string()),
            ],
        );
        context! { told, hundredths => (lower.threshold * 100.0).round() as i64, ..values }
    });
    context! {
        code => one.language.code(),
        name => one.language.endonym(),
        keeping,
        keeping_word => preferences.word(&format!("keeping_{keeping}")),
        missing,
        lower,
        overruled => one.overruled.is_some(),
        coverage => one.coverage.iter().map(|(proof, answered)| {
            let share = answered.map(|share| format!("{:.0}%", share * 100.0));
            let width = answered.map(|share| format!("{:.1}", share * 100.0));
            context! { share, width, ..proof_values(proof) }
        }).collect::<Vec<_>>(),
        ..proof_values(&standing.proof)
    }
}

fn proof_values(proof: &Proof) -> Value {
    context! {
        threshold => format!("{:.2}", proof.threshold),
        judged => proof.judged,
        right => proof.right,
        bound => (proof.judged > 0).then(|| format!("{:.1}%", proof.bound * 100.0)),
        width => format!("{:.1}", proof.bound * 100.0),
    }
}

fn review_values(preferences: &Preferences, review: &ContractReview) -> Value {
    context! {
        code => review.language.code(),
        name => review.language.endonym(),
        keeping => review.keeping.as_str(),
        keeping_word => preferences.word(&format!("keeping_{}", review.keeping)),
        threshold => format!("{:.2}", review.threshold),
        judged => review.judged,
        right => review.right,
        bound => format!("{:.1}%", review.bound * 100.0),
        changed_to => review.changed_to.map(|threshold| format!("{threshold:.2}")),
        at => review.created.to_string(),
        day => review.created.day(),
    }
}

/// A share as people write it: `95`, or `97.5`.
fn percent(share: f64) -> String {
    let tenths = (share * 1_000.0).round() / 10.0;
    match tenths.fract() == 0.0 {
        true => format!("{tenths:.0}"),
        false => format!("{tenths:.1}"),
    }
}

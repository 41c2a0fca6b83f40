//! The test bench beside an article: what the bot would answer with the text in the form, and what it answers now.

use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;

use super::articles::faults_piece;
use crate::conversation::DecisionKind;
use crate::desk::{ArticleFile, DeskError, Edit, Trial, Verdict};
use crate::http::console::shell::private;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::ApiJson;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::wire::draft::DraftBody;
use crate::knowledge::{ArticleId, Fault};
use crate::language::Language;
use crate::pipeline::{Cap, Question};
use crate::staff::Permission;

/// Most questions that are tried at once.
const MOST_QUESTIONS: usize = 50;

/// A draft and what to ask of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http::console) struct TrialBody {
    draft: DraftBody,
    /// One a line, as the author types them.
    #[serde(default)]
    questions: String,
}

/// Asks questions of what is served and of the draft, side by side.
pub(in crate::http::console) async fn try_out(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    Path((id, language)): Path<(String, String)>,
    ApiJson(body): ApiJson<TrialBody>,
) -> Result<Response, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let language = Language::from_tag(&language).ok_or_else(|| ApiError::not_found("language"))?;
    let questions = questions_in(&body.questions)?;
    let (article, file) = (ArticleId::new(id), ArticleFile::Wording(language));
    let path = app.library().path_of(&article, file)?;
    let edit = Edit {
        article,
        file,
        draft: body.draft.into(),
        read: None,
    };
    let tried = app
        .library()
        .try_out(&edit, language, questions, app.now())
        .await;
    let trials = match tried {
        Ok(trials) => trials,
        Err(DeskError::FaultyDraft(faults)) => return faults_piece(&preferences, &faults),
        Err(DeskError::UnreadableText(unreadable)) => {
            let fault = Fault::error(path, "bad-front-matter", unreadable.message);
            return faults_piece(&preferences, &[fault.at_line(unreadable.line)]);
        }
        Err(error) => return Err(error.into()),
    };
    let trials: Vec<Value> = trials
        .iter()
        .map(|trial| values_of(preferences, trial))
        .collect();
    let piece = preferences.piece(
        "trials.html",
        context! { trials, language => language.code() },
    )?;
    Ok(private(piece))
}

/// Reads questions, one a line.
pub(super) fn questions_in(text: &str) -> Result<Vec<Question>, ApiError> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let questions = lines
        .map(Question::parse)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|invalid| {
            ApiError::new(ProblemKind::BadRequest, invalid.to_string()).in_field("questions")
        })?;
    if questions.len() > MOST_QUESTIONS {
        let told = format!("at most {MOST_QUESTIONS} questions are tried at once; try fewer");
        return Err(ApiError::new(ProblemKind::BadRequest, told).in_field("questions"));
    }
    Ok(questions)
}

fn values_of(preferences: Preferences, trial: &Trial) -> Value {
    let is_same = trial.served.says_as(&trial.drafted);
    context! {
        question => &trial.question,
        is_same,
        served => verdict_values(preferences, &trial.served),
        drafted => verdict_values(preferences, &trial.drafted),
    }
}

pub(super) fn verdict_values(preferences: Preferences, verdict: &Verdict) -> Value {
    let done = match verdict.decision {
        DecisionKind::Answer => "did_answer",
        DecisionKind::Clarify => "did_clarify",
        DecisionKind::Escalate => "did_escalate",
        DecisionKind::SmallTalk => "did_small_talk",
    };
    let percent = |share: f32| format!("{:.0} %", share * 100.0);
    let sure = preferences.filled(
        "sureOf",
        &[
            ("sure", &percent(verdict.confidence)),
            ("wanted", &percent(verdict.threshold)),
        ],
    );
    let doubts = verdict.doubts.iter();
    let doubts: Vec<String> = doubts
        .map(|doubt| preferences.word(word_of(*doubt)))
        .collect();
    let titles = verdict.articles.iter();
    let titles: Vec<String> = titles.map(|(_, title)| title.clone()).collect();
    context! {
        done => preferences.word(done),
        kind => done,
        titles,
        // A courteous word is not weighed.
        sure => (verdict.decision != DecisionKind::SmallTalk).then_some(sure),
        doubts,
    }
}

/// Why a number was lowered, as the words of the console name it.
fn word_of(doubt: Cap) -> &'static str {
    match doubt {
        Cap::Unknown => "cap_unknown",
        Cap::Missing => "cap_missing",
        Cap::OtherCode => "cap_other_code",
        Cap::NotOurs => "cap_not_ours",
        Cap::Tie => "cap_tie",
        Cap::Fragment => "cap_fragment",
        Cap::Opposite => "cap_opposite",
        Cap::Leaned => "cap_leaned",
        Cap::Restored => "cap_restored",
    }
}

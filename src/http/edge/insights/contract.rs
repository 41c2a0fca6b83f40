//! The promise that so many answers are right: what is put before a judge next, how it stands, and what follows from that.

use crate::conversation::Pick;
use crate::desk::{JUDGED_DAYS, ToJudge};
use crate::evaluation::{JudgedAnswer, Keeping, Proof, Standing, proofs_from, standing};
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::language::Language;
use crate::store::{ContractReview, ContractThreshold, Judgeable, Judged, ThresholdChange};

/// How the promise stands in one language.
#[derive(Debug, Clone)]
pub(in crate::http) struct LanguageStanding {
    /// Which.
    pub(in crate::http) language: Language,
    /// How it stands.
    pub(in crate::http) standing: Standing,
    /// What each threshold from that on gives: what is known of it, and the share of questions that it would answer.
    pub(in crate::http) coverage: Vec<(Proof, Option<f64>)>,
    /// The threshold that is in force in place of the configured one.
    pub(in crate::http) overruled: Option<ContractThreshold>,
}

/// Answers that wait for a judge, by what they can be picked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::http) struct Waiting {
    pub(in crate::http) given: usize,
    pub(in crate::http) near: usize,
    pub(in crate::http) brought: usize,
}

/// What is put before a judge next.
#[derive(Debug, Clone)]
pub(in crate::http) struct NextToJudge {
    pub(in crate::http) next: Option<(Pick, ToJudge)>,
    pub(in crate::http) waiting: Waiting,
}

/// Answers without words that are passed over before the search for one with words is given up.
const MOST_PASSED_OVER: usize = 50;

/// Of so many answers before a judge, one was not given but nearly, while the promise is not proved yet.
const ONE_NEAR_OF: usize = 4;

/// How the promise stands in each language, by what was judged.
pub(in crate::http) async fn standings(app: &AppState) -> Result<Vec<LanguageStanding>, ApiError> {
    let (settings, desk) = (app.contract(), app.library());
    let judged = desk
        .judged(app.now().days_earlier(settings.days.get()))
        .await?;
    let overruled = desk.contract_thresholds().await?;
    let reviews = desk.contract_reviews().await?;
    let thresholds = desk.thresholds();
    let since = app.now().days_earlier(JUDGED_DAYS);
    let mut all = Vec::with_capacity(Language::ALL.len());
    for language in Language::ALL {
        let was_held = reviews
            .iter()
            .find(|review| review.language == language)
            .is_some_and(|review| review.keeping == Keeping::Held.code());
        let answers = answers_in(&judged, language);
        let threshold = thresholds.answer.of(language).0;
        let proofs = proofs_from(&answers, threshold, settings.target());
        let grid: Vec<f32> = proofs.iter().map(|proof| proof.threshold).collect();
        let (asked, counts) = desk.asked_from_confidence(language, since, &grid).await?;
        let share = |count: i64| (asked > 0).then(|| count as f64 / asked as f64);
        all.push(LanguageStanding {
            language,
            standing: standing(&answers, threshold, settings.target(), was_held),
            coverage: proofs
                .into_iter()
                .zip(counts.into_iter().map(share))
                .collect(),
            overruled: overruled
                .iter()
                .find(|one| one.language == language)
                .copied(),
        });
    }
    Ok(all)
}

fn answers_in(judged: &[Judged], language: Language) -> Vec<JudgedAnswer> {
    let own = judged.iter().filter(|one| one.language == language);
    own.filter_map(|one| {
        Some(JudgedAnswer {
            pick: one.pick,
            confidence: one.confidence,
            right: one.judgement.is_right()?,
        })
    })
    .collect()
}

/// Looks whether the promise is kept, keeps what was seen, and raises the thresholds of languages where it is broken. `only`
/// names the language that is looked at.
pub(in crate::http) async fn review_contract(
    app: &AppState,
    only: Option<Language>,
) -> Result<Vec<LanguageStanding>, ApiError> {
    let (desk, now) = (app.library(), app.now());
    let mut looked_at = standings(app).await?;
    looked_at.retain(|one| only.is_none_or(|language| language == one.language));
    let mut reviews = Vec::new();
    for one in &looked_at {
        let Standing {
            keeping,
            proof,
            higher,
            ..
        } = one.standing;
        let raised = higher.filter(|_| app.contract().raise);
        reviews.push(ContractReview {
            language: one.language,
            threshold: proof.threshold,
            judged: count(proof.judged),
            right: count(proof.right),
            bound: proof.bound,
            keeping: keeping.code().to_owned(),
            changed_to: raised.map(|higher| higher.threshold),
            created: now,
        });
        if keeping == Keeping::Broken {
            tracing::warn!(
                language = one.language.code(),
                judged = proof.judged,
                right = proof.right,
                bound = proof.bound,
                threshold = proof.threshold,
                raised_to = raised.map(|higher| f64::from(higher.threshold)),
                "the promised precision is not kept"
            );
        }
        if let Some(higher) = raised {
            desk.change_threshold(ThresholdChange {
                language: one.language,
                threshold: Some((higher.threshold, true)),
                by: "timer".to_owned(),
                now,
            })
            .await?;
        }
    }
    let broken: Vec<ContractReview> = reviews
        .iter()
        .filter(|review| review.keeping == Keeping::Broken.code())
        .cloned()
        .collect();
    desk.keep_reviews(reviews).await?;
    if !broken.is_empty() {
        app.workplace()
            .tell_of_broken_contract(&broken, app.contract().precision.get(), now)
            .await?;
    }
    Ok(looked_at)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Draws what is put before a judge next: what staff brought, then answers that were given, and now and then one that
/// nearly was; among those each is as likely as any other.
pub(in crate::http) async fn next_to_judge(
    app: &AppState,
    language: Option<Language>,
    pick: Option<Pick>,
) -> Result<NextToJudge, ApiError> {
    let desk = app.library();
    let thresholds = desk.thresholds();
    let mut waiting: Vec<Judgeable> = desk.judgeable(app.now()).await?;
    waiting.retain(|one| {
        let is_answered_now = one.confidence >= thresholds.answer.of(one.language).0;
        let tells = match one.pick {
            Pick::Given => is_answered_now,
            Pick::Near => !is_answered_now,
            Pick::Brought => true,
        };
        tells && language.is_none_or(|language| language == one.language)
    });
    let of = |pick: Pick| -> Vec<Judgeable> {
        let own = waiting.iter().filter(|one| one.pick == pick);
        own.copied().collect()
    };
    let (mut given, mut near, mut brought) = (of(Pick::Given), of(Pick::Near), of(Pick::Brought));
    let counts = Waiting {
        given: given.len(),
        near: near.len(),
        brought: brought.len(),
    };
    for _ in 0..MOST_PASSED_OVER {
        let places: Vec<usize> = (0..ONE_NEAR_OF).collect();
        let turns_to_near = desk.draw(&places) == Some(&0);
        let pool = match pick {
            Some(Pick::Given) => &mut given,
            Some(Pick::Near) => &mut near,
            Some(Pick::Brought) => &mut brought,
            None if !brought.is_empty() => &mut brought,
            None if given.is_empty() || (turns_to_near && !near.is_empty()) => &mut near,
            None => &mut given,
        };
        let Some(drawn) = desk.draw(pool).copied() else {
            break;
        };
        if let Some(shown) = desk.to_judge(&drawn.answer).await? {
            return Ok(NextToJudge {
                next: Some((drawn.pick, shown)),
                waiting: counts,
            });
        }
        pool.retain(|one| one.answer != drawn.answer);
    }
    Ok(NextToJudge {
        next: None,
        waiting: counts,
    })
}

/// Looks at the promise when the time has come.
pub(in crate::http) async fn keep_contract(app: &AppState) -> Result<(), ApiError> {
    let interval = i64::from(app.contract().every_days.get()) * 24 * 60 * 60 * 1_000;
    if app.library().contract_is_due(interval, app.now()).await? {
        review_contract(app, None).await?;
    }
    Ok(())
}

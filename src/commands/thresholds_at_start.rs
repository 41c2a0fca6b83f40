//! Thresholds that a server takes from its own base while nobody has set them.

use crate::config::{Config, Origin, Setting};
use crate::evaluation::without_labels;
use crate::language::Language;
use crate::pipeline::{Engine, Thresholds};

use super::calibrate_without_labels::MOST_REHEARSED;

/// What was configured, and which of it may be raised.
#[derive(Debug, Clone)]
pub struct ThresholdsAtStart {
    configured: Thresholds,
    /// Languages whose threshold nobody has set.
    unset: Vec<Language>,
    /// Whether nobody has set from when options are offered, and how many.
    may_offer_sooner: bool,
    may_offer_more: bool,
}

impl ThresholdsAtStart {
    /// Reads which thresholds come from a file, a variable or a flag; those stay.
    pub fn of(config: &Config, settings: &[Setting]) -> Self {
        let is_set = |key: &str| {
            let of_it = settings.iter().find(|setting| setting.key == key);
            of_it.is_some_and(|setting| setting.origin != Origin::Default)
        };
        let is_unset = |language: &Language| !is_set(&format!("thresholds.answer.{language}"));
        let unset = match config.thresholds.calibrate_at_start {
            true => Language::ALL.into_iter().filter(is_unset).collect(),
            false => Vec::new(),
        };
        Self {
            configured: config.thresholds.clone(),
            unset,
            may_offer_sooner: config.thresholds.calibrate_at_start && !is_set("thresholds.clarify"),
            may_offer_more: config.thresholds.calibrate_at_start
                && !is_set("thresholds.option_share"),
        }
    }

    /// Asks for articles that were left out, with the encoders that have read the base by now, and raises thresholds
    /// where such questions pass too often. A few milliseconds a question, beside the serving.
    pub fn raise(&self, engine: &Engine, today: &str) {
        if self.unset.is_empty() {
            return;
        }
        let rehearsed = match engine.rehearse(MOST_REHEARSED, today) {
            Ok(rehearsed) => rehearsed,
            Err(error) => {
                tracing::error!("the thresholds stay as they are: {error}");
                return;
            }
        };
        let mut thresholds = self.configured.clone();
        if engine.snapshot().lacks_alternates() {
            // Visitors' words are new to it more often than their matter is, and the right article is among the first
            // few much more often than it is the first.
            if self.may_offer_sooner {
                thresholds.clarify = thresholds.clarify.min(OFFERED_WITHOUT_ALTERNATES);
            }
            if self.may_offer_more {
                thresholds.option_share = 0.0;
            }
        }
        for judged in without_labels(
            &rehearsed,
            &self.configured.answer,
            engine.is_sure_of_pages(),
        ) {
            if !self.unset.contains(&judged.language) {
                continue;
            }
            thresholds.answer.set(judged.language, judged.threshold);
            tracing::info!(
                "answers in {} from {:.2} on: of {} questions whose article was left out, {} passed {:.2}",
                judged.language,
                judged.threshold,
                judged.asked,
                judged.passed,
                judged.before,
            );
        }
        engine.set_thresholds(thresholds);
    }
}

/// Least confidence for options in a base without alternates.
const OFFERED_WITHOUT_ALTERNATES: f32 = 0.03;

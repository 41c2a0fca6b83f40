//! The thresholds decisions are made with: the configured ones, and for each language what has been found out since.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::policy::Thresholds;
use crate::language::Language;

/// A threshold in place of the configured one of its language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overruled {
    /// Language visitors are addressed in.
    pub language: Language,
    /// Least confidence for an answer.
    pub threshold: f32,
    /// Whether it only raises the configured one.
    pub is_floor: bool,
}

/// The thresholds as this process decides by them; the bus tells it when another one has changed them in the database.
pub(super) struct ThresholdsInForce {
    now: ArcSwap<Thresholds>,
    parts: Mutex<(Thresholds, Vec<Overruled>)>,
}

impl ThresholdsInForce {
    pub(super) fn new(configured: Thresholds) -> Self {
        Self {
            now: ArcSwap::from_pointee(configured.clone()),
            parts: Mutex::new((configured, Vec::new())),
        }
    }

    pub(super) fn now(&self) -> Arc<Thresholds> {
        self.now.load_full()
    }

    pub(super) fn configure(&self, configured: Thresholds) {
        self.change(|parts| parts.0 = configured);
    }

    pub(super) fn overrule(&self, overruled: Vec<Overruled>) {
        self.change(|parts| parts.1 = overruled);
    }

    fn change(&self, change: impl FnOnce(&mut (Thresholds, Vec<Overruled>))) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut parts);
        let (configured, overruled) = &*parts;
        let mut thresholds = configured.clone();
        for one in overruled {
            let own = configured.answer.of(one.language).0;
            let threshold = match one.is_floor {
                true => own.max(one.threshold),
                false => one.threshold,
            };
            thresholds.answer.set(one.language, threshold);
        }
        // What is remembered of decisions belongs to these thresholds, so equal ones stay the same ones.
        if thresholds != **self.now.load() {
            self.now.store(Arc::new(thresholds));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_out_outlasts_what_is_configured() {
        let force = ThresholdsInForce::new(Thresholds::default());
        let overruled = |threshold, is_floor| Overruled {
            language: Language::Korean,
            threshold,
            is_floor,
        };
        let korean = || force.now().answer.ko;
        force.overrule(vec![overruled(0.8, true)]);
        assert_eq!((korean(), force.now().answer.en), (0.8, 0.65));
        let mut higher = Thresholds::default();
        higher.answer.ko = 0.9;
        force.configure(higher);
        assert_eq!(korean(), 0.9, "a floor raises and no more");
        force.overrule(vec![overruled(0.5, false)]);
        assert_eq!(korean(), 0.5, "what staff have set holds");
        let before = force.now();
        force.overrule(vec![overruled(0.5, false)]);
        assert!(Arc::ptr_eq(&before, &force.now()), "nothing has changed");
        force.overrule(Vec::new());
        assert_eq!(korean(), 0.9);
    }
}

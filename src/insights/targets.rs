//! How much an operator wants answered and settled, and how days went against it.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::outcomes::{Share, tally};
use crate::language::Language;
use crate::store::{DailyCount, OutcomeKind};

/// A share that is aimed at; 0 where nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "f64")]
pub struct Target(f64);

/// A number that is no share.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a share; write a number such as 0.8, or 0 for no target")]
pub struct NoShare(f64);

impl TryFrom<f64> for Target {
    type Error = NoShare;

    fn try_from(number: f64) -> Result<Self, NoShare> {
        match (0.0..=1.0).contains(&number) {
            true => Ok(Self(number)),
            false => Err(NoShare(number)),
        }
    }
}

impl Target {
    /// Returns the share, where there is one.
    pub fn get(self) -> Option<f64> {
        (self.0 > 0.0).then_some(self.0)
    }
}

/// What an operator aims at.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetSettings {
    /// Share of the questions that are answered.
    pub coverage: Target,
    /// Share of the questions that are answered and settled with that.
    pub resolution: Target,
}

/// What is held against a target.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GaugeKind {
    /// Answered, of what was asked.
    Coverage,
    /// Answered and settled with that, of what was asked.
    Resolution,
}

impl GaugeKind {
    /// Every one of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// How a share stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TargetStanding {
    /// The whole interval reaches it.
    Reached,
    /// No part of the interval reaches it.
    Missed,
    /// The interval holds it, or nothing was asked.
    Unsure,
    /// There is no target.
    NoTarget,
}

impl TargetStanding {
    /// Every one of them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Returns the code it is sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// A share and its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gauge {
    /// Of what.
    pub kind: GaugeKind,
    /// The share with its interval; nothing where nothing was asked.
    pub share: Option<Share>,
    /// What is aimed at.
    pub target: Option<f64>,
}

impl Gauge {
    /// Returns how the share stands to its target, as far as its interval tells.
    pub fn standing(&self) -> TargetStanding {
        match (self.target, self.share) {
            (None, _) => TargetStanding::NoTarget,
            (Some(target), Some(share)) if share.low >= target => TargetStanding::Reached,
            (Some(target), Some(share)) if share.high < target => TargetStanding::Missed,
            (Some(_), _) => TargetStanding::Unsure,
        }
    }
}

/// Holds days against targets; in one language where one is named.
pub fn gauges(
    days: &[DailyCount],
    language: Option<Language>,
    targets: &TargetSettings,
) -> [Gauge; 2] {
    let told = tally(days, language);
    let share_of = |kind| {
        told.iter()
            .find(|one| one.kind == kind)
            .and_then(|one| one.share)
    };
    [
        (GaugeKind::Coverage, OutcomeKind::Answered, targets.coverage),
        (
            GaugeKind::Resolution,
            OutcomeKind::Resolved,
            targets.resolution,
        ),
    ]
    .map(|(kind, outcome, target)| Gauge {
        kind,
        share: share_of(outcome),
        target: target.get(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(day: &str, kind: OutcomeKind, count: i64) -> DailyCount {
        DailyCount {
            day: day.to_owned(),
            language: Some(Language::Japanese),
            kind,
            count,
        }
    }

    #[test]
    fn a_target_is_a_share_or_none() {
        for (written, told) in [
            ("coverage = 0.8", Some(Some(0.8))),
            ("coverage = 1.0", Some(Some(1.0))),
            ("coverage = 0.0", Some(None)),
            ("coverage = 80.0", None),
            ("coverage = -0.1", None),
            ("coverage = nan", None),
        ] {
            let read = toml::from_str::<TargetSettings>(written);
            assert_eq!(read.ok().map(|read| read.coverage.get()), told, "{written}");
        }
    }

    #[test]
    fn a_target_is_reached_or_missed_only_where_the_whole_interval_says_so() {
        let days = [
            counted("2026-11-02", OutcomeKind::Asked, 100),
            counted("2026-11-02", OutcomeKind::Answered, 80),
            counted("2026-11-02", OutcomeKind::Resolved, 50),
        ];
        let stands = |target: f64| {
            let target = Target::try_from(target).unwrap();
            let targets = TargetSettings {
                coverage: target,
                resolution: target,
            };
            gauges(&days, None, &targets).map(|gauge| gauge.standing())
        };
        use TargetStanding::{Missed, NoTarget, Reached, Unsure};
        assert_eq!(stands(0.0), [NoTarget, NoTarget]);
        assert_eq!(stands(0.3), [Reached, Reached]);
        assert_eq!(stands(0.5), [Reached, Unsure]);
        assert_eq!(stands(0.65), [Reached, Missed]);
        assert_eq!(stands(0.8), [Unsure, Missed]);
        assert_eq!(stands(0.9), [Missed, Missed]);
        let targets = TargetSettings {
            coverage: Target::try_from(0.5).unwrap(),
            ..TargetSettings::default()
        };
        let [coverage, _] = gauges(&days, Some(Language::Korean), &targets);
        assert_eq!((coverage.share, coverage.standing()), (None, Unsure));
    }

    #[test]
    fn days_of_which_nobody_counted_what_was_settled_are_no_part_of_that_share() {
        let days = [
            counted("2026-11-01", OutcomeKind::Asked, 900),
            counted("2026-11-01", OutcomeKind::Answered, 900),
            counted("2026-11-02", OutcomeKind::Asked, 4),
            counted("2026-11-02", OutcomeKind::Answered, 3),
            counted("2026-11-02", OutcomeKind::Resolved, 2),
            counted("2026-11-03", OutcomeKind::Asked, 4),
            counted("2026-11-03", OutcomeKind::Resolved, 0),
        ];
        let [coverage, resolution] = gauges(&days, None, &TargetSettings::default());
        assert_eq!(coverage.share, Share::of(903, 908));
        assert_eq!(resolution.share, Share::of(2, 8));
    }
}

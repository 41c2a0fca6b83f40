//! Shares of a month with their intervals, and those that are held against the targets of its operator.

use serde::Serialize;

use crate::insights::{Gauge, GaugeKind, Share, TargetSettings, TargetStanding, gauges};
use crate::store::{DailyCount, OutcomeKind};

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareFigure {
    /// The share.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// A share of a month and its target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct GaugeFigure {
    /// Of what.
    pub gauge: GaugeKind,
    /// The share and its interval; nothing where nothing was asked, or so little that it is not told.
    pub share: Option<ShareFigure>,
    /// What is aimed at.
    pub target: Option<f64>,
    /// How the one stands to the other.
    pub standing: TargetStanding,
}

impl From<Share> for ShareFigure {
    fn from(share: Share) -> Self {
        let four = |number: f64| (number * 1e4).round() / 1e4;
        Self {
            value: four(share.share),
            low: four(share.low),
            high: four(share.high),
        }
    }
}

impl From<Gauge> for GaugeFigure {
    fn from(gauge: Gauge) -> Self {
        let standing = gauge.standing();
        let Gauge {
            kind,
            share,
            target,
        } = gauge;
        Self {
            gauge: kind,
            share: share.map(ShareFigure::from),
            target,
            standing,
        }
    }
}

impl GaugeFigure {
    /// Holds the days of a month against targets.
    pub(super) fn of(counts: &[DailyCount], targets: &TargetSettings) -> Vec<Self> {
        let gauges = gauges(counts, None, targets);
        gauges.into_iter().map(Self::from).collect()
    }

    /// Returns what is counted by it.
    pub(super) fn outcome(&self) -> OutcomeKind {
        match self.gauge {
            GaugeKind::Coverage => OutcomeKind::Answered,
            GaugeKind::Resolution => OutcomeKind::Resolved,
        }
    }
}

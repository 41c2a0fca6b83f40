//! What an attempt leads to: a pure function of the attempt, what came before it, and the operator's patience.

use std::time::Duration;

use super::settings::WebhookSettings;
use crate::client::{Reply, RequestError};
use crate::store::Outcome;
use crate::time::Timestamp;

/// Why a place was switched off that said it wants nothing more.
pub const WANTS_NOTHING: &str = "the other side replied 410: it wants nothing more";

/// Why a place was switched off that took nothing for too long.
pub const TOOK_NOTHING: &str = "nothing was taken for longer than webhooks.disable_after_hours";

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) verdict: Verdict,
    pub(super) response_status: Option<u16>,
    pub(super) retry_after: Option<Duration>,
    pub(super) error: Option<String>,
}

/// What the other side made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was taken.
    Taken,
    /// There was nothing to tell this place.
    Nothing,
    /// It was not taken; later it may be.
    Later,
    /// It will never be taken.
    Never,
    /// The place wants nothing more.
    Gone,
}

impl Tried {
    pub(super) fn nothing() -> Self {
        Self {
            verdict: Verdict::Nothing,
            response_status: None,
            retry_after: None,
            error: None,
        }
    }

    /// Tells whether the other side has taken it.
    pub(super) fn is_taken(&self) -> bool {
        self.verdict == Verdict::Taken
    }

    /// Reads what a webhook says to a request: whatever is not a success may become one.
    pub(super) fn of_webhook(result: Result<Reply, RequestError>) -> Self {
        Self::of(result, |status| match status {
            410 => Verdict::Gone,
            _ => Verdict::Later,
        })
    }

    /// Reads what a help desk says to a request: what it cannot understand today it will not understand tomorrow.
    pub(super) fn of_help_desk(result: Result<Reply, RequestError>) -> Self {
        Self::of(result, |status| match status {
            400 | 404 | 410 | 413 | 422 => Verdict::Never,
            _ => Verdict::Later,
        })
    }

    /// Reads what a messenger says to a request: what it refuses today it will refuse tomorrow, save for a token that the
    /// operator can put right.
    pub(super) fn of_messenger(result: Result<Reply, RequestError>) -> Self {
        Self::of(result, |status| match status {
            400 | 403 | 413 | 422 => Verdict::Never,
            _ => Verdict::Later,
        })
    }

    fn of(result: Result<Reply, RequestError>, unless: impl Fn(u16) -> Verdict) -> Self {
        match result {
            Ok(reply) if reply.is_success() => Self {
                verdict: Verdict::Taken,
                response_status: Some(reply.status),
                retry_after: None,
                error: None,
            },
            Ok(reply) => Self {
                verdict: unless(reply.status),
                response_status: Some(reply.status),
                retry_after: reply.retry_after,
                // The body could hold anything, also what we sent; the status says enough.
                error: Some(format!("the other side replied {}", reply.status)),
            },
            Err(error) => Self {
                verdict: Verdict::Later,
                response_status: None,
                retry_after: None,
                error: Some(error.to_string()),
            },
        }
    }
}

/// Longest wait another side can ask for.
const LONGEST_ASKED_MS: i64 = 24 * 60 * 60 * 1_000;

const MILLIS_AN_HOUR: i64 = 60 * 60 * 1_000;

/// Decides what happens next; `luck` is a number from 0 to 1 that spreads attempts, so that they do not come all at once.
pub(super) fn outcome(
    tried: &Tried,
    attempts_before: i64,
    failing_since: Option<Timestamp>,
    settings: &WebhookSettings,
    luck: f64,
    now: Timestamp,
) -> Outcome {
    match tried.verdict {
        Verdict::Taken => return Outcome::Delivered,
        Verdict::Nothing => return Outcome::Dropped,
        Verdict::Never => return Outcome::Failed,
        Verdict::Gone => {
            return Outcome::Disabled { why: WANTS_NOTHING };
        }
        Verdict::Later => {}
    }
    let patience_ms = i64::from(settings.disable_after_hours.get()) * MILLIS_AN_HOUR;
    if failing_since.is_some_and(|since| now.millis_since(since) >= patience_ms) {
        return Outcome::Disabled { why: TOOK_NOTHING };
    }
    if attempts_before + 1 >= i64::from(settings.max_attempts.get()) {
        return Outcome::Failed;
    }
    let asked_ms = tried.retry_after.map_or(0, |asked| {
        i64::try_from(asked.as_millis())
            .unwrap_or(i64::MAX)
            .min(LONGEST_ASKED_MS)
    });
    let wait_ms = wait_ms(attempts_before, settings, luck).max(asked_ms);
    Outcome::Retry {
        at: now.later_by(wait_ms),
    }
}

/// Four times as long each time, a quarter more or less.
fn wait_ms(attempts_before: i64, settings: &WebhookSettings, luck: f64) -> i64 {
    let doublings = u32::try_from(attempts_before.clamp(0, 20) * 2).unwrap_or(40);
    let even = settings
        .first_retry_ms
        .get()
        .saturating_mul(1_u64 << doublings)
        .min(settings.longest_retry_ms.get());
    (even as f64 * (0.75 + 0.5 * luck)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replied(status: u16, retry_after_s: Option<u64>) -> Tried {
        Tried::of_webhook(Ok(Reply {
            status,
            retry_after: retry_after_s.map(Duration::from_secs),
            body: Vec::new(),
        }))
    }

    #[test]
    fn waits_grow_and_end() {
        let settings = WebhookSettings::default();
        let now = Timestamp::from_millis(1_000_000_000_000);
        let wait = |tried: &Tried, attempts, luck| match outcome(
            tried,
            attempts,
            Some(now),
            &settings,
            luck,
            now,
        ) {
            Outcome::Retry { at } => at.millis_since(now),
            other => panic!("{other:?}"),
        };
        let busy = replied(500, None);
        assert_eq!(wait(&busy, 0, 0.5), 5_000);
        assert_eq!(wait(&busy, 0, 0.0), 3_750);
        assert_eq!(wait(&busy, 1, 1.0), 25_000);
        assert_eq!(wait(&busy, 10, 0.5), 12 * 60 * 60 * 1_000);
        assert_eq!(
            wait(&replied(429, Some(90)), 0, 0.5),
            90_000,
            "what the other side asks for"
        );
        assert_eq!(
            wait(&replied(429, Some(1)), 3, 0.5),
            320_000,
            "never sooner than we would"
        );
        let timed_out = Tried::of_webhook(Err(RequestError::TimedOut));
        assert_eq!(wait(&timed_out, 0, 0.5), 5_000);
        assert_eq!(
            outcome(&busy, 11, Some(now), &settings, 0.5, now),
            Outcome::Failed
        );
    }

    #[test]
    fn places_that_want_nothing_or_are_gone_are_switched_off() {
        let settings = WebhookSettings::default();
        let now = Timestamp::from_millis(1_000_000_000_000);
        let long_ago = now.earlier_by(120 * MILLIS_AN_HOUR);
        let is_off = |tried: &Tried, since| {
            matches!(
                outcome(tried, 0, since, &settings, 0.5, now),
                Outcome::Disabled { .. }
            )
        };
        assert!(is_off(&replied(410, None), None));
        assert!(is_off(&replied(500, None), Some(long_ago)));
        assert!(!is_off(&replied(500, None), Some(long_ago.later_by(1))));
        assert!(!is_off(&replied(204, None), Some(long_ago)));
        let refused = Tried::of_help_desk(Ok(Reply {
            status: 422,
            retry_after: None,
            body: Vec::new(),
        }));
        assert_eq!(
            outcome(&refused, 0, None, &settings, 0.5, now),
            Outcome::Failed
        );
    }
}

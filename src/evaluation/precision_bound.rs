//! How good answers are at least, given how many of a few were right: the exact bound of Clopper and Pearson (1934).

/// More answers than this are not asked for: a base that needs them is wrong too often, not measured too little.
pub(super) const MOST_ASKED_FOR: usize = 100_000;

/// Steps of the bisection; each halves the interval, so the bound is exact to the last digit that matters.
const STEPS: usize = 60;

/// Returns the lower bound of the precision after `right` of `answered` were right, held with probability
/// `confidence_level`.
///
/// It is the precision at which `right` or more right answers would be seen with probability `1 - confidence_level`.
pub fn lower_precision_bound(right: usize, answered: usize, confidence_level: f64) -> f64 {
    if right == 0 || answered == 0 {
        return 0.0;
    }
    let chance = 1.0 - confidence_level;
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        if chance_of_at_least(right, answered, middle) < chance {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// Returns how many answers prove a precision of `least` if they go as those judged before; nothing where no reasonable number would.
pub(super) fn answers_that_prove(
    right: usize,
    answered: usize,
    least: f64,
    confidence_level: f64,
) -> Option<usize> {
    let precision = right as f64 / answered as f64;
    let proves = |answered: usize| {
        let right = (precision * answered as f64).floor() as usize;
        lower_precision_bound(right, answered, confidence_level) >= least
    };
    if precision <= least || !proves(MOST_ASKED_FOR) {
        return None;
    }
    // Rounding makes the bound jump by one answer; a bisection lands within that of the smallest number.
    Some(fewest_between(answered, MOST_ASKED_FOR, proves))
}

/// Returns how many more answers, all of them right, prove a precision of `least`; nothing where no reasonable number does.
pub(super) fn right_ones_that_prove(
    right: usize,
    answered: usize,
    least: f64,
    confidence_level: f64,
) -> Option<usize> {
    let proves = |more: usize| {
        lower_precision_bound(right + more, answered + more, confidence_level) >= least
    };
    match (proves(0), proves(MOST_ASKED_FOR)) {
        (true, _) => Some(0),
        (_, false) => None,
        _ => Some(fewest_between(0, MOST_ASKED_FOR, proves)),
    }
}

/// The smallest number above one that is too small, and up to one that is enough.
fn fewest_between(
    mut too_few: usize,
    mut enough: usize,
    is_enough: impl Fn(usize) -> bool,
) -> usize {
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if is_enough(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    enough
}

/// Probability of `right` or fewer right answers out of `answered` at a precision.
pub(super) fn chance_of_at_most(right: usize, answered: usize, precision: f64) -> f64 {
    1.0 - chance_of_at_least(right + 1, answered, precision)
}

/// Probability of `right` or more right answers out of `answered` at a precision: the upper tail of the binomial.
fn chance_of_at_least(right: usize, answered: usize, precision: f64) -> f64 {
    if right > answered {
        return 0.0;
    }
    if precision >= 1.0 {
        return 1.0;
    }
    // Starts at all right and walks down, in logarithms because the terms of large samples underflow.
    let odds = precision.ln() - (1.0 - precision).ln();
    let mut term = answered as f64 * precision.ln();
    let mut sum = term.exp();
    for count in (right + 1..=answered).rev() {
        let wrong = answered - count;
        term += (count as f64).ln() - ((wrong + 1) as f64).ln() - odds;
        sum += term.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_the_published_ones() {
        // Beta quantiles: qbeta(1 - level, right, answered - right + 1).
        for (right, answered, level, expected) in [
            (59, 59, 0.95, 0.950_492),
            (58, 58, 0.95, 0.949_661),
            (8, 10, 0.95, 0.493_099),
            (95, 100, 0.95, 0.897_747),
            (95, 100, 0.975, 0.887_165),
            (190, 200, 0.95, 0.916_665),
            (1, 10, 0.95, 0.005_116),
            (5, 10, 0.975, 0.187_086),
            (980, 1000, 0.99, 0.967_114),
        ] {
            let found = lower_precision_bound(right, answered, level);
            assert!(
                (found - expected).abs() < 1e-6,
                "{right} of {answered} at {level}: {found}, expected {expected}"
            );
        }
    }

    #[test]
    fn nothing_right_promises_nothing() {
        assert_eq!(lower_precision_bound(0, 0, 0.95), 0.0);
        assert_eq!(lower_precision_bound(0, 50, 0.95), 0.0);
    }

    #[test]
    fn large_samples_do_not_underflow() {
        let found = lower_precision_bound(99_000, 100_000, 0.95);
        assert!((0.989..0.990).contains(&found), "{found}");
    }
}

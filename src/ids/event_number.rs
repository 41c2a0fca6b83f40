//! The place of an event in its stream, as browsers hand it back when they reconnect.

use std::fmt;
use std::str::FromStr;

/// The number of an event in its stream; 0 comes before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventNumber(i64);

/// A text that is not the number of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not the number of an event; send the id of the last one received")]
pub struct InvalidEventNumber;

impl EventNumber {
    /// Returns it as it is stored.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EventNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for EventNumber {
    type Err = InvalidEventNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.trim().parse().map_err(|_| InvalidEventNumber)?;
        Ok(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_is_a_place_in_a_stream() {
        assert_eq!("17".parse().map(EventNumber::get), Ok(17));
        assert_eq!(" 0 ".parse().map(EventNumber::get), Ok(0));
        for text in ["", "x", "1.0", "1 2", "9223372036854775808", "１７"] {
            assert_eq!(
                text.parse::<EventNumber>(),
                Err(InvalidEventNumber),
                "{text}"
            );
        }
    }
}

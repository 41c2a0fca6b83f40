//! Whole numbers of requests, with their bounds.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Whole<const LEAST: i64, const MOST: i64>(pub i64);

/// The number of something that another program counts; every program can write those.
pub(in crate::http) type OtherNumber = Whole<0, 9_007_199_254_740_991>;

/// A moment in milliseconds since 1970, before the year 10000.
pub(in crate::http) type Moment = Whole<0, 253_402_300_799_999>;

impl<'de, const LEAST: i64, const MOST: i64> Deserialize<'de> for Whole<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = deserializer.deserialize_any(AnyWhole)?;
        let within = number.filter(|number| (LEAST..=MOST).contains(number));
        let told = || Error::custom(format!("send a whole number from {LEAST} to {MOST}"));
        within.map(Self).ok_or_else(told)
    }
}

/// Reads a whole number however it is written: `2.0` is the same number as `2` to JSON and to its schemas.
struct AnyWhole;

impl Visitor<'_> for AnyWhole {
    /// Nothing for a number that is not whole, or beyond what can be counted.
    type Value = Option<i64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Option<i64>, E> {
        Ok(Some(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Option<i64>, E> {
        Ok(i64::try_from(number).ok())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Option<i64>, E> {
        let is_exact = number.fract() == 0.0 && number.abs() <= EXACT;
        Ok(is_exact.then_some(number as i64))
    }
}

/// Beyond this, fractions of numbers are lost.
const EXACT: f64 = 9_007_199_254_740_991.0;

impl<const LEAST: i64, const MOST: i64> PartialSchema for Whole<LEAST, MOST> {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number.minimum(Some(LEAST)).maximum(Some(MOST)).into()
    }
}

impl<const LEAST: i64, const MOST: i64> ToSchema for Whole<LEAST, MOST> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("Number{LEAST}To{MOST}"))
    }
}

//! Whole numbers of requests, with their bounds.

use std::borrow::Cow;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Whole<const LEAST: i64, const MOST: i64>(pub i64);

/// The number of something that another program counts; every program can write those.
pub(in crate::http) type OtherNumber = Whole<0, 9_007_199_254_740_991>;

impl<'de, const LEAST: i64, const MOST: i64> Deserialize<'de> for Whole<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        match (LEAST..=MOST).contains(&number) {
            true => Ok(Self(number)),
            false => Err(Error::custom(format!("send a number from {LEAST} to {MOST}"))),
        }
    }
}

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

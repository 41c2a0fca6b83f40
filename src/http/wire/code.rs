//! Codes of closed sets in requests: the description lists them, and no other is taken.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use strum::VariantNames;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::language::Spoken;

/// One of the codes of `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Code<T>(pub T);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Code<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map(Self).map_err(Error::custom)
    }
}

impl<T: VariantNames> PartialSchema for Code<T> {
    fn schema() -> RefOr<Schema> {
        listed(T::VARIANTS.iter().copied())
    }
}

impl<T: VariantNames> ToSchema for Code<T> {
    fn name() -> Cow<'static, str> {
        let path = std::any::type_name::<T>();
        let name = path.rsplit("::").next().unwrap_or(path);
        Cow::Owned(format!("{name}Code"))
    }
}

/// The code of a language that can be named, served or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct SpokenCode(pub Spoken);

impl<'de> Deserialize<'de> for SpokenCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let spoken: Spoken = code.parse().map_err(Error::custom)?;
        match spoken.code() == code {
            true => Ok(Self(spoken)),
            false => Err(Error::custom(format!(
                "send the plain code {:?}, without a region",
                spoken.code()
            ))),
        }
    }
}

impl PartialSchema for SpokenCode {
    fn schema() -> RefOr<Schema> {
        listed(Spoken::all().into_iter().map(Spoken::code))
    }
}

impl ToSchema for SpokenCode {}

fn listed(codes: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    let code = ObjectBuilder::new().schema_type(Type::String);
    code.enum_values(Some(codes.collect::<Vec<_>>())).into()
}

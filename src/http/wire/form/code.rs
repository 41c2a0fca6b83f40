//! Codes of closed sets in requests: the description lists them, and no other is taken.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
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
        let code = ObjectBuilder::new().schema_type(Type::String);
        code.enum_values(Some(T::VARIANTS.iter().copied())).into()
    }
}

impl<T: VariantNames> ToSchema for Code<T> {
    fn name() -> Cow<'static, str> {
        let path = std::any::type_name::<T>();
        let name = path.rsplit("::").next().unwrap_or(path);
        Cow::Owned(format!("{name}Code"))
    }
}

/// The codes, with regions as people have them: `pt-BR`.
static SPOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let codes: Vec<&str> = Spoken::all().into_iter().map(Spoken::code).collect();
    let pattern = format!("^(?:{})(?:[-_][A-Za-z0-9]{{1,8}}){{0,3}}$", codes.join("|"));
    Regex::new(&pattern).expect("codes are letters")
});

/// The code of a language that can be named, served or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct SpokenCode(pub Spoken);

impl<'de> Deserialize<'de> for SpokenCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let spoken: Spoken = code.parse().map_err(Error::custom)?;
        match SPOKEN.is_match(&code) {
            true => Ok(Self(spoken)),
            false => Err(Error::custom(format!(
                "send the plain code {:?}",
                spoken.code()
            ))),
        }
    }
}

impl PartialSchema for SpokenCode {
    fn schema() -> RefOr<Schema> {
        let code = ObjectBuilder::new().schema_type(Type::String);
        code.pattern(Some(SPOKEN.as_str())).into()
    }
}

impl ToSchema for SpokenCode {}

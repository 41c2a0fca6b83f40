//! Maps by language, as the API's description says them.

use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema};

use super::answer::LanguageCode;

/// Describes something in one language at least, by its code.
pub(in crate::http) fn by_language(each: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(code) = LanguageCode::schema() else {
        unreachable!("a code is described in place");
    };
    let map = ObjectBuilder::new()
        .property_names(Some(code))
        .additional_properties(Some(each))
        .min_properties(Some(1));
    map.into()
}

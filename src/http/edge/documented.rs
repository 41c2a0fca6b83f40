//! How every operation of the API can fail, as its OpenAPI description says it.

use std::collections::BTreeMap;

use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use super::problem::{ApiError, Problem};

impl IntoResponses for ApiError {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let told = |description: &str| {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name(Problem::name())))
                .build();
            let response = ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", content)
                .build();
            RefOr::T(response)
        };
        BTreeMap::from([
            ("4XX".to_owned(), told("The request was refused")),
            ("5XX".to_owned(), told("The server failed")),
        ])
    }
}

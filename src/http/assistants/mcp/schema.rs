//! JSON schemas of what tools take and give, from the same descriptions as the OpenAPI document.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Where the OpenAPI document keeps what schemas refer to, and where a schema by itself does.
const IN_DOCUMENT: &str = "#/components/schemas/";
const IN_SCHEMA: &str = "#/$defs/";

/// Returns the schema of a type, with everything it refers to.
pub(super) fn schema_of<T: ToSchema>() -> Value {
    let mut referred = Vec::new();
    T::schemas(&mut referred);
    let mut schema = written(&T::schema());
    if !referred.is_empty() {
        let referred = referred.into_iter();
        let definitions: Map<String, Value> = referred
            .map(|(name, schema)| (name, written(&schema)))
            .collect();
        schema["$defs"] = Value::Object(definitions);
    }
    schema
}

fn written(schema: &impl serde::Serialize) -> Value {
    let text = serde_json::to_string(schema).expect("schemas are plain strings and maps");
    let text = text.replace(IN_DOCUMENT, IN_SCHEMA);
    serde_json::from_str(&text).expect("it was written just now")
}

//! Says of every object in a request that it has no other fields; the code takes none, and the derived description says so
//! of structs alone.

use std::collections::BTreeSet;

use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// Doors that speak protocols of others, whose clients send more than is read.
const OPEN: [&str; 2] = ["/v1/chat/completions", "/mcp"];

/// Closes the objects that bodies of requests are made of.
pub(super) fn close_bodies(document: &mut OpenApi) {
    let mut named = Vec::new();
    for (address, path) in &mut document.paths.paths {
        if OPEN.contains(&address.as_str()) {
            continue;
        }
        let operations = [
            &mut path.post,
            &mut path.put,
            &mut path.patch,
            &mut path.delete,
        ];
        let bodies = operations.into_iter().flatten().filter_map(|operation| {
            match operation.request_body.as_mut()? {
                RefOr::T(body) => Some(body),
                RefOr::Ref(_) => None,
            }
        });
        for content in bodies.flat_map(|body| body.content.values_mut()) {
            if let RefOr::T(content) = content
                && let Some(schema) = &mut content.schema
            {
                close(schema, &mut named);
            }
        }
    }
    let Some(components) = &mut document.components else {
        return;
    };
    let mut seen = BTreeSet::new();
    while let Some(name) = named.pop() {
        if let Some(schema) = components.schemas.get_mut(&name)
            && seen.insert(name)
        {
            close(schema, &mut named);
        }
    }
}

/// Closes an object and those inside it, and collects the names of others that it is made of.
fn close(schema: &mut RefOr<Schema>, named: &mut Vec<String>) {
    let schema = match schema {
        RefOr::T(schema) => schema,
        RefOr::Ref(other) => {
            let name = other.ref_location.rsplit('/').next();
            named.extend(name.map(str::to_owned));
            return;
        }
    };
    let parts: Vec<&mut RefOr<Schema>> = match schema {
        Schema::Object(object) => {
            if !object.properties.is_empty() && object.additional_properties.is_none() {
                let none = AdditionalProperties::FreeForm(false);
                object.additional_properties = Some(Box::new(none));
            }
            let mut parts: Vec<_> = object.properties.values_mut().collect();
            if let Some(AdditionalProperties::RefOr(each)) =
                object.additional_properties.as_deref_mut()
            {
                parts.push(each);
            }
            parts
        }
        Schema::Array(array) => match &mut array.items {
            ArrayItems::RefOrSchema(each) => vec![each.as_mut()],
            _ => Vec::new(),
        },
        Schema::OneOf(either) => either.items.iter_mut().collect(),
        Schema::AllOf(all) => all.items.iter_mut().collect(),
        Schema::AnyOf(any) => any.items.iter_mut().collect(),
        _ => Vec::new(),
    };
    for part in parts {
        close(part, named);
    }
}

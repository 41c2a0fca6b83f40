//! What a provider says of a person.

use serde_json::Value;

/// Who somebody is, as the provider says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider's own name for the account; it never changes, and is nobody else's.
    pub subject: String,
    /// Their address, where the provider has checked that it is theirs.
    pub email: Option<String>,
    /// How they are called.
    pub name: Option<String>,
    /// Their groups.
    pub groups: Vec<String>,
    /// How they have shown who they are (RFC 8176).
    pub methods: Vec<String>,
}

impl Person {
    /// Reads what is said in a token, and beside it where that is asked for; the token counts where both say something.
    pub(super) fn of(token: &Value, beside: &Value, groups: &str) -> Option<Self> {
        let said = |name: &str| match &token[name] {
            Value::Null => &beside[name],
            own => own,
        };
        let subject = token["sub"]
            .as_str()
            .filter(|subject| !subject.is_empty())?;
        // An address and the word that it was checked belong together: both are taken from one place.
        let place = if token["email"].is_null() {
            beside
        } else {
            token
        };
        let is_checked = place["email_verified"] == true;
        let email = place["email"].as_str().filter(|_| is_checked);
        let name = [said("name"), said("preferred_username")]
            .into_iter()
            .find_map(Value::as_str);
        Some(Self {
            subject: subject.to_owned(),
            email: email.map(str::to_owned),
            name: name.map(str::to_owned),
            groups: words_of(match at(token, groups) {
                Value::Null => at(beside, groups),
                own => own,
            }),
            methods: words_of(&token["amr"]),
        })
    }
}

/// Reads a claim; a full stop leads into an object, unless a claim is called so.
pub(super) fn at<'v>(claims: &'v Value, name: &str) -> &'v Value {
    if !claims[name].is_null() {
        return &claims[name];
    }
    name.split('.').fold(claims, |value, part| &value[part])
}

/// Reads words, or one.
fn words_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(word) => vec![word.clone()],
        Value::Array(words) => words
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_counts_where_it_was_checked_and_groups_wherever_they_stand() {
        let person = |token: Value, beside: Value, groups: &str| {
            Person::of(&token, &beside, groups).map(|person| (person.email, person.groups))
        };
        let ada = Some("ada@example.com".to_owned());
        let checked = json!({ "email": "ada@example.com", "email_verified": true });
        for (token, beside, expected) in [
            (json!({ "sub": "1" }), checked.clone(), ada.clone()),
            (
                json!({ "sub": "1", "email": "eve@example.com" }),
                checked.clone(),
                None,
            ),
            (
                json!({ "sub": "1", "email": "ada@example.com", "email_verified": "true" }),
                json!({}),
                None,
            ),
            (
                json!({ "sub": "1", "email_verified": true }),
                json!({ "email": "a@b.c" }),
                None,
            ),
        ] {
            let found = person(token.clone(), beside, "groups").unwrap();
            assert_eq!(found.0, expected, "{token}");
        }
        let nested = json!({ "sub": "1", "realm": { "roles": ["a", "b"] }, "x.y": "c" });
        let groups = |name: &str| person(nested.clone(), json!({}), name).unwrap().1;
        assert_eq!(groups("realm.roles"), ["a", "b"]);
        assert_eq!(groups("x.y"), ["c"]);
        assert!(groups("groups").is_empty());
        assert_eq!(person(json!({ "sub": "" }), json!({}), "groups"), None);
    }
}

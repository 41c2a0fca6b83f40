//! The JSON schema of the files of a knowledge folder, for editors that check TOML while it is written.

use serde_json::{Value, json};

/// Returns one schema whose `$defs` hold `article` (article.toml), `category` (category.toml) and `translation` (the
/// front matter between `+++` lines).
pub fn json_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Files of a mondo knowledge folder",
        "oneOf": [
            { "$ref": "#/$defs/article" },
            { "$ref": "#/$defs/category" },
            { "$ref": "#/$defs/translation" },
        ],
        "$defs": {
            "article": article(),
            "category": category(),
            "translation": translation(),
        },
    })
}

fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "default": [], "description": description })
}

fn day(description: &str) -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "description": format!("{description}; a TOML date without quotes, such as 2026-01-31"),
    })
}

fn article() -> Value {
    json!({
        "title": "article.toml",
        "type": "object",
        "additionalProperties": false,
        "required": ["id", "category"],
        "properties": {
            "id": { "type": "string", "minLength": 1, "description": "Names the article in links and reports; unique, and never changed." },
            "category": { "type": "string", "minLength": 1, "description": "The name of the folder that the article's folder lies in." },
            "severity": { "enum": ["low", "normal", "high", "critical"], "default": "normal", "description": "Harm done by a wrong or late answer." },
            "intent": { "enum": ["general", "personal", "fraud", "regulated"], "default": "general", "description": "general: the same answer for everybody; personal: the visitor's own case, a person has to look; fraud: a report of fraud; regulated: approved wording only." },
            "policy": { "enum": ["strict", "label", "allow"], "default": "label", "description": "What to do where the visitor's language is missing: hand over, answer in another with a label, or answer in another." },
            "audience": texts("Groups of visitors it is meant for; all for everybody, staff for nobody but staff."),
            "owner": { "type": "string", "default": "", "description": "Team that answers for its text." },
            "rev": { "type": "integer", "minimum": 0, "default": 1, "description": "Revision of the source text; raised when its meaning changes." },
            "stage": { "enum": ["draft", "review", "published", "archived"], "default": "published", "description": "Where it stands; only a published article is given." },
            "valid_from": day("First day it may be given"),
            "valid_until": day("Last day it may be given"),
            "follow_ups": texts("Ids of articles a reader often needs next."),
            "collect": texts("Fields that a ticket on it needs, such as txid."),
            "skills": texts("What whoever answers a ticket on it should know about, beside the category."),
        },
    })
}

fn category() -> Value {
    let title = json!({ "type": "string" });
    json!({
        "title": "category.toml",
        "type": "object",
        "additionalProperties": false,
        "required": ["title"],
        "properties": {
            "title": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "en": title, "zh": title, "ja": title, "ko": title },
                "description": "Its name in each language.",
            },
            "place": { "type": "integer", "minimum": 0, "default": 0, "description": "Its place among the others; the smallest comes first." },
        },
    })
}

fn translation() -> Value {
    json!({
        "title": "front matter of <language>.md",
        "type": "object",
        "additionalProperties": false,
        "required": ["title", "summary"],
        "properties": {
            "title": { "type": "string", "minLength": 1, "description": "The question as a visitor asks it." },
            "alternates": texts("The same question in other words; three or more help the search most."),
            "keywords": texts("Words it should be found by that stand nowhere in it."),
            "summary": { "type": "string", "minLength": 1, "description": "The short answer, one or two sentences; where it says nothing, the passage that answers is shown." },
            "source_rev": { "type": "integer", "minimum": 0, "default": 1, "description": "Revision of the source text that this text follows." },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::front_matter::{
        ArticleMatter, CategoryMatter, TranslationMatter, parse_toml,
    };

    /// Keys that reading a file with an unknown key says it expects.
    fn expected_keys<T: serde::de::DeserializeOwned>() -> Vec<String> {
        let message = parse_toml::<T>("surely-no-key = 1\n")
            .err()
            .expect("the key is unknown")
            .message;
        let (_, list) = message
            .split_once("expected")
            .expect("it says what it expects");
        let mut keys: Vec<String> = list
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        keys.sort();
        keys
    }

    #[test]
    fn the_schema_has_every_key_and_no_other() {
        let schema = json_schema();
        let keys = |name: &str| -> Vec<String> {
            let properties = schema["$defs"][name]["properties"].as_object();
            let mut keys: Vec<String> = properties.unwrap().keys().cloned().collect();
            keys.sort();
            keys
        };
        assert_eq!(keys("article"), expected_keys::<ArticleMatter>());
        assert_eq!(keys("category"), expected_keys::<CategoryMatter>());
        assert_eq!(keys("translation"), expected_keys::<TranslationMatter>());
    }

    #[test]
    fn every_value_the_schema_allows_is_read() {
        let schema = json_schema();
        for key in ["severity", "intent", "policy"] {
            let values = schema["$defs"]["article"]["properties"][key]["enum"].clone();
            for value in values.as_array().unwrap() {
                let text = format!("id = \"a\"\ncategory = \"b\"\n{key} = {value}\n");
                assert!(parse_toml::<ArticleMatter>(&text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn the_reference_names_every_key_and_its_examples_are_read() {
        let reference = include_str!("../../knowledge_base/FORMAT.md");
        for name in ["article", "category", "translation"] {
            let schema = json_schema();
            let properties = schema["$defs"][name]["properties"].as_object().unwrap();
            for key in properties.keys() {
                assert!(
                    reference.contains(&format!("`{key}`")),
                    "{key} is not documented"
                );
            }
        }
        let examples: Vec<&str> = reference.split("```").skip(1).step_by(2).collect();
        let example = |begin: &str| {
            let found = examples.iter().find(|one| one.contains(begin));
            found.unwrap().trim_start_matches("toml")
        };
        assert!(parse_toml::<ArticleMatter>(example("severity =")).is_ok());
        assert!(parse_toml::<CategoryMatter>(example("place =")).is_ok());
        assert!(crate::knowledge::Wording::read(example("+++").trim_start()).is_ok());
        let readme = include_str!("../../README.md");
        let example = readme.split("```\n").find(|one| one.starts_with("+++"));
        assert!(crate::knowledge::Wording::read(example.unwrap()).is_ok());
    }
}

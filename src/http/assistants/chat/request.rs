//! What a chat asks, and what its client wants that cannot be had here.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::completion::{MODEL, Streaming};
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::pipeline::asked_words;
use crate::safety::Words;

/// A chat to go on with.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ChatRequest {
    /// Always `mondo`; may be left out.
    #[schema(example = "mondo")]
    model: Option<String>,
    /// What was said, oldest first.
    messages: Vec<ChatMessage>,
    /// Whether to send the answer in chunks.
    stream: Option<bool>,
    /// How to send it in chunks.
    stream_options: Option<StreamOptions>,
    /// Number of answers: 1.
    n: Option<i64>,
    /// Refused unless empty, or `tool_choice` is `none`: nothing is called.
    tools: Option<Vec<Value>>,
    /// `none`, where tools are listed all the same.
    tool_choice: Option<Value>,
    /// The older name of `tools`.
    functions: Option<Vec<Value>>,
    /// The older name of `tool_choice`.
    function_call: Option<Value>,
    /// Plain text alone: `{"type": "text"}`.
    response_format: Option<Value>,
    /// Text alone.
    modalities: Option<Vec<String>>,
    /// Refused unless false: no word of an answer is drawn by chance.
    logprobs: Option<bool>,
    /// Refused: nothing but the articles is read.
    web_search_options: Option<Value>,
}

/// One message of a chat.
#[derive(Debug, Deserialize, ToSchema)]
struct ChatMessage {
    /// Who said it: `user`, or anybody who is passed over, such as `system` and `assistant`.
    #[schema(example = "user")]
    role: String,
    /// A text, or a list of parts of the type `text`.
    #[serde(default)]
    #[schema(example = "출금 수수료 얼마예요?")]
    content: Value,
}

/// How to send an answer in chunks.
#[derive(Debug, Deserialize, ToSchema)]
struct StreamOptions {
    /// Whether to add a chunk with the tokens used.
    include_usage: Option<bool>,
}

/// A question and what was asked before it.
pub(super) struct AskedInChat {
    pub(super) earlier: Vec<Words>,
    pub(super) question: Words,
    /// How to send the answer, where it is wanted in chunks.
    pub(super) streams: Option<Streaming>,
}

impl ChatRequest {
    /// Finds the question; refuses what would mislead if it were ignored.
    pub(super) fn asked(&self) -> Result<AskedInChat, ApiError> {
        if self.model.as_deref().is_some_and(|model| model != MODEL) {
            let detail = format!("there is one model here; send `{MODEL}` or leave `model` out");
            return Err(ApiError::new(ProblemKind::NotFound, detail).in_field("model"));
        }
        self.refuse_unsupported()?;
        let mut said = Vec::new();
        for (place, message) in self.messages.iter().enumerate() {
            if message.role == USER {
                let field = format!("messages[{place}].content");
                said.push((text_of(&message.content, &field)?, field));
            }
        }
        let Some((question, field)) = said.pop() else {
            return Err(bad_request(
                "messages",
                "there is no message of the role `user`; the last one is the question",
            ));
        };
        let question =
            asked_words(&question).map_err(|error| ApiError::from(error).in_field(field))?;
        // What could not be asked then does not stand in the way now.
        let earlier = said.iter().filter_map(|(text, _)| asked_words(text).ok());
        Ok(AskedInChat {
            earlier: earlier.collect(),
            question,
            streams: self.streaming(),
        })
    }

    fn streaming(&self) -> Option<Streaming> {
        let options = self.stream_options.as_ref();
        let wants_usage = options.and_then(|options| options.include_usage);
        self.stream.unwrap_or_default().then(|| Streaming {
            tells_usage: wants_usage.unwrap_or_default(),
        })
    }

    fn refuse_unsupported(&self) -> Result<(), ApiError> {
        let wants = |tools: &Option<Vec<Value>>, choice: &Option<Value>| {
            let is_listed = tools.as_ref().is_some_and(|tools| !tools.is_empty());
            let is_off = choice.as_ref().is_some_and(|choice| choice == "none");
            is_listed && !is_off
        };
        let format = self.response_format.as_ref();
        let format = format.and_then(|format| format.get("type"));
        let modalities = self.modalities.iter().flatten();
        let unsupported = [
            (
                self.n.is_some_and(|count| count != 1),
                "n",
                "a question has one answer here; send 1 or leave it out",
            ),
            (
                wants(&self.tools, &self.tool_choice),
                "tools",
                "no tool is ever called; leave them out, or send `tool_choice` as `none`",
            ),
            (
                wants(&self.functions, &self.function_call),
                "functions",
                "no function is ever called; leave them out, or send `function_call` as `none`",
            ),
            (
                format.is_some_and(|format| format != "text"),
                "response_format",
                "answers are plain text; what they rest on stands in `mondo` beside them",
            ),
            (
                modalities.into_iter().any(|kind| kind != "text"),
                "modalities",
                "answers are plain text; leave everything else out",
            ),
            (
                self.logprobs.unwrap_or_default(),
                "logprobs",
                "no word of an answer is drawn by chance; `mondo.confidence` says how sure it is",
            ),
            (
                self.web_search_options.is_some(),
                "web_search_options",
                "nothing but the articles is read; leave it out",
            ),
        ];
        match unsupported.into_iter().find(|(is_wanted, ..)| *is_wanted) {
            Some((_, field, detail)) => Err(bad_request(field, detail)),
            None => Ok(()),
        }
    }
}

const USER: &str = "user";

/// Returns the text of a message, its parts one below the other.
fn text_of(content: &Value, field: &str) -> Result<String, ApiError> {
    let parts = match content {
        Value::String(text) => return Ok(text.clone()),
        Value::Array(parts) => parts,
        _ => {
            return Err(bad_request(
                field,
                "send a text, or a list of parts of the type `text`",
            ));
        }
    };
    let mut lines = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let is_text = part.get("type").is_some_and(|kind| kind == "text");
        match part.get("text").and_then(Value::as_str) {
            Some(text) if is_text => lines.push(text),
            _ => {
                return Err(bad_request(
                    &format!("{field}[{place}]"),
                    "only parts of the type `text` are read, no pictures, sounds or files; say in words what they show",
                ));
            }
        }
    }
    Ok(lines.join("\n"))
}

fn bad_request(field: &str, detail: &str) -> ApiError {
    ApiError::new(ProblemKind::BadRequest, format!("`{field}`: {detail}")).in_field(field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(request: Value) -> Result<AskedInChat, String> {
        let request: ChatRequest = serde_json::from_value(request).expect("a request");
        request.asked().map_err(|error| error.said_to_program())
    }

    #[test]
    fn the_last_thing_a_person_said_is_the_question() {
        let asked = asked(json!({
            "messages": [
                { "role": "system", "content": "You are a pirate." },
                { "role": "user", "content": " " },
                { "role": "user", "content": "tea?" },
                { "role": "assistant", "content": null, "tool_calls": [] },
                { "role": "user", "content": [
                    { "type": "text", "text": "and" },
                    { "type": "text", "text": "coffee?" },
                ] },
                { "role": "assistant", "content": "Well" },
            ],
            "temperature": 0.3, "stream": null, "n": 1, "tools": [], "response_format": { "type": "text" },
        }))
        .expect("a question");
        assert_eq!(asked.question.as_str(), "and\ncoffee?");
        let earlier: Vec<&str> = asked.earlier.iter().map(Words::as_str).collect();
        assert_eq!(earlier, ["tea?"]);
        assert!(asked.streams.is_none());
    }

    #[test]
    fn what_would_mislead_is_refused() {
        let question = json!([{ "role": "user", "content": "tea?" }]);
        for (field, value) in [
            ("model", json!("gpt-4")),
            ("n", json!(2)),
            ("n", json!(0)),
            ("tools", json!([{ "type": "function" }])),
            ("functions", json!([{ "name": "f" }])),
            ("response_format", json!({ "type": "json_object" })),
            ("modalities", json!(["text", "audio"])),
            ("logprobs", json!(true)),
            ("web_search_options", json!({})),
            ("messages", json!([])),
            ("messages", json!([{ "role": "user" }])),
            (
                "messages",
                json!([{ "role": "user", "content": [{ "type": "image_url", "image_url": {} }] }]),
            ),
        ] {
            let mut request = json!({ "messages": question });
            request[field] = value;
            let Err(refused) = asked(request.clone()) else {
                panic!("{request} is taken");
            };
            assert!(refused.contains(field), "{refused}");
        }
        let listed = json!({ "messages": question, "tools": [{}], "tool_choice": "none" });
        asked(listed).expect("tools that are not to be called");
    }
}

//! Answers and models as OpenAI's protocol writes them.

use std::convert::Infallible;

use axum::response::sse::{Event, Sse};
use futures_util::{Stream, stream};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Reply;
use crate::http::assistants::reply::{Grounds, told};
use crate::http::edge::state::AppState;
use crate::time::Timestamp;

/// The name of the one model.
pub(super) const MODEL: &str = "mondo";

/// An answer as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChatCompletion {
    /// Its name.
    #[schema(example = "chatcmpl-019a9f6e-1c00-7000-8000-000000000000")]
    id: String,
    /// Always `chat.completion`.
    object: &'static str,
    /// When it was given, in seconds since 1970.
    created: i64,
    /// Always `mondo`.
    model: &'static str,
    /// The answer.
    choices: Vec<ChatChoice>,
    /// Nothing is counted in tokens.
    usage: ChatUsage,
}

/// An answer in its place.
#[derive(Debug, Serialize, ToSchema)]
struct ChatChoice {
    /// Always 0.
    index: u8,
    /// The answer.
    message: ChatAnswer,
    /// Always nothing.
    logprobs: Option<String>,
    /// Always `stop`: answers are never cut.
    finish_reason: &'static str,
}

/// An answer in words, and what it rests on.
#[derive(Debug, Serialize, ToSchema)]
struct ChatAnswer {
    /// Always `assistant`.
    role: &'static str,
    /// What a visitor reads, as plain text.
    content: String,
    /// Always nothing: who is not answered is told how to reach a person.
    refusal: Option<String>,
    /// What was decided, and on what the answer rests.
    mondo: Grounds,
}

/// Tokens used; always 0, since nothing is counted or billed in tokens.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(super) struct ChatUsage {
    /// Always 0.
    prompt_tokens: u32,
    /// Always 0.
    completion_tokens: u32,
    /// Always 0.
    total_tokens: u32,
}

/// How to send an answer in chunks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streaming {
    /// Whether a chunk at the end tells of tokens.
    pub(super) tells_usage: bool,
}

/// A part of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChatChunk {
    /// Name of the answer.
    id: String,
    /// Always `chat.completion.chunk`.
    object: &'static str,
    /// When it was given, in seconds since 1970.
    created: i64,
    /// Always `mondo`.
    model: &'static str,
    /// The part; empty in the chunk with the tokens used.
    choices: Vec<ChatChunkChoice>,
    /// In the last chunk, where `stream_options.include_usage` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<ChatUsage>,
}

/// A part of an answer in its place.
#[derive(Debug, Serialize, ToSchema)]
struct ChatChunkChoice {
    /// Always 0.
    index: u8,
    /// What is added.
    delta: ChatDelta,
    /// Always nothing.
    logprobs: Option<String>,
    /// `stop` once the answer is whole.
    finish_reason: Option<&'static str>,
}

/// What a chunk adds to an answer.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ChatDelta {
    /// `assistant`, in the first chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// More of the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// What was decided, and on what the answer rests; in the chunk that ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mondo: Option<Grounds>,
}

const ASSISTANT: &str = "assistant";
const STOP: &str = "stop";

impl ChatCompletion {
    /// Writes a reply.
    pub(super) fn new(reply: &Reply, app: &AppState, now: Timestamp) -> Self {
        let message = ChatAnswer {
            role: ASSISTANT,
            content: told(reply, app),
            refusal: None,
            mondo: Grounds::of(reply, app),
        };
        Self {
            id: format!("chatcmpl-{}", reply.id),
            object: "chat.completion",
            created: now.as_seconds(),
            model: MODEL,
            choices: vec![ChatChoice {
                index: 0,
                message,
                logprobs: None,
                finish_reason: STOP,
            }],
            usage: ChatUsage::default(),
        }
    }

    /// Sends it line by line, then what it rests on, then `[DONE]`.
    pub(super) fn in_chunks(
        self,
        streaming: Streaming,
    ) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
        let chunk = |choices: Vec<ChatChunkChoice>, usage: Option<ChatUsage>| ChatChunk {
            id: self.id.clone(),
            object: "chat.completion.chunk",
            created: self.created,
            model: self.model,
            choices,
            usage,
        };
        let mut chunks = Vec::new();
        for choice in self.choices {
            let ChatAnswer {
                role,
                content,
                refusal: _,
                mondo,
            } = choice.message;
            let added = |delta: ChatDelta, finish_reason: Option<&'static str>| {
                let index = choice.index;
                let choice = ChatChunkChoice {
                    index,
                    delta,
                    logprobs: None,
                    finish_reason,
                };
                chunk(vec![choice], None)
            };
            let first = ChatDelta {
                role: Some(role),
                content: Some(String::new()),
                ..ChatDelta::default()
            };
            chunks.push(added(first, None));
            for line in content.split_inclusive('\n') {
                let more = ChatDelta {
                    content: Some(line.to_owned()),
                    ..ChatDelta::default()
                };
                chunks.push(added(more, None));
            }
            let last = ChatDelta {
                mondo: Some(mondo),
                ..ChatDelta::default()
            };
            chunks.push(added(last, Some(choice.finish_reason)));
        }
        if streaming.tells_usage {
            chunks.push(chunk(Vec::new(), Some(self.usage)));
        }
        let events = chunks.into_iter().map(|chunk| {
            let data = serde_json::to_string(&chunk).expect("chunks are plain values");
            Event::default().data(data)
        });
        let events: Vec<Event> = events.chain([Event::default().data("[DONE]")]).collect();
        Sse::new(stream::iter(events.into_iter().map(Ok)))
    }
}

/// Every model there is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChatModels {
    /// Always `list`.
    object: &'static str,
    /// The one model.
    data: Vec<ChatModel>,
}

/// A model that can be asked.
#[derive(Debug, Serialize, ToSchema)]
struct ChatModel {
    /// Its name.
    #[schema(example = "mondo")]
    id: &'static str,
    /// Always `model`.
    object: &'static str,
    /// Always 0: what it knows changes with the articles.
    created: i64,
    /// Always `mondo`.
    owned_by: &'static str,
}

impl ChatModels {
    /// Lists the one model.
    pub(super) fn of_one() -> Self {
        Self {
            object: "list",
            data: vec![ChatModel {
                id: MODEL,
                object: "model",
                created: 0,
                owned_by: MODEL,
            }],
        }
    }
}

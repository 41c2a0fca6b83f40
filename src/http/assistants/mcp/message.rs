//! Messages of the protocol: JSON-RPC 2.0, and the methods that a server of tools has.

use serde_json::{Map, Value, json};

use super::tools::{Tool, call, listed};
use crate::http::assistants::asker::Asker;
use crate::http::edge::state::AppState;

/// Revisions that are spoken, the newest first.
pub(super) const VERSIONS: [&str; 3] = ["2025-06-18", "2025-03-26", "2024-11-05"];

/// Most messages that are taken at once, as the revision 2025-03-26 allows it.
const MOST_AT_ONCE: usize = 20;

/// What a body or a line leads to.
pub(super) enum Handled {
    /// There is nothing to say.
    Nothing,
    /// This is said.
    Reply(Value),
    /// It is no message, and this says why.
    Unreadable(Value),
}

/// Why a message is not obeyed, by the codes of JSON-RPC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Refused {
    #[error("the message is not JSON; send one JSON-RPC message as UTF-8")]
    NotJson,
    #[error("this is no JSON-RPC 2.0 message; send `jsonrpc`, `method` and, for an answer, `id`")]
    NoMessage,
    #[error("there is no method {0}; this is a server of tools alone")]
    NoMethod(String),
    #[error("{0}")]
    Parameters(String),
}

impl Refused {
    fn code(&self) -> i32 {
        match self {
            Self::NotJson => -32_700,
            Self::NoMessage => -32_600,
            Self::NoMethod(_) => -32_601,
            Self::Parameters(_) => -32_602,
        }
    }

    fn told(&self, id: &Value) -> Value {
        let error = json!({ "code": self.code(), "message": self.to_string() });
        json!({ "jsonrpc": "2.0", "id": id, "error": error })
    }
}

/// Reads a body or a line and does what it says.
pub(super) async fn handle(app: &AppState, asker: &Asker, text: &[u8]) -> Handled {
    match serde_json::from_slice(text) {
        Ok(Value::Object(message)) => handle_one(app, asker, message).await,
        Ok(Value::Array(messages)) if (1..=MOST_AT_ONCE).contains(&messages.len()) => {
            let mut replies = Vec::new();
            for message in messages {
                let handled = match message {
                    Value::Object(message) => handle_one(app, asker, message).await,
                    _ => Handled::Unreadable(Refused::NoMessage.told(&Value::Null)),
                };
                match handled {
                    Handled::Nothing => {}
                    Handled::Reply(reply) | Handled::Unreadable(reply) => replies.push(reply),
                }
            }
            match replies.is_empty() {
                true => Handled::Nothing,
                false => Handled::Reply(Value::Array(replies)),
            }
        }
        Ok(_) => Handled::Unreadable(Refused::NoMessage.told(&Value::Null)),
        Err(_) => Handled::Unreadable(Refused::NotJson.told(&Value::Null)),
    }
}

async fn handle_one(app: &AppState, asker: &Asker, mut message: Map<String, Value>) -> Handled {
    let is_ours = message.get("jsonrpc").is_some_and(|named| named == "2.0");
    let id = message.remove("id");
    let method = message.remove("method");
    let (Some(method), true) = (method.as_ref().and_then(Value::as_str), is_ours) else {
        // We ask nothing, so what looks like an answer needs none.
        let is_answer = message.contains_key("result") || message.contains_key("error");
        return match is_answer {
            true => Handled::Nothing,
            false => Handled::Unreadable(Refused::NoMessage.told(&Value::Null)),
        };
    };
    let id = match id {
        None => return Handled::Nothing,
        Some(id @ (Value::String(_) | Value::Number(_))) => id,
        Some(_) => return Handled::Unreadable(Refused::NoMessage.told(&Value::Null)),
    };
    let parameters = message.remove("params").unwrap_or_else(|| json!({}));
    Handled::Reply(match obey(app, asker, method, parameters).await {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(refused) => refused.told(&id),
    })
}

async fn obey(
    app: &AppState,
    asker: &Asker,
    method: &str,
    mut parameters: Value,
) -> Result<Value, Refused> {
    match method {
        "initialize" => Ok(greeting(app, &parameters)),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(json!({ "tools": listed(app) })),
        "tools/call" => {
            let named = parameters.get("name").and_then(Value::as_str);
            let named = named.unwrap_or_default();
            let tool = Tool::named(named, app).ok_or_else(|| {
                Refused::Parameters(format!(
                    "there is no tool {named:?}; `tools/list` names those that are"
                ))
            })?;
            let arguments = match parameters.get_mut("arguments").map(Value::take) {
                None | Some(Value::Null) => json!({}),
                Some(arguments) => arguments,
            };
            Ok(call(app, asker, tool, arguments).await)
        }
        other => Err(Refused::NoMethod(other.to_owned())),
    }
}

/// Agrees on the revision the client asks for, or offers the newest one that is spoken here.
fn greeting(app: &AppState, parameters: &Value) -> Value {
    let asked = parameters.get("protocolVersion").and_then(Value::as_str);
    let version = VERSIONS.into_iter().find(|spoken| asked == Some(*spoken));
    let company = match app.settings().site.name.as_str() {
        "" => "a company".to_owned(),
        name => name.to_owned(),
    };
    json!({
        "protocolVersion": version.unwrap_or(VERSIONS[0]),
        "capabilities": { "tools": { "listChanged": false } },
        "serverInfo": { "name": "mondo", "title": "mondo 問答", "version": env!("CARGO_PKG_VERSION") },
        "instructions": format!(
            "Answers customers' questions about {company} from its help articles, in Chinese, English, Japanese and Korean. \
             Call `ask` with the question in the customer's own words and language. Pass the answer on as it is and name its \
             source; where the decision is `clarify`, let the customer choose among the options; where it is `escalate`, tell \
             them how to reach a person. Say nothing about {company} that does not stand in an answer."
        ),
    })
}

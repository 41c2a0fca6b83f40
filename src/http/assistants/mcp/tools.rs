//! The tools: which there are, and how one is called.

use std::str::FromStr as _;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use strum::{EnumString, IntoStaticStr};

use super::article::{self, ArticleArguments, ReadArticle};
use super::ask::{self, AskArguments};
use super::given::Given;
use super::schema::schema_of;
use super::search::{self, FoundArticles, SearchArguments};
use super::ticket::{self, OpenedTicket, TicketArguments};
use crate::http::assistants::asker::Asker;
use crate::http::assistants::reply::Grounds;
use crate::http::edge::problem::{ApiError, ProblemKind};
use crate::http::edge::state::AppState;

/// Something an assistant can do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Tool {
    /// Answers a question.
    Ask,
    /// Finds articles.
    Search,
    /// Reads an article.
    Article,
    /// Opens a ticket.
    Ticket,
}

impl Tool {
    const ALL: [Tool; 4] = [Tool::Ask, Tool::Search, Tool::Article, Tool::Ticket];

    /// Finds a tool by its name, if the operator allows it.
    pub(super) fn named(name: &str, app: &AppState) -> Option<Self> {
        Self::from_str(name)
            .ok()
            .filter(|tool| tool.is_allowed(app))
    }

    fn is_allowed(self, app: &AppState) -> bool {
        self != Self::Ticket || app.settings().assistants.tickets
    }

    fn described(self) -> Value {
        let reads = json!({ "readOnlyHint": true, "openWorldHint": false });
        let writes = json!({
            "readOnlyHint": false, "destructiveHint": false, "idempotentHint": false, "openWorldHint": false,
        });
        let (title, description, takes, gives, hints) = match self {
            Self::Ask => (
                "Answer a question",
                "Answers a customer's question from the help articles, in the language of the question. The text is ready to \
                 be passed on: an answer with its source, options to choose from, or how to reach a person.",
                schema_of::<AskArguments>(),
                schema_of::<Grounds>(),
                reads,
            ),
            Self::Search => (
                "Find help articles",
                "Finds help articles by words or a question, the best first. To answer a customer, call `ask` instead: it \
                 knows when no article answers.",
                schema_of::<SearchArguments>(),
                schema_of::<FoundArticles>(),
                reads,
            ),
            Self::Article => (
                "Read a help article",
                "Reads a whole help article in one language, with the articles often needed next.",
                schema_of::<ArticleArguments>(),
                schema_of::<ReadArticle>(),
                reads,
            ),
            Self::Ticket => (
                "Open a ticket",
                "Hands a customer's matter to a person, who answers them. Only where the customer wants it; ask for their \
                 e-mail address first, so that they can be answered.",
                schema_of::<TicketArguments>(),
                schema_of::<OpenedTicket>(),
                writes,
            ),
        };
        let name: &str = self.into();
        json!({
            "name": name, "title": title, "description": description, "inputSchema": takes, "outputSchema": gives,
            "annotations": hints,
        })
    }
}

/// Describes the tools that the operator allows.
pub(super) fn listed(app: &AppState) -> Vec<Value> {
    let tools = Tool::ALL.into_iter();
    let allowed = tools.filter(|tool| tool.is_allowed(app));
    allowed.map(Tool::described).collect()
}

/// Calls a tool. What goes wrong is told as its result, so that the assistant can read it and do better.
pub(super) async fn call(app: &AppState, asker: &Asker, tool: Tool, arguments: Value) -> Value {
    result_of(app, asker, tool, arguments)
        .await
        .unwrap_or_else(|error| {
            error.log_cause("");
            json!({ "content": [text_block(&error.said_to_program())], "isError": true })
        })
}

async fn result_of(
    app: &AppState,
    asker: &Asker,
    tool: Tool,
    arguments: Value,
) -> Result<Value, ApiError> {
    match tool {
        Tool::Ask => written(ask::ask(app, asker, read(arguments)?).await?),
        Tool::Search => written(search::search(app, asker, read(arguments)?).await?),
        Tool::Article => written(article::read(app, asker, read(arguments)?).await?),
        Tool::Ticket => written(ticket::open(app, asker, read(arguments)?).await?),
    }
}

fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(arguments).map_err(|error| {
        let field = error.path().to_string();
        let detail = format!("`{field}`: {}", error.inner());
        ApiError::new(ProblemKind::BadRequest, detail).in_field(field)
    })
}

fn written<T: Serialize>(given: Given<T>) -> Result<Value, ApiError> {
    let parts = serde_json::to_value(given.parts).map_err(ApiError::internal)?;
    Ok(json!({
        "content": [text_block(&given.text)], "structuredContent": parts, "isError": false,
    }))
}

fn text_block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

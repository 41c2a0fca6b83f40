//! Macros, and what agents made of suggested replies.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::Row as _;
use strum::IntoStaticStr;
use uuid::Uuid;

use crate::conversation::MacroAct;
use crate::ids::{AgentId, ConversationId};
use crate::knowledge::{ArticleId, Revision};
use crate::language::Language;
use crate::safety::Words;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _, PlainRow, Row};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::time::Timestamp;

/// Words shared by all agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Its name in the record.
    pub id: String,
    /// What agents look for.
    pub title: Words,
    /// The text in each language it has.
    pub texts: BTreeMap<Language, Words>,
    /// What is done to the ticket once it was sent.
    pub acts: Vec<MacroAct>,
}

/// What an agent sent in place of a suggested reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its name in the record.
    pub id: String,
    /// The article that was suggested.
    pub article: ArticleId,
    /// In which language.
    pub language: Language,
    /// From which knowledge.
    pub revision: Revision,
    /// What the visitor had asked; a candidate for an alternate.
    pub question: String,
    /// What was suggested.
    pub suggested: String,
    /// What was sent; a candidate for a better answer when it differs.
    pub sent: String,
    /// By whom.
    pub agent: AgentId,
    /// The moment it was made.
    pub created: Timestamp,
}

/// What an author decides about a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ProposalVerdict {
    /// It goes into the article.
    Accepted,
    /// It does not.
    Dismissed,
}

impl ProposalVerdict {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Most proposals read at once.
const MAX_PROPOSALS: i64 = 200;

impl Store {
    /// Keeps a macro, in place of an earlier one with the same name in the record.
    pub async fn put_macro(
        &self,
        written: Macro,
        by: AgentId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let texts: BTreeMap<&str, &str> = written
            .texts
            .iter()
            .map(|(language, text)| (language.code(), text.as_str()))
            .collect();
        let texts = json!(texts).to_string();
        let acts = json!(written.acts).to_string();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    sqlx::query(
                        "INSERT INTO macros (id, title, texts, created_by, updated, acts) VALUES ($1, $2, $3, $4, $5, $6) \
                         ON CONFLICT (id) DO UPDATE SET title = $2, texts = $3, updated = $5, acts = $6",
                    )
                    .bind(&written.id)
                    .bind(written.title.as_str())
                    .bind(texts)
                    .bind(by.to_string())
                    .bind(now.as_millis())
                    .bind(acts)
                    .execute(&mut *connection)
                    .await?;
                    log(connection, by, "put_macro", written.id, now).await
                })
            })
            .await
    }

    /// Decides about an open proposal; `false` when there is none.
    pub async fn decide_proposal(
        &self,
        id: String,
        verdict: ProposalVerdict,
        by: AgentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "UPDATE proposals SET status = $2 WHERE id = $1 AND status = 'open'",
                    )
                    .bind(&id)
                    .bind(verdict.code())
                    .execute(&mut *connection)
                    .await?;
                    log(connection, by, "decide_proposal", id, now).await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }
}

/// A suggestion an agent has used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedSuggestion {
    /// The article that was suggested.
    pub article: ArticleId,
    /// In which language.
    pub language: Language,
    /// From which knowledge.
    pub revision: Revision,
    /// What was suggested, as it was shown.
    pub text: String,
}

/// Where, by whom and when an agent said something.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Said {
    pub(in crate::store) conversation: ConversationId,
    pub(in crate::store) by: AgentId,
    pub(in crate::store) now: Timestamp,
}

/// Keeps what an agent made of a suggestion, in the transaction of the message.
pub(in crate::store) async fn insert(
    connection: &mut Connection,
    used: &UsedSuggestion,
    question: &str,
    sent: &str,
    said: Said,
) -> Result<(), StoreError> {
    let Said {
        conversation,
        by,
        now,
    } = said;
    let key = seal::of_conversation(connection, &conversation).await?;
    let UsedSuggestion {
        article,
        language,
        revision,
        text,
    } = used;
    sqlx::query(
        "INSERT INTO proposals (id, article, language, revision, question_sealed, suggested, sent_sealed, agent, \
         status, created, conversation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(article.as_str())
    .bind(language.code())
    .bind(&revision.0)
    .bind(key.seal(question))
    .bind(text)
    .bind(key.seal(sent))
    .bind(by.to_string())
    .bind(now.as_millis())
    .bind(conversation.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

impl Reader {
    /// Reads the macros by title.
    pub async fn macros(&self) -> Result<Vec<Macro>, StoreError> {
        let rows = sqlx::query("SELECT id, title, texts, acts FROM macros ORDER BY title, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(macro_from_row).collect()
    }

    /// Reads what authors have not decided about yet, the oldest first.
    pub async fn open_proposals(&self) -> Result<Vec<Proposal>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, article, language, revision, question_sealed, suggested, sent_sealed, agent, created \
             FROM proposals WHERE status = 'open' ORDER BY created, id LIMIT $1",
        )
        .bind(MAX_PROPOSALS)
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

async fn log(
    connection: &mut Connection,
    by: AgentId,
    action: &'static str,
    subject: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor: by.to_string(),
        action,
        subject,
        detail: json!({}),
        now,
    };
    staff_log::insert(connection, line).await
}

fn macro_from_row(row: &PlainRow) -> Result<Macro, StoreError> {
    let texts: String = row.try_get("texts")?;
    let acts: String = row.try_get("acts")?;
    let texts: BTreeMap<String, String> =
        serde_json::from_str(&texts).map_err(|error| StoreError::unreadable("macro", error))?;
    Ok(Macro {
        id: row.try_get("id")?,
        title: Words::from_record(row.try_get("title")?),
        texts: texts
            .into_iter()
            .map(|(code, text)| Ok((parse("language", code)?, Words::from_record(text))))
            .collect::<Result<_, StoreError>>()?,
        acts: serde_json::from_str(&acts)
            .map_err(|error| StoreError::unreadable("macro", error))?,
    })
}

fn from_row(row: &Row) -> Result<Proposal, StoreError> {
    let article: String = row.try_get("article")?;
    Ok(Proposal {
        id: row.try_get("id")?,
        article: ArticleId::new(article),
        language: parse("language", row.try_get("language")?)?,
        revision: Revision(row.try_get("revision")?),
        question: row.open("question_sealed")?,
        suggested: row.try_get("suggested")?,
        sent: row.open("sent_sealed")?,
        agent: parse("agent id", row.try_get("agent")?)?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}

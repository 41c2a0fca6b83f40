//! Rules at work: each ticket is looked at once after its opening and once after a broken promise, and whatever fits is
//! done in one transaction.

use serde_json::json;
use sqlx::Row as _;
use uuid::Uuid;

use crate::conversation::{Rule, RuleAct, RuleCondition, RuleTrigger, SystemNote, Ticket, Topic};
use crate::ids::{AgentId, ConversationId, TicketId};
use crate::language::Language;
use crate::safety::Words;
use crate::store::codes::parse;
use crate::store::delivery::outbox::{self, Tell};
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::knowledge::Macro;
use crate::store::reader::Reader;
use crate::store::remembered::{Outlet, Rules};
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::store::tickets::{rows as tickets, rule};
use crate::store::turns::transcript::Transcript;
use crate::store::turns::work::add_tags;
use crate::time::Timestamp;

/// What rules have done to one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    /// Where it came up.
    pub conversation: ConversationId,
    /// Number of its newest event.
    pub sequence: i64,
    /// To whom it is to be given; an act of its own, which the visitor is told of.
    pub assign: Option<AgentId>,
}

/// Most tickets one run looks at.
const MAX_RULED: i64 = 50;

impl Store {
    /// Keeps a rule: a new one where no id is named, else in place of the one before; `None` when there is none of that id.
    /// What happened before it was kept is left alone.
    pub async fn put_rule(
        &self,
        rule: Rule,
        by: AgentId,
        now: Timestamp,
    ) -> Result<Option<Rule>, StoreError> {
        let condition = written(&rule.condition)?;
        let acts = written(&rule.acts)?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let mut rule = rule;
                    let is_new = rule.id.is_empty();
                    if is_new {
                        rule.id = Uuid::now_v7().to_string();
                        sqlx::query("INSERT INTO rules (id, name, active, condition, acts, since, created) VALUES ($1, '', 0, '', '', 0, $2)")
                            .bind(&rule.id)
                            .bind(now.as_millis())
                            .execute(&mut *connection)
                            .await?;
                    }
                    let kept = sqlx::query(
                        "UPDATE rules SET name = $2, active = $3, condition = $4, acts = $5, since = $6 WHERE id = $1",
                    )
                    .bind(&rule.id)
                    .bind(&rule.name)
                    .bind(i64::from(rule.is_active))
                    .bind(condition)
                    .bind(acts)
                    .bind(now.as_millis())
                    .execute(&mut *connection)
                    .await?;
                    if kept.rows_affected() == 0 {
                        return Ok(None);
                    }
                    log(connection, by.to_string(), "put_rule", rule.id.clone(), json!({ "name": rule.name }), now).await?;
                    Ok(Some(rule))
                })
            })
            .await
    }

    /// Forgets a rule; `false` when there is none of that id.
    pub async fn forget_rule(
        &self,
        id: String,
        by: AgentId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let gone = sqlx::query("DELETE FROM rules WHERE id = $1")
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    let is_known = gone.rows_affected() > 0;
                    if is_known {
                        log(
                            connection,
                            by.to_string(),
                            "remove_rule",
                            id,
                            json!({}),
                            now,
                        )
                        .await?;
                    }
                    Ok(is_known)
                })
            })
            .await
    }

    /// Lets rules look at a ticket, unless another process has; `None` when nothing fits.
    pub async fn rule_over(
        &self,
        trigger: RuleTrigger,
        ticket: TicketId,
        over: Vec<Rule>,
        fallback: Language,
        now: Timestamp,
    ) -> Result<Option<Ruled>, StoreError> {
        let rules = self.rules().await?;
        let macros = self.reader.macros().await?;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if !mark(connection, trigger, &ticket, now).await? {
                        return Ok(None);
                    }
                    let found = tickets::load(connection, &ticket).await?;
                    let fitting: Vec<Rule> = over
                        .into_iter()
                        .filter(|rule| rule.condition.fits(&found))
                        .collect();
                    if fitting.is_empty() {
                        return Ok(None);
                    }
                    apply(connection, rules, found, &fitting, &macros, fallback, now)
                        .await
                        .map(Some)
                })
            })
            .await
    }
}

/// Marks that rules have looked; `false` when they had.
async fn mark(
    connection: &mut Connection,
    trigger: RuleTrigger,
    ticket: &TicketId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let column = column_of(trigger);
    let first = sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE tickets SET {column} = $2 WHERE id = $1 AND {column} IS NULL"
    )))
    .bind(ticket.to_string())
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(first.rows_affected() > 0)
}

fn column_of(trigger: RuleTrigger) -> &'static str {
    match trigger {
        RuleTrigger::Opened => "ruled_opened",
        RuleTrigger::Breached => "ruled_breached",
    }
}

async fn apply(
    connection: &mut Connection,
    rules: Rules,
    ticket: Ticket,
    fitting: &[Rule],
    macros: &[Macro],
    fallback: Language,
    now: Timestamp,
) -> Result<Ruled, StoreError> {
    let outlets = rules.outlets.clone();
    let hours = rules.hours.clone();
    let conversation = ticket.conversation;
    let mut transcript = Transcript::open(connection, &conversation, rules, now).await?;
    let id = ticket.id.to_string();
    let mut assign = None;
    for rule in fitting {
        for act in &rule.acts {
            let connection = transcript.connection();
            match act {
                RuleAct::AddTags(tags) => {
                    let tags: Vec<Words> = tags.iter().cloned().map(Words::from_record).collect();
                    add_tags(connection, &id, &tags).await?;
                }
                RuleAct::Team(team) => set(connection, &id, "team", team, now).await?,
                RuleAct::Level(level) => set(connection, &id, "level", level.code(), now).await?,
                RuleAct::Priority(priority) => {
                    rule::set_priority(connection, &hours, &ticket, *priority, now).await?;
                }
                RuleAct::Assign(agent) => assign = assign.or(Some(*agent)),
                RuleAct::Say(named) => {
                    let language = transcript.conversation().addressed_in(fallback);
                    let texts = macros
                        .iter()
                        .find(|one| one.id == *named)
                        .map(|one| &one.texts);
                    // A visitor is told nothing in a language that is not theirs.
                    if let Some(text) = texts.and_then(|texts| texts.get(&language)) {
                        let note = SystemNote::Said(text.as_str().to_owned());
                        transcript.note(&note, language).await?;
                    }
                }
                RuleAct::Tell(endpoint) => {
                    let wants = outlets.iter().find(|outlet| outlet.id == *endpoint);
                    // One that asks for changes of tickets hears of this one anyway.
                    if let Some(outlet) =
                        wants.filter(|outlet| !outlet.topics.contains(&Topic::TicketUpdated))
                    {
                        let outlet = Outlet {
                            topics: vec![Topic::TicketUpdated],
                            ..outlet.clone()
                        };
                        let told = [Tell::all(Topic::TicketUpdated, &id)];
                        let about = transcript.conversation().clone();
                        outbox::tell(transcript.connection(), &[outlet], &about, &told, now)
                            .await?;
                    }
                }
            }
        }
        let detail = json!({ "rule": rule.id, "name": rule.name });
        log(
            transcript.connection(),
            "rule".to_owned(),
            "rule",
            id.clone(),
            detail,
            now,
        )
        .await?;
    }
    transcript.ticket_changed();
    transcript.event("ticket", &id);
    let written = transcript.finish(()).await?;
    Ok(Ruled {
        conversation,
        sequence: written.last_sequence.unwrap_or_default(),
        assign,
    })
}

/// Sets a column that is named here and nowhere else.
async fn set(
    connection: &mut Connection,
    ticket: &str,
    column: &'static str,
    value: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "UPDATE tickets SET {column} = $2, updated = $3 WHERE id = $1"
    )))
    .bind(ticket)
    .bind(value)
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

async fn log(
    connection: &mut Connection,
    actor: String,
    action: &'static str,
    subject: String,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = LogLine {
        actor,
        action,
        subject,
        detail,
        now,
    };
    staff_log::insert(connection, line).await
}

fn written<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::unreadable("rule", error))
}

impl Reader {
    /// Reads the rules in the order they were made, each with the moment from which it holds.
    pub async fn kept_rules(&self) -> Result<Vec<(Rule, Timestamp)>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, name, active, condition, acts, since FROM rules ORDER BY created, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let condition: String = row.try_get("condition")?;
                let acts: String = row.try_get("acts")?;
                let unreadable = |error| StoreError::unreadable("rule", error);
                let condition: RuleCondition =
                    serde_json::from_str(&condition).map_err(unreadable)?;
                let rule = Rule {
                    id: row.try_get("id")?,
                    name: row.try_get("name")?,
                    is_active: row.try_get::<i64, _>("active")? == 1,
                    condition,
                    acts: serde_json::from_str(&acts).map_err(unreadable)?,
                };
                Ok((rule, Timestamp::from_millis(row.try_get("since")?)))
            })
            .collect()
    }

    /// Names tickets that rules have not looked at since what they wait for has happened, after a moment.
    pub async fn unruled(
        &self,
        trigger: RuleTrigger,
        since: Timestamp,
    ) -> Result<Vec<(TicketId, Timestamp)>, StoreError> {
        let happened = match trigger {
            RuleTrigger::Opened => "created",
            RuleTrigger::Breached => "COALESCE(first_response_breached, resolution_breached)",
        };
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT id, {happened} AS happened FROM tickets WHERE {} IS NULL AND {happened} >= $1 \
             AND status IN ('open', 'pending', 'awaiting_identity') ORDER BY number LIMIT $2",
            column_of(trigger)
        )))
        .bind(since.as_millis())
        .bind(MAX_RULED)
        .rows(&mut self.connection().await?)
        .await?;
        rows.iter()
            .map(|row| {
                let happened: i64 = row.try_get("happened")?;
                Ok((
                    parse("ticket id", row.try_get("id")?)?,
                    Timestamp::from_millis(happened),
                ))
            })
            .collect()
    }
}

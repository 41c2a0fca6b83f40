//! What staff and timers do to a conversation, each in one transaction with its idempotency key and its line in the log.

use serde::{Deserialize, Serialize};
use serde_json::json;
use strum::IntoStaticStr;

use crate::conversation::{
    ConversationState, Message, Moved, Speaker, StaffStep, Standing, Step, SystemNote, Topic, step,
};
use crate::ids::{AgentId, AttachmentId, ConversationId, TicketId};
use crate::language::Language;
use crate::pipeline::EscalationReason;
use crate::safety::Words;
use crate::staff::Reach;
use crate::store::codes::parse;
use crate::store::conversations::{messages, rows as conversations};
use crate::store::delivery::mail_outbox::{MailKind, tell_staff, tell_visitor};
use crate::store::dialect::Connection;
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::idempotency::{KeyedRequest, remember_response};
use crate::store::knowledge::proposals::{Said, UsedSuggestion};
use crate::store::knowledge::{proposals, sent_replies};
use crate::store::remembered::Rules;
use crate::store::staff::log::{self as staff_log, LogLine};
use crate::store::tickets::rows as tickets;
use crate::store::turns::snoozing::wake_due;
use crate::store::turns::transcript::{Transcript, Written};
use crate::store::turns::visitors::{Handover, hand_over};
use crate::time::Timestamp;

/// Something a member of staff does to a conversation.
#[derive(Debug, Clone)]
pub struct NewStaffAct {
    /// To which.
    pub conversation: ConversationId,
    /// Who, with the name visitors see.
    pub by: Speaker,
    /// Whose conversations they may touch.
    pub reach: Reach,
    /// What.
    pub act: StaffAct,
    /// Language of notes while the visitor's is unknown.
    pub fallback: Language,
    /// The caller's key.
    pub request: Option<KeyedRequest>,
    /// The present moment.
    pub now: Timestamp,
}

/// What staff can do to a conversation.
#[derive(Debug, Clone, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum StaffAct {
    /// Take it.
    Claim,
    /// Give it to somebody.
    Assign(Speaker),
    /// Say something to the visitor.
    Say {
        /// What; nothing where files say it.
        text: Option<Words>,
        /// Language of the text, where it is known.
        language: Option<Language>,
        /// Files the message carries.
        files: Vec<AttachmentId>,
        /// The suggestion it was made from, where it was.
        used: Option<UsedSuggestion>,
    },
    /// Put it back into the queue.
    Requeue,
    /// Let the bot go on.
    Return,
    /// Settle it.
    Close,
    /// Take up a settled one again.
    Reopen,
}

impl StaffAct {
    /// Returns the word for the log.
    pub fn code(&self) -> &'static str {
        self.into()
    }
}

/// What an act led to.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffOutcome {
    /// How the conversation stands now.
    pub standing: Standing,
    /// What was said to the visitor: the agent's own words or the desk's note.
    pub said: Option<Message>,
}

/// After how long silence is acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// A visitor has waited this long for the agent who holds the conversation, and the agent was not at the desk for as
    /// long: back into the queue.
    pub agent_away_ms: i64,
    /// A visitor has not come back for this long to the agent's last word: closed.
    pub visitor_gone_ms: i64,
}

/// Most conversations one run of the timers touches, so that the writer is not held up.
const MAX_TIMED: i64 = 64;

impl Store {
    /// Does what a member of staff asks for; refused when it does not apply.
    pub async fn act(&self, act: NewStaffAct) -> Result<Written<StaffOutcome>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(apply(connection, rules, act)))
            .await
    }

    /// Acts on every silence that has lasted too long, and names the conversations that changed with their newest event.
    pub async fn run_timers(
        &self,
        timers: Timers,
        fallback: Language,
        now: Timestamp,
    ) -> Result<Vec<(ConversationId, i64)>, StoreError> {
        let rules = self.rules().await?;
        self.writer
            .write(move |connection| Box::pin(run_timers(connection, rules, timers, fallback, now)))
            .await
    }
}

pub(in crate::store) async fn apply(
    connection: &mut Connection,
    rules: Rules,
    act: NewStaffAct,
) -> Result<Written<StaffOutcome>, StoreError> {
    let NewStaffAct {
        conversation,
        by,
        reach,
        act,
        fallback,
        request,
        now,
    } = act;
    let (mut transcript, earlier) =
        Transcript::open_for(connection, &conversation, request.as_ref(), rules, now).await?;
    if let Some(response) = earlier {
        return Ok(Written {
            value: restore(transcript.connection(), &conversation, &response).await?,
            last_sequence: None,
        });
    }
    let before = transcript.standing();
    // Waits are measured where they end, so that what visitors are told is what others have lived.
    let waited_ms = match (&act, transcript.conversation().waiting_since) {
        (StaffAct::Claim, Some(since)) => Some(now.millis_since(since)),
        _ => None,
    };
    let fresh = TicketId::generate(now);
    let staff_step = match &act {
        StaffAct::Claim => StaffStep::Claim { fresh },
        StaffAct::Assign(to) => StaffStep::Assign {
            to: to.agent,
            fresh,
        },
        StaffAct::Say { .. } => StaffStep::Write,
        StaffAct::Requeue => StaffStep::Requeue,
        StaffAct::Return => StaffStep::Return,
        StaffAct::Close => StaffStep::Close,
        StaffAct::Reopen => StaffStep::Reopen {
            earlier: tickets::last_of_episode(
                transcript.connection(),
                &conversation,
                before.episode,
            )
            .await?,
            fresh,
        },
    };
    let moved = step(
        before,
        Step::Staff {
            by: by.agent,
            reach,
            step: staff_step,
        },
    )?;
    let holder = match &act {
        StaffAct::Assign(to) => to.clone(),
        _ => by.clone(),
    };
    let mut said = follow(&mut transcript, &moved, &holder, Quiet::No, fallback).await?;
    if let StaffAct::Say {
        text,
        language,
        files,
        used,
    } = act.clone()
    {
        let question = sent_replies::last_question(transcript.connection(), &conversation).await?;
        let question = question.unwrap_or_default();
        if let Some(used) = used {
            proposals::insert(
                transcript.connection(),
                &used,
                &question,
                text.as_ref().map_or("", Words::as_str),
                Said {
                    conversation,
                    by: by.agent,
                    now,
                },
            )
            .await?;
        }
        let message = transcript
            .agent_says(by.clone(), text, language, &files)
            .await?;
        let id = message.id.to_string();
        sent_replies::index(transcript.connection(), "sent_reply", &id, &question).await?;
        if let Some(ticket) = transcript.ticket().await? {
            let (kind, said) = (MailKind::Replied, Some(&message.id));
            tell_visitor(transcript.flushed().await?, kind, &ticket, said, now).await?;
        }
        said = Some(message);
    }
    if let (StaffAct::Assign(_), Some(ticket)) = (&act, transcript.ticket().await?) {
        let (kind, doer) = (MailKind::Assigned, Some(&by.agent));
        tell_staff(transcript.connection(), kind, &ticket, doer, now).await?;
    }
    let outcome = StaffOutcome {
        standing: transcript.standing(),
        said,
    };
    let line = LogLine {
        actor: by.agent.to_string(),
        action: act.code(),
        subject: conversation.to_string(),
        detail: json!({
            "from": before.state.code(),
            "to": moved.standing.state.code(),
            "waited_ms": waited_ms,
        }),
        now,
    };
    staff_log::insert(transcript.connection(), line).await?;
    let response = StoredOutcome::of(&outcome)?;
    remember_response(transcript.connection(), request.as_ref(), &response, now).await?;
    transcript.finish(outcome).await
}

/// Whether a conversation ends because somebody said so or because nobody said anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quiet {
    No,
    Yes,
}

/// Takes over what a step led to: the standing, its ticket, and a note to the visitor whenever another one answers.
async fn follow(
    transcript: &mut Transcript<'_>,
    moved: &Moved,
    holder: &Speaker,
    quiet: Quiet,
    fallback: Language,
) -> Result<Option<Message>, StoreError> {
    let before = transcript.standing();
    let after = moved.standing;
    if before == after {
        return Ok(None);
    }
    let language = transcript.conversation().addressed_in(fallback);
    let now = transcript.now();
    if moved.opened.is_some() {
        let handover = Handover {
            reason: EscalationReason::PersonRequested,
            reply: None,
            note: None,
            contact: None,
            language,
            now,
        };
        hand_over(transcript, moved, handover).await?;
    }
    if let Some(ticket) = moved.reopened {
        let hours = transcript.hours();
        tickets::reopen(transcript.connection(), &ticket, &hours, now).await?;
    }
    if let (Some(ticket), None) = (before.open_ticket, after.open_ticket) {
        tickets::solve(transcript.connection(), &ticket, now).await?;
        let solved = tickets::load(transcript.connection(), &ticket).await?;
        let kind = MailKind::Solved;
        tell_visitor(transcript.connection(), kind, &solved, None, now).await?;
        transcript.tell(Topic::TicketSolved, &ticket.to_string());
    }
    transcript.stand(moved);
    transcript.assign_ticket(after.agent).await?;
    if let Some(ticket) = before.open_ticket.or(after.open_ticket) {
        transcript.event("ticket", &ticket.to_string());
    }
    let number = match transcript.ticket().await? {
        Some(ticket) => Some(ticket.number),
        None => None,
    };
    let name = holder.name.clone();
    let note = match (after.state, number) {
        (ConversationState::Agent, _) if moved.reopened.is_some() => SystemNote::Reopened { name },
        (ConversationState::Agent, _) => SystemNote::AgentJoined { name },
        (ConversationState::Queued, Some(number)) => SystemNote::BackInQueue(number),
        (ConversationState::Queued, None) => {
            unreachable!("a queued conversation has an open ticket, see conversation::step")
        }
        (ConversationState::Bot, _) => SystemNote::ReturnedToBot,
        (ConversationState::Closed, _) if quiet == Quiet::Yes => SystemNote::ClosedForSilence,
        (ConversationState::Closed, _) => SystemNote::Closed,
    };
    Ok(Some(transcript.note(&note, language).await?))
}

async fn run_timers(
    connection: &mut Connection,
    rules: Rules,
    timers: Timers,
    fallback: Language,
    now: Timestamp,
) -> Result<Vec<(ConversationId, i64)>, StoreError> {
    use crate::conversation::TimerStep::{AgentAway, VisitorGone};
    let away = now.earlier_by(timers.agent_away_ms);
    let gone = now.earlier_by(timers.visitor_gone_ms);
    let due_away = conversations::left_waiting_since(connection, away, MAX_TIMED).await?;
    let due_gone = conversations::silent_since(connection, gone, MAX_TIMED).await?;
    let due = due_away
        .into_iter()
        .map(|id| (id, AgentAway))
        .chain(due_gone.into_iter().map(|id| (id, VisitorGone)));
    let mut changed = wake_due(connection, &rules, MAX_TIMED, now).await?;
    for (id, timer) in due {
        let mut transcript = Transcript::open(connection, &id, rules.clone(), now).await?;
        let before = transcript.standing();
        let Some(agent) = before.agent else { continue };
        let moved = step(before, Step::Timer(timer))?;
        let nobody = Speaker {
            agent,
            name: String::new(),
        };
        follow(&mut transcript, &moved, &nobody, Quiet::Yes, fallback).await?;
        let line = LogLine {
            actor: "timer".to_owned(),
            action: match timer {
                AgentAway => "requeue",
                VisitorGone => "close",
            },
            subject: id.to_string(),
            detail: json!({ "agent": agent.to_string() }),
            now,
        };
        staff_log::insert(transcript.connection(), line).await?;
        let written = transcript.finish(()).await?;
        changed.extend(written.last_sequence.map(|sequence| (id, sequence)));
    }
    for (ticket, id, promise) in tickets::breach(connection, now).await? {
        let line = LogLine {
            actor: "timer".to_owned(),
            action: "breach",
            subject: ticket.to_string(),
            detail: json!({ "promise": promise }),
            now,
        };
        staff_log::insert(connection, line).await?;
        let broken = tickets::load(connection, &ticket).await?;
        tell_staff(connection, MailKind::Breached, &broken, None, now).await?;
        let mut transcript = Transcript::open(connection, &id, rules.clone(), now).await?;
        transcript.event("ticket", &ticket.to_string());
        transcript.tell(Topic::SlaBreached, &format!("{ticket} {promise}"));
        let written = transcript.finish(()).await?;
        changed.extend(written.last_sequence.map(|sequence| (id, sequence)));
    }
    Ok(changed)
}

/// An outcome as it is remembered under its key.
#[derive(Serialize, Deserialize)]
struct StoredOutcome {
    state: String,
    episode: i64,
    agent: Option<String>,
    ticket: Option<String>,
    said: Option<String>,
}

impl StoredOutcome {
    fn of(outcome: &StaffOutcome) -> Result<String, StoreError> {
        let StaffOutcome { standing, said } = outcome;
        let stored = Self {
            state: standing.state.code().to_owned(),
            episode: standing.episode,
            agent: standing.agent.map(|agent| agent.to_string()),
            ticket: standing.open_ticket.map(|ticket| ticket.to_string()),
            said: said.as_ref().map(|message| message.id.to_string()),
        };
        serde_json::to_string(&stored)
            .map_err(|error| StoreError::unreadable("remembered act", error))
    }
}

pub(in crate::store) async fn restore(
    connection: &mut Connection,
    conversation: &ConversationId,
    response: &str,
) -> Result<StaffOutcome, StoreError> {
    let StoredOutcome {
        state,
        episode,
        agent,
        ticket,
        said,
    } = serde_json::from_str(response)
        .map_err(|error| StoreError::unreadable("remembered act", error))?;
    let now_standing = conversations::load(connection, conversation)
        .await?
        .standing;
    Ok(StaffOutcome {
        standing: Standing {
            state: parse("conversation state", state)?,
            episode,
            escalation: now_standing.escalation,
            open_ticket: ticket.map(|id| parse("ticket id", id)).transpose()?,
            agent: agent
                .map(|id| parse::<AgentId>("agent id", id))
                .transpose()?,
        },
        said: match said {
            Some(id) => {
                Some(messages::load(connection, conversation, &parse("message id", id)?).await?)
            }
            None => None,
        },
    })
}

//! Members of staff and the queue as they travel.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::conversation::{Author, Speaker};
use crate::desk::{QueueCounts, QueueEntry, QueueTally};
use crate::http::wire::answer::{LanguageCode, ReasonCode};
use crate::http::wire::conversation::{AuthorCode, MessageBody, StateCode};
use crate::http::wire::form::code::SpokenCode;
use crate::http::wire::form::text::{Any, Line, Text};
use crate::language::{Elsewhere, Language, Spoken};
use crate::pipeline::EscalationReason;
use crate::staff::{Agent, Level, MAX_NAME_CHARS, Notice, Role};

/// A name of somebody.
pub(in crate::http::staff) type AgentName = Text<Line, MAX_NAME_CHARS>;

/// The name of a team.
pub(in crate::http::staff) type TeamName = Text<Any, 80>;

/// A tag that is looked for.
pub(in crate::http::staff) type WantedTag = Text<Any, 40>;

/// What somebody knows about; cut to what is kept.
pub(in crate::http::staff) type Skill = Text<Any, 200>;

/// Returns the languages of codes.
pub(in crate::http::staff) fn spoken(codes: Vec<SpokenCode>) -> Vec<Spoken> {
    codes.into_iter().map(|code| code.0).collect()
}

/// Returns texts without their bounds.
pub(in crate::http::staff) fn strings<F, const MAX: usize>(
    texts: Vec<Text<F, MAX>>,
) -> Vec<String> {
    texts.into_iter().map(Text::into_string).collect()
}

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::staff) struct AgentBody {
    /// Its name in the record.
    id: String,
    /// What they sign in with.
    email: String,
    /// The name shown to visitors and colleagues.
    name: String,
    /// Where they work.
    department: String,
    /// What they may do.
    #[schema(value_type = RoleCode)]
    role: Role,
    /// Codes of what the role may do.
    permissions: Vec<&'static str>,
    /// Codes of the languages they answer in, those that are not served too.
    #[schema(value_type = Vec<String>)]
    languages: Vec<Spoken>,
    /// What they know about.
    skills: Vec<String>,
    /// Codes of the levels they take beside the first.
    levels: Vec<&'static str>,
    /// Conversations they hold at once before the next is given to somebody else.
    capacity: i64,
    /// Whether they take new conversations right now: `here`, `busy` or `away`.
    #[schema(example = "here")]
    availability: &'static str,
    /// Why not, in their words; may be empty.
    availability_reason: String,
    /// Codes of what they are told by mail.
    #[schema(example = json!(["unseen", "mentioned"]))]
    mail_notices: Vec<&'static str>,
    /// Whether they may sign in.
    active: bool,
    /// Whether a second factor is set up.
    second_factor: bool,
}

impl From<Agent> for AgentBody {
    fn from(agent: Agent) -> Self {
        let Agent {
            id,
            email,
            name,
            department,
            role,
            languages,
            skills,
            levels,
            capacity,
            availability,
            availability_reason,
            mail_notices,
            locale: _,
            active,
            has_second_factor,
            has_authenticator_app: _,
            created: _,
        } = agent;
        Self {
            id: id.to_string(),
            email: email.to_string(),
            name,
            department: department.as_str().to_owned(),
            role,
            permissions: role
                .permissions()
                .iter()
                .map(|permission| permission.code())
                .collect(),
            languages,
            skills,
            levels: levels.into_iter().map(Level::code).collect(),
            capacity,
            availability: availability.code(),
            availability_reason: availability_reason
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            mail_notices: mail_notices.into_iter().map(Notice::code).collect(),
            active,
            second_factor: has_second_factor,
        }
    }
}

/// What somebody is at the desk.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http::staff) enum RoleCode {
    /// Looks, and touches nothing.
    Viewer,
    /// Writes articles; sees no conversation.
    Author,
    /// Answers visitors.
    Agent,
    /// Answers, and runs the shift.
    Lead,
    /// Runs the installation.
    Admin,
    /// Reads everything, who did what included.
    Auditor,
}

impl From<RoleCode> for Role {
    fn from(code: RoleCode) -> Self {
        match code {
            RoleCode::Viewer => Role::Viewer,
            RoleCode::Author => Role::Author,
            RoleCode::Agent => Role::Agent,
            RoleCode::Lead => Role::Lead,
            RoleCode::Admin => Role::Admin,
            RoleCode::Auditor => Role::Auditor,
        }
    }
}

/// An agent as visitors and colleagues see them.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::staff) struct SpeakerBody {
    /// Its name in the record.
    id: String,
    /// The name shown.
    name: String,
}

impl From<Speaker> for SpeakerBody {
    fn from(speaker: Speaker) -> Self {
        let Speaker { agent, name } = speaker;
        Self {
            id: agent.to_string(),
            name,
        }
    }
}

/// The queue.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::staff) struct QueueResponse {
    /// The most urgent first, and of those the ones that wait longest.
    pub(in crate::http::staff) entries: Vec<QueueEntryBody>,
    /// Waiting for a person.
    pub(in crate::http::staff) queued: i64,
    /// With a person.
    pub(in crate::http::staff) agent: i64,
    /// With the bot: answered by it and not silent for a day.
    pub(in crate::http::staff) bot: i64,
    /// With a person who has put them aside; not counted among those with a person.
    pub(in crate::http::staff) snoozed: i64,
    /// Held by me and at hand.
    pub(in crate::http::staff) mine: i64,
    /// Held by me and put aside.
    pub(in crate::http::staff) mine_snoozed: i64,
    /// For my team, or with somebody in its name.
    pub(in crate::http::staff) team: i64,
}

impl QueueResponse {
    /// Lists these lines, with the counts as somebody sees them.
    pub(in crate::http::staff) fn new(
        entries: Vec<QueueEntry>,
        tally: &QueueTally,
        me: Option<&Agent>,
    ) -> Self {
        let QueueCounts {
            queued,
            agent,
            bot,
            snoozed,
        } = tally.counts;
        let held = me.and_then(|me| tally.held.get(&me.id));
        let held = held.copied().unwrap_or_default();
        let team = me.and_then(|me| tally.teams.get(me.department.as_str()));
        Self {
            entries: entries.into_iter().map(QueueEntryBody::from).collect(),
            queued,
            agent,
            bot,
            snoozed,
            mine: held.at_hand,
            mine_snoozed: held.snoozed,
            team: team.copied().unwrap_or_default(),
        }
    }
}

/// What was said last in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::staff) struct LastWordBody {
    /// By whom.
    #[schema(value_type = AuthorCode)]
    author: Author,
    /// What.
    text: String,
}

/// One line of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::staff) struct QueueEntryBody {
    /// The conversation.
    conversation: String,
    /// Who answers.
    #[schema(value_type = StateCode)]
    state: &'static str,
    /// Who holds it.
    agent: Option<SpeakerBody>,
    /// Language the visitor is addressed in.
    #[schema(value_type = Option<LanguageCode>)]
    language: Option<Language>,
    /// Code of the language the visitor speaks, where it is not served.
    #[schema(example = "fr")]
    elsewhere: Option<&'static str>,
    /// The open ticket's number.
    #[schema(example = "M-000123")]
    number: Option<String>,
    /// How soon it should be taken.
    #[schema(example = "high")]
    priority: Option<&'static str>,
    /// How much whoever takes it has to know.
    #[schema(example = "l1")]
    level: Option<&'static str>,
    /// What is known of who the visitor is.
    #[schema(example = "verified")]
    tier: Option<&'static str>,
    /// Where it waits: `standard` or `surge`.
    #[schema(example = "standard")]
    queue: Option<&'static str>,
    /// Category of the article nearest to the question.
    category: Option<String>,
    /// Why a person was asked.
    #[schema(value_type = Option<ReasonCode>)]
    reason: Option<EscalationReason>,
    /// The first question.
    summary: String,
    /// What the visitor or a person said last.
    last: Option<LastWordBody>,
    /// Number of the event with the visitor's last message.
    visitor_sequence: Option<i64>,
    /// Since when the visitor waits for a person's word.
    #[schema(format = DateTime)]
    waiting_since: Option<String>,
    /// Until when whoever holds it has put it aside.
    #[schema(format = DateTime)]
    snoozed_until: Option<String>,
    /// When it came back by itself, while nobody has answered since.
    #[schema(format = DateTime)]
    woken: Option<String>,
    /// The team it is for.
    team: Option<String>,
    /// When anything happened last.
    #[schema(format = DateTime)]
    updated: String,
}

impl From<QueueEntry> for QueueEntryBody {
    fn from(entry: QueueEntry) -> Self {
        let QueueEntry {
            conversation,
            state,
            agent,
            language,
            elsewhere,
            number,
            priority,
            level,
            tier,
            queue,
            category,
            reason,
            summary,
            last,
            visitor_sequence,
            waiting_since,
            snoozed_until,
            woken,
            team,
            updated,
        } = entry;
        Self {
            conversation: conversation.to_string(),
            state: state.code(),
            agent: agent.map(SpeakerBody::from),
            language,
            elsewhere: elsewhere.map(Elsewhere::code),
            number: number.map(|number| number.to_string()),
            priority: priority.map(|priority| priority.code()),
            level: level.map(|level| level.code()),
            tier: tier.map(|tier| tier.code()),
            queue: queue.map(|queue| queue.code()),
            category,
            reason,
            summary,
            last: last.map(|last| LastWordBody {
                author: last.author,
                text: last.text,
            }),
            visitor_sequence,
            waiting_since: waiting_since.map(|moment| moment.to_string()),
            snoozed_until: snoozed_until.map(|moment| moment.to_string()),
            woken: woken.map(|moment| moment.to_string()),
            team,
            updated: updated.to_string(),
        }
    }
}

/// What an act led to.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::staff) struct ActResponse {
    /// Who answers now.
    #[schema(value_type = StateCode)]
    pub(in crate::http::staff) state: &'static str,
    /// Who holds the conversation now.
    pub(in crate::http::staff) agent: Option<String>,
    /// What the visitor was told: the agent's own words or the desk's note.
    pub(in crate::http::staff) said: Option<MessageBody>,
}

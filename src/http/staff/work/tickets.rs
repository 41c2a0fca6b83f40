//! `/v1/staff/tickets/{number}`: notes, tags, levels, priorities, waiting states, merging.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::conversation::{TicketNumber, TicketStatus};
use crate::desk::{
    MAX_MESSAGE_CHARS, MailState, SentMail, TicketNote, TicketView, TicketWork, words_of_staff,
};
use crate::http::edge::extract::{ApiJson, ApiPath, ApiQuery, PathId};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::staff::wire::{SpeakerBody, TeamName};
use crate::http::wire::conversation::TicketBody;
use crate::http::wire::form::code::Code;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Any, Shown, Text, Ticket};
use crate::identity::Tier;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};
use crate::schedule::Priority;
use crate::staff::{Department, Level, Permission};
use crate::time::Timestamp;

/// A ticket with what staff keep beside it.
#[derive(Debug, Serialize, ToSchema)]
struct TicketResponse {
    /// The ticket.
    ticket: TicketBody,
    /// Who works on it.
    assignee: Option<String>,
    /// How the visitor can be reached.
    contact: Option<String>,
    /// Written for staff only, the oldest first.
    notes: Vec<NoteBody>,
    /// In alphabetical order.
    tags: Vec<String>,
    /// The team it is for.
    team: Option<String>,
    /// Who follows it.
    watchers: Vec<String>,
    /// When the first word of a person is due, while it is.
    #[schema(format = DateTime)]
    first_response_due: Option<String>,
    /// When the end is due, while that clock runs.
    #[schema(format = DateTime)]
    resolution_due: Option<String>,
    /// Whether a promise was broken.
    breached: bool,
    /// Mails about it, the oldest first.
    mails: Vec<MailBody>,
}

/// A mail about a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct MailBody {
    /// Its name, which is also the left part of its Message-ID.
    id: String,
    /// What it tells of: `opened`, `replied`, `solved`, `assigned`, `breached`, `unseen`, `near` or `mentioned`.
    #[schema(example = "replied")]
    kind: &'static str,
    /// Where it goes.
    recipient: String,
    /// `waiting`, `sent`, `dropped` (it had become needless) or `failed`.
    #[schema(example = "sent")]
    state: &'static str,
    /// How often it was tried.
    attempts: i64,
    /// What the other server said last, when it refused.
    error: Option<String>,
    /// When it was due first.
    #[schema(format = DateTime)]
    created: String,
}

impl From<SentMail> for MailBody {
    fn from(mail: SentMail) -> Self {
        let SentMail {
            id,
            kind,
            recipient,
            state,
            attempts,
            error,
            created,
        } = mail;
        Self {
            id: id.to_string(),
            kind: kind.code(),
            recipient,
            state: state.code(),
            attempts,
            error,
            created: created.to_string(),
        }
    }
}

/// Something only staff read.
#[derive(Debug, Serialize, ToSchema)]
struct NoteBody {
    /// Who wrote it.
    by: SpeakerBody,
    /// What it says.
    text: String,
    /// When it was written.
    #[schema(format = DateTime)]
    created: String,
}

impl From<TicketView> for TicketResponse {
    fn from(view: TicketView) -> Self {
        let TicketView {
            ticket,
            notes,
            tags,
            team,
            watchers,
            first_response_due,
            resolution_due,
            breached,
            mails,
        } = view;
        let moment = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        Self {
            assignee: ticket.assignee.map(|agent| agent.to_string()),
            contact: ticket.contact.clone(),
            ticket: ticket.into(),
            notes: notes.into_iter().map(NoteBody::from).collect(),
            tags,
            team,
            watchers: watchers.iter().map(ToString::to_string).collect(),
            first_response_due: moment(first_response_due),
            resolution_due: moment(resolution_due),
            breached,
            mails: mails.into_iter().map(MailBody::from).collect(),
        }
    }
}

impl From<TicketNote> for NoteBody {
    fn from(note: TicketNote) -> Self {
        let TicketNote { by, text, created } = note;
        Self {
            by: by.into(),
            text: text.as_str().to_owned(),
            created: created.to_string(),
        }
    }
}

/// Which mails.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MailsQuery {
    /// What has become of them; any when it is left out.
    #[param(inline, example = "failed")]
    state: Option<MailStateCode>,
}

/// What has become of a mail.
type MailStateCode = Code<MailState>;

/// Mails with their tickets.
#[derive(Debug, Serialize, ToSchema)]
struct MailsResponse {
    /// The newest first.
    mails: Vec<MailLine>,
}

/// A mail with its ticket.
#[derive(Debug, Serialize, ToSchema)]
struct MailLine {
    /// Number of the ticket.
    #[schema(example = "M-000123")]
    ticket: String,
    /// The mail.
    mail: MailBody,
}

/// Lists mails, all or those in a state, such as those that were refused for good.
#[utoipa::path(
    get,
    path = "/v1/staff/mails",
    tag = "staff",
    params(MailsQuery),
    responses(
        (status = 200, description = "The 100 newest", body = MailsResponse),
        ApiError,
    )
)]
async fn mails(
    State(app): State<AppState>,
    staff: Staff,
    ApiQuery(query): ApiQuery<MailsQuery>,
) -> Result<Json<MailsResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    let found = app
        .workplace()
        .mail_in(query.state.map(|code| code.0))
        .await?;
    let lines = found.into_iter().map(|(ticket, mail)| MailLine {
        ticket: ticket.to_string(),
        mail: mail.into(),
    });
    Ok(Json(MailsResponse {
        mails: lines.collect(),
    }))
}

/// Reads a ticket.
#[utoipa::path(
    get,
    path = "/v1/staff/tickets/{number}",
    tag = "staff",
    params(("number" = String, Path, description = "The number, such as M-000123", max_length = 40)),
    responses(
        (status = 200, description = "The ticket", body = TicketResponse),
        ApiError,
    )
)]
async fn read(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(number): ApiPath<TicketNumber>,
) -> Result<Json<TicketResponse>, ApiError> {
    staff.require(Permission::ReadConversations)?;
    Ok(Json(app.workplace().ticket(number).await?.into()))
}

/// What only staff read.
type StaffText = Text<Shown, MAX_MESSAGE_CHARS>;

/// A tag; cut to what is kept.
type TagName = Text<Any, 200>;

/// A level of difficulty.
type LevelCode = Code<Level>;

/// How soon something should be taken.
type PriorityCode = Code<Priority>;

/// What is known of who a visitor is.
type TierCode = Code<Tier>;

/// Who has to act.
type TicketStatusCode = Code<TicketStatus>;

/// The code of a category.
type CategoryCode = Text<Any, 80>;

/// A number of a ticket.
type NumberText = Text<Ticket, 24>;

/// Something staff do to a ticket; exactly one of the fields.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum WorkRequest {
    /// Write something only staff read.
    Note(StaffText),
    /// Put these tags on it, and no others.
    Tags(Vec<TagName>),
    /// Put these tags on it, beside those it has.
    AddTags(Vec<TagName>),
    /// Say for which team it is; an empty name for nobody's in particular.
    Team(TeamName),
    /// Follow it, or stop.
    Watch(bool),
    /// Hand it to people who know more.
    Level(LevelCode),
    /// Set a priority against the rule; needs `priority.override`.
    Priority(PriorityObject),
    /// Say what is known of who the visitor is; the priority follows.
    Tier(TierCode),
    /// Say what it is about, by the code of a category; the fields to collect and the priority follow.
    Category(CategoryCode),
    /// Say who has to act: `open` (we), `pending` (the visitor) or `awaiting_identity` (the visitor, with papers).
    Status(TicketStatusCode),
    /// Make a settled ticket part of another one, named by its number.
    MergeInto(NumberText),
}

type PriorityObject = Object<PriorityRequest>;

/// A priority against the rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PriorityRequest {
    /// Which.
    to: PriorityCode,
    /// The reason, for the log.
    why: StaffText,
}

/// Does something to a ticket.
#[utoipa::path(
    post,
    path = "/v1/staff/tickets/{number}/work",
    tag = "staff",
    request_body = WorkRequest,
    params(("number" = String, Path, description = "The number, such as M-000123", max_length = 40)),
    responses(
        (status = 200, description = "The ticket as it is now", body = TicketResponse),
        ApiError,
    )
)]
async fn work(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(number): ApiPath<TicketNumber>,
    ApiJson(request): ApiJson<WorkRequest>,
) -> Result<Json<TicketResponse>, ApiError> {
    let by = staff.agent_with(Permission::WorkConversations)?;
    let work = match request {
        WorkRequest::Note(text) => TicketWork::Note(words_of_staff(&text)?),
        WorkRequest::Tags(tags) => TicketWork::Tags(tidy(&tags)),
        WorkRequest::AddTags(tags) => TicketWork::AddTags(tidy(&tags)),
        WorkRequest::Team(name) => {
            let team = Department::new(&name);
            TicketWork::Team((!team.as_str().is_empty()).then_some(team))
        }
        WorkRequest::Watch(watches) => TicketWork::Watch(watches),
        WorkRequest::Level(Code(level)) => TicketWork::Level(level),
        WorkRequest::Priority(Object(PriorityRequest { to, why })) => {
            staff.require(Permission::OverridePriority)?;
            TicketWork::Priority(to.0, words_of_staff(&why)?)
        }
        WorkRequest::Tier(Code(tier)) => TicketWork::Tier(tier),
        WorkRequest::Category(code) => TicketWork::Subject(app.workplace().subject_of(&code)?),
        WorkRequest::Status(Code(status)) => TicketWork::Status(status),
        WorkRequest::MergeInto(number) => {
            TicketWork::MergeInto(<TicketNumber as PathId>::parse(&number)?)
        }
    };
    let done = app
        .workplace()
        .work_ticket(by, number, work, app.now())
        .await?;
    Ok(Json(done.into()))
}

/// Most tags of a ticket, and their longest text.
const MAX_TAGS: usize = 20;
const MAX_TAG_CHARS: usize = 40;

fn tidy(tags: &[TagName]) -> Vec<Words> {
    let hides = Hides::AllButWhatStaffSend;
    tags.iter()
        .filter_map(|tag| {
            Words::shortened(&tag.to_lowercase(), MAX_TAG_CHARS, Lines::Joined, hides)
        })
        .take(MAX_TAGS)
        .collect()
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(mails))
        .routes(routes!(read))
        .routes(routes!(work))
}

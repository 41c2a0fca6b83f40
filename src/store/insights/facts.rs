//! What became of questions, a row for each time: counted by the day, and listed for whoever asks which they were.
//!
//! Each outcome is told by one statement here, so that a number and the conversations behind it cannot differ.

use sqlx::any::{Any, AnyArguments};
use sqlx::query::Query;

use super::fact_kind::FactKind;
use crate::ids::{AnswerId, MessageId, TicketId};
use crate::time::Timestamp;

/// What marks the beginning and the end of a time in the rows of a statement: ids sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Ids of answers.
    Answers,
    /// Ids of tickets.
    Tickets,
    /// Ids of messages.
    Messages,
    /// Milliseconds.
    Moments,
}

impl Span {
    /// Returns what is bound for a moment: an id, or its milliseconds.
    pub(super) fn bound(self, moment: Timestamp) -> Bound {
        match self {
            Span::Answers => Bound::Id(AnswerId::first_at(moment).to_string()),
            Span::Tickets => Bound::Id(TicketId::first_at(moment).to_string()),
            Span::Messages => Bound::Id(MessageId::first_at(moment).to_string()),
            Span::Moments => Bound::Moment(moment.as_millis()),
        }
    }
}

/// A moment as a statement compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound {
    Id(String),
    Moment(i64),
}

impl Bound {
    /// Binds it as the next value of a query.
    pub(super) fn bind_to<'q>(
        self,
        query: Query<'q, Any, AnyArguments>,
    ) -> Query<'q, Any, AnyArguments> {
        match self {
            Self::Id(id) => query.bind(id),
            Self::Moment(moment) => query.bind(moment),
        }
    }
}

/// A statement whose rows are facts: from `$1` to before `$2`, and where it waits for what may still come before `$3`.
///
/// Its columns are `kind`, `weight` (a nought is a row that only tells that it was looked for), `subject` (the answer, message
/// or ticket it is about), `created`, `conversation`, `language`, `channel`, `surface`, `article`, `section`, `category` and
/// `detail`; an empty text where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    pub(super) span: Span,
    pub(super) kinds: &'static [FactKind],
    pub(super) statement: &'static str,
}

/// A statement about answers `a`.
macro_rules! of_answers {
    ($kind:literal, $weight:literal, $detail:literal, $rest:literal) => {
        concat!(
            "SELECT ", $kind, " AS kind, ", $weight, " AS weight, a.id AS subject, a.created AS created, ",
            "COALESCE(a.conversation, '') AS conversation, a.language AS language, COALESCE(c.channel, 'ask') AS channel, ",
            "COALESCE(c.surface, '') AS surface, COALESCE(a.article, '') AS article, COALESCE(a.section, '') AS section, ",
            "COALESCE(a.category, '') AS category, ", $detail, " AS detail ",
            "FROM answers a LEFT JOIN conversations c ON c.id = a.conversation ", $rest
        )
    };
}

/// A statement about something in a conversation `c`, which names its own columns.
macro_rules! of_conversations {
    ($kind:literal, $subject:literal, $created:literal, $language:literal, $category:literal, $detail:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $kind,
            " AS kind, 1 AS weight, ",
            $subject,
            " AS subject, ",
            $created,
            " AS created, ",
            "c.id AS conversation, ",
            $language,
            " AS language, c.channel AS channel, ",
            "COALESCE(c.surface, '') AS surface, '' AS article, '' AS section, ",
            $category,
            " AS category, ",
            $detail,
            " AS detail ",
            $rest
        )
    };
}

/// Every fact.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::Asked, FactKind::SmallTalk],
        statement: of_answers!(
            "CASE a.decision WHEN 'small_talk' THEN 'small_talk' ELSE 'asked' END",
            "1",
            "''",
            "WHERE a.id >= $1 AND a.id < $2 AND a.origin = 'asked'"
        ),
    },
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::Answered, FactKind::Chosen],
        statement: of_answers!(
            "CASE a.origin WHEN 'asked' THEN 'answered' ELSE 'chosen' END",
            "1",
            "''",
            "WHERE a.id >= $1 AND a.id < $2 AND a.origin <> 'brought' AND a.decision = 'answer'"
        ),
    },
    // A nought is counted too: it tells such a day from those before this was counted.
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::Resolved],
        statement: of_answers!(
            "'resolved'",
            "CASE WHEN a.decision = 'answer' AND NOT EXISTS ( \
               SELECT 1 FROM messages m JOIN feedback f ON f.message = m.id \
               WHERE m.conversation = a.conversation AND m.answer = a.id AND f.rating = 'not_helpful') \
             AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = a.conversation AND t.created >= a.created) \
             AND NOT EXISTS ( \
               SELECT 1 FROM answers n WHERE n.conversation = a.conversation AND n.id > a.id AND n.origin = 'asked' \
               AND (n.decision = 'clarify' OR n.decision = 'escalate' \
                    AND n.reason IN ('nothing_found', 'low_confidence', 'language_not_served')) \
               AND NOT EXISTS (SELECT 1 FROM answers l WHERE l.conversation = n.conversation AND l.id > n.id)) \
             THEN 1 ELSE 0 END",
            "''",
            "WHERE a.id >= $1 AND a.id < $2 AND a.origin = 'asked' AND a.decision <> 'small_talk'"
        ),
    },
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::Helpful, FactKind::NotHelpful],
        statement: of_answers!(
            "f.rating",
            "1",
            "COALESCE(f.reason, 'none')",
            "JOIN messages m ON m.conversation = a.conversation AND m.answer = a.id JOIN feedback f ON f.message = m.id \
             WHERE a.id >= $1 AND a.id < $2 AND a.decision = 'answer'"
        ),
    },
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::ClarifiedThenAnswered, FactKind::FollowUpTaken],
        statement: of_answers!(
            "CASE (SELECT e.decision FROM answers e WHERE e.conversation = a.conversation AND e.id < a.id \
                   ORDER BY e.id DESC LIMIT 1) WHEN 'clarify' THEN 'clarified_then_answered' ELSE 'follow_up_taken' END",
            "1",
            "''",
            "WHERE a.id >= $1 AND a.id < $2 AND a.origin = 'chosen' AND a.decision = 'answer' AND ( \
               SELECT e.decision FROM answers e WHERE e.conversation = a.conversation AND e.id < a.id \
               ORDER BY e.id DESC LIMIT 1) IN ('clarify', 'answer')"
        ),
    },
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::BeganWithWords, FactKind::BeganWithSuggestion],
        statement: of_answers!(
            "CASE a.origin WHEN 'chosen' THEN 'began_with_suggestion' ELSE 'began_with_words' END",
            "1",
            "''",
            "WHERE a.id >= $1 AND a.id < $2 AND a.origin <> 'brought' AND a.conversation IS NOT NULL AND NOT EXISTS ( \
               SELECT 1 FROM answers e WHERE e.conversation = a.conversation AND e.id < a.id)"
        ),
    },
    Fact {
        span: Span::Answers,
        kinds: &[FactKind::Abandoned],
        statement: of_answers!(
            "'abandoned'",
            "1",
            "''",
            "WHERE a.id >= $1 AND a.id < $2 AND a.created < $3 AND a.conversation IS NOT NULL AND a.origin = 'asked' \
             AND (a.decision = 'clarify' OR a.decision = 'escalate' \
                  AND a.reason IN ('nothing_found', 'low_confidence', 'language_not_served')) \
             AND NOT EXISTS (SELECT 1 FROM answers n WHERE n.conversation = a.conversation AND n.id > a.id) \
             AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = a.conversation AND t.created >= a.created)"
        ),
    },
    Fact {
        span: Span::Tickets,
        kinds: &[
            FactKind::HandedOverByBot,
            FactKind::HandedOverByPolicy,
            FactKind::HandedOverByVisitor,
        ],
        statement: of_conversations!(
            "CASE WHEN t.reason IN ('nothing_found', 'low_confidence', 'language_not_served') THEN 'handed_over_by_bot' \
             WHEN t.reason = 'person_requested' THEN 'handed_over_by_visitor' ELSE 'handed_over_by_policy' END",
            "t.id",
            "t.created",
            "t.language",
            "COALESCE(t.subject, '')",
            "''",
            "FROM tickets t JOIN conversations c ON c.id = t.conversation WHERE t.id >= $1 AND t.id < $2"
        ),
    },
    Fact {
        span: Span::Tickets,
        kinds: &[FactKind::TicketOpened],
        statement: of_conversations!(
            "'ticket_opened'",
            "t.id",
            "t.created",
            "t.language",
            "COALESCE(t.subject, '')",
            "''",
            "FROM tickets t JOIN conversations c ON c.id = t.conversation \
             WHERE t.id >= $1 AND t.id < $2 AND t.merged_into IS NULL"
        ),
    },
    Fact {
        span: Span::Tickets,
        kinds: &[FactKind::TicketAnswered],
        statement: of_conversations!(
            "'ticket_answered'",
            "t.id",
            "t.created",
            "t.language",
            "COALESCE(t.subject, '')",
            "''",
            "FROM tickets t JOIN conversations c ON c.id = t.conversation \
             WHERE t.id >= $1 AND t.id < $2 AND t.merged_into IS NULL AND t.first_responded IS NOT NULL"
        ),
    },
    Fact {
        span: Span::Tickets,
        kinds: &[FactKind::PromiseBroken],
        statement: of_conversations!(
            "'promise_broken'",
            "t.id",
            "t.created",
            "t.language",
            "COALESCE(t.subject, '')",
            "''",
            "FROM tickets t JOIN conversations c ON c.id = t.conversation \
             WHERE t.id >= $1 AND t.id < $2 AND t.merged_into IS NULL \
             AND (t.first_response_breached IS NOT NULL OR t.resolution_breached IS NOT NULL)"
        ),
    },
    Fact {
        span: Span::Messages,
        kinds: &[FactKind::Reopened],
        statement: of_conversations!(
            "'reopened'",
            "m.id",
            "m.created",
            "COALESCE(c.language, '')",
            "''",
            "''",
            "FROM messages m JOIN conversations c ON c.id = m.conversation \
             WHERE m.id >= $1 AND m.id < $2 AND m.author = 'visitor' AND m.episode > 1 AND NOT EXISTS ( \
               SELECT 1 FROM messages e WHERE e.conversation = m.conversation AND e.sequence < m.sequence \
               AND e.episode = m.episode)"
        ),
    },
    Fact {
        span: Span::Moments,
        kinds: &[FactKind::Reopened],
        statement: of_conversations!(
            "'reopened'",
            "l.id",
            "l.created",
            "COALESCE(c.language, '')",
            "''",
            "''",
            "FROM staff_log l JOIN conversations c ON c.id = l.subject \
             WHERE l.created >= $1 AND l.created < $2 AND l.action = 'reopen'"
        ),
    },
    // The agent is the one who held the episode's last ticket.
    Fact {
        span: Span::Moments,
        kinds: &[FactKind::Scored],
        statement: of_conversations!(
            "'scored'",
            "COALESCE(t.assignee, '')",
            "s.created",
            "COALESCE(c.language, '')",
            "COALESCE(t.subject, '')",
            "CAST(s.score AS TEXT)",
            "FROM satisfaction s JOIN conversations c ON c.id = s.conversation \
             LEFT JOIN tickets t ON t.id = (SELECT l.id FROM tickets l WHERE l.conversation = s.conversation \
               AND l.episode = s.episode AND l.merged_into IS NULL ORDER BY l.number DESC LIMIT 1) \
             WHERE s.created >= $1 AND s.created < $2"
        ),
    },
];

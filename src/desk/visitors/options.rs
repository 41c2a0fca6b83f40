//! Options: the visitor picks an article, and it is given.

use serde_json::json;

use super::VisitorDesk;
use super::suggested::OfferedTo;
use super::turns_before::REMEMBERED;
use crate::conversation::{Author, BotReply, Conversation, Message, Responder, TicketSubject};
use crate::desk::fingerprint::fingerprint;
use crate::desk::record::section_of;
use crate::desk::{DeskError, Exchange, IdempotencyKey};
use crate::ids::{AnswerId, ConversationId};
use crate::knowledge::{Article, ArticleId, Readership};
use crate::language::{ChineseScript, Language};
use crate::pipeline::{Confidence, Decision, Question, Snapshot, Wanted};
use crate::safety::Words;
use crate::store::{
    AnswerOrigin, AnswerRecord, KeyedRequest, NewTurn, ProposedReply, RecordedOutcome,
};
use crate::time::Timestamp;

/// What a visitor picked from the options.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The article.
    pub article: ArticleId,
    /// Who picked it.
    pub readership: Readership,
}

impl From<ArticleId> for Choice {
    fn from(article: ArticleId) -> Self {
        Self {
            article,
            readership: Readership::ANYBODY,
        }
    }
}

impl VisitorDesk {
    /// Gives the article a visitor picked from the options, by the same rule as one that was found; its title stands as
    /// the visitor's message.
    pub async fn choose_option(
        &self,
        id: &ConversationId,
        choice: impl Into<Choice>,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Exchange, DeskError> {
        let Choice {
            article,
            readership,
        } = choice.into();
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("messages:{id}"),
            fingerprint: fingerprint(&["article", article.as_str()]),
        });
        let reader = self.store.reader();
        let mut visit = reader.visit(id, request.as_ref(), REMEMBERED).await?;
        if let Some(exchange) = visit.earlier {
            return Ok(exchange);
        }
        let unknown = || DeskError::UnknownArticle(article.clone());
        let snapshot = self.room.snapshot();
        let chosen = snapshot
            .knowledge()
            .article(&article)
            .filter(|article| article.may_be_given(&now.day(), &readership))
            .ok_or_else(unknown)?;
        loop {
            let language = self.language_of_conversation(&visit.conversation);
            let script = match language {
                Language::Chinese => visit.conversation.known_script().unwrap_or_default(),
                _ => ChineseScript::Simplified,
            };
            let wording = chosen
                .wording_in(language, self.settings.fallback, script)
                .ok_or_else(unknown)?;
            let mut turn = NewTurn {
                contact: None,
                page: None,
                conversation: *id,
                // Of the knowledge base, so nothing in it is anybody's secret.
                text: Some(Words::from_record(wording.title.clone())),
                language: Some(wording.language),
                files: Vec::new(),
                channels: Vec::new(),
                proposal: None,
                fallback: self.settings.fallback,
                request: request.clone(),
                now,
            };
            if visit.conversation.standing.state.responder() == Responder::Bot {
                let question = question_before(&visit.recent, &wording.title);
                let decision = self
                    .given(&article, question, language, script, &readership, now)
                    .await?
                    .ok_or_else(unknown)?;
                let mut reply = reply_with(chosen, &decision, language, script, now);
                let to = OfferedTo {
                    language,
                    script,
                    readership: &readership,
                };
                self.suggest_next(&mut reply.decision, to, now).await;
                let record = record_of_choice(&reply, &snapshot, &wording.title, *id, now);
                turn.proposal = Some(ProposedReply { reply, record });
            }
            if let Some(exchange) = self.take_turn(turn).await? {
                return Ok(exchange);
            }
            visit = reader.visit(id, None, REMEMBERED).await?;
        }
    }

    fn language_of_conversation(&self, conversation: &Conversation) -> Language {
        conversation.addressed_in(self.settings.fallback)
    }

    async fn given(
        &self,
        article: &ArticleId,
        question: Option<Question>,
        language: Language,
        script: ChineseScript,
        readership: &Readership,
        now: Timestamp,
    ) -> Result<Option<Decision>, DeskError> {
        let Some(question) = question else {
            return Ok(None);
        };
        let (article, readership) = (article.clone(), readership.clone());
        let fallback = self.settings.fallback;
        self.room
            .run(move |engine| {
                engine.give(&Wanted {
                    article: &article,
                    question: &question,
                    language,
                    script,
                    fallback,
                    today: &now.day(),
                    readership: &readership,
                })
            })
            .await
    }
}

/// What the visitor asked in words before they picked, which says what part of the article they need.
fn question_before(recent: &[Message], title: &str) -> Option<Question> {
    let said = recent
        .iter()
        .rev()
        .find(|message| message.author == Author::Visitor);
    let question = said.and_then(|message| Question::parse(&message.text).ok());
    question.or_else(|| Question::parse(title).ok())
}

/// The reply that gives an article; the visitor chose it, so nothing has to be weighed.
fn reply_with(
    article: &Article,
    decision: &Decision,
    language: Language,
    script: ChineseScript,
    now: Timestamp,
) -> BotReply {
    BotReply {
        answer: AnswerId::generate(now),
        decision: decision.into(),
        language,
        script,
        elsewhere: None,
        confidence: CHOSEN,
        subject: Some(TicketSubject {
            category: article.category.clone(),
            severity: article.severity,
            collect: article.collect.clone(),
            skills: article.skills.clone(),
        }),
    }
}

/// What the visitor says they mean is what they mean.
const CHOSEN: Confidence = Confidence(1.0);

fn record_of_choice(
    reply: &BotReply,
    snapshot: &Snapshot,
    title: &str,
    conversation: ConversationId,
    now: Timestamp,
) -> AnswerRecord {
    AnswerRecord {
        id: reply.answer,
        conversation: Some(conversation),
        origin: AnswerOrigin::Chosen,
        question: title.to_owned(),
        language: reply.language,
        decision: reply.decision.kind(),
        reason: reply.person_reason(),
        confidence: reply.confidence,
        threshold: CHOSEN,
        article: reply
            .decision
            .given_answer()
            .map(|answer| answer.article.clone()),
        category: reply
            .subject
            .as_ref()
            .map(|subject| subject.category.clone()),
        section: reply.decision.given_answer().and_then(section_of),
        revision: snapshot.revision().clone(),
        encoder: snapshot.encoder_identity(),
        outcome: RecordedOutcome::of(&json!({})),
        created: now,
    }
}

//! Options: the visitor picks an article, and it is given.

use serde_json::json;

use super::fingerprint::fingerprint;
use super::{Desk, DeskError, Exchange, IdempotencyKey};
use crate::conversation::{
    AnswerId, BotDecision, BotReply, Conversation, ConversationId, GivenAnswer, Responder,
    TicketSubject, Timestamp,
};
use crate::knowledge::{Article, ArticleId, Intent, LanguagePolicy};
use crate::language::Language;
use crate::pipeline::{ClarifyOption, Confidence, EscalationReason, Snapshot};
use crate::store::{AnswerOrigin, AnswerRecord, KeyedRequest, NewTurn, ProposedReply};

impl Desk {
    /// Gives the article a visitor picked from the options; its title stands as the visitor's message.
    pub async fn choose_option(
        &self,
        id: &ConversationId,
        article: ArticleId,
        key: Option<IdempotencyKey>,
        now: Timestamp,
    ) -> Result<Exchange, DeskError> {
        let request = key.map(|key| KeyedRequest {
            key,
            scope: format!("messages:{id}"),
            fingerprint: fingerprint(&["article", article.as_str()]),
        });
        if let Some(exchange) = self.earlier_exchange(id, request.as_ref()).await? {
            return Ok(exchange);
        }
        let snapshot = self.engine().snapshot();
        let chosen = snapshot
            .knowledge()
            .article(&article)
            .filter(|article| article.is_valid_on(&now.day()))
            .ok_or_else(|| DeskError::UnknownArticle(article.clone()))?;
        let mut conversation = self.store.reader().conversation(id).await?;
        loop {
            let language = self.language_of_conversation(&conversation);
            let wording = chosen
                .wording(language)
                .ok_or_else(|| DeskError::UnknownArticle(article.clone()))?;
            let mut turn = NewTurn {
                conversation: *id,
                text: wording.title.clone(),
                language: Some(wording.language),
                files: Vec::new(),
                proposal: None,
                fallback: self.settings.fallback,
                request: request.clone(),
                now,
            };
            if conversation.standing.state.responder() == Responder::Bot {
                let reply = reply_with(chosen, language, &snapshot, now);
                let record = record_of_choice(&reply, &snapshot, &wording.title, *id, now);
                turn.proposal = Some(ProposedReply { reply, record });
            }
            if let Some(exchange) = self.take_turn(turn).await? {
                return Ok(exchange);
            }
            conversation = self.store.reader().conversation(id).await?;
        }
    }

    fn language_of_conversation(&self, conversation: &Conversation) -> Language {
        conversation.addressed_in(self.settings.fallback)
    }
}

/// The reply that gives an article; the visitor chose it, so nothing has to be weighed.
fn reply_with(
    article: &Article,
    language: Language,
    snapshot: &Snapshot,
    now: Timestamp,
) -> BotReply {
    BotReply {
        answer: AnswerId::generate(now),
        decision: decision_for(article, language, snapshot),
        language,
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

fn decision_for(article: &Article, language: Language, snapshot: &Snapshot) -> BotDecision {
    let missing = !article.translations.contains_key(&language);
    let Some(wording) = article
        .wording(language)
        .filter(|_| !missing || article.policy != LanguagePolicy::Strict)
    else {
        return BotDecision::Escalate {
            reason: EscalationReason::LanguageMissing,
            first_aid: None,
        };
    };
    let answer = GivenAnswer {
        article: article.id.clone(),
        language: wording.language,
        other_language_label: missing && article.policy == LanguagePolicy::Label,
        title: wording.title.clone(),
        text: wording.summary.clone(),
        link: format!("/help/{}/{}", wording.language, article.id),
        follow_ups: follow_ups(article, language, snapshot),
        machine_written: false,
    };
    let offer_person = match article.intent {
        Intent::General => None,
        Intent::Personal => Some(EscalationReason::PersonalCase),
        Intent::Fraud => Some(EscalationReason::FraudReport),
        Intent::Regulated => Some(EscalationReason::Regulated),
    };
    BotDecision::Answer {
        answer,
        offer_person,
    }
}

fn follow_ups(article: &Article, language: Language, snapshot: &Snapshot) -> Vec<ClarifyOption> {
    article
        .follow_ups
        .iter()
        .filter_map(|id| {
            let title = snapshot
                .knowledge()
                .article(id)?
                .wording(language)?
                .title
                .clone();
            Some(ClarifyOption {
                article: id.clone(),
                title,
            })
        })
        .collect()
}

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
        revision: snapshot.revision().clone(),
        encoder: snapshot.encoder_identity(),
        outcome: json!({}),
        created: now,
    }
}

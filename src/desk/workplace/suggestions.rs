//! Suggested replies: from the knowledge base, from macros, and from what agents sent before; each says where it comes
//! from and how likely it is right, and nothing is sent without an agent.

use std::collections::HashSet;
use std::sync::Arc;

use super::Workplace;
use super::suggestion::{Suggestion, SuggestionSource};
use crate::conversation::{Author, BotDecision, Message};
use crate::desk::drafter::TranscriptLine;
use crate::desk::{AskContext, Decided, DeskError};
use crate::ids::ConversationId;
use crate::knowledge::{ArticleId, Readership};
use crate::language::{ChineseScript, Language, Priors};
use crate::pipeline::{Giving, Outcome, Question, Scheme, analyze};
use crate::store::{Macro, SentReply};
use crate::time::Timestamp;

/// What suggestions are wanted for.
#[derive(Debug, Clone, Default)]
pub struct SuggestionContext {
    /// Language the visitor is addressed in, where it is known.
    pub language: Option<Language>,
    /// How the visitor reads Chinese, where it is known.
    pub script: Option<ChineseScript>,
    /// Articles the visitor was shown before.
    pub seen: HashSet<ArticleId>,
}

/// Articles suggested at most.
const MAX_ARTICLES: usize = 5;
/// Macros and earlier replies suggested at most, of each.
const MAX_OTHERS: usize = 2;
/// Least share of terms an earlier question or a macro must have in common with this one.
const LEAST_OVERLAP: f32 = 0.25;
/// A visitor's question may be spread over this many messages.
const JOINED_MESSAGES: usize = 3;
/// A message with fewer characters is read together with the one before.
const SHORT_MESSAGE_CHARS: usize = 6;
/// A reading that is right with this probability is taken without looking at what was said before.
const LIKELY: f32 = 0.5;

impl Workplace {
    /// Suggests replies for a conversation.
    pub async fn suggest_for(
        &self,
        id: &ConversationId,
        now: Timestamp,
    ) -> Result<Vec<Suggestion>, DeskError> {
        let reader = self.store.reader();
        let conversation = reader.conversation(id).await?;
        let messages = reader.messages(id).await?;
        let context = SuggestionContext {
            language: conversation
                .language
                .or(conversation.opened_with.page_language()),
            script: conversation.known_script(),
            seen: shown_articles(&messages),
        };
        let lines: Vec<TranscriptLine> = messages
            .into_iter()
            .map(|message| TranscriptLine {
                author: message.author,
                text: message.text,
            })
            .collect();
        self.suggest(&lines, context, now).await
    }

    /// Suggests replies for a transcript, such as one of another help desk.
    pub async fn suggest(
        &self,
        transcript: &[TranscriptLine],
        context: SuggestionContext,
        now: Timestamp,
    ) -> Result<Vec<Suggestion>, DeskError> {
        let ask = AskContext {
            question: None,
            contact: None,
            page: None,
            reading: None,
            priors: Priors {
                conversation: context.language,
                script: context.script,
                ..Priors::default()
            },
            forced: None,
            readership: Readership::Staff,
        };
        let snapshot = self.room.snapshot();
        let read = self.surest(readings_of(transcript), ask, now).await?;
        let Some((question, outcome)) = read else {
            return Ok(Vec::new());
        };
        let language = context.language.unwrap_or(outcome.language);
        let reader = self.store.reader();
        let macros = reader.macros().await?;
        let sent = reader
            .sent_replies(question.as_str(), MAX_OTHERS * 4)
            .await?;
        let day = now.day();
        let giving = self
            .room
            .giving(&snapshot, language, &Readership::Staff, &day);
        let drafted = self
            .drafted_suggestion(transcript, &outcome, &giving)
            .await?;
        let text = question.as_str().to_owned();
        let room = self.room.clone();
        // Reading bodies for the nearest passage takes more than half a millisecond.
        self.room
            .run(move |engine| {
                let asked_in = outcome.language;
                let mut found = engine.with_passages(&snapshot, &text, asked_in, |passages| {
                    let giving = Giving {
                        script: outcome.script,
                        passages: Some(passages),
                        ..room.giving(&snapshot, language, &Readership::Staff, &day)
                    };
                    from_articles(&giving, &outcome, &context.seen)
                });
                found.extend(from_macros(macros, &text, language));
                found.extend(from_sent(sent, language));
                found.extend(drafted);
                // Stable: of equals, articles come first.
                found.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
                found
            })
            .await
    }

    /// The first reading that more likely leads to the right article than not, else the likeliest: "I did so yesterday"
    /// says nothing without the question before it.
    async fn surest(
        &self,
        readings: Vec<Question>,
        ask: AskContext,
        now: Timestamp,
    ) -> Result<Option<(Question, Arc<Decided>)>, DeskError> {
        let mut surest: Option<(Question, Arc<Decided>)> = None;
        for question in readings {
            let outcome = self.room.decide(question.clone(), ask.clone(), now).await?;
            let confidence = outcome.confidence;
            let so_far = surest.as_ref().map(|(_, outcome)| outcome.confidence);
            if so_far.is_none_or(|so_far| confidence > so_far) {
                surest = Some((question, outcome));
            }
            if confidence.0 >= LIKELY {
                break;
            }
        }
        Ok(surest)
    }
}

/// How the visitor can be read, from the narrowest: the last words, short ones with those before them; then with more of
/// what came before, back to the last reply of a person.
fn readings_of(transcript: &[TranscriptLine]) -> Vec<Question> {
    let mut words: Vec<&str> = Vec::new();
    for line in transcript.iter().rev() {
        match line.author {
            Author::Visitor => words.push(line.text.trim()),
            Author::Agent if !words.is_empty() => break,
            _ => continue,
        }
        if words.len() == JOINED_MESSAGES {
            break;
        }
    }
    words.reverse();
    (0..words.len())
        .rev()
        .map(|first| (first, &words[first..]))
        .filter(|(first, words)| {
            let length: usize = words.iter().map(|text| text.chars().count()).sum();
            // All that was said may be short.
            length >= SHORT_MESSAGE_CHARS || *first == 0
        })
        .filter_map(|(_, words)| Question::parse(&words.join("\n")).ok())
        .collect()
}

/// Articles the bot has shown.
fn shown_articles(messages: &[Message]) -> HashSet<ArticleId> {
    messages
        .iter()
        .filter_map(|message| message.reply.as_ref())
        .filter(|reply| !matches!(reply.decision, BotDecision::Clarify { .. }))
        .filter_map(|reply| reply.decision.given_answer())
        .map(|answer| answer.article.clone())
        .collect()
}

fn from_articles(
    giving: &Giving<'_>,
    outcome: &Outcome,
    seen: &HashSet<ArticleId>,
) -> Vec<Suggestion> {
    let first = outcome.confidence.0;
    let rest: f32 = outcome
        .ranked
        .iter()
        .skip(1)
        .map(|ranked| ranked.score)
        .sum();
    outcome
        .ranked
        .iter()
        .take(MAX_ARTICLES)
        .enumerate()
        .filter_map(|(place, ranked)| {
            let article = giving.article(&ranked.article)?;
            let suggested = giving.suggestion(article)?;
            // What the first leaves is shared among the others by their scores, so that the sum stays below one.
            let confidence = match place {
                0 => first,
                _ if rest > 0.0 => (1.0 - first) * ranked.score / rest,
                _ => 0.0,
            };
            Some(Suggestion {
                source: SuggestionSource::Article {
                    article: ranked.article.clone(),
                    revision: outcome.revision.clone(),
                    link: suggested.link,
                    owner: article.owner.clone(),
                    span: suggested.span,
                    seen: seen.contains(&ranked.article),
                },
                title: suggested.title,
                text: suggested.text,
                language: Some(suggested.language),
                confidence,
            })
        })
        .collect()
}

fn from_macros(macros: Vec<Macro>, question: &str, language: Language) -> Vec<Suggestion> {
    let wanted = terms(question);
    let mut found: Vec<Suggestion> = macros
        .into_iter()
        .filter_map(|written| {
            let text = written.texts.get(&language)?.as_str().to_owned();
            let confidence = share_of(&wanted, &terms(&format!("{} {text}", written.title)));
            (confidence >= LEAST_OVERLAP).then_some(Suggestion {
                source: SuggestionSource::Macro { id: written.id },
                title: written.title.as_str().to_owned(),
                text,
                language: Some(language),
                confidence,
            })
        })
        .collect();
    found.sort_by(|left, right| right.confidence.total_cmp(&left.confidence));
    found.truncate(MAX_OTHERS);
    found
}

fn from_sent(sent: Vec<SentReply>, language: Language) -> Vec<Suggestion> {
    sent.into_iter()
        .filter(|reply| reply.overlap >= LEAST_OVERLAP)
        .filter(|reply| reply.language.is_none_or(|known| known == language))
        .take(MAX_OTHERS)
        .map(|reply| Suggestion {
            source: SuggestionSource::SentReply {
                conversation: reply.conversation,
                message: reply.message,
            },
            title: reply.question,
            text: reply.text,
            language: reply.language,
            confidence: reply.overlap,
        })
        .collect()
}

fn terms(text: &str) -> HashSet<String> {
    analyze(Scheme::Bigrams, text)
        .into_iter()
        .map(|term| term.text)
        .collect()
}

/// Share of the wanted terms that are there.
fn share_of(wanted: &HashSet<String>, there: &HashSet<String>) -> f32 {
    if wanted.is_empty() {
        return 0.0;
    }
    wanted.intersection(there).count() as f32 / wanted.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(author: Author, text: &str) -> TranscriptLine {
        TranscriptLine {
            author,
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_last_words_are_read_first_and_then_with_those_before_them() {
        use Author::{Agent, Bot, Visitor};
        let check = |lines: &[TranscriptLine], expected: &[&str]| {
            let readings = readings_of(lines);
            let readings: Vec<&str> = readings.iter().map(Question::as_str).collect();
            assert_eq!(readings, expected, "{lines:?}");
        };
        check(&[], &[]);
        check(&[line(Agent, "hello")], &[]);
        check(&[line(Visitor, "fee?")], &["fee?"]);
        check(
            &[
                line(Visitor, "my withdrawal is stuck"),
                line(Bot, "..."),
                line(Visitor, "why?"),
            ],
            &["my withdrawal is stuck why?"],
        );
        check(
            &[
                line(Visitor, "old"),
                line(Agent, "solved"),
                line(Visitor, "fee?"),
            ],
            &["fee?"],
        );
        check(
            &[
                line(Visitor, "本人確認はどのくらいかかりますか"),
                line(Bot, "..."),
                line(Visitor, "昨日申請しました"),
                line(Agent, "確認します"),
            ],
            &[
                "昨日申請しました",
                "本人確認はどのくらいかかりますか 昨日申請しました",
            ],
        );
        check(
            &[line(Visitor, "手续费"), line(Visitor, "提现的手续费是多少")],
            &["提现的手续费是多少", "手续费 提现的手续费是多少"],
        );
        let many: Vec<TranscriptLine> = ["one of four", "two of four", "three of four", "the last"]
            .map(|text| line(Visitor, text))
            .to_vec();
        check(
            &many,
            &[
                "the last",
                "three of four the last",
                "two of four three of four the last",
            ],
        );
    }
}

//! Replies to what asks nothing: small talk, choices among options, and refusals of an answer.

use super::caps::{is_code_alone, language_by_priors};
use super::engine::{Asked, Engine, EngineError};
use super::follow_up;
use super::outcome::{ClarifyOption, Confidence, Decision, Judgement, Outcome};
use super::question::Question;
use super::turns_before::TurnsBefore;
use super::weighed::{CERTAIN, Weighed, script_of};
use crate::dialogue::{Choice, DialogueAct, Message, read_choice, read_message};
use crate::knowledge::{ArticleId, Intent};
use crate::language::{Language, LanguageDistribution, normalize_for_matching};
use crate::safety::Signals;

/// What a message without a question means in its conversation.
pub(super) enum Said {
    Talk(DialogueAct),
    PersonWanted,
    AskAgain,
    AnotherThan,
    SecretGiven,
    Question,
}

impl Engine {
    /// The option that a reply names by its place or its title.
    pub(super) fn chosen(&self, text: &str, before: &TurnsBefore) -> Option<ArticleId> {
        let options = &before.options;
        let (first, last) = (options.first()?, options.last()?);
        let snapshot = self.snapshot();
        let normal = normalize_for_matching(text);
        let titled = options.iter().find(|id| {
            let translations = snapshot
                .article(id)
                .map(|article| article.translations.values());
            translations
                .into_iter()
                .flatten()
                .any(|wording| normalize_for_matching(&wording.title) == normal)
        });
        let placed = || match read_choice(text)? {
            Choice::Last => Some(last),
            Choice::Nth(place) => options.get(place),
        };
        let is_only = options.len() == 1
            && matches!(
                read_message(text),
                Message::Talk {
                    act: DialogueAct::Yes,
                    ..
                }
            );
        titled.or_else(placed).or(is_only.then_some(first)).cloned()
    }

    /// What a message without a question means after what was said.
    pub(super) fn said(
        &self,
        act: DialogueAct,
        text: &str,
        before: &TurnsBefore,
        on_page: bool,
    ) -> Said {
        let has_topic = before.has_topic() || on_page;
        match act {
            DialogueAct::Yes if before.options.len() > 1 => Said::AskAgain,
            DialogueAct::Yes if before.person_offered => Said::PersonWanted,
            DialogueAct::No if !before.options.is_empty() => Said::Talk(DialogueAct::Neither),
            DialogueAct::NotThat if before.has_topic() => Said::AnotherThan,
            DialogueAct::SecretKept if self.has_warned(before) => Said::Talk(act),
            DialogueAct::SecretGiven if self.has_warned(before) => Said::SecretGiven,
            DialogueAct::SecretKept | DialogueAct::SecretGiven => Said::Question,
            DialogueAct::Neither if !before.articles.is_empty() && before.options.is_empty() => {
                Said::AnotherThan
            }
            DialogueAct::Unclear if has_topic && asks_something(text) => Said::Question,
            act => Said::Talk(act),
        }
    }

    /// Whether what was given last warns of fraud.
    fn has_warned(&self, before: &TurnsBefore) -> bool {
        let snapshot = self.snapshot();
        let last = before.articles.first().and_then(|id| snapshot.article(id));
        last.is_some_and(|article| article.intent == Intent::Fraud)
    }

    /// Gives the article a visitor chose.
    pub(super) fn give_chosen(
        &self,
        asked: &Asked<'_>,
        article: &ArticleId,
        signals: Signals,
    ) -> Result<Outcome, EngineError> {
        let snapshot = self.snapshot();
        let title = snapshot.article(article).and_then(|article| {
            let language = language_by_priors(asked.priors).unwrap_or(asked.fallback);
            let language = asked.forced.unwrap_or(language);
            let wording = article.wording(language, asked.fallback)?;
            Some((wording.title.clone(), language))
        });
        let Some((title, language)) = title else {
            return Ok(self.small_talk(asked, DialogueAct::Unclear, None, signals));
        };
        let forced = Asked {
            forced: Some(language),
            ..*asked
        };
        let mut weighed = self.weigh(&title, &forced)?;
        if let Some(position) = position_of(&weighed, article) {
            weighed.choose(position, CERTAIN);
        }
        self.decide_about(&forced, weighed, Signals::default(), Judgement::default())
    }

    /// Shows the options once more: "yes" does not say which.
    pub(super) fn ask_again(
        &self,
        asked: &Asked<'_>,
        options: &[ArticleId],
        signals: Signals,
    ) -> Result<Outcome, EngineError> {
        let mut outcome = self.small_talk(asked, DialogueAct::Yes, None, signals);
        let snapshot = self.snapshot();
        let options: Vec<_> = options
            .iter()
            .filter_map(|id| {
                let article = snapshot.article(id)?;
                let wording =
                    article.wording_in(outcome.language, asked.fallback, outcome.script)?;
                let title = wording.title.clone();
                Some(ClarifyOption {
                    article: id.clone(),
                    title,
                })
            })
            .collect();
        if options.len() > 1 {
            outcome.decision = Decision::Clarify { options };
        }
        Ok(outcome)
    }

    /// Offers what else the last question may have meant, after an answer that was not it.
    pub(super) fn another_than(
        &self,
        asked: &Asked<'_>,
        before: &TurnsBefore,
        signals: Signals,
    ) -> Result<Outcome, EngineError> {
        let earlier = before
            .question
            .as_deref()
            .and_then(|text| Question::parse(text).ok());
        let Some(earlier) = earlier else {
            return Ok(self.small_talk(asked, DialogueAct::NotThat, None, signals));
        };
        let mut weighed = self.weigh(earlier.as_str(), asked)?;
        follow_up::set_aside(&mut weighed, &before.articles);
        follow_up::set_aside(&mut weighed, &before.options);
        let best = weighed
            .ranking
            .order
            .first()
            .map_or(0.0, |(_, ranked)| ranked.score);
        if best < LEAST_OFFERED {
            return Ok(self.small_talk(
                asked,
                DialogueAct::NotThat,
                Some(weighed.language),
                signals,
            ));
        }
        // Never an answer: what the visitor refused was the likeliest.
        weighed.confidence = Confidence(self.thresholds().clarify.max(ONLY_OFFERED));
        self.decide_about(asked, weighed, signals, Judgement::default())
    }

    /// An outcome that searched for nothing.
    pub(super) fn small_talk(
        &self,
        asked: &Asked<'_>,
        act: DialogueAct,
        language: Option<Language>,
        signals: Signals,
    ) -> Outcome {
        let snapshot = self.snapshot();
        let language = self.addressed_in(asked, language);
        Outcome {
            decision: Decision::SmallTalk { act },
            detected: LanguageDistribution::certain(language),
            language,
            script: script_of(asked.question.as_str(), asked.priors, language),
            elsewhere: None,
            confidence: Confidence(0.0),
            threshold: self.thresholds().answer.of(language),
            ranked: Vec::new(),
            signals,
            judgement: Judgement::default(),
            intent: None,
            subject: None,
            revision: snapshot.revision().clone(),
            encoder: snapshot.encoder_identity(),
        }
    }

    /// The language small talk is answered in: that of its words, else what is known of the visitor.
    pub(super) fn addressed_in(&self, asked: &Asked<'_>, words: Option<Language>) -> Language {
        let priors = asked.priors;
        if let Some(forced) = asked.forced {
            return forced;
        }
        match words {
            // "ok", "hi" and "bye" are said in every language.
            Some(Language::English) => priors
                .conversation
                .or(priors.page)
                .unwrap_or(Language::English),
            Some(language) => language,
            None => {
                let text = asked.question.as_str();
                let read = text.chars().any(char::is_alphabetic) && !is_code_alone(text);
                let detected = || self.detect(text, priors, None).most_likely();
                let by_words = if read { detected() } else { None };
                language_by_priors(priors)
                    .or(by_words)
                    .unwrap_or(asked.fallback)
            }
        }
    }
}

/// How likely another article must be at least, to be offered after a refusal.
const LEAST_OFFERED: f32 = 0.1;
/// Between the thresholds for options and for an answer.
const ONLY_OFFERED: f32 = 0.4;

/// Whether so short a text asks after something: how, how long, why.
fn asks_something(text: &str) -> bool {
    const ASKING: &[&str] = &[
        "how",
        "why",
        "when",
        "where",
        "what",
        "which",
        "who",
        "怎么",
        "为什么",
        "为啥",
        "多久",
        "多少",
        "什么时候",
        "哪",
        "几时",
        "点样",
        "点解",
        "どう",
        "なぜ",
        "なんで",
        "いつ",
        "どこ",
        "いくら",
        "どのくらい",
        "どれ",
        "얼마",
        "언제",
        "왜",
        "어떻게",
        "어디",
        "몇",
    ];
    let normal = normalize_for_matching(text);
    ASKING.iter().any(|word| normal.contains(word))
}

fn position_of(weighed: &Weighed, article: &ArticleId) -> Option<u32> {
    let mut order = weighed.ranking.order.iter();
    order
        .find(|(_, ranked)| ranked.article == *article)
        .map(|(position, _)| *position)
}

//! Answers a message in its conversation: small talk and choices by themselves, questions by search, with what was said
//! before, with safety first, and never surer than the words allow.

use super::cantonese::in_mandarin;
use super::caps::apply as apply_caps;
use super::content::content_words;
use super::decide::{Considered, Situation, decide};
use super::engine::{Asked, Engine, EngineError};
use super::follow_up;
use super::giving::Giving;
use super::measures::without_measures;
use super::outcome::{Cap, Decision, EscalationReason, Judgement, Outcome, Subject};
use super::page;
use super::replying::Said;
use super::strangeness::all_known;
use super::turns_before::TurnsBefore;
use super::weighed::{CERTAIN, Weighed, script_of};
use crate::dialogue::{
    DialogueAct, Message, leans_by_particle, leans_on_turn_before, read_choice, read_message,
    without_denied,
};
use crate::knowledge::{ArticleId, Intent};
use crate::language::{Language, is_han, normalize_for_matching};
use crate::safety::{Signals, about_support};

/// Confidence from which a question with matter of its own is about that, whatever was talked about.
const STANDS_ALONE: f32 = 0.6;
/// Words that carry matter, from which a sure question stands by itself.
const OWN_MATTER: usize = 2;
/// Chinese characters of a word of several words.
const COMPOUND: usize = 4;

impl Engine {
    /// Decides about a question that is asked where an article is being read; in doubt, that one is meant.
    pub fn ask_on_page(
        &self,
        asked: &Asked<'_>,
        reading: Option<&ArticleId>,
    ) -> Result<Outcome, EngineError> {
        self.ask_in_context(asked, reading, &TurnsBefore::default())
    }

    /// Decides about a message after what was said before it.
    pub fn ask_in_context(
        &self,
        asked: &Asked<'_>,
        reading: Option<&ArticleId>,
        before: &TurnsBefore,
    ) -> Result<Outcome, EngineError> {
        let text = asked.question.as_str();
        let signals = Signals::read(text);
        if let Some(article) = self.chosen(text, before) {
            return self.give_chosen(asked, &article, signals);
        }
        if read_choice(text).is_some() {
            // A number or a place, where nothing was asked: what was suggested is shown to choose from.
            if before.follow_ups.len() > 1 {
                return self.ask_again(asked, &before.follow_ups, signals);
            }
            return Ok(self.small_talk(asked, DialogueAct::Unclear, None, signals));
        }
        let question = match read_message(text) {
            // Nothing that is said out of courtesy comes before somebody's safety.
            Message::Talk { .. } if signals.is_urgent() => text.to_owned(),
            Message::Talk { act, language } => {
                match self.said(act, text, before, reading.is_some()) {
                    Said::Talk(act) => return Ok(self.small_talk(asked, act, language, signals)),
                    Said::PersonWanted => {
                        let wanted = Signals {
                            wants_person: true,
                            ..signals
                        };
                        // The ticket is about what was asked, not about the word of assent.
                        let matter = before.offered_for.as_deref().unwrap_or(text);
                        return self.decide_about(
                            asked,
                            self.weigh(matter, asked)?,
                            wanted,
                            Judgement::default(),
                        );
                    }
                    Said::SecretGiven => {
                        let reported = Signals {
                            fraud_report: true,
                            ..signals
                        };
                        let matter = said_of_theft(self.addressed_in(asked, language));
                        return self.decide_about(
                            asked,
                            self.weigh(matter, asked)?,
                            reported,
                            Judgement::default(),
                        );
                    }
                    Said::AskAgain => return self.ask_again(asked, &before.options, signals),
                    Said::AnotherThan => return self.another_than(asked, before, signals),
                    Said::Question => text.to_owned(),
                }
            }
            Message::Question { text } => text,
        };
        self.answer(asked, &question, reading, before, signals)
    }

    fn answer(
        &self,
        asked: &Asked<'_>,
        text: &str,
        reading: Option<&ArticleId>,
        before: &TurnsBefore,
        signals: Signals,
    ) -> Result<Outcome, EngineError> {
        let mut judgement = Judgement::default();
        let mandarin = in_mandarin(text);
        let text = mandarin.as_deref().unwrap_or(text);
        let meant = without_denied(text);
        let text = meant.as_deref().unwrap_or(text);
        let own = self.snapshot().knowledge().glossary.in_own_words(text);
        let text = own.as_deref().unwrap_or(text);
        let mut weighed = self.weigh(text, asked)?;
        let by_words = weighed.confidence;
        if let Some(reading) = reading {
            weighed.confidence = page::prefer(&mut weighed.ranking.order, reading, by_words);
        }
        // The page says what few words leave open.
        let told_by_page = weighed.confidence > by_words;
        let is_unsure = weighed.confidence < self.thresholds().answer.of(weighed.language);
        if is_unsure || !told_by_page && !is_all_known(&weighed, text) {
            self.try_other_spellings(asked, text, &mut weighed, &mut judgement)?;
        }
        if !signals.wants_person && !signals.is_urgent() {
            self.try_about_support(asked, text, &mut weighed, &mut judgement)?;
        }
        let restored = judgement.restored.clone();
        let text = restored.as_deref().unwrap_or(text);
        let leans = before.has_topic()
            && leans_on_turn_before(text)
            && (leans_by_particle(text) || !stands_alone(&weighed, text));
        if leans && let Some(earlier) = before.subject() {
            let matter = self.matter_of(earlier, weighed.language);
            let joined = self.weigh(&format!("{matter} {text}"), asked)?;
            let is_understood = is_all_known(&weighed, text);
            weighed = follow_up::join(weighed, &joined, before, text, is_understood);
            judgement.leaned = true;
            if weighed.confidence.0 < self.thresholds().clarify {
                // It has nothing to do with what was said: it stands by itself, whatever it looks like.
                weighed = self.weigh(text, asked)?;
                judgement.leaned = is_brief(&weighed, text);
                self.apply_rules(&mut weighed, text, told_by_page, &mut judgement);
            }
            let snapshot = weighed.snapshot.clone();
            let poles = super::polarity::Poles::of(text, &snapshot.knowledge().glossary);
            if let Some((top, _)) = weighed.top()
                && snapshot
                    .pulls_of(top, weighed.language)
                    .is_some_and(|pulls| poles.oppose(pulls))
                && weighed.cap(0.5)
            {
                judgement.caps.push((Cap::Opposite, 0.5));
            }
        } else {
            self.apply_rules(&mut weighed, text, told_by_page, &mut judgement);
        }
        self.decide_about(asked, weighed, signals, judgement)
    }

    /// What a subject is about in its bare words: `提币` of `怎么从 Kumora 提币？`. How it was asked stays out, as what is
    /// asked now is something else; so does the operator's name, which says nothing here. The subject where none is left.
    fn matter_of(&self, subject: &str, language: Language) -> String {
        let snapshot = self.snapshot();
        let ours = &snapshot.knowledge().glossary.ours;
        let normal = normalize_for_matching(subject);
        let words = content_words(&normal, language);
        let bare: Vec<&str> = words
            .iter()
            .map(|word| word.text.as_str())
            .filter(|word| !ours.iter().any(|name| name == word))
            .collect();
        match bare.is_empty() {
            true => subject.to_owned(),
            false => bare.join(" "),
        }
    }

    fn apply_rules(
        &self,
        weighed: &mut Weighed,
        text: &str,
        told_by_page: bool,
        judgement: &mut Judgement,
    ) {
        let snapshot = weighed.snapshot.clone();
        let support = |word: &str, article: u32| self.support_of(&snapshot, word, article);
        apply_caps(weighed, text, told_by_page, &support, judgement);
    }

    /// Weighs the question in other spellings, and keeps the one that is surest where it is surer than as written. The
    /// first encoder tells which one that is: the second takes several times as long.
    fn try_other_spellings(
        &self,
        asked: &Asked<'_>,
        text: &str,
        weighed: &mut Weighed,
        judgement: &mut Judgement,
    ) -> Result<(), EngineError> {
        if text.chars().count() > LONGEST_RESTORED {
            return Ok(());
        }
        let ways = weighed.snapshot.spellings().restored(text);
        let mut best: Option<(f32, String)> = None;
        for way in without_measures(text).into_iter().chain(ways) {
            let sure = self.weigh_by_first(&way, asked)?.confidence.0;
            if best.as_ref().is_none_or(|(surest, _)| sure > *surest) {
                best = Some((sure, way));
            }
        }
        let least = weighed.first.0 - HARDLY_LESS_SURE;
        let Some((_, way)) = best.filter(|(sure, _)| *sure > least) else {
            return Ok(());
        };
        let mut other = self.weigh(&way, asked)?;
        other.cap(SUREST_RESTORED);
        if other.confidence.0 > weighed.confidence.0 + CLEARLY_SURER {
            *weighed = other;
            judgement.restored = Some(way);
        }
        Ok(())
    }

    /// Weighs a question about staff with a plain word for support: what is asked are hours or languages, not a person.
    fn try_about_support(
        &self,
        asked: &Asked<'_>,
        text: &str,
        weighed: &mut Weighed,
        judgement: &mut Judgement,
    ) -> Result<(), EngineError> {
        let Some(way) = about_support(text) else {
            return Ok(());
        };
        let mut other = self.weigh(&way, asked)?;
        other.cap(SUREST_RESTORED);
        let is_another =
            other.top().map(|(first, _)| first) != weighed.top().map(|(first, _)| first);
        let least = match is_another {
            true => weighed.confidence.0 - HARDLY_LESS_SURE,
            false => weighed.confidence.0,
        };
        if other.confidence.0 > least {
            *weighed = other;
            judgement.restored = Some(way);
        }
        Ok(())
    }

    /// Decides about what was weighed, safety first.
    pub(super) fn decide_about(
        &self,
        asked: &Asked<'_>,
        mut weighed: Weighed,
        mut signals: Signals,
        judgement: Judgement,
    ) -> Result<Outcome, EngineError> {
        let is_of_fraud = weighed
            .top()
            .is_some_and(|(_, article)| article.intent == Intent::Fraud);
        if signals.fraud_report && !is_of_fraud && weighed.confidence.0 < CLEARLY_REPORTED {
            // Its first aid is that of a report.
            self.read_together(said_of_theft(weighed.language), asked, &mut weighed)?;
        }
        if signals.is_solicited() && !signals.fraud_report {
            self.put_safety_first(asked, &mut weighed, &signals)?;
            signals.wants_person = false;
        }
        let considered: Vec<Considered<'_>> = weighed
            .ranking
            .order
            .iter()
            .map(|(position, ranked)| Considered {
                article: weighed.snapshot.article_at(*position),
                score: ranked.score,
            })
            .collect();
        let script = script_of(asked.question.as_str(), asked.priors, weighed.language);
        let giving = Giving {
            knowledge: weighed.snapshot.knowledge(),
            routing: self.routing(),
            language: weighed.served,
            fallback: asked.fallback,
            script,
            today: asked.today,
            readership: asked.readership,
            passages: Some(&self.passage_finder(&weighed.snapshot, &weighed.question)),
        };
        let situation = Situation {
            confidence: weighed.confidence,
            signals: &signals,
            giving: &giving,
        };
        let mut decision = decide(&considered, &situation, &self.thresholds());
        // What is too short to stand alone is asked back, not handed over.
        let is_fragment = judgement.caps.iter().any(|(cap, _)| *cap == Cap::Fragment);
        let asks_back = is_fragment || judgement.leaned;
        if asks_back && is_for_want(&decision) && weighed.served.is_some() {
            decision = Decision::SmallTalk {
                act: DialogueAct::Unclear,
            };
        }
        // A report is about what its first aid is about.
        let aid = match &decision {
            Decision::Escalate {
                first_aid: Some(aid),
                ..
            } => considered
                .iter()
                .find(|candidate| candidate.article.id == aid.article),
            _ => None,
        };
        let top = aid
            .or(considered.first())
            .map(|candidate| candidate.article);
        let elsewhere = match weighed.served {
            Some(_) => None,
            None => weighed.ranking.languages.elsewhere(),
        };
        Ok(Outcome {
            decision,
            detected: weighed.ranking.languages,
            language: weighed.language,
            script,
            elsewhere,
            confidence: weighed.confidence,
            threshold: self.thresholds().answer.of(weighed.language),
            signals,
            judgement,
            intent: top.map(|article| article.intent),
            subject: top.map(|article| Subject {
                category: article.category.clone(),
                severity: article.severity,
                collect: article.collect.clone(),
                skills: article.skills.clone(),
            }),
            ranked: weighed
                .ranking
                .order
                .into_iter()
                .map(|(_, ranked)| ranked)
                .collect(),
            revision: weighed.snapshot.revision().clone(),
            encoder: weighed.snapshot.encoder_identity(),
        })
    }

    /// Reads what was said together with what is said of such a matter in every base, so that its article is near in each.
    fn read_together(
        &self,
        said: &str,
        asked: &Asked<'_>,
        weighed: &mut Weighed,
    ) -> Result<(), EngineError> {
        let text = format!("{said} {}", asked.question.as_str());
        let served = (weighed.served, weighed.language);
        *weighed = self.weigh(&text, asked)?;
        (weighed.served, weighed.language) = served;
        Ok(())
    }

    /// The article that says what staff never ask for comes first: the operator's choice, else the nearest on fraud.
    fn put_safety_first(
        &self,
        asked: &Asked<'_>,
        weighed: &mut Weighed,
        signals: &Signals,
    ) -> Result<(), EngineError> {
        if signals.asked_for_secret {
            self.read_together(said_of_secrets(weighed.language), asked, weighed)?;
        }
        let order = &weighed.ranking.order;
        let snapshot = &weighed.snapshot;
        let wanted = self.routing().safety_article.as_str();
        let chosen = order
            .iter()
            .find(|(_, ranked)| ranked.article.as_str() == wanted);
        let nearest = || {
            order
                .iter()
                .find(|(position, _)| snapshot.article_at(*position).intent == Intent::Fraud)
        };
        if let Some((position, _)) = chosen.or_else(nearest) {
            let position = *position;
            weighed.choose(position, CERTAIN);
        }
        Ok(())
    }
}

/// Characters of the longest question that is read in other spellings, and how much surer that must make it.
const LONGEST_RESTORED: usize = 60;
const CLEARLY_SURER: f32 = 0.08;
/// How much less sure the first encoder may be of a reading that the second may find surer, and how much less sure a
/// reading may be that leaves out the word for a person and finds another article.
const HARDLY_LESS_SURE: f32 = 0.13;
/// A reading may be mistaken.
const SUREST_RESTORED: f32 = 0.9;

/// What an article on secrets is about, in a visitor's words; read with the question, so that the one on what staff never
/// ask for is nearest in every base.
fn said_of_secrets(language: Language) -> &'static str {
    match language {
        Language::English => "Staff are asking me for my password, a code or my seed phrase.",
        Language::Chinese => "工作人员向我要密码、验证码或助记词。",
        Language::Japanese => "スタッフにパスワード、認証コード、シードフレーズを聞かれました。",
        Language::Korean => "직원이 비밀번호, 인증번호나 시드 문구를 물어봐요.",
    }
}

/// What a report of theft is about, in a visitor's words.
fn said_of_theft(language: Language) -> &'static str {
    match language {
        Language::English => "My account was taken over and my coins are gone.",
        Language::Chinese => "我的账户被盗，币被转走了。",
        Language::Japanese => "アカウントが乗っ取られ、資産を盗まれました。",
        Language::Korean => "계정이 탈취되고 코인을 도난당했어요.",
    }
}

/// Confidence below which a report of fraud is not near any article by its own words.
const CLEARLY_REPORTED: f32 = 0.5;

/// Whether a question is sure by itself and has matter enough of its own.
fn stands_alone(weighed: &Weighed, text: &str) -> bool {
    let words = content_words(&normalize_for_matching(text), weighed.language);
    let matter: usize = words
        .iter()
        .map(|word| match word.text.chars().count() {
            0 | 1 => 0,
            // A compound names two things, as 指値注文 does.
            longer if longer >= COMPOUND && word.text.chars().all(is_han) => 2,
            _ => 1,
        })
        .sum();
    weighed.confidence.0 >= STANDS_ALONE && matter >= OWN_MATTER
}

/// Whether a question says so little that asking back is all that can be done.
fn is_brief(weighed: &Weighed, text: &str) -> bool {
    content_words(&normalize_for_matching(text), weighed.language).len() <= 1
}

/// Whether the base knows every word of a question that carries matter.
fn is_all_known(weighed: &Weighed, text: &str) -> bool {
    let words = content_words(&normalize_for_matching(text), weighed.language);
    all_known(&weighed.snapshot, &words)
}

fn is_for_want(decision: &Decision) -> bool {
    matches!(
        decision,
        Decision::Escalate {
            reason: EscalationReason::LowConfidence | EscalationReason::NothingFound,
            ..
        }
    )
}

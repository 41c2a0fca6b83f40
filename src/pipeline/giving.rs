//! The one rule for giving an article: which wording, with which label, link, passage and follow-ups, and whether it is
//! given at all or a person is asked.
//!
//! It holds whether the article was decided on, chosen by the visitor, drafted from or suggested to an agent.

use super::outcome::{Answer, ClarifyOption, Decision, EscalationReason};
use super::passages::{Passage, PassageFinder};
use super::policy::{Routing, RoutingAction};
use crate::knowledge::{
    Article, ArticleId, Intent, KnowledgeBase, LanguagePolicy, Readership, Translation, encoded,
};
use crate::language::{ChineseScript, Language};
use crate::safety::Signals;

/// An article as an agent may send it.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestedArticle {
    /// Language of the text.
    pub language: Language,
    /// The question the article answers.
    pub title: String,
    /// What would be sent.
    pub text: String,
    /// Page with the whole article, relative to the site.
    pub link: String,
    /// The part of the article nearest to the question.
    pub span: Option<Passage>,
}

/// To whom articles are given, and when.
pub struct Giving<'a> {
    /// What there is to give.
    pub knowledge: &'a KnowledgeBase,
    /// What is done with each kind of article.
    pub routing: &'a Routing,
    /// Language of the visitor; `None` when theirs is not served.
    pub language: Option<Language>,
    /// Language used when theirs is missing.
    pub fallback: Language,
    /// How the visitor reads Chinese.
    pub script: ChineseScript,
    /// The day, `YYYY-MM-DD`.
    pub today: &'a str,
    /// Whom they are for.
    pub readership: &'a Readership,
    /// Finds the part of an article that answers; without it the summary is given.
    pub passages: Option<&'a PassageFinder<'a>>,
}

impl Giving<'_> {
    /// Returns the language the visitor is addressed in.
    pub fn addressed(&self) -> Language {
        self.language.unwrap_or(self.fallback)
    }

    /// Returns an article that may be given.
    pub fn article(&self, id: &ArticleId) -> Option<&Article> {
        let article = self.knowledge.article(id)?;
        article
            .may_be_given(self.today, self.readership)
            .then_some(article)
    }

    /// Returns the wording that is given.
    pub fn wording<'a>(&self, article: &'a Article) -> Option<&'a Translation> {
        self.own_and_shown(article).map(|(_, shown)| shown)
    }

    /// Returns the page with the whole article in the wording that is given.
    pub fn page(&self, article: &Article) -> Option<String> {
        let wording = self.wording(article)?;
        Some(page_of(wording.language, self.script, &article.id))
    }

    /// Returns the article as an agent may send it: what answers is the summary, unless it says nothing.
    pub fn suggestion(&self, article: &Article) -> Option<SuggestedArticle> {
        let (own, wording) = self.own_and_shown(article)?;
        let span = self
            .passages
            .and_then(|finder| finder.nearest(&article.id, own));
        let span = span.map(|span| span.written(own, self.script));
        let text = match &span {
            Some(span) if !wording.summary_says_something() => span.text.clone(),
            _ => wording.summary.clone(),
        };
        Some(SuggestedArticle {
            language: wording.language,
            title: wording.title.clone(),
            text,
            link: page_of(wording.language, self.script, &article.id),
            span,
        })
    }

    /// Returns the article as a visitor can choose it.
    pub fn option(&self, article: &Article) -> Option<ClarifyOption> {
        Some(ClarifyOption {
            article: article.id.clone(),
            title: self.wording(article)?.title.clone(),
        })
    }

    /// Returns the articles often needed next that may be given.
    pub fn follow_ups(&self, article: &Article) -> Vec<ClarifyOption> {
        article
            .follow_ups
            .iter()
            .filter_map(|id| self.option(self.article(id)?))
            .collect()
    }

    /// Returns the wording that is given, as its author wrote it and as the visitor reads it. Passages are found in the
    /// author's, which is what was read.
    fn own_and_shown<'a>(
        &self,
        article: &'a Article,
    ) -> Option<(&'a Translation, &'a Translation)> {
        let own = article.wording(self.addressed(), self.fallback)?;
        Some((own, article.written(own, self.script)))
    }

    /// Returns what is said with an article, whatever its kind.
    pub fn answer(&self, article: &Article) -> Option<Answer> {
        let (own, wording) = self.own_and_shown(article)?;
        let found = match self.passages {
            Some(finder) => finder.find(&article.id, own),
            None => Vec::new(),
        };
        let mut found = found
            .into_iter()
            .map(|passage| passage.written(own, self.script));
        let passage = found.next();
        let text = match &passage {
            Some(passage) => passage.text.clone(),
            None => wording.summary.clone(),
        };
        let mut link = page_of(wording.language, self.script, &article.id);
        if let Some(anchor) = passage.as_ref().and_then(|passage| passage.anchor.as_ref()) {
            link.push('#');
            link.push_str(&encoded(anchor));
        }
        Some(Answer {
            article: article.id.clone(),
            language: wording.language,
            // Who writes in a language that is not served is addressed in the fallback, and told so by the reason.
            other_language_label: article.policy != LanguagePolicy::Allow
                && wording.language != self.addressed(),
            title: wording.title.clone(),
            text,
            summary: wording.summary.clone(),
            link,
            passage,
            also: found.collect(),
            follow_ups: self.follow_ups(article),
        })
    }

    /// Gives an article, alone or beside a person, or asks a person, as the operator's policy and the article's say.
    pub fn give(&self, article: &Article, signals: &Signals) -> Decision {
        let escalate = |reason, first_aid| Decision::Escalate { reason, first_aid };
        let is_missing = self
            .language
            .is_none_or(|language| !article.translations.contains_key(&language));
        if is_missing && article.policy == LanguagePolicy::Strict {
            let reason = match self.language {
                None => EscalationReason::LanguageNotServed,
                Some(_) => EscalationReason::LanguageMissing,
            };
            return escalate(reason, None);
        }
        let Some(answer) = self.answer(article) else {
            return escalate(EscalationReason::LanguageMissing, None);
        };
        let (action, reason) = self.route(article, signals);
        match action {
            RoutingAction::Answer => Decision::Answer {
                answer,
                offer_person: None,
            },
            RoutingAction::AnswerAndOffer => Decision::Answer {
                answer,
                offer_person: Some(reason),
            },
            RoutingAction::Escalate => escalate(reason, Some(answer)),
        }
    }

    /// Tells what the operator wants done with an article of its kind, and why.
    pub fn route(&self, article: &Article, signals: &Signals) -> (RoutingAction, EscalationReason) {
        match article.intent {
            Intent::Personal if signals.has_identifier => (
                self.routing.personal_with_identifier,
                EscalationReason::PersonalCase,
            ),
            Intent::Personal => (self.routing.personal, EscalationReason::PersonalCase),
            Intent::Fraud => (self.routing.fraud, EscalationReason::FraudReport),
            Intent::Regulated => (self.routing.regulated, EscalationReason::Regulated),
            Intent::General => (RoutingAction::Answer, EscalationReason::LowConfidence),
        }
    }
}

/// Returns the page an article is read on, relative to the site.
pub fn page_of(language: Language, script: ChineseScript, article: &ArticleId) -> String {
    let code = match language {
        Language::Chinese if script.is_traditional() => script.tag(),
        _ => language.code(),
    };
    format!("/help/{code}/{article}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Revision;

    const DAY: &str = "2026-11-28";

    fn knowledge() -> KnowledgeBase {
        let article = |id: &str, languages: &[Language]| Article {
            translations: languages
                .iter()
                .map(|language| {
                    let wording = Translation {
                        title: format!("{id} in {language}"),
                        summary: format!("{id} says {language}"),
                        ..Translation::blank(*language)
                    };
                    (*language, wording)
                })
                .collect(),
            ..Article::blank(ArticleId::new(id))
        };
        use Language::{Chinese, English, Japanese};
        let mut articles = vec![
            Article {
                follow_ups: ["fees", "internal", "over", "tax"]
                    .map(ArticleId::new)
                    .to_vec(),
                ..article("fees", &[English, Japanese, Chinese])
            },
            Article {
                audience: vec!["staff".to_owned()],
                ..article("internal", &[English])
            },
            Article {
                valid_until: Some("2026-01-01".to_owned()),
                ..article("over", &[English])
            },
            Article {
                intent: Intent::Regulated,
                ..article("tax", &[English, Japanese])
            },
        ];
        articles.sort_by(|left, right| left.id.cmp(&right.id));
        KnowledgeBase::of_articles(articles, Revision("test".to_owned()))
    }

    fn giving<'a>(
        knowledge: &'a KnowledgeBase,
        routing: &'a Routing,
        language: Option<Language>,
        fallback: Language,
    ) -> Giving<'a> {
        Giving {
            knowledge,
            routing,
            language,
            fallback,
            script: ChineseScript::Simplified,
            today: DAY,
            readership: Readership::anybody(),
            passages: None,
        }
    }

    #[test]
    fn the_wording_is_the_visitors_else_the_fallbacks_and_says_so_when_it_differs() {
        use Language::{Chinese, English, Japanese, Korean};
        let (knowledge, routing) = (knowledge(), Routing::default());
        let check = |id: &str, language, fallback, shown: Language, is_labelled: bool| {
            let giving = giving(&knowledge, &routing, language, fallback);
            let article = knowledge.article(&ArticleId::new(id)).expect("it exists");
            let answer = giving.answer(article).expect("a wording");
            assert_eq!(
                (answer.language, answer.other_language_label),
                (shown, is_labelled),
                "{id} {language:?} {fallback}"
            );
            assert_eq!(answer.link, format!("/help/{shown}/{id}"));
        };
        check("fees", Some(Chinese), English, Chinese, false);
        check("fees", Some(Korean), English, English, true);
        check("fees", Some(Korean), Japanese, Japanese, true);
        // A visitor whose language is not served is addressed in the fallback: nothing is missing in it.
        check("fees", None, English, English, false);
        check("fees", None, Korean, English, true);
        check("over", Some(Korean), Japanese, English, true);
    }

    #[test]
    fn what_is_suggested_is_worded_as_what_is_answered() {
        use Language::{Chinese, English, Japanese, Korean};
        let (knowledge, routing) = (knowledge(), Routing::default());
        for (language, fallback) in [(Chinese, English), (Korean, Japanese), (Korean, Korean)] {
            let giving = giving(&knowledge, &routing, Some(language), fallback);
            for id in ["fees", "over", "tax"] {
                let article = knowledge.article(&ArticleId::new(id)).expect("it exists");
                let answer = giving.answer(article).expect("a wording");
                let suggested = giving.suggestion(article).expect("a wording");
                assert_eq!(
                    (suggested.language, &suggested.title, &suggested.text),
                    (answer.language, &answer.title, &answer.summary)
                );
                assert_eq!(suggested.link, answer.link);
                assert_eq!(giving.page(article), Some(answer.link));
            }
        }
    }

    #[test]
    fn only_what_the_visitor_may_have_follows() {
        let (knowledge, routing) = (knowledge(), Routing::default());
        let giving = giving(
            &knowledge,
            &routing,
            Some(Language::English),
            Language::English,
        );
        let fees = knowledge
            .article(&ArticleId::new("fees"))
            .expect("it exists");
        let next = giving.follow_ups(fees);
        let next: Vec<&str> = next.iter().map(|option| option.article.as_str()).collect();
        assert_eq!(next, ["fees", "tax"]);
        assert!(giving.article(&ArticleId::new("internal")).is_none());
        let staff = Giving {
            readership: &Readership::Staff,
            ..giving
        };
        assert!(staff.article(&ArticleId::new("internal")).is_some());
    }

    #[test]
    fn policy_holds_however_the_article_was_found() {
        let knowledge = knowledge();
        let tax = knowledge
            .article(&ArticleId::new("tax"))
            .expect("it exists");
        let check = |action: RoutingAction, expected: &str| {
            let routing = Routing {
                regulated: action,
                ..Routing::default()
            };
            let language = Some(Language::English);
            let giving = giving(&knowledge, &routing, language, Language::English);
            let said = match giving.give(tax, &Signals::default()) {
                Decision::Answer { offer_person, .. } => format!("answer {offer_person:?}"),
                Decision::Escalate { reason, first_aid } => {
                    format!("{reason:?} {}", first_aid.is_some())
                }
                Decision::Clarify { .. } => "clarify".to_owned(),
                Decision::SmallTalk { .. } => "small talk".to_owned(),
            };
            assert_eq!(said, expected);
        };
        check(RoutingAction::Answer, "answer None");
        check(RoutingAction::AnswerAndOffer, "answer Some(Regulated)");
        check(RoutingAction::Escalate, "Regulated true");
    }
}

//! The words of the console in four languages, and what somebody prefers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use minijinja::{Environment, Value, context};

use crate::desk::TwinReader;
use crate::http::edge::language::visitor_locale;
use crate::http::edge::pages::templates::format_value;
use crate::http::edge::problem::ApiError;
use crate::language::{ChineseScript, Language};
use crate::locale::{self, Locale};

/// Words by their name.
type Words = BTreeMap<String, String>;

static WORDS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../web/console/words.json"))
        .expect("the compiled-in words are JSON, as a test proves")
});

/// The Chinese words in traditional characters.
static TRADITIONAL: LazyLock<Words> = LazyLock::new(|| {
    WORDS[Language::Chinese.code()]
        .iter()
        .map(|(name, word)| {
            (
                name.clone(),
                ChineseScript::Taiwan.written(word).into_owned(),
            )
        })
        .collect()
});

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_formatter(format_value);
    for (name, source) in SOURCES {
        templates
            .add_template(name, source)
            .expect("the compiled-in templates parse, as a test proves");
    }
    templates
});

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        [$((
            concat!($name, ".html"),
            include_str!(concat!("../../../web/templates/console/", $name, ".html")),
        )),*]
    };
}

const SOURCES: [(&str, &str); 47] = templates![
    "layout",
    "notices",
    "choices",
    "sign_in",
    "desk",
    "queue",
    "conversation",
    "presence",
    "suggestions",
    "ticket",
    "visitor",
    "glosses",
    "tickets",
    "macros",
    "rules",
    "proposals",
    "changes",
    "knowledge",
    "categories",
    "article",
    "new_article",
    "wording",
    "preview",
    "faults",
    "history",
    "trials",
    "insights",
    "gap_card",
    "gap",
    "behind",
    "count",
    "contract",
    "review",
    "review_card",
    "start",
    "start_answers",
    "surge",
    "people",
    "programs",
    "webhook",
    "mail",
    "log",
    "privacy",
    "whose",
    "settings",
    "second_factor",
    "problem",
];

/// Begins the names of words for what was done.
const ACT: &str = "act_";

/// Cookie with the chosen language of the console.
pub(super) const LANGUAGE_COOKIE: &str = "mondo_console_language";
/// Cookie with the chosen theme.
pub(super) const THEME_COOKIE: &str = "mondo_console_theme";

/// What somebody at the desk prefers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Preferences {
    /// Language of the console; the visitor's is another matter.
    pub(super) language: Language,
    /// How its reader reads Chinese.
    pub(super) script: ChineseScript,
    /// `dark`, `light`, or as the system has it.
    pub(super) theme: Option<&'static str>,
}

impl<S: Send + Sync> FromRequestParts<S> for Preferences {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let chosen = cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Locale::from_tag);
        let locale = chosen.unwrap_or_else(|| visitor_locale(&parts.headers));
        let theme = cookie(&parts.headers, THEME_COOKIE);
        Ok(Self {
            language: locale.language(),
            script: locale.script(),
            theme: theme.and_then(theme_from),
        })
    }
}

/// Reads a theme.
pub(super) fn theme_from(code: &str) -> Option<&'static str> {
    ["dark", "light"].into_iter().find(|known| *known == code)
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

impl Preferences {
    /// Returns a word by its name; the name itself where there is none, so that a slip is seen.
    pub(super) fn word(&self, name: &str) -> String {
        self.words()
            .get(name)
            .cloned()
            .unwrap_or_else(|| name.to_owned())
    }

    /// Names what was done, by its code in the log; the code itself where it has no name.
    pub(super) fn act(&self, code: &str) -> String {
        self.words()
            .get(&format!("{ACT}{code}"))
            .cloned()
            .unwrap_or_else(|| code.to_owned())
    }

    /// Returns the acts that have a name, by code, in the order of their names.
    pub(super) fn acts(&self) -> Vec<(&'static str, &'static str)> {
        let mut acts: Vec<(&str, &str)> = self
            .words()
            .iter()
            .filter_map(|(name, word)| Some((name.strip_prefix(ACT)?, word.as_str())))
            .collect();
        acts.sort_by_key(|(_, word)| *word);
        acts
    }

    fn words(&self) -> &'static Words {
        match self.locale() {
            Locale::TraditionalChinese | Locale::HongKongChinese => &TRADITIONAL,
            _ => &WORDS[self.language.code()],
        }
    }

    /// Returns how somebody reads who has the console in this language.
    pub(super) fn reader(&self) -> TwinReader {
        TwinReader {
            language: self.language,
            script: self.script,
        }
    }

    /// Returns the locale of the console.
    pub(super) fn locale(&self) -> Locale {
        Locale::for_reader(self.language, self.script)
    }

    /// Returns a word with values in its places, such as `{name}`.
    pub(super) fn filled(&self, name: &str, values: &[(&str, &str)]) -> String {
        locale::filled(&self.word(name), values)
    }

    /// What every page has around its content; `here` is where a choice leads back to.
    pub(super) fn around(&self, here: &str) -> Result<Value, ApiError> {
        // No text can end the element it stands in.
        let json = serde_json::to_string(self.words())
            .map_err(ApiError::internal)?
            .replace('<', "\\u003c");
        let languages: Vec<Value> = Language::ALL
            .into_iter()
            .map(|language| context! { code => language.code(), name => language.endonym() })
            .collect();
        let locales: Vec<Value> = Locale::ALL
            .into_iter()
            .map(|locale| context! { code => locale.tag(), name => locale.endonym() })
            .collect();
        let other_theme = match self.theme {
            Some("dark") => "light",
            _ => "dark",
        };
        Ok(context! {
            language => self.language.code(),
            locale => self.locale().worded().tag(),
            theme => self.theme,
            other_theme,
            languages,
            locales,
            here,
            words_json => Value::from_safe_string(json),
        })
    }

    /// Renders a piece of a page with its words.
    pub(super) fn piece(&self, name: &str, values: Value) -> Result<String, ApiError> {
        let words = self.words();
        let template = TEMPLATES.get_template(name).map_err(ApiError::internal)?;
        template
            .render(context! { words, ..values })
            .map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_parses() {
        assert_eq!(TEMPLATES.templates().count(), SOURCES.len());
    }

    #[test]
    fn every_language_has_every_word() {
        let names = |language: Language| WORDS[language.code()].keys().collect::<Vec<_>>();
        for language in Language::ALL {
            assert_eq!(names(language), names(Language::English), "{language}");
            for (name, word) in &WORDS[language.code()] {
                assert!(!word.trim().is_empty(), "{language} {name}");
                let places = |text: &str| text.matches('{').count();
                assert_eq!(
                    places(word),
                    places(&WORDS["en"][name]),
                    "{language} {name}"
                );
            }
        }
        assert_eq!(WORDS.len(), Language::ALL.len());
    }

    #[test]
    fn what_is_learnt_from_questions_has_words() {
        use crate::conversation::Channel;
        use crate::insights::Verdict;
        use crate::insights::{GapKind, GaugeKind, Shortfall, TargetStanding};
        use crate::store::{FactKind, Part};
        let kinds = GapKind::ALL.map(|kind| format!("gap_{}", kind.code()));
        let shortfalls = Shortfall::ALL.map(|why| format!("short_{}", why.code()));
        let outcomes = FactKind::ALL.iter();
        let outcomes = outcomes.map(|kind| format!("out_{}", kind.code()));
        let verdicts = Verdict::ALL.map(|verdict| format!("verdict_{}", verdict.code()));
        let parts = Part::ALL.iter().map(|part| format!("by_{}", part.code()));
        let channels = Channel::ALL.map(|channel| format!("channel_{}", channel.code()));
        let gauges = GaugeKind::ALL.iter();
        let gauges = gauges.map(|kind| format!("gauge_{}", kind.code()));
        let standings = TargetStanding::ALL.iter();
        let standings = standings.map(|standing| format!("target_{}", standing.code()));
        let learnt = kinds.into_iter().chain(shortfalls).chain(outcomes);
        for word in learnt
            .chain(gauges)
            .chain(standings)
            .chain(verdicts)
            .chain(parts)
            .chain(channels)
        {
            assert!(WORDS["en"].contains_key(&word), "{word}");
        }
    }

    #[test]
    fn templates_use_only_words_that_exist() {
        for (name, source) in SOURCES {
            for rest in source.split("words.").skip(1) {
                let word: String = rest
                    .chars()
                    .take_while(|character| character.is_alphanumeric() || *character == '_')
                    .collect();
                assert!(WORDS["en"].contains_key(&word), "{name}: {word}");
            }
        }
    }
}

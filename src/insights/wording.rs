//! What can be seen in an article alone or by comparing its words literally: lengths, alternates, revisions, dates.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::sources::{Sources, folder_of, matter_of};
use crate::knowledge::{Article, Fault, KnowledgeBase, Translation};
use crate::language::{Language, normalize_for_matching};

/// Fewest alternates that give the search something to hold on to.
const FEWEST_ALTERNATES: usize = 3;
/// Most texts without enough alternates that are named one by one.
const MOST_NAMED: usize = 3;
/// Longest short answer, in characters: what fits a chat bubble on a phone.
const LONGEST_SUMMARY: usize = 400;

pub(super) fn check(knowledge: &KnowledgeBase, sources: &Sources<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for article in &knowledge.articles {
        faults.extend(matter_faults(article, sources));
        let authored = article.traditional.authored.iter();
        for translation in article.translations.values().chain(authored) {
            faults.extend(translation_faults(article, translation, sources));
        }
    }
    for language in Language::ALL {
        faults.extend(repeated_words(knowledge, language, sources));
    }
    faults.extend(few_alternates(knowledge, sources));
    faults
}

/// Texts without enough alternates: each by itself where they are few, else one line for all, because a base that was
/// brought in has none at all and its author need not hear that of every page.
fn few_alternates(knowledge: &KnowledgeBase, sources: &Sources<'_>) -> Vec<Fault> {
    const CHECK: &str = "few-alternates";
    let texts = knowledge
        .articles
        .iter()
        .flat_map(|article| article.translations.values());
    let few: Vec<&Translation> = texts
        .filter(|translation| translation.alternates.len() < FEWEST_ALTERNATES)
        .collect();
    let named = |translation: &Translation, message: String| {
        let path = &translation.path;
        at(
            Fault::warning(path, CHECK, message),
            sources.line_of_key(path, "alternates"),
        )
    };
    match few.as_slice() {
        [] => Vec::new(),
        [first, ..] if few.len() > MOST_NAMED => {
            let counts: Vec<String> = Language::ALL
                .into_iter()
                .map(|language| {
                    let count = few.iter().filter(|one| one.language == language).count();
                    (language, count)
                })
                .filter(|(_, count)| *count > 0)
                .map(|(language, count)| format!("{language} {count}"))
                .collect();
            let message = format!(
                "{} texts have fewer than {FEWEST_ALTERNATES} alternates ({}), this one among them; `mondo kb suggest-alternates` proposes some",
                few.len(),
                counts.join(", ")
            );
            vec![named(first, message)]
        }
        few => few
            .iter()
            .map(|translation| {
                let count = translation.alternates.len();
                let message = format!(
                    "has {count} of at least {FEWEST_ALTERNATES} alternates; add the words visitors type"
                );
                named(translation, message)
            })
            .collect(),
    }
}

fn matter_faults(article: &Article, sources: &Sources<'_>) -> Vec<Fault> {
    let path = matter_of(article);
    let mut faults = Vec::new();
    let folder = folder_of(article);
    let category = folder
        .parent()
        .and_then(Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    if let Some(category) = category.filter(|category| *category != article.category) {
        faults.push(at(
            Fault::error(
                &path,
                "category-mismatch",
                format!(
                    "category is `{}` but the folder is `{category}`; tickets are routed by the category, so make them agree",
                    article.category
                ),
            ),
            sources.line_of_key(&path, "category"),
        ));
    }
    if let (Some(from), Some(until)) = (&article.valid_from, &article.valid_until)
        && until < from
    {
        faults.push(at(
            Fault::error(
                &path,
                "never-valid",
                format!("valid_until {until} is before valid_from {from}; the article would never be given"),
            ),
            sources.line_of_key(&path, "valid_until"),
        ));
    }
    faults
}

fn translation_faults(
    article: &Article,
    translation: &Translation,
    sources: &Sources<'_>,
) -> Vec<Fault> {
    let path = &translation.path;
    let mut faults = Vec::new();
    let mut warn = |key: &str, check: &'static str, message: String| {
        faults.push(at(
            Fault::warning(path, check, message),
            sources.line_of_key(path, key),
        ));
    };
    if translation.source_rev < article.rev {
        warn(
            "source_rev",
            "stale-translation",
            format!(
                "follows revision {} of the source, which is at {}; bring the text up to date, then set source_rev = {}",
                translation.source_rev, article.rev, article.rev
            ),
        );
    }
    if translation.source_rev > article.rev {
        warn(
            "source_rev",
            "revision-ahead",
            format!(
                "claims to follow revision {} of the source, which is at {}; set rev in article.toml when the source changes",
                translation.source_rev, article.rev
            ),
        );
    }
    if !translation.summary_says_something() {
        warn(
            "summary",
            "summary-says-nothing",
            "the summary answers nothing: it repeats a heading, speaks of the page or leads to what follows; write the short answer"
                .to_owned(),
        );
    }
    let title_chars = translation.title.chars().count();
    let longest_title = longest_title(translation.language);
    if title_chars > longest_title {
        warn(
            "title",
            "long-title",
            format!(
                "the title has {title_chars} characters, more than {longest_title}; ask it in one short question"
            ),
        );
    }
    let summary_chars = translation.summary.chars().count();
    if summary_chars > LONGEST_SUMMARY {
        warn(
            "summary",
            "long-summary",
            format!(
                "the summary has {summary_chars} characters, more than {LONGEST_SUMMARY}; move detail to the body"
            ),
        );
    }
    if translation.body.trim().is_empty() {
        faults.push(
            Fault::error(
                path,
                "empty-body",
                "there is no text after the front matter; write the long answer".to_owned(),
            )
            .at_line(translation.body_line),
        );
    }
    faults
}

/// Longest title, in characters; Chinese, Japanese and Korean say as much in half as many.
fn longest_title(language: Language) -> usize {
    match language {
        Language::English => 120,
        Language::Chinese | Language::Japanese | Language::Korean => 60,
    }
}

/// Titles and alternates that say the same words, within a file or in two articles of one language.
fn repeated_words(
    knowledge: &KnowledgeBase,
    language: Language,
    sources: &Sources<'_>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut first_uses: HashMap<String, PathBuf> = HashMap::new();
    for article in &knowledge.articles {
        let Some(translation) = article.translations.get(&language) else {
            continue;
        };
        let path = &translation.path;
        // An alternate stands below the title, so the search for its line begins there.
        let first_line = sources.line_of_key(path, "alternates").unwrap_or(1);
        for (position, text) in questions_of(translation).enumerate() {
            let from = if position == 0 { 1 } else { first_line };
            let Some(first) = first_uses.insert(normalize_for_matching(text), path.clone()) else {
                continue;
            };
            let line = sources.line_with(path, from, text);
            if first == *path {
                faults.push(at(
                    Fault::warning(
                        path,
                        "repeated-alternate",
                        format!("`{text}` stands here twice; say it in other words or remove it"),
                    ),
                    line,
                ));
            } else {
                faults.push(at(
                    Fault::error(
                        path,
                        "shared-alternate",
                        format!(
                            "`{text}` also stands in {}; the bot cannot know which is meant, so keep it in one of them",
                            first.display()
                        ),
                    ),
                    line,
                ));
            }
        }
    }
    faults
}

/// Title and alternates, the title first.
pub(super) fn questions_of(translation: &Translation) -> impl Iterator<Item = &str> {
    std::iter::once(translation.title.as_str())
        .chain(translation.alternates.iter().map(String::as_str))
}

/// Adds a line where one is known.
pub(super) fn at(fault: Fault, line: Option<usize>) -> Fault {
    match line {
        Some(line) => fault.at_line(line),
        None => fault,
    }
}

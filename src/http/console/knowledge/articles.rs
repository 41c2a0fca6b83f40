//! The articles: which languages are missing or stale, and the editor with preview, check and earlier texts.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use minijinja::{Value, context};
use serde::Deserialize;
use strum::IntoEnumIterator as _;

use super::fault_counts::FaultCounts;
use crate::desk::{
    ArticleFile, ArticleFiles, Draft, Edit, KeptText, TextFile, TextOrigin, TranslationState,
};
use crate::http::console::clocks::length;
use crate::http::console::diff::by_lines;
use crate::http::console::shell::{AtDesk, private};
use crate::http::console::surge::category_name;
use crate::http::console::words::Preferences;
use crate::http::edge::extract::{ApiJson, ApiPath, ApiQuery};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::insights::{DEFAULT_DAYS, gap_in, gap_report};
use crate::http::edge::pages::address::help_link;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::draft::{DraftBody, file_from};
use crate::ids::GapId;
use crate::insights::{check_languages, draft_for};
use crate::knowledge::{
    Article, ArticleId, Fault, KnowledgeBase, Level, Stage, Wording, load_folder, read_matter,
    to_html,
};
use crate::language::Language;
use crate::locale::Locale;
use crate::staff::Permission;
use crate::store::ArticleUse;

/// Which articles are wanted.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct ArticlesQuery {
    #[serde(default)]
    show: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    q: String,
}

/// Every article with the state of its languages.
pub(in crate::http::console) async fn articles(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<ArticlesQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::WriteKnowledge)?;
    let preferences = at_desk.preferences();
    let snapshot = app.library().snapshot();
    let knowledge = snapshot.knowledge();
    let since = app.now().days_earlier(USE_LOOKED_AT);
    let used = app.library().article_use(since).await?;
    // Where no folder is edited, nothing can be mended here.
    let faults = FaultCounts::of(&app).await.unwrap_or_default();
    let use_of = |article: &Article| used.get(&article.id).copied().unwrap_or_default();
    let mut wanted: Vec<&Article> = knowledge
        .articles
        .iter()
        .filter(|article| query.wants(article, preferences.language))
        .collect();
    match query.sort.as_str() {
        "use" => wanted.sort_by_key(|article| std::cmp::Reverse(use_of(article).answers)),
        "rating" => wanted.sort_by_key(|article| {
            let opinions = use_of(article).opinions;
            (std::cmp::Reverse(opinions.not_helpful), opinions.helpful)
        }),
        _ => {}
    }
    let today = app.now().day();
    let articles: Vec<Value> = wanted
        .into_iter()
        .map(|article| {
            let line = line_values(preferences, knowledge, article, use_of(article), &today);
            context! { faults => faults.of_article(article), ..line }
        })
        .collect();
    let stages: Vec<Value> = Stage::iter()
        .filter(|stage| *stage != Stage::Published)
        .map(|stage| {
            let of_stage = knowledge.articles.iter();
            let of_stage = of_stage.filter(|article| article.stage == stage);
            stage_values(preferences, stage, of_stage.count())
        })
        .collect();
    let count = |wanted| {
        let articles = knowledge.articles.iter();
        articles.filter(|article| has(article, wanted)).count()
    };
    let values = context! {
        articles,
        total => knowledge.articles.len(),
        missing => count(TranslationState::Missing),
        stale => count(TranslationState::Stale),
        stages,
        categories => category_values(knowledge, preferences.locale()),
        category => query.category,
        sort => query.sort,
        show => query.show,
        q => query.q,
    };
    at_desk.page("knowledge.html", "/console/knowledge", values)
}

impl ArticlesQuery {
    fn wants(&self, article: &Article, language: Language) -> bool {
        let is_shown = match self.show.as_str() {
            "missing" => has(article, TranslationState::Missing),
            "stale" => has(article, TranslationState::Stale),
            stage if stage == article.stage.code() => true,
            "" => true,
            _ => false,
        };
        let is_of_category = self.category.is_empty() || self.category == article.category;
        let words = self.q.trim().to_lowercase();
        let title = article
            .wording(language, language)
            .map(|wording| &wording.title);
        let is_found = article.id.as_str().contains(&words)
            || title.is_some_and(|title| title.to_lowercase().contains(&words));
        is_shown && is_of_category && is_found
    }
}

/// The categories by their names in a locale.
fn category_values(knowledge: &KnowledgeBase, locale: Locale) -> Vec<Value> {
    let codes = knowledge.category_codes().into_iter();
    let named = codes.map(|code| context! { code, name => category_name(knowledge, code, locale) });
    named.collect()
}

/// Tells whether any language of an article stands so.
fn has(article: &Article, wanted: TranslationState) -> bool {
    Language::ALL
        .into_iter()
        .any(|language| TranslationState::of(article, language) == wanted)
}

/// Days over which the use of articles is counted.
const USE_LOOKED_AT: u32 = 30;

fn stage_values(preferences: &Preferences, stage: Stage, count: usize) -> Value {
    context! {
        code => stage.code(),
        word => preferences.word(&format!("stage_{}", stage.code())),
        count,
    }
}

fn line_values(
    preferences: &Preferences,
    knowledge: &KnowledgeBase,
    article: &Article,
    used: ArticleUse,
    today: &str,
) -> Value {
    let language = preferences.language;
    let wording = article.wording_in(language, language, preferences.script);
    let category = knowledge
        .categories
        .get(&article.category)
        .and_then(|category| category.titles.get(&language));
    let states: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| {
            state_values(
                preferences,
                language,
                TranslationState::of(article, language),
            )
        })
        .collect();
    context! {
        id => article.id.as_str(),
        title => wording.map(|wording| &wording.title),
        title_language => wording.map(|wording| wording.language.code()),
        category => category.unwrap_or(&article.category),
        states,
        stage => stage_values(preferences, article.stage, 0),
        is_published => article.stage == Stage::Published,
        begins => article.valid_from.as_ref().filter(|from| from.as_str() > today),
        ended => article.valid_until.as_ref().filter(|until| until.as_str() < today),
        answers => used.answers,
        helpful => used.opinions.helpful,
        not_helpful => used.opinions.not_helpful,
    }
}

fn state_values(preferences: &Preferences, language: Language, state: TranslationState) -> Value {
    context! {
        language => language.code(),
        name => language.endonym(),
        state => state.code(),
        word => preferences.word(&format!("text_{}", state.code())),
    }
}

/// What a new article is to be about.
#[derive(Debug, Deserialize)]
pub(in crate::http::console) struct NewArticleQuery {
    gap: Option<GapId>,
    /// What somebody searched for, and in which language.
    title: Option<String>,
    language: Option<Language>,
}

/// An empty article, or one that begins with the questions of a gap or with what was searched for.
pub(in crate::http::console) async fn new_article(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiQuery(query): ApiQuery<NewArticleQuery>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::WriteKnowledge)?;
    let snapshot = app.library().snapshot();
    let draft = match query.gap {
        Some(id) => {
            let gap = gap_in(gap_report(&app, DEFAULT_DAYS).await?, id)?;
            Some(draft_for(&gap, snapshot.knowledge()))
        }
        None => None,
    };
    let categories: Vec<String> = snapshot
        .knowledge()
        .category_codes()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let searched = query.language.zip(query.title);
    let languages: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| {
            let title = searched.as_ref().filter(|(own, _)| *own == language);
            let own = draft.as_ref().filter(|draft| draft.language == language);
            context! {
                code => language.code(),
                name => language.endonym(),
                title => own.map(|draft| draft.title.as_str()).or(title.map(|(_, title)| title.as_str())),
                alternates => own.map(|draft| draft.alternates.join("\n")),
            }
        })
        .collect();
    let values = context! {
        categories,
        languages,
        category => draft.as_ref().and_then(|draft| draft.category.as_ref()),
    };
    at_desk.page("new_article.html", "/console/knowledge", values)
}

/// One article in all its languages, side by side.
pub(in crate::http::console) async fn article(
    State(app): State<AppState>,
    at_desk: AtDesk,
    ApiPath(id): ApiPath<ArticleId>,
) -> Result<Response, ApiError> {
    at_desk.staff.require(Permission::WriteKnowledge)?;
    let desk = app.library();
    let files = desk.article_files(&id).await?;
    let library = Arc::clone(desk.folder()?);
    let writable = tokio::task::spawn_blocking(move || library.is_writable())
        .await
        .map_err(ApiError::internal)?;
    let preferences = at_desk.preferences();
    let wordings: Vec<Value> = Language::ALL
        .into_iter()
        .map(|language| wording_values(preferences, language, &files))
        .collect();
    let snapshot = desk.snapshot();
    let title = snapshot
        .knowledge()
        .article(&id)
        .and_then(|article| {
            let language = preferences.language;
            article.wording_in(language, language, preferences.script)
        })
        .map(|wording| wording.title.clone());
    let matter = files.get(&ArticleFile::Matter);
    let stands = matter.and_then(|file| read_matter(&file.text).ok());
    let stages: Vec<Value> = Stage::iter()
        .map(|stage| stage_values(preferences, stage, 0))
        .collect();
    let values = context! {
        stages,
        stage => stands.as_ref().map(|matter| matter.stage.code()),
        valid_from => stands.as_ref().and_then(|matter| matter.valid_from).map(|day| day.to_string()),
        valid_until => stands.as_ref().and_then(|matter| matter.valid_until).map(|day| day.to_string()),
        id => id.as_str(),
        heading => title,
        matter => matter.map(|file| file.text.clone()),
        matter_hash => matter.map(|file| file.hash.clone()),
        wordings,
        writable,
    };
    at_desk.page("article.html", "/console/knowledge", values)
}

/// One language of an article, as it lies in the folder now.
pub(in crate::http::console) async fn wording(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    Path((id, language)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let language = Language::from_tag(&language).ok_or_else(|| ApiError::not_found("page"))?;
    let files = app.library().article_files(&ArticleId::new(id)).await?;
    let wording = wording_values(&preferences, language, &files);
    let piece = preferences.piece("wording.html", context! { wording, writable => true })?;
    Ok(private(piece))
}

fn wording_values(preferences: &Preferences, language: Language, files: &ArticleFiles) -> Value {
    let file = ArticleFile::Wording(language);
    let lying: Option<&TextFile> = files.get(&file);
    let rev = files
        .get(&ArticleFile::Matter)
        .and_then(|matter| read_matter(&matter.text).ok())
        .map_or(1, |matter| matter.rev);
    let read = lying.map(|lying| Wording::read(&lying.text));
    let state = match &read {
        None => TranslationState::Missing,
        Some(Ok(wording)) if wording.source_rev < rev => TranslationState::Stale,
        Some(_) => TranslationState::Current,
    };
    let unreadable = read
        .as_ref()
        .and_then(|read| read.as_ref().err())
        .map(ToString::to_string);
    let wording = read.and_then(Result::ok).unwrap_or_default();
    context! {
        language => language.code(),
        name => language.endonym(),
        file => file.name(),
        hash => lying.map_or("none", |lying| lying.hash.as_str()),
        state => state.code(),
        state_word => preferences.word(&format!("text_{}", state.code())),
        unreadable,
        title => wording.title,
        alternates => wording.alternates.join("\n"),
        summary => wording.summary,
        body => wording.body,
    }
}

/// Shows a draft as visitors will read it.
pub(in crate::http::console) async fn preview(
    State(_): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    Path((_, language)): Path<(String, String)>,
    ApiJson(draft): ApiJson<DraftBody>,
) -> Result<Response, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let language = Language::from_tag(&language).ok_or_else(|| ApiError::not_found("page"))?;
    let Draft::Wording(wording, _) = Draft::from(draft) else {
        return Err(ApiError::not_found("preview of a whole file"));
    };
    // Markdown of a long article takes more than half a millisecond.
    let piece = tokio::task::spawn_blocking(move || {
        // Sanitised where it is made from Markdown, as on the help pages.
        let html = to_html(&wording.body, |slug| help_link(Locale::of(language), slug));
        let body = Value::from_safe_string(html);
        let (title, summary) = (wording.title, wording.summary);
        preferences.piece("preview.html", context! { title, summary, body })
    });
    Ok(private(piece.await.map_err(ApiError::internal)??))
}

/// Checks a draft as `mondo kb check` would check the folder with it.
pub(in crate::http::console) async fn checks(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    Path((id, file)): Path<(String, String)>,
    ApiJson(draft): ApiJson<DraftBody>,
) -> Result<Response, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let (article, file) = (ArticleId::new(id), file_from(&file)?);
    let desk = app.library();
    let path = desk.path_of(&article, file)?;
    let edit = Edit {
        article,
        file,
        draft: draft.into(),
        read: None,
    };
    let staged = match desk.stage(&edit).await {
        Ok(staged) => staged,
        // What cannot even be read is the first thing to be told.
        Err(crate::desk::DeskError::UnreadableText(unreadable)) => {
            let fault = Fault::error(path, "bad-front-matter", unreadable.message);
            return faults_piece(&preferences, &[fault.at_line(unreadable.line)]);
        }
        Err(error) => return Err(error.into()),
    };
    let languages = match file {
        ArticleFile::Wording(language) => vec![language],
        ArticleFile::Matter => Vec::new(),
    };
    let folder = path.parent().map(FilePath::to_owned).unwrap_or_default();
    let found = desk.with_encoder(move |encoder| {
        let loaded = load_folder(staged.root())?;
        let root = staged.root();
        let report = check_languages(root, &loaded.knowledge, loaded.faults, encoder, &languages);
        let is_near = |fault: &Fault| fault.path == path || fault.path == folder;
        Ok(report
            .faults
            .into_iter()
            .filter(is_near)
            .collect::<Vec<_>>())
    });
    let found: Result<Vec<Fault>, crate::knowledge::LoadError> = found.await?;
    faults_piece(&preferences, &found.map_err(ApiError::internal)?)
}

pub(super) fn faults_piece(
    preferences: &Preferences,
    faults: &[Fault],
) -> Result<Response, ApiError> {
    let faults: Vec<Value> = faults
        .iter()
        .map(|fault| {
            context! {
                place => match fault.line {
                    Some(line) => format!("{}:{line}", fault.path.display()),
                    None => fault.path.display().to_string(),
                },
                level => match fault.level { Level::Error => "error", Level::Warning => "warning" },
                check => fault.check,
                message => &fault.message,
            }
        })
        .collect();
    Ok(private(
        preferences.piece("faults.html", context! { faults })?,
    ))
}

/// The texts a file has had, each with what changed.
pub(in crate::http::console) async fn history(
    State(app): State<AppState>,
    preferences: Preferences,
    staff: Staff,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let article = ArticleId::new(id);
    let kept = app
        .library()
        .kept_texts(&article, file_from(&file)?)
        .await?;
    let now = app.now();
    let piece = tokio::task::spawn_blocking(move || {
        let texts: Vec<Value> = kept
            .iter()
            .enumerate()
            .map(|(place, text)| {
                let before = kept.get(place + 1).map(|before| before.text.as_str());
                history_values(&preferences, text, before, place == 0, now)
            })
            .collect();
        preferences.piece("history.html", context! { texts })
    });
    Ok(private(piece.await.map_err(ApiError::internal)??))
}

fn history_values(
    preferences: &Preferences,
    kept: &KeptText,
    before: Option<&str>,
    newest: bool,
    now: crate::time::Timestamp,
) -> Value {
    let origin = match kept.origin {
        TextOrigin::Found => "origin_found",
        TextOrigin::Edited => "origin_edited",
        TextOrigin::Restored => "origin_restored",
        TextOrigin::Accepted => "origin_accepted",
    };
    let age = length(preferences, now.millis_since(kept.created).max(0));
    context! {
        id => &kept.id,
        newest,
        origin => preferences.word(origin),
        by => kept.by.as_ref().map(|by| &by.name),
        created => kept.created.to_string(),
        age => preferences.filled("ago", &[("time", &age)]),
        changes => before.map(|before| by_lines(before, &kept.text)),
    }
}

//! `/v1/staff/knowledge`: the articles as authors edit them.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::{
    ArticleFile, Edit, KeptText, NewArticle, TextFile, TextOrigin, TranslationState,
};
use crate::http::edge::extract::{ApiJson, ApiPath};
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::{ApiError, Problem, ProblemKind};
use crate::http::edge::state::AppState;
use crate::http::staff::wire::SpeakerBody;
use crate::http::wire::by_language::by_language;
use crate::http::wire::draft::{DraftBody, StageCode, WordingBody, file_from};
use crate::http::wire::form::code::Code;
use crate::http::wire::form::object::Object;
use crate::http::wire::form::text::{Hash, Slug, Text};
use crate::knowledge::{Article, ArticleId, Stage};
use crate::language::Language;
use crate::staff::Permission;

/// Every article.
#[derive(Debug, Serialize, ToSchema)]
struct KnowledgeResponse {
    /// Revision of what is served.
    revision: String,
    /// By id.
    articles: Vec<ArticleLine>,
}

/// One article and its languages.
#[derive(Debug, Serialize, ToSchema)]
struct ArticleLine {
    /// The article.
    id: String,
    /// Its category.
    category: String,
    /// Revision of its source text.
    rev: u32,
    /// Where it stands: `draft`, `review`, `published` or `archived`; only a published one is given.
    stage: &'static str,
    /// First day it may be given.
    valid_from: Option<String>,
    /// Last day it may be given.
    valid_until: Option<String>,
    /// How each language stands: `current`, `stale` or `missing`.
    languages: BTreeMap<&'static str, &'static str>,
}

impl From<&Article> for ArticleLine {
    fn from(article: &Article) -> Self {
        let state = |language| TranslationState::of(article, language).code();
        Self {
            id: article.id.to_string(),
            category: article.category.clone(),
            rev: article.rev,
            stage: article.stage.code(),
            valid_from: article.valid_from.clone(),
            valid_until: article.valid_until.clone(),
            languages: Language::ALL
                .map(|language| (language.code(), state(language)))
                .into(),
        }
    }
}

/// Lists the articles that are served, and which languages are missing or stale.
#[utoipa::path(
    get,
    path = "/v1/staff/knowledge",
    tag = "staff",
    responses(
        (status = 200, description = "Every article", body = KnowledgeResponse),
        ApiError,
    )
)]
async fn list(
    State(app): State<AppState>,
    staff: Staff,
) -> Result<Json<KnowledgeResponse>, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let snapshot = app.library().snapshot();
    let knowledge = snapshot.knowledge();
    Ok(Json(KnowledgeResponse {
        revision: knowledge.revision().to_string(),
        articles: knowledge.articles.iter().map(ArticleLine::from).collect(),
    }))
}

/// The files of an article.
#[derive(Debug, Serialize, ToSchema)]
struct FilesResponse {
    /// As they lie in the folder now.
    files: Vec<FileBody>,
}

/// One file of an article.
#[derive(Debug, Serialize, ToSchema)]
struct FileBody {
    /// `article.toml`, or `en.md` and its siblings.
    name: String,
    /// What it says.
    text: String,
    /// To be sent as `If-Match` when it is replaced.
    hash: String,
}

impl FileBody {
    fn new(file: ArticleFile, read: TextFile) -> Self {
        let TextFile { text, hash } = read;
        Self {
            name: file.name(),
            text,
            hash,
        }
    }
}

/// Reads the files of an article.
#[utoipa::path(
    get,
    path = "/v1/staff/knowledge/{article}",
    tag = "staff",
    params(("article" = String, Path, description = "The article", max_length = 200)),
    responses(
        (status = 200, description = "Its files", body = FilesResponse),
        ApiError,
    )
)]
async fn read(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(article): ApiPath<ArticleId>,
) -> Result<Json<FilesResponse>, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    Ok(Json(files_of(&app, &article).await?))
}

/// An article that is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "gift-wrapping", "category": "shop", "texts": { "en": { "title": "Do you wrap gifts?", "summary": "Yes, for free." } } }))]
struct NewArticleRequest {
    /// Its name, to which links will lead: small letters, digits and hyphens.
    id: KnowledgeName,
    /// What it is about; one that is new begins with it.
    category: KnowledgeName,
    /// Where it stands at first.
    #[serde(default)]
    stage: Option<StageCode>,
    /// What it says, by language; one at least.
    #[schema(schema_with = wordings)]
    texts: BTreeMap<Language, Object<WordingBody>>,
}

/// A name of an article or a category.
type KnowledgeName = Text<Slug, 60>;

fn wordings() -> RefOr<Schema> {
    by_language(Ref::from_schema_name(WordingBody::name()).into())
}

/// Begins an article, in the languages it is written in so far; it is served at once unless it is a draft.
#[utoipa::path(
    post,
    path = "/v1/staff/knowledge",
    tag = "staff",
    request_body = NewArticleRequest,
    responses(
        (status = 201, description = "Its files", body = FilesResponse),
        ApiError,
    )
)]
async fn create(
    State(app): State<AppState>,
    staff: Staff,
    ApiJson(request): ApiJson<NewArticleRequest>,
) -> Result<(StatusCode, Json<FilesResponse>), ApiError> {
    let by = staff.agent_with(Permission::WriteKnowledge)?;
    let NewArticleRequest {
        id,
        category,
        stage,
        texts,
    } = request;
    let texts = texts
        .into_iter()
        .map(|(language, Object(text))| (language, text.into_parts().0));
    let new = NewArticle {
        id: id.into_string(),
        category: category.into_string(),
        stage: stage.map_or_else(Stage::default, |Code(stage)| stage),
        texts: texts.collect(),
    };
    let article = app.library().create_article(new, by, app.now()).await?;
    let files = files_of(&app, &article).await?;
    Ok((StatusCode::CREATED, Json(files)))
}

async fn files_of(app: &AppState, article: &ArticleId) -> Result<FilesResponse, ApiError> {
    let files = app.library().article_files(article).await?;
    let files = files
        .into_iter()
        .map(|(file, read)| FileBody::new(file, read));
    Ok(FilesResponse {
        files: files.collect(),
    })
}

/// The header `If-Match`: the hash of what was read, or `none` where there was no file.
pub(in crate::http) struct ReadBefore(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for ReadBefore {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read_before(&parts.headers)
    }
}

/// The same, as it is described.
pub(super) type HashText = Text<Hash, 100>;

fn read_before(headers: &HeaderMap) -> Result<ReadBefore, ApiError> {
    let value = headers.get(IF_MATCH).and_then(|value| value.to_str().ok());
    let read = value.and_then(|value| HashText::read(value.trim()).ok());
    match read.as_deref().map(|hash| hash.trim_matches('"')) {
        Some("none") => Ok(ReadBefore(None)),
        Some(hash) => Ok(ReadBefore(Some(hash.to_owned()))),
        _ => Err(ApiError::new(
            ProblemKind::BadRequest,
            "send the `hash` of what you have read as If-Match, or `none` where there was no file",
        )
        .in_field("If-Match")),
    }
}

/// Replaces a file of an article; what it said before is kept.
#[utoipa::path(
    put,
    path = "/v1/staff/knowledge/{article}/{file}",
    tag = "staff",
    request_body = DraftBody,
    params(
        ("article" = String, Path, description = "The article", max_length = 200),
        ("file" = String, Path, description = "`article.toml`, or `en.md` and its siblings", max_length = 200),
        ("If-Match" = inline(HashText), Header, description = "The hash of what was read, or `none` where there was no file"),
    ),
    responses(
        (status = 200, description = "The file as it lies in the folder", body = FileBody),
        (status = "4XX", description = "Refused; 409 with the field `If-Match` when somebody else has saved it meanwhile", body = Problem, content_type = "application/problem+json"),
    )
)]
async fn save(
    State(app): State<AppState>,
    staff: Staff,
    Path((article, file)): Path<(String, String)>,
    read: Result<ReadBefore, ApiError>,
    ApiJson(draft): ApiJson<DraftBody>,
) -> Result<Json<FileBody>, ApiError> {
    let by = staff.agent_with(Permission::WriteKnowledge)?;
    let file = file_from(&file)?;
    let edit = Edit {
        article: ArticleId::new(article),
        file,
        draft: draft.into(),
        read: read?.0,
    };
    let desk = app.library();
    let saved = desk
        .save_article(edit, TextOrigin::Edited, by, app.now())
        .await?;
    Ok(Json(FileBody::new(file, saved)))
}

/// The texts a file has had.
#[derive(Debug, Serialize, ToSchema)]
struct RevisionsResponse {
    /// The newest first.
    revisions: Vec<RevisionBody>,
}

/// A text as it once lay in the folder.
#[derive(Debug, Serialize, ToSchema)]
struct RevisionBody {
    /// Its name in the record.
    id: String,
    /// `found`, `edited`, `restored` or `accepted`.
    #[schema(example = "edited")]
    origin: &'static str,
    /// By whom; nothing for what was found.
    by: Option<SpeakerBody>,
    /// The whole text.
    text: String,
    /// When it was kept.
    #[schema(format = DateTime)]
    created: String,
}

impl From<KeptText> for RevisionBody {
    fn from(kept: KeptText) -> Self {
        let KeptText {
            id,
            article: _,
            file: _,
            text,
            origin,
            by,
            created,
        } = kept;
        Self {
            id,
            origin: origin.code(),
            by: by.map(SpeakerBody::from),
            text,
            created: created.to_string(),
        }
    }
}

/// Lists the texts a file has had since it was first edited at the desk.
#[utoipa::path(
    get,
    path = "/v1/staff/knowledge/{article}/{file}/revisions",
    tag = "staff",
    params(
        ("article" = String, Path, description = "The article", max_length = 200),
        ("file" = String, Path, description = "`article.toml`, or `en.md` and its siblings", max_length = 200),
    ),
    responses(
        (status = 200, description = "The last fifty", body = RevisionsResponse),
        ApiError,
    )
)]
async fn revisions(
    State(app): State<AppState>,
    staff: Staff,
    Path((article, file)): Path<(String, String)>,
) -> Result<Json<RevisionsResponse>, ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let article = ArticleId::new(article);
    let kept = app
        .library()
        .kept_texts(&article, file_from(&file)?)
        .await?;
    let revisions = kept.into_iter().map(RevisionBody::from).collect();
    Ok(Json(RevisionsResponse { revisions }))
}

/// Brings an earlier text back; the text it replaces is kept too.
#[utoipa::path(
    post,
    path = "/v1/staff/knowledge/revisions/{id}/restoration",
    tag = "staff",
    params(
        ("id" = String, Path, description = "The earlier text", max_length = 200),
        ("If-Match" = inline(HashText), Header, description = "The hash of what lies in the folder now"),
    ),
    responses(
        (status = 200, description = "The file as it lies in the folder", body = FileBody),
        ApiError,
    )
)]
async fn restore(
    State(app): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    read: Result<ReadBefore, ApiError>,
) -> Result<Json<FileBody>, ApiError> {
    let by = staff.agent_with(Permission::WriteKnowledge)?;
    let (file, restored) = app
        .library()
        .restore_text(&id, read?.0, by, app.now())
        .await?;
    Ok(Json(FileBody::new(file, restored)))
}

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(create))
        .routes(routes!(read))
        .routes(routes!(save))
        .routes(routes!(revisions))
        .routes(routes!(restore))
}

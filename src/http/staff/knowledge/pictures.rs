//! Pictures beside the texts of an article.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::edge::client::origin::Origin;
use crate::http::edge::extract::{ApiPath, ApiQuery};
use crate::http::edge::files::uploads::read_upload;
use crate::http::edge::guard::staff::Staff;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::attachment::{FileContent, NameQuery};
use crate::knowledge::ArticleId;
use crate::staff::Permission;

/// A picture that lies beside the texts.
#[derive(Debug, Serialize, ToSchema)]
struct PictureResponse {
    /// The name by which a text shows it.
    #[schema(example = "basket.png")]
    name: String,
    /// The same as Markdown.
    #[schema(example = "![](basket.png)")]
    markdown: String,
}

/// Puts a picture beside the texts of an article; it is served once a text that shows it is saved.
#[utoipa::path(
    post,
    path = "/v1/staff/knowledge/{article}/pictures",
    tag = "staff",
    request_body(content = inline(FileContent), content_type = "application/octet-stream", description = "PNG, JPEG, WebP or GIF; where and with what it was taken is removed"),
    params(
        ("article" = String, Path, description = "The article", max_length = 200),
        NameQuery,
    ),
    responses(
        (status = 201, description = "The picture", body = PictureResponse),
        ApiError,
    )
)]
async fn add(
    State(app): State<AppState>,
    staff: Staff,
    ApiPath(article): ApiPath<ArticleId>,
    ApiQuery(query): ApiQuery<NameQuery>,
    origin: Origin,
    body: Body,
) -> Result<(StatusCode, Json<PictureResponse>), ApiError> {
    staff.require(Permission::WriteKnowledge)?;
    let content = read_upload(&app, origin, body).await?;
    let name = app
        .library()
        .add_picture(&article, &query.name, content)
        .await?;
    let markdown = format!("![]({name})");
    Ok((
        StatusCode::CREATED,
        Json(PictureResponse { name, markdown }),
    ))
}

/// Routes whose time depends on the author's connection.
pub(super) fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(add))
}

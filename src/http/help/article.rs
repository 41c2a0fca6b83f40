//! One article, and whether it helped.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::{Value, context};
use serde::Deserialize;

use super::frame::{Frame, faq_data};
use super::home::title_of;
use super::missing::missing;
use super::path::PageLocale;
use crate::conversation::Rating;
use crate::http::edge::pages::address::code_of;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::article::{RenderedArticle, Shelf};
use crate::http::wire::rating::RatingCode;
use crate::knowledge::{ArticleId, LanguagePolicy, Readership, plain_form};
use crate::language::Language;
use crate::locale::{Locale, filled};

/// Longest text that search engines are given where the summary says nothing, in characters.
const DESCRIPTION_CHARS: usize = 300;

/// What a reader has just done.
#[derive(Debug, Deserialize)]
pub(super) struct Done {
    rated: Option<RatingCode>,
}

/// Shows an article in the reader's language, or says honestly in which other one.
pub(super) async fn article(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    Path((_, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, ApiError> {
    let snapshot = app.visitors().snapshot();
    let frame = Frame::new(&app, locale, &id);
    let wanted = locale.language();
    let id = ArticleId::new(id);
    let found = {
        let snapshot = snapshot.clone();
        let shelf = Shelf {
            locale,
            fallback: app.visitors().fallback(),
            day: app.now().day(),
            readership: Readership::ANYBODY,
            pictures: app.settings().site.pictures.clone(),
        };
        // Markdown and template of a long article take more than half a millisecond.
        tokio::task::spawn_blocking(move || {
            RenderedArticle::find(snapshot.knowledge(), &id, &shelf, |slug| {
                format!("/help/{}/{slug}", code_of(locale))
            })
        })
        .await
        .map_err(ApiError::internal)?
    };
    let Some(rendered) = found else {
        return missing(&frame);
    };
    let knowledge = snapshot.knowledge();
    let Some(article) = knowledge.article(&rendered.article) else {
        return missing(&frame);
    };
    let shown = Locale::for_reader(rendered.wording.language, locale.script());
    let frame = frame.written_in(
        rendered
            .languages
            .iter()
            .flat_map(|language| Locale::reading(*language))
            .collect(),
        shown,
    );
    let help = &frame.words().help;
    let is_withheld =
        rendered.wording.language != wanted && article.policy == LanguagePolicy::Strict;
    let notice =
        (shown != locale).then(|| filled(&help.other_language, &[("language", shown.endonym())]));
    let follow_ups: Vec<Value> = rendered
        .follow_ups
        .iter()
        .map(|(article, title)| context! { title, link => frame.link(article.as_str()) })
        .collect();
    let thanks = done.rated.map(|rating| match rating.into() {
        Rating::Helpful => &help.thanks,
        Rating::NotHelpful => &help.thanks_person,
    });
    let wording = &rendered.wording;
    let says_something = wording.summary_says_something();
    let described = match says_something {
        true => wording.summary.clone(),
        false => plain_form(&wording.body, |_| None)
            .chars()
            .take(DESCRIPTION_CHARS)
            .collect(),
    };
    let page = context! {
        title => &wording.title,
        summary => says_something.then_some(&wording.summary),
        described => &described,
        lang => shown.tag(),
        // What must not be given in another language is only linked to.
        withheld => is_withheld,
        original => crate::http::edge::pages::address::help_link(shown, rendered.article.as_str()),
        notice,
        // Sanitised where it was made from Markdown.
        body => Value::from_safe_string(rendered.html.clone()),
        article => rendered.article.as_str(),
        category => context! {
            title => title_of(knowledge, &article.category, locale),
            link => frame.link(&format!("topic/{}", article.category)),
        },
        follow_ups,
        thanks,
        data => faq_data(&[(&wording.title, &described)]),
    };
    Ok(frame.render("help/article.html", page)?.into_response())
}

/// A reader's opinion.
#[derive(Debug, Deserialize)]
pub(super) struct Opinion {
    rating: RatingCode,
    language: Option<Language>,
}

/// Keeps whether the article helped, and shows it again with thanks.
pub(super) async fn rate(
    State(app): State<AppState>,
    PageLocale(locale): PageLocale,
    Path((_, id)): Path<(String, String)>,
    Form(opinion): Form<Opinion>,
) -> Result<Response, ApiError> {
    let frame = Frame::new(&app, locale, "");
    let id = ArticleId::new(id);
    let snapshot = app.visitors().snapshot();
    let known = snapshot.knowledge().article(&id);
    let Some(article) = known.filter(|article| article.is_for(Readership::anybody())) else {
        return missing(&frame);
    };
    let language = opinion.language.unwrap_or(locale.language());
    let rating = Rating::from(opinion.rating);
    app.visitors()
        .rate_article(&article.id, language, rating, app.now())
        .await?;
    let back = format!("{}?rated={}#rated", frame.link(id.as_str()), rating.code());
    Ok(Redirect::to(&back).into_response())
}

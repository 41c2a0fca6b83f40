//! A base as a tree of Markdown: `<language>/<category>/<id>.md` with YAML front matter, pictures beside.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::outcome::{ExportError, ExportOutcome};
use crate::knowledge::article::{Article, ArticleId, KnowledgeBase};
use crate::knowledge::import::{Rewrite, rewritten};
use crate::knowledge::translation::Translation;
use crate::language::Language;

/// Writes every text and the files it shows.
pub(super) fn write(
    knowledge: &KnowledgeBase,
    root: &Path,
    out: &Path,
) -> Result<ExportOutcome, ExportError> {
    let mut outcome = ExportOutcome::default();
    for article in &knowledge.articles {
        for (language, text) in &article.translations {
            let folder = out.join(language.code()).join(&article.category);
            fs::create_dir_all(&folder).map_err(ExportError::at(&folder))?;
            let path = folder.join(format!("{}.md", article.id));
            let page = page_of(knowledge, article, *language, text);
            fs::write(&path, page).map_err(ExportError::at(&path))?;
            outcome.texts += 1;
            outcome.files += copy_files(article, text, root, &folder)?;
        }
    }
    Ok(outcome)
}

/// Text in quotes as JSON writes it, which YAML reads as well.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn page_of(
    knowledge: &KnowledgeBase,
    article: &Article,
    language: Language,
    text: &Translation,
) -> String {
    let alternates: Vec<String> = text.alternates.iter().map(|one| quoted(one)).collect();
    let body = rewritten(&text.body, |found| {
        if let Some(id) = found.target.strip_prefix("article:") {
            return Rewrite::To(page_target(knowledge, id, article, language));
        }
        let is_local = !found.target.contains("//")
            && !found.target.starts_with(['#', '/'])
            && !found.target.contains(':');
        match is_local {
            true => Rewrite::To(format!("{}/{}", article.id, found.target)),
            false => Rewrite::Keep,
        }
    });
    format!(
        "---\nid: {}\ntitle: {}\nsummary: {}\nalternates: [{}]\ncategory: {}\n---\n\n{}\n",
        quoted(article.id.as_str()),
        quoted(&text.title),
        quoted(&text.summary),
        alternates.join(", "),
        quoted(&article.category),
        body.trim()
    )
}

/// The file of an article that another links to.
fn page_target(
    knowledge: &KnowledgeBase,
    target: &str,
    from: &Article,
    language: Language,
) -> String {
    let (id, anchor) = match target.split_once('#') {
        Some((id, anchor)) => (id, format!("#{anchor}")),
        None => (target, String::new()),
    };
    let linked = knowledge.article(&ArticleId::new(id));
    let Some(linked) = linked.filter(|one| one.translations.contains_key(&language)) else {
        return format!("article:{target}");
    };
    match linked.category == from.category {
        true => format!("{id}.md{anchor}"),
        false => format!("../{}/{id}.md{anchor}", linked.category),
    }
}

/// Copies the pictures of a text into a folder of the article's name, where the names of two articles cannot meet.
fn copy_files(
    article: &Article,
    text: &Translation,
    root: &Path,
    folder: &Path,
) -> Result<usize, ExportError> {
    let own = root.join(&text.path);
    let own = own.parent().unwrap_or(root);
    let mut copied = 0;
    for link in crate::knowledge::links(&text.body) {
        let source = own.join(&link.target);
        if link.target.contains("//") || !source.is_file() {
            continue;
        }
        let target = folder.join(article.id.as_str()).join(&link.target);
        let parent = target.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(ExportError::at(parent))?;
        fs::copy(&source, &target).map_err(ExportError::at(&target))?;
        copied += 1;
    }
    Ok(copied)
}

//! Single lines of Markdown of site generators: comments, inclusions, scripts, anchors before headings.

use super::dialect_tags::Tag;
use super::fence::{Fence, outside_fences};

/// Removes `<!-- -->` and `{/* */}` outside of code; an id in the latter stays.
pub fn without_comments(text: &str) -> String {
    outside_fences(text, |part| {
        let part = part.replace("{/* #", "{#").replace("{/*#", "{#");
        let mut made = String::with_capacity(part.len());
        let mut rest = part.as_str();
        while let Some((begin, close)) = next_comment(rest) {
            let Some(end) = rest[begin..].find(close) else {
                break;
            };
            let comment = &rest[begin..begin + end + close.len()];
            made.push_str(&rest[..begin]);
            if comment.contains("include:") {
                // Kept for the line walk, which counts it.
                made.push_str(comment);
            }
            rest = &rest[begin + end + close.len()..];
        }
        made.push_str(rest);
        made.replace(" */}", "}")
    })
}

fn next_comment(text: &str) -> Option<(usize, &'static str)> {
    let html = text.find("<!--").map(|begin| (begin, "-->"));
    let jsx = text.find("{/*").map(|begin| (begin, "*/}"));
    match (html, jsx) {
        (Some(html), Some(jsx)) => Some(html.min(jsx)),
        (html, jsx) => html.or(jsx),
    }
}

/// Lines that say something to the generator only.
pub fn is_dropped(line: &str) -> bool {
    let text = line.trim();
    let toc = ["[[toc]]", "[toc]", "{:toc}", "* toc", "<toc />", "{{toc}}"];
    let is_attribute = text.starts_with("{:") && text.ends_with('}');
    // The end of a box that was never begun.
    let is_stray_end = text.len() >= 3 && text.chars().all(|one| one == ':');
    toc.contains(&text.to_ascii_lowercase().as_str()) || is_attribute || is_stray_end
}

pub fn inclusion(line: &str) -> Option<String> {
    let text = line.trim();
    let marks = [
        "--8<--",
        "<<< ",
        "<!--@include",
        "<!-- @include",
        "@include(",
        "@[code",
        "!!!include(",
    ];
    let includes = marks.iter().any(|mark| text.starts_with(mark))
        || (text.starts_with("{%") && text.contains(" include "));
    includes.then(|| text.to_owned())
}

pub fn is_script_of_mdx(line: &str) -> bool {
    let is_import = line.starts_with("import ")
        && (line.contains(" from '") || line.contains(" from \"") || line.ends_with("';"));
    let is_export = line.starts_with("export const ") || line.starts_with("export default ");
    is_import || is_export
}

/// The name of `<a id="x"></a>` alone on its line.
pub fn lone_anchor(line: &str) -> Option<String> {
    let text = line.trim();
    let tag = Tag::read(text)?;
    let is_mark = matches!(tag.name.as_str(), "a" | "span" | "div" | "p");
    let rest = text[tag.length..].trim();
    let is_lone = (rest.is_empty() && tag.is_empty) || rest == format!("</{}>", tag.name);
    let name = tag.first_of(&["id", "name"])?;
    (is_mark && is_lone && tag.attribute("href").is_none()).then(|| name.to_owned())
}

/// A heading with the id that an anchor before it or within it gives.
pub fn heading(line: &str, before: Option<String>) -> String {
    let mut text = line.to_owned();
    let mut id = before;
    while let Some(begin) = text.find('<') {
        let Some(tag) = Tag::read(&text[begin..]) else {
            break;
        };
        let name = tag.first_of(&["id", "name"]).map(str::to_owned);
        if tag.attribute("href").is_some() || !matches!(tag.name.as_str(), "a" | "span") {
            break;
        }
        text.replace_range(begin..begin + tag.length, "");
        id = id.or(name);
    }
    let text = text.trim_end();
    match id {
        Some(id) if !text.contains("{#") => format!("{text} {{#{id}}}"),
        _ => text.to_owned(),
    }
}

/// Returns the lines of a group of tabs with each tab's title as a bold line of its own, and the titles. Tabs begin at
/// `@tab Title`, at `== Title`, or are blocks of code whose first line ends in `[Title]`.
pub fn untabbed(lines: &[String]) -> (Vec<String>, Vec<String>) {
    let mut made = Vec::with_capacity(lines.len());
    let mut titles = Vec::new();
    let mut begin = |title: &str, made: &mut Vec<String>| {
        made.extend([String::new(), format!("**{title}**"), String::new()]);
        titles.push(title.to_owned());
    };
    let mut fence: Option<Fence> = None;
    for line in lines {
        if let Some(open) = &fence {
            if open.closes(line) {
                fence = None;
            }
            made.push(line.clone());
            continue;
        }
        fence = Fence::opens(line);
        let text = line.trim();
        let of_code = fence.as_ref().and_then(|_| {
            let (_, title) = text.strip_suffix(']')?.rsplit_once('[')?;
            Some(title.trim())
        });
        let of_text = ["@tab:active ", "@tab ", "== "]
            .iter()
            .find_map(|mark| text.strip_prefix(mark))
            .map(str::trim);
        match (of_code, of_text) {
            (Some(title), _) if !title.is_empty() => {
                begin(title, &mut made);
                made.push(line.clone());
            }
            (None, Some(title)) if fence.is_none() && !title.is_empty() => begin(title, &mut made),
            _ => made.push(line.clone()),
        }
    }
    (made, titles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_of_every_kind_have_their_titles() {
        let check = |text: &str, expected: &str, titles: &[&str]| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let (made, found) = untabbed(&lines);
            let made: Vec<String> = made.into_iter().filter(|line| !line.is_empty()).collect();
            assert_eq!(
                (made.join("|").as_str(), found.as_slice()),
                (
                    expected,
                    &titles
                        .iter()
                        .map(|one| (*one).to_owned())
                        .collect::<Vec<_>>()[..]
                )
            );
        };
        check(
            "@tab Card\nTap.\n@tab:active Cash\nCount.",
            "**Card**|Tap.|**Cash**|Count.",
            &["Card", "Cash"],
        );
        check(
            "== a\nb\n```\n== no tab\n```",
            "**a**|b|```|== no tab|```",
            &["a"],
        );
        check(
            "```sh [npm]\nnpm i\n```",
            "**npm**|```sh [npm]|npm i|```",
            &["npm"],
        );
        check("plain [link]\n== ", "plain [link]|== ", &[]);
    }
}

//! The texts an article is found by: how it is asked, and what it says.

use std::collections::{BTreeMap, HashSet};

use crate::knowledge::{
    ArticleId, KnowledgeBase, PassageLength, Translation, links, passages, sections, to_plain_text,
};
use crate::language::{Language, normalize_for_matching};

/// Raised whenever an article gives other texts than before, so that no kept index is read as if it held them.
pub(super) const UNITS_VERSION: u32 = 4;

/// Headings that stand in for alternates, at most.
const MOST_HEADINGS: usize = 40;
/// Longest text that stands in for an alternate, in characters; longer ones are no questions.
const LONGEST_STAND_IN: usize = 120;

/// How other articles call an article where they link to it.
pub(super) struct LinkTexts {
    texts: BTreeMap<(ArticleId, Language), Vec<String>>,
}

impl LinkTexts {
    pub(super) fn of(knowledge: &KnowledgeBase) -> Self {
        let mut texts: BTreeMap<(ArticleId, Language), Vec<String>> = BTreeMap::new();
        let wordings = knowledge
            .articles
            .iter()
            .flat_map(|article| article.translations.values());
        for wording in wordings {
            for link in links(&wording.body) {
                let Some(target) = link.target.strip_prefix("article:") else {
                    continue;
                };
                let id = ArticleId::new(target.split('#').next().unwrap_or(target));
                let of_it = texts.entry((id, wording.language)).or_default();
                of_it.push(link.text.trim().to_owned());
            }
        }
        Self { texts }
    }

    pub(super) fn to(&self, article: &ArticleId, language: Language) -> &[String] {
        let texts = self.texts.get(&(article.clone(), language));
        texts.map_or(&[], Vec::as_slice)
    }
}

/// The questions of a wording: its title, alternates and keywords; where nobody wrote alternates, its headings and how
/// others link to it stand in for them.
pub(super) fn asked(translation: &Translation, links_to: &[String]) -> Vec<String> {
    let title = std::iter::once(&translation.title);
    let written: Vec<String> = title
        .chain(&translation.alternates)
        .chain(&translation.keywords)
        .filter(|text| !text.is_empty())
        .cloned()
        .collect();
    // An entry without any question is found by its answer alone.
    if !translation.alternates.is_empty() || written.is_empty() {
        return written;
    }
    let headings = sections(&translation.body)
        .into_iter()
        .filter_map(|section| section.heading)
        .map(|heading| heading.text)
        .take(MOST_HEADINGS);
    let stand_ins = headings.chain(links_to.iter().cloned());
    let mut seen: HashSet<String> = HashSet::new();
    written
        .into_iter()
        .chain(stand_ins)
        .filter(|text| !text.is_empty() && text.chars().count() <= LONGEST_STAND_IN)
        .filter(|text| seen.insert(normalize_for_matching(text)))
        .collect()
}

/// A wording as a whole: its title, then its body.
pub(super) fn whole(translation: &Translation) -> String {
    let body = to_plain_text(&translation.body);
    let parts = [translation.title.as_str(), &body];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

/// Passages read of one wording, about 40,000 characters: guides of that length are common, and what stands in their
/// second half is asked as often.
const MAX_PASSAGES: usize = 128;

/// The passages of a wording: of its summary, then of its body.
pub(super) fn said(translation: &Translation) -> Vec<String> {
    let summary = passages(&translation.summary, PassageLength::default());
    let all = summary.into_iter().chain(answered(translation));
    all.take(MAX_PASSAGES).collect()
}

/// The passages of a body; none reaches over a heading.
fn answered(translation: &Translation) -> Vec<String> {
    let sections = sections(&translation.body);
    let has_headings = sections.iter().any(|section| section.heading.is_some());
    if !has_headings {
        return passages(&to_plain_text(&translation.body), PassageLength::default());
    }
    sections
        .iter()
        .flat_map(|section| {
            let heading = section.heading.iter().map(|heading| heading.text.as_str());
            let blocks = section.blocks.iter().map(|block| block.text.as_str());
            let lines: Vec<&str> = heading.chain(blocks).collect();
            passages(&lines.join("\n"), PassageLength::default())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(alternates: &[&str]) -> Translation {
        Translation {
            title: "Delivery".to_owned(),
            alternates: alternates.iter().map(|text| (*text).to_owned()).collect(),
            keywords: vec!["courier".to_owned()],
            body: "Intro.\n\n## Delivery\n\nThree days.\n\n## Lost parcels\n\nTell us.".to_owned(),
            ..Translation::blank(Language::English)
        }
    }

    #[test]
    fn what_is_there_stands_in_for_alternates_nobody_wrote() {
        let links = ["where parcels go".to_owned()];
        assert_eq!(
            asked(&wording(&[]), &links),
            ["Delivery", "courier", "Lost parcels", "where parcels go"]
        );
        assert_eq!(
            asked(&wording(&["how long"]), &links),
            ["Delivery", "how long", "courier"]
        );
    }

    #[test]
    fn no_passage_reaches_over_a_heading() {
        assert_eq!(
            answered(&wording(&[])),
            ["Intro.", "Delivery\nThree days.", "Lost parcels\nTell us."]
        );
    }
}

//! Summaries that say nothing: what an import leaves where nobody wrote a short answer.

use super::sections::sections;
use super::translation::Translation;

/// Beginnings that speak of the page and not of its subject.
const ABOUT_THE_PAGE: &[&str] = &[
    "this page",
    "this article",
    "this section",
    "this document",
    "this guide",
    "this faq",
    "this glossary",
    "on this page",
    "in this article",
    "in this guide",
    "in this section",
    "the following questions",
    "below are",
    "here are the",
    "本页",
    "本頁",
    "本文",
    "本節",
    "本节",
    "本章",
    "这篇文章",
    "這篇文章",
    "以下是",
    "このページ",
    "この記事",
    "本記事",
    "本ページ",
    "ここでは",
    "以下は",
    "이 페이지",
    "이 문서",
    "이 글",
    "본 문서",
    "본 페이지",
    "다음은",
    "아래는",
    "learn how",
    "learn about",
    "find out how",
    "a guide to",
    "guide to",
    "guide for",
    "step-by-step",
    "troubleshooting guide",
    "tips for",
    "everything you",
    "了解如何",
    "介绍",
    "一步步",
    "手把手",
];
/// Ends of sentences that announce what a page is about.
const ANNOUNCES: &[&str] = &[
    "方法を説明します",
    "方法をご紹介します",
    "方法を解説します",
    "について説明します",
    "について解説します",
    "방법을 안내합니다",
    "방법을 설명합니다",
    "방법을 알아보세요",
    "에 대해 안내합니다",
    "에 대해 설명합니다",
    "에 대해 알아보세요",
];

impl Translation {
    /// Tells whether the summary answers anything: it is neither empty, nor the title or a heading over again, nor a
    /// lead to what follows, nor a word about the page itself.
    pub fn summary_says_something(&self) -> bool {
        let summary = self.summary.trim();
        if summary.is_empty() || summary.ends_with([':', '：', '…']) || summary.ends_with("...")
        {
            return false;
        }
        let folded = folded(summary);
        if folded.is_empty() || folded == self::folded(&self.title) {
            return false;
        }
        let lower = summary.to_lowercase();
        let without_stop = lower.trim_end_matches(['.', '。']);
        let is_about = ABOUT_THE_PAGE.iter().any(|begin| lower.starts_with(begin))
            || ANNOUNCES.iter().any(|end| without_stop.ends_with(end));
        // "This page is blocked when ..." may answer; a single short sentence about the page does not.
        if is_about && sentence_count(summary) < 2 {
            return false;
        }
        let headings: Vec<String> = sections(&self.body)
            .iter()
            .filter_map(|section| section.heading.as_ref())
            .map(|heading| self::folded(&heading.text))
            .collect();
        // One heading over again, or a list of them.
        let is_heading = |line: &str| {
            let line = self::folded(line);
            line.is_empty() || headings.contains(&line)
        };
        !headings.contains(&folded) && !summary.lines().all(is_heading)
    }
}

fn folded(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn sentence_count(text: &str) -> usize {
    super::markdown::sentences(text)
        .filter(|sentence| !sentence.trim().is_empty())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_summary_that_says_nothing_is_recognised() {
        let check = |title: &str, summary: &str, says: bool| {
            let translation = Translation {
                title: title.to_owned(),
                summary: summary.to_owned(),
                body: "## Return a parcel\n\nPack it.\n\n## Opening hours\n\nNine.".to_owned(),
                ..Translation::blank(Language::English)
            };
            assert_eq!(translation.summary_says_something(), says, "{summary}");
        };
        check("Delivery", "Parcels arrive within three days.", true);
        check("Delivery", "", false);
        check("Delivery", "Delivery.", false);
        check("Delivery", "Return a parcel", false);
        check("Delivery", "- Return a parcel\n- Opening hours", false);
        check("Delivery", "- Return a parcel\n- Not on Sundays", true);
        check("Delivery", "You will need the following:", false);
        check(
            "Delivery",
            "This page lists common questions about delivery.",
            false,
        );
        check(
            "Delivery",
            "This article costs 5 dollars. Shipping is free.",
            true,
        );
        check("配送", "本页介绍配送的常见问题。", false);
        check("配送", "通常三天内送达。", true);
        check("配送", "このページでは配送についてご案内します。", false);
        check("배송", "이 페이지에서는 배송에 대해 안내합니다.", false);
        check("배송", "사흘 안에 도착합니다.", true);
        check("Delivery", "Step-by-step guide to sending a parcel", false);
        check(
            "Delivery",
            "Learn how parcels travel. They take a day.",
            true,
        );
        check("配送", "配送の申し込み方法を説明します。", false);
        check("배송", "배송 신청 방법을 안내합니다.", false);
    }
}

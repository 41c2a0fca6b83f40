//! What the heading of a column means, in the four languages and in the words of other tools.

use super::locale_tag::Locale;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Names the article.
    Id,
    /// The question.
    Question,
    /// The answer.
    Answer,
    /// The short answer.
    Summary,
    /// The question in other words.
    Alternates,
    /// The language of the row.
    Language,
    /// The category.
    Category,
    /// Pairs such as `category:billing|team:a`.
    Metadata,
    /// Known, and not needed.
    Ignored,
}

/// Headings by their meaning, folded as [`folded`] folds.
const HEADINGS: [(Column, &[&str]); 9] = [
    (
        Column::Id,
        &[
            "id",
            "key",
            "slug",
            "qnaid",
            "编号",
            "編號",
            "番号",
            "번호",
            "아이디",
            "识别号",
        ],
    ),
    (
        Column::Question,
        &[
            "question",
            "q",
            "title",
            "questions",
            "query",
            "prompt",
            "heading",
            "问题",
            "問題",
            "标题",
            "標題",
            "提问",
            "问",
            "分段标题",
            "質問",
            "質問文",
            "タイトル",
            "題名",
            "件名",
            "問い",
            "질문",
            "제목",
            "문의",
            "index",
        ],
    ),
    (
        Column::Answer,
        &[
            "answer",
            "a",
            "answers",
            "content",
            "body",
            "text",
            "response",
            "reply",
            "答案",
            "回答",
            "内容",
            "內容",
            "答",
            "正文",
            "分段内容",
            "答え",
            "本文",
            "返答",
            "답변",
            "답",
            "내용",
            "본문",
            "응답",
        ],
    ),
    (
        Column::Summary,
        &[
            "summary",
            "shortanswer",
            "abstract",
            "摘要",
            "概要",
            "要約",
            "简答",
            "要点",
            "요약",
            "짧은답변",
        ],
    ),
    (
        Column::Alternates,
        &[
            "alternates",
            "alternate",
            "alternatives",
            "alternatequestions",
            "alternativequestions",
            "synonyms",
            "variants",
            "variations",
            "similarquestions",
            "suggestedquestions",
            "paraphrases",
            "utterances",
            "indexes",
            "相似问题",
            "相似问法",
            "相似问",
            "同义问法",
            "关联问题",
            "其他问法",
            "類似問題",
            "類似質問",
            "言い換え",
            "別の言い方",
            "유사질문",
            "대체질문",
            "다른표현",
            "동의어",
        ],
    ),
    (
        Column::Language,
        &["language", "lang", "locale", "语言", "語言", "言語", "언어"],
    ),
    (
        Column::Category,
        &[
            "category",
            "section",
            "folder",
            "topic",
            "group",
            "分类",
            "分類",
            "类别",
            "類別",
            "目录",
            "カテゴリ",
            "カテゴリー",
            "카테고리",
            "분류",
        ],
    ),
    (Column::Metadata, &["metadata"]),
    (
        Column::Ignored,
        &[
            "source",
            "sourcedisplayname",
            "iscontextonly",
            "editorial",
            "no",
            "#",
            "序号",
        ],
    ),
];

/// Reads a heading: its meaning, and the language it names, as in `question (ja)` or `answer_ko`.
pub fn column_of(heading: &str) -> Option<(Column, Option<Locale>)> {
    let (plain, note) = without_note(heading);
    if let Some(column) = meaning(plain) {
        return Some((column, note.and_then(Locale::read)));
    }
    let mark = plain.rfind(['_', '-', ' ', '.'])?;
    let locale = Locale::read(&plain[mark + 1..])?;
    Some((meaning(&plain[..mark])?, Some(locale)))
}

fn meaning(heading: &str) -> Option<Column> {
    let heading = folded(heading);
    let found = HEADINGS
        .iter()
        .find(|(_, names)| names.contains(&heading.as_str()))?;
    Some(found.0)
}

/// Small letters without space and marks.
fn folded(heading: &str) -> String {
    heading
        .chars()
        .filter(|one| one.is_alphanumeric() || *one == '#')
        .flat_map(char::to_lowercase)
        .collect()
}

/// A heading and what stands behind it in brackets.
fn without_note(heading: &str) -> (&str, Option<&str>) {
    let Some(begin) = heading.find(['(', '（', '[', '【']) else {
        return (heading.trim(), None);
    };
    let note = heading[begin..].trim_matches(['(', ')', '（', '）', '[', ']', '【', '】', ' ']);
    (heading[..begin].trim(), Some(note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_four_languages_and_other_tools_are_known() {
        for (heading, expected, tag) in [
            ("Question", Column::Question, None),
            ("問題", Column::Question, None),
            ("質問（必須）", Column::Question, None),
            ("question (ja)", Column::Question, Some("ja")),
            ("Answer_ko", Column::Answer, Some("ko")),
            ("分段内容（必填，问题答案）", Column::Answer, None),
            ("SuggestedQuestions", Column::Alternates, None),
            ("유사 질문", Column::Alternates, None),
            ("言語", Column::Language, None),
            ("QnaId", Column::Id, None),
        ] {
            let (column, locale) = column_of(heading).unwrap();
            let found = locale.map(|locale| locale.tag);
            assert_eq!((column, found.as_deref()), (expected, tag), "{heading}");
        }
        assert_eq!(column_of("Price"), None);
    }
}

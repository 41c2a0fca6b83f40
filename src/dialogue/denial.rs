//! Takes out of a question what the visitor says it is not about: "not the deposit, the withdrawal".

/// Returns the question without the part that it denies; nothing where it denies no part, or nothing would be left.
pub fn without_denied(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    if let Some((from, to)) = denied_aside(&lower) {
        return Some(format!("{} {}", &text[..from], text[to..].trim_start()));
    }
    let rest = denied_before(&lower)
        .into_iter()
        .chain(denied_clause(&lower))
        .map(|at| without_lead(text[at..].trim_start_matches(|c: char| !c.is_alphanumeric())))
        .find(|rest| rest.chars().filter(|c| c.is_alphanumeric()).count() >= LEAST_REST)?;
    Some(rest.to_owned())
}

const LEAST_REST: usize = 3;

/// Japanese and Korean deny after what is denied, with a word that leads over to what is meant.
fn denied_before(text: &str) -> Option<usize> {
    const LEADS_OVER: &[&str] = &[
        "ではなくて",
        "ではなく",
        "じゃなくて",
        "じゃなく",
        "わけではないのですが",
        "わけではないですが",
        "ていないのに",
        "ていないんですが",
        "ていないのですが",
        "てないのに",
        "てはいないのですが",
        "なくてもいいので",
        "なくていいので",
        "なくて大丈夫なので",
        "なくて結構なので",
        "てはいませんが",
        "わけではありませんが",
        "ていませんが",
        "てませんが",
        "が아니라",
        "이 아니라",
        "가 아니라",
        "게 아니라",
        "것이 아니라",
        "이 아니고",
        "가 아니고",
        "게 아니고",
        " 말고",
        " 필요 없고",
        " 필요없고",
        " 필요 없으니",
        " 됐고",
        "는 아는데",
        "은 아는데",
        "적은 없는데",
        "적은 없고",
        "건 아닌데",
        "건 아니고",
        "지 않았는데",
        "지 않았고",
        "진 않았는데",
    ];
    LEADS_OVER
        .iter()
        .filter_map(|word| text.find(word).map(|at| at + word.len()))
        .min()
}

/// An aside between commas: "open, not close, an account".
fn denied_aside(text: &str) -> Option<(usize, usize)> {
    let from = text.find(", not ")?;
    let length = text[from + 1..].find(',')?;
    let is_aside = text[from + 1..from + 1 + length].split_whitespace().count() <= LONGEST_ASIDE;
    is_aside.then_some((from, from + length + 2))
}

const LONGEST_ASIDE: usize = 4;

/// Words that only lead over to what is meant.
fn without_lead(text: &str) -> &str {
    const LEADS: &[&str] = &[
        "我问的是",
        "我是想问",
        "我是问",
        "而是想",
        "而是",
        "是想问",
        "是问",
        "只想问",
    ];
    LEADS
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text)
}

/// A whole clause that denies, with another after it that says what is meant.
fn denied_clause(text: &str) -> Option<usize> {
    let (at, mark) = text
        .char_indices()
        .find(|(_, c)| "，,。.、；;".contains(*c))?;
    let (clause, rest) = (&text[..at], &text[at + mark.len_utf8()..]);
    let rest = rest.trim_start();
    let goes_on = GOES_ON.iter().any(|start| rest.starts_with(start));
    let denies = clause.starts_with("not ") || DENIES.iter().any(|phrase| clause.contains(phrase));
    let refuses = REFUSES.iter().any(|phrase| clause.contains(phrase));
    (refuses || denies && goes_on).then_some(at + mark.len_utf8())
}

const DENIES: &[&str] = &[
    " not ",
    "n't ",
    "not the ",
    "not about",
    "never ",
    "不是",
    "没有",
    "没丢",
    "没忘",
    "并非",
    "不想",
    "不要",
    "不问",
    "唔系",
    "ません",
    "ではない",
    "じゃない",
    "ない",
    "아니",
    "않",
    "안 ",
];
const GOES_ON: &[&str] = &[
    "i just",
    "just",
    "i only",
    "only",
    "i want",
    "i would",
    "i mean",
    "i'm asking",
    "i am asking",
    "but",
    "tell me",
    "it's",
    "it is",
    "what i",
    "how do i",
    "是",
    "而是",
    "我是",
    "我问",
    "我想",
    "我要",
    "想",
    "只",
    "问的是",
    "告诉",
    "就",
    "我只",
    "知りたい",
    "ただ",
    "だけ",
    "取引",
    "聞きたい",
    "그냥",
    "단지",
    "제가",
    "저는",
    "알고",
];
/// What refuses a person or a service altogether.
const REFUSES: &[&str] = &[
    "不要转",
    "不用转",
    "不要人工",
    "不用人工",
    "不需要人工",
    "别转",
    "别给我转",
    "don't transfer",
    "do not transfer",
    "don't connect",
    "no human",
    "no agent",
    "no person",
    "no operator",
    "no need for an agent",
    "no need for a person",
    "don't want a person",
    "don't need a person",
    "don't want to talk",
    "は不要です",
    "はいりません",
    "は要りません",
    "は必要ありません",
    "は結構です",
    "상담원은 필요 없",
    "상담원 필요 없",
    "상담원 연결하지",
    "연결하지 말",
    "상담원은 됐",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_is_taken_out() {
        for (text, expected) in [
            ("不是问转账，是问怎么注册", "怎么注册"),
            (
                "I want to join, not leave, the programme",
                "I want to join the programme",
            ),
            ("别转人工，返佣有多少", "返佣有多少"),
            ("担当者は不要です。入金の方法だけ", "入金の方法だけ"),
            ("入金ではなく出金の方法", "出金の方法"),
            ("メールは届いていないのにログインできた", "ログインできた"),
            ("입금이 아니라 출금 방법이요", "출금 방법이요"),
            ("수수료 말고 한도를 알려 주세요", "한도를 알려 주세요"),
            (
                "I'm not locked out, I just want to change my number",
                "I just want to change my number",
            ),
            (
                "Not the price, I mean the delivery time",
                "I mean the delivery time",
            ),
            ("電話はしなくていいので、送料を教えて", "送料を教えて"),
            ("상담 필요 없고 배송비만요", "배송비만요"),
            (
                "Don't transfer me, how long is a review",
                "how long is a review",
            ),
        ] {
            assert_eq!(without_denied(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "my deposit is not here, please help",
            "不能登录，怎么办",
            "コードが届かない、助けて",
            "출금이 안 돼요, 왜죠",
            "I did not receive it",
        ] {
            assert_eq!(without_denied(text), None, "{text}");
        }
    }
}

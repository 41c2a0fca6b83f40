//! What a letter asks, without its courtesies: a bot would otherwise answer the greeting.

/// How sentences begin that greet or introduce their writer.
const GREETINGS: [&str; 30] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good afternoon",
    "good evening",
    "to whom it may concern",
    "my name is",
    "i hope",
    "您好",
    "你好",
    "尊敬的",
    "亲爱的",
    "親愛的",
    "我叫",
    "我是",
    "お世話になって",
    "お世話になります",
    "はじめまして",
    "初めまして",
    "こんにちは",
    "こんばんは",
    "拝啓",
    "お忙しいところ",
    "突然の",
    "안녕하세요",
    "안녕하십니까",
    "수고 많으십니다",
    "수고하십니다",
];

/// How sentences begin, or end, that thank or ask for kindness.
const THANKS: [&str; 30] = [
    "thank you",
    "thanks",
    "many thanks",
    "looking forward",
    "i look forward",
    "please advise",
    "谢谢",
    "感谢",
    "多谢",
    "謝謝",
    "感謝",
    "麻烦您",
    "麻煩您",
    "盼复",
    "望回复",
    "よろしく",
    "宜しく",
    "ありがとう",
    "有難う",
    "ご確認",
    "ご回答",
    "お手数",
    "恐れ入ります",
    "感謝いたします",
    "감사합니다",
    "고맙습니다",
    "부탁드립니다",
    "부탁드려요",
    "수고하세요",
    "좋은 하루",
];

/// Longest sentence that is taken for a courtesy, in characters.
const MAX_CHARS: usize = 60;

/// A letter whose words are fewer needs its subject to be understood, in characters of the width of a letter.
const SHORT_WIDTH: usize = 18;

/// Returns what a letter asks: its words without courtesies, and with its subject where they say little.
pub fn matter_of(subject: &str, text: &str) -> String {
    let asked: Vec<&str> = sentences(text)
        .filter(|sentence| !is_courtesy(sentence))
        .collect();
    let asked = asked.join("\n");
    let subject = without_marks(subject);
    let width: usize = asked
        .chars()
        .map(|one| if one.is_ascii() { 1 } else { 2 })
        .sum();
    match (asked.is_empty(), width < SHORT_WIDTH && !subject.is_empty()) {
        (_, true) => format!("{subject}\n{asked}").trim().to_owned(),
        (true, false) => text.trim().to_owned(),
        (false, false) => asked,
    }
}

/// Returns a subject without the marks of answers and forwarded mails.
pub fn without_marks(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once([':', '：']) {
        let is_mark = [
            "re", "aw", "sv", "fw", "fwd", "wg", "tr", "回复", "回覆", "答复", "转发", "轉寄",
            "回信", "転送", "답장", "전달",
        ]
        .contains(&mark.trim().to_lowercase().as_str());
        if !is_mark {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// Parts a text at its lines, and after full stops of Chinese and Japanese and question marks.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split_inclusive(['。', '？', '！']))
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
}

fn is_courtesy(sentence: &str) -> bool {
    let words = sentence.to_lowercase();
    let words = words.trim_end_matches(|one: char| !one.is_alphanumeric());
    let asks = sentence.contains(['?', '？']) || words.ends_with('か');
    if asks || words.chars().count() > MAX_CHARS {
        return false;
    }
    let begins = |phrase: &str| {
        words.strip_prefix(phrase).is_some_and(|rest| {
            // A word of letters ends where it ends: "history" greets nobody.
            !phrase.is_ascii()
                || rest
                    .chars()
                    .next()
                    .is_none_or(|next| !next.is_alphanumeric())
        })
    };
    let is_introduction =
        words.ends_with("と申します") || words.ends_with("입니다") && words.chars().count() < 20;
    // What follows a greeting in the same line may be the matter.
    let is_greeting = GREETINGS.iter().any(|phrase| begins(phrase))
        && (words.chars().count() <= 30 && !words.contains([',', '，', '、', '.'])
            || !words.is_ascii() && words.chars().count() <= 20);
    is_greeting || is_introduction || THANKS.iter().any(|phrase| begins(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matter_stands_without_courtesies() {
        let check = |subject: &str, text: &str, expected: &str| {
            assert_eq!(matter_of(subject, text), expected, "{text}");
        };
        check(
            "Delivery",
            "Dear support team,\n\nHow long does delivery take?\n\nThank you in advance.",
            "How long does delivery take?",
        );
        check(
            "Fee",
            "Hello,\nhow much is it?\nThanks",
            "Fee\nhow much is it?",
        );
        check(
            "本人確認について",
            "お世話になっております。山田と申します。\n本人確認にはどのくらいかかりますか。\nよろしくお願いいたします。",
            "本人確認にはどのくらいかかりますか。",
        );
        check(
            "手续费",
            "您好，\n\n请问提现手续费是多少？\n\n谢谢",
            "请问提现手续费是多少？",
        );
        check(
            "Re: 문의",
            "안녕하세요,\n\n출금 수수료 얼마예요?\n\n감사합니다.",
            "출금 수수료 얼마예요?",
        );
        check(
            "Where is my parcel with the green tea?",
            "",
            "Where is my parcel with the green tea?",
        );
        check("", "Hello", "Hello");
        check(
            "",
            "Hello, I cannot sign in to my account since Monday",
            "Hello, I cannot sign in to my account since Monday",
        );
        check(
            "",
            "History of my orders is empty",
            "History of my orders is empty",
        );
        assert_eq!(without_marks("Re: 回复：Fwd: tea: green"), "tea: green");
    }
}

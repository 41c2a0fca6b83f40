//! What a writer has written anew: without the mail they answer, without their signature.

/// Words that stand where a program says who wrote what follows.
const WROTE: [&str; 14] = [
    "wrote",
    "schrieb",
    "写道",
    "寫道",
    "来信",
    "來信",
    "書きました",
    "書き込みました",
    "のメール",
    "からのメッセージ",
    "작성",
    "썼습니다",
    "님이 쓴 글",
    "a écrit",
];

/// Words of lines that part a mail from the one it answers.
const ORIGINAL: [&str; 14] = [
    "original message",
    "original e-mail",
    "forwarded message",
    "begin forwarded message",
    "原始邮件",
    "原始郵件",
    "邮件原件",
    "原郵件",
    "转发邮件",
    "元のメッセージ",
    "転送メッセージ",
    "원본 메시지",
    "원본 메세지",
    "전달된 메시지",
];

/// Names of the header that begins a quoted head.
const FROM: [&str; 6] = [
    "from:",
    "发件人:",
    "寄件者:",
    "差出人:",
    "보낸 사람:",
    "보낸사람:",
];

/// Names of the headers that follow it.
const AFTER_FROM: [&str; 24] = [
    "sent:",
    "date:",
    "to:",
    "subject:",
    "发送时间:",
    "发送日期:",
    "日期:",
    "收件人:",
    "主题:",
    "寄件日期:",
    "傳送時間:",
    "收件者:",
    "主旨:",
    "送信日時:",
    "送信日:",
    "日付:",
    "宛先:",
    "件名:",
    "보낸 날짜:",
    "날짜:",
    "받는 사람:",
    "받는사람:",
    "제목:",
    "보냄:",
];

/// How lines begin that telephones write by themselves.
const SENT_FROM: [&str; 18] = [
    "sent from my ",
    "sent from mail for ",
    "sent from outlook",
    "get outlook for ",
    "发自我的",
    "从我的",
    "發自我的",
    "從我的",
    "来自我的",
    "获取outlook",
    "iphoneから送信",
    "androidから送信",
    "ipadから送信",
    "スマートフォンから送信",
    "나의 iphone에서 보냄",
    "내 iphone에서 보냄",
    "내 ipad에서 보냄",
    "삼성 갤럭시 스마트폰에서 보냈습니다",
];

/// Lines with which letters close; a name follows, or nothing.
const CLOSINGS: [&str; 26] = [
    "best",
    "best regards",
    "best wishes",
    "kind regards",
    "warm regards",
    "many thanks",
    "regards",
    "cheers",
    "sincerely",
    "sincerely yours",
    "yours sincerely",
    "yours faithfully",
    "thanks and regards",
    "此致",
    "敬礼",
    "敬禮",
    "此致敬礼",
    "顺颂商祺",
    "順頌商祺",
    "祝好",
    "敬上",
    "谨上",
    "敬具",
    "以上",
    "草々",
    "드림",
];

/// Most lines that may follow a closing: a name, an office, a number.
const MAX_AFTER_CLOSING: usize = 6;

/// Returns what was written anew; nothing where everything is quoted.
pub(super) fn written_anew(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().collect();
    let mut kept: Vec<&str> = Vec::new();
    let mut place = 0;
    while let Some(line) = lines.get(place) {
        let bare = line.trim();
        if bare == "--" || is_separator(bare) || is_head(&lines[place..]) || is_sent_from(bare) {
            break;
        }
        if let Some(length) = attribution(&lines[place..]) {
            let rest = &lines[place + length..];
            let next = rest.iter().find(|line| !line.trim().is_empty());
            // Whatever follows that is not marked as a quote is the quoted mail all the same.
            if next.is_none_or(|next| !is_quoted(next)) {
                break;
            }
            place += length;
            continue;
        }
        if !is_quoted(line) {
            kept.push(line.trim_end());
        }
        place += 1;
    }
    without_closing(&mut kept);
    let text = kept.join("\n");
    let mut text = text.trim_matches(['\n', ' ', '\u{a0}', '\t']).to_owned();
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text
}

fn is_quoted(line: &str) -> bool {
    line.starts_with('>') || line.starts_with(" >") || line.starts_with('＞')
}

/// A line of dashes with words that say that the old mail follows.
fn is_separator(line: &str) -> bool {
    let has_dashes = line.starts_with("--") || line.starts_with("__") || line.starts_with("==");
    let words = line.to_lowercase();
    let is_begin = words.starts_with("begin forwarded message");
    is_begin || has_dashes && ORIGINAL.iter().any(|original| words.contains(original))
}

/// The head of the old mail, written out: who, when, to whom.
fn is_head(lines: &[&str]) -> bool {
    let normal = |line: &str| {
        let plain: String = line.replace('：', ":").replace('*', "");
        plain.trim().to_lowercase()
    };
    let Some(first) = lines.first().map(|line| normal(line)) else {
        return false;
    };
    if !FROM.iter().any(|from| first.starts_with(from)) {
        return false;
    }
    let following = lines.iter().skip(1).take(5).map(|line| normal(line));
    let names = following
        .filter(|line| AFTER_FROM.iter().any(|name| line.starts_with(name)))
        .count();
    names >= 2
}

fn is_sent_from(line: &str) -> bool {
    let words = line.to_lowercase();
    SENT_FROM.iter().any(|begin| words.starts_with(begin))
}

/// Returns how many lines say who wrote what follows; such a sentence may be broken in up to three.
fn attribution(lines: &[&str]) -> Option<usize> {
    let mut said = String::new();
    for (place, line) in lines.iter().take(3).enumerate() {
        let line = line.trim();
        if line.is_empty() || is_quoted(line) {
            return None;
        }
        said.push_str(line);
        said.push(' ');
        let words = said.trim_end().to_lowercase();
        let ends = words.ends_with(':') || words.ends_with('：');
        let next = lines[place + 1..]
            .iter()
            .find(|line| !line.trim().is_empty());
        let names_somebody = words.contains('@')
            || words.chars().filter(char::is_ascii_digit).count() >= 3
            || next.is_some_and(|next| is_quoted(next));
        let is_short = words.chars().count() <= 300;
        if ends && is_short && names_somebody && WROTE.iter().any(|wrote| words.contains(wrote)) {
            // In several lines it begins as such sentences do.
            let begins = ["on ", "am ", "le ", "在", "于", "於", "20"];
            return (place == 0 || begins.iter().any(|begin| words.starts_with(begin)))
                .then_some(place + 1);
        }
        if ends {
            return None;
        }
    }
    None
}

/// Takes off a closing with the name below it.
fn without_closing(lines: &mut Vec<&str>) {
    let is_blank = |line: &&str| line.trim().is_empty();
    let filled: Vec<usize> = (0..lines.len())
        .filter(|place| !is_blank(&lines[*place]))
        .collect();
    let first_looked_at = filled.len().saturating_sub(MAX_AFTER_CLOSING + 1);
    // Something must be left.
    let closing = filled
        .iter()
        .enumerate()
        .skip(first_looked_at.max(1))
        .find(|(_, place)| {
            let line = lines[**place].trim().to_lowercase();
            let line = line.trim_end_matches([',', '，', '.', '。', '!', '！', '、', '~']);
            CLOSINGS.contains(&line)
        });
    if let Some((_, place)) = closing {
        lines.truncate(*place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_signatures_are_cut_in_every_language() {
        let check = |text: &str, expected: &str| assert_eq!(written_anew(text), expected, "{text}");
        check(
            "It is still missing.\n\nOn Mon, 2 Nov 2026 at 10:00, Tea Help <help@tea.example> wrote:\n> It takes two days.\n",
            "It is still missing.",
        );
        check(
            "Still missing.\r\n\r\nOn Monday, 2 November 2026 at 10:00,\r\nTea Help <help@tea.example>\r\nwrote:\r\n\r\n> Two days.\r\n",
            "Still missing.",
        );
        check(
            "> Is it there?\nNo.\n> And the box?\nEmpty.\n-- \nAnn\nTea Ltd",
            "No.\nEmpty.",
        );
        check(
            "还没有收到。\n\n在 2026年11月2日，茶馆帮助 <help@tea.example> 写道：\n\n两天。",
            "还没有收到。",
        );
        check(
            "沒有收到\n\n------------------ 原始郵件 ------------------\n寄件者: 茶館",
            "沒有收到",
        );
        check(
            "まだ届いていません。\n\n2026年11月2日(月) 10:00 茶屋 <help@tea.example> のメール:\n> 二日かかります。",
            "まだ届いていません。",
        );
        check(
            "아직 안 왔어요.\n\n2026년 11월 2일 (월) 오전 10:00, 찻집 <help@tea.example>님이 작성:\n\n이틀 걸립니다.",
            "아직 안 왔어요.",
        );
        check(
            "请看附件\n\n发件人: 茶馆 <help@tea.example>\n发送时间: 2026年11月2日\n收件人: ann@example.com\n主题: 回复",
            "请看附件",
        );
        check(
            "Where is it?\n\nBest regards,\nAnn Lee\n+82 10 1234 5678",
            "Where is it?",
        );
        check("什么时候到？\n\n此致\n敬礼\n王小明", "什么时候到？");
        check("いつ届きますか。\n\n敬具\n山田", "いつ届きますか。");
        check("언제 오나요?\n\n나의 iPhone에서 보냄", "언제 오나요?");
        check("When?\n\nSent from my iPhone", "When?");
        check("When?\n\nOn Monday, Tea wrote:\n> soon", "When?");
    }

    #[test]
    fn what_only_looks_like_a_quote_is_kept() {
        let check = |text: &str| assert_eq!(written_anew(text), text);
        check("My friend wrote: it never came");
        check("From: is a word in my question\nand nothing else");
        check("regards");
        check("I tried two things:\n1. wait\n2. ask");
        check("-10 degrees\n--dry-run was no help");
        check("감사합니다");
        check("He wrote:\nnothing");
        assert_eq!(written_anew("> only a quote\n> of two lines"), "");
    }
}

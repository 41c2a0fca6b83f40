//! Reads a message: small talk as a whole, or a question with its greeting taken off.

use super::DialogueAct;
use super::phrases::{PHRASES, Piece, form_of};
use crate::language::{Language, is_han, is_hangul, is_kana};

/// What a visitor's message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// It asks nothing.
    Talk {
        /// What it does.
        act: DialogueAct,
        /// The language of its words; `None` where they are of several or of none.
        language: Option<Language>,
    },
    /// It may ask something.
    Question {
        /// The text without a greeting in front.
        text: String,
    },
}

/// Reads a message.
pub fn read_message(text: &str) -> Message {
    if !text.chars().any(char::is_alphanumeric) {
        return Message::Talk {
            act: DialogueAct::Wordless,
            language: None,
        };
    }
    let form = form_of(text);
    if form.chars().count() <= LONGEST_TALK {
        if let Some((act, language)) = tile(&form) {
            return Message::Talk { act, language };
        }
        if let Some(language) = tells_name(text) {
            return Message::Talk {
                act: DialogueAct::Name,
                language: Some(language),
            };
        }
    }
    Message::Question {
        text: without_greeting(text).to_owned(),
    }
}

/// Characters of the longest message that is looked at as small talk.
const LONGEST_TALK: usize = 80;

/// Covers a folded text with phrases from end to end; the weightiest act of the covering that needs the fewest pieces.
fn tile(form: &str) -> Option<(DialogueAct, Option<Language>)> {
    let characters: Vec<char> = form.chars().collect();
    let count = characters.len();
    // The best covering of the first `n` characters: pieces used, and acts with their languages.
    let mut best: Vec<Option<Cover>> = vec![None; count + 1];
    best[0] = Some(Cover::default());
    for from in 0..count {
        let Some(cover) = best[from].clone() else {
            continue;
        };
        if characters[from] == ' ' {
            keep_smaller(&mut best[from + 1], cover);
            continue;
        }
        if from > 0 && joins(characters[from - 1], characters[from]) {
            continue;
        }
        for to in from + 1..=count.min(from + PHRASES.longest()) {
            if to < count && joins(characters[to - 1], characters[to]) {
                continue;
            }
            let piece: String = characters[from..to].iter().collect();
            if let Some((piece, languages)) = PHRASES.of(&piece) {
                keep_smaller(&mut best[to], cover.with(*piece, languages));
            }
        }
    }
    let cover = best.pop().flatten()?;
    let act = cover.acts.iter().copied().max_by_key(|act| weight(*act))?;
    Some((act, cover.language()))
}

/// Latin letters and digits side by side, or the syllables of one Korean word, are inside one word.
fn joins(left: char, right: char) -> bool {
    left.is_ascii_alphanumeric() && right.is_ascii_alphanumeric()
}

#[derive(Debug, Clone, Default)]
struct Cover {
    pieces: usize,
    acts: Vec<DialogueAct>,
    languages: Option<Vec<Language>>,
}

impl Cover {
    fn with(&self, piece: Piece, languages: &[Language]) -> Self {
        let mut cover = self.clone();
        // A filler is a worse explanation than a phrase, and a word of assent than another.
        cover.pieces += match piece {
            Piece::Act(DialogueAct::Ok | DialogueAct::Yes | DialogueAct::No) => 11,
            Piece::Act(_) => 10,
            Piece::Filler => 15,
        };
        if let Piece::Act(act) = piece {
            cover.acts.push(act);
            let common: Vec<Language> = match &self.languages {
                Some(known) => known
                    .iter()
                    .copied()
                    .filter(|one| languages.contains(one))
                    .collect(),
                None => languages.to_vec(),
            };
            cover.languages = Some(common);
        }
        cover
    }

    fn language(&self) -> Option<Language> {
        match self.languages.as_deref() {
            Some([one]) => Some(*one),
            _ => None,
        }
    }
}

fn keep_smaller(place: &mut Option<Cover>, cover: Cover) {
    if place
        .as_ref()
        .is_none_or(|known| cover.pieces < known.pieces)
    {
        *place = Some(cover);
    }
}

/// Which act a message of several is answered by.
fn weight(act: DialogueAct) -> u8 {
    use DialogueAct as Act;
    match act {
        Act::SecretGiven => 17,
        Act::SecretKept => 16,
        Act::NotThat => 15,
        Act::Neither => 14,
        Act::Abuse => 13,
        Act::AboutBot => 12,
        Act::Impatience => 11,
        Act::Unclear => 10,
        Act::Goodbye => 9,
        Act::No => 8,
        Act::Thanks => 7,
        Act::Presence => 6,
        Act::Greeting => 5,
        Act::Yes => 4,
        Act::Laughter => 3,
        Act::Ok => 2,
        Act::Name | Act::Wordless => 1,
    }
}

/// A name and the words that introduce it. A name alone cannot be told from any other word.
fn tells_name(text: &str) -> Option<Language> {
    let text = text.trim().trim_matches(|c: char| !c.is_alphanumeric());
    let lower = text.to_lowercase();
    let names = |rest: &str, most: usize| {
        let rest = rest.trim();
        !rest.is_empty() && rest.split_whitespace().count() <= 3 && rest.chars().count() <= most
    };
    for start in [
        "my name is ",
        "my name's ",
        "call me ",
        "the name is ",
        "the name's ",
        "i am called ",
    ] {
        if lower
            .strip_prefix(start)
            .is_some_and(|rest| names(rest, 30))
        {
            return Some(Language::English);
        }
    }
    for start in ["我叫", "我的名字是", "我的名字叫", "我姓", "叫我", "本人叫"] {
        let rest = text.strip_prefix(start);
        if rest.is_some_and(|rest| names(rest, 4) && !rest.contains(['不', '了', '怎', '你', '您']))
        {
            return Some(Language::Chinese);
        }
    }
    let japanese_end = ["と申します", "といいます", "と言います"]
        .iter()
        .find_map(|end| text.strip_suffix(end));
    let japanese = japanese_end.or_else(|| {
        text.strip_prefix("私の名前は")
            .or_else(|| text.strip_prefix("名前は"))
    });
    if japanese.is_some_and(|rest| names(rest, 12)) {
        return Some(Language::Japanese);
    }
    let introduced = ["저는 ", "나는 ", "전 "]
        .iter()
        .find_map(|start| text.strip_prefix(start))
        .unwrap_or_default();
    let korean_end = ["이라고 합니다", "이라고 해요", "라고 합니다", "라고 해요"]
        .iter()
        .find_map(|end| introduced.strip_suffix(end));
    let korean = korean_end.or_else(|| {
        ["제 이름은", "내 이름은", "이름은"]
            .iter()
            .find_map(|start| text.strip_prefix(start))
    });
    const ASKS: &[&str] = &[
        "어떻게",
        "뭐",
        "뭔",
        "무엇",
        "왜",
        "나요",
        "까요",
        "변경",
        "바꾸",
    ];
    korean
        .is_some_and(|rest| names(rest, 12) && !ASKS.iter().any(|word| rest.contains(word)))
        .then_some(Language::Korean)
}

/// Takes a greeting or thanks off the front of a text that goes on.
fn without_greeting(text: &str) -> &str {
    let mut rest = text.trim_start();
    for _ in 0..MOST_GREETINGS {
        match shorter(rest) {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    rest
}

const MOST_GREETINGS: usize = 3;
/// A rest shorter than this is no question by itself, and the greeting stays.
const LEAST_REST: usize = 2;

fn shorter(text: &str) -> Option<&str> {
    let ends: Vec<usize> = text
        .char_indices()
        .map(|(at, _)| at)
        .skip(1)
        .take(LONGEST_GREETING)
        .filter(|at| is_seam(text, *at))
        .collect();
    ends.into_iter().rev().find_map(|at| {
        let (front, rest) = text.split_at(at);
        let opens = matches!(
            PHRASES.of(&form_of(front)),
            Some((
                Piece::Act(DialogueAct::Greeting | DialogueAct::Thanks | DialogueAct::Presence),
                _
            ))
        );
        let rest = rest
            .trim_start_matches(|c: char| !c.is_alphanumeric() && !"#￥$¥₩「『“\"(（".contains(c));
        (opens && rest.chars().filter(|c| c.is_alphanumeric()).count() >= LEAST_REST)
            .then_some(rest)
    })
}

const LONGEST_GREETING: usize = 32;

/// A mark or a space, or a Chinese or Japanese greeting that runs on into a question.
fn is_seam(text: &str, at: usize) -> bool {
    let next = text[at..].chars().next();
    let last = text[..at].chars().next_back();
    if last.is_some_and(|c| !c.is_alphanumeric()) {
        return false;
    }
    match next {
        Some('-' | '\'' | '’') => false,
        Some(c) if !c.is_alphanumeric() => true,
        Some(_) => {
            let rest = &text[at..];
            RUNS_ON.iter().any(|start| rest.starts_with(start))
                || last.is_some_and(|l| l.is_ascii_alphanumeric())
                    && next.is_some_and(|n| is_han(n) || is_kana(n) || is_hangul(n))
        }
        None => false,
    }
}

/// How a question begins right after an unspaced greeting.
const RUNS_ON: &[&str] = &[
    "请问",
    "請問",
    "我想",
    "我要",
    "怎么",
    "怎麼",
    "想问",
    "想問",
    "麻烦",
    "麻煩",
    "为什么",
    "為什麼",
    "我的",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn act_of(text: &str) -> Option<DialogueAct> {
        match read_message(text) {
            Message::Talk { act, .. } => Some(act),
            Message::Question { .. } => None,
        }
    }

    #[test]
    fn greetings_in_front_are_taken_off() {
        let check = |text: &str, expected: &str| match read_message(text) {
            Message::Question { text: rest } => assert_eq!(rest, expected, "{text}"),
            talk => panic!("{text}: {talk:?}"),
        };
        check("Hi, how much is a withdrawal?", "how much is a withdrawal?");
        check(
            "hello there! good morning. my code is late",
            "my code is late",
        );
        check("你好，提现手续费多少", "提现手续费多少");
        check("您好请问怎么充值", "请问怎么充值");
        check("こんにちは。出金できません", "出金できません");
        check("안녕하세요 출금 수수료 얼마예요", "출금 수수료 얼마예요");
        check("thanks! and how do I withdraw?", "and how do I withdraw?");
        check("hidden fees?", "hidden fees?");
        check("hi-res chart", "hi-res chart");
    }

    #[test]
    fn a_question_is_never_small_talk() {
        for text in [
            "yes but how do I withdraw",
            "no code arrives",
            "hi why is my deposit missing",
            "thanks for nothing, where is my money",
            "好的账户怎么注销",
            "谢谢返佣多少",
            "はいって言ったのに出金できない",
            "네트워크 어떤 거 골라요",
            "bot trading allowed?",
            "机器人交易可以吗",
            "testnet deposit",
            "이름은 어떻게 바꾸나요",
        ] {
            assert_eq!(act_of(text), None, "{text}");
        }
    }

    #[test]
    fn several_acts_make_one() {
        for (text, expected) in [
            ("ok thanks, bye!", DialogueAct::Goodbye),
            ("no thanks", DialogueAct::No),
            ("네 감사합니다~~", DialogueAct::Thanks),
            ("好的，谢谢你啊", DialogueAct::Thanks),
            (
                "はい、わかりました。ありがとうございます！",
                DialogueAct::Thanks,
            ),
            ("hahaha ok", DialogueAct::Laughter),
            ("hello??? anyone there???", DialogueAct::Presence),
            ("you are useless, stupid bot", DialogueAct::Abuse),
            ("🙏🙏", DialogueAct::Wordless),
            ("？？？", DialogueAct::Wordless),
            ("My name is Ana Torres", DialogueAct::Name),
            ("佐藤と申します", DialogueAct::Name),
            ("我叫李雷", DialogueAct::Name),
            ("제 이름은 한지우", DialogueAct::Name),
        ] {
            assert_eq!(act_of(text), Some(expected), "{text}");
        }
    }
}

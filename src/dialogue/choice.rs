//! Reads a reply to options: by number, by place, by yes or no.

use super::phrases::form_of;

/// What a reply to options says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The option at this place, counted from zero.
    Nth(usize),
    /// The last one.
    Last,
}

/// Reads which option a message names by its place; nothing where it says more or something else.
pub fn read_choice(text: &str) -> Option<Choice> {
    let form = form_of(text);
    if form.chars().count() > LONGEST_CHOICE {
        return None;
    }
    let mut rest = form.as_str();
    loop {
        if let Some(choice) = place_named(rest) {
            return Some(choice);
        }
        rest = AROUND.iter().find_map(|(word, side)| match side {
            Side::Front => strip_front(rest, word),
            Side::Back => strip_back(rest, word),
        })?;
    }
}

fn place_named(name: &str) -> Option<Choice> {
    let place = PLACES
        .iter()
        .position(|names| names.iter().any(|known| form_of(known) == name))?;
    Some(match place {
        0 => Choice::Last,
        place => Choice::Nth(place - 1),
    })
}

const LONGEST_CHOICE: usize = 30;

enum Side {
    Front,
    Back,
}

/// Words around a place that change nothing, in folded form; longer ones first.
const AROUND: &[(&str, Side)] = &[
    ("i would like", Side::Front),
    ("id like", Side::Front),
    ("i want", Side::Front),
    ("i mean", Side::Front),
    ("i ment", Side::Front),
    ("i choose", Side::Front),
    ("give me", Side::Front),
    ("show me", Side::Front),
    ("please", Side::Front),
    ("pls", Side::Front),
    ("its", Side::Front),
    ("it is", Side::Front),
    ("yes", Side::Front),
    ("option", Side::Front),
    ("number", Side::Front),
    ("no", Side::Front),
    ("choice", Side::Front),
    ("the", Side::Front),
    ("question", Side::Front),
    ("answer", Side::Front),
    ("please", Side::Back),
    ("pls", Side::Back),
    ("thanks", Side::Back),
    ("one", Side::Back),
    ("option", Side::Back),
    ("choice", Side::Back),
    ("question", Side::Back),
    ("第", Side::Front),
    ("个", Side::Back),
    ("我想问", Side::Front),
    ("我要问", Side::Front),
    ("我选", Side::Front),
    ("我要", Side::Front),
    ("选择", Side::Front),
    ("选项", Side::Front),
    ("选", Side::Front),
    ("要", Side::Front),
    ("是", Side::Front),
    ("就", Side::Front),
    ("看", Side::Front),
    ("拣", Side::Front),
    ("谢", Side::Back),
    ("吧", Side::Back),
    ("啊", Side::Back),
    ("呀", Side::Back),
    ("的", Side::Back),
    ("那个", Side::Back),
    ("选项", Side::Back),
    ("问题", Side::Back),
    ("でお愿いします", Side::Back),
    ("お愿いします", Side::Back),
    ("をお愿いします", Side::Back),
    ("です", Side::Back),
    ("でした", Side::Back),
    ("のやつ", Side::Back),
    ("の方", Side::Back),
    ("のほう", Side::Back),
    ("を教えてください", Side::Back),
    ("を教えて", Side::Back),
    ("で", Side::Back),
    ("を", Side::Back),
    ("かな", Side::Back),
    ("はい", Side::Front),
    ("이에요", Side::Back),
    ("예요", Side::Back),
    ("입니다", Side::Back),
    ("이요", Side::Back),
    ("요", Side::Back),
    ("으로 해주세요", Side::Back),
    ("로 해주세요", Side::Back),
    ("으로", Side::Back),
    ("로", Side::Back),
    ("거", Side::Back),
    ("것", Side::Back),
    ("꺼", Side::Back),
    ("걸", Side::Back),
    ("질문", Side::Back),
    ("주세요", Side::Back),
    ("부탁드려요", Side::Back),
    ("네", Side::Front),
];

/// Names of each place; the last place first.
const PLACES: [&[&str]; 9] = [
    &[
        "last",
        "the last",
        "last one",
        "最后一个",
        "最后",
        "最后那个",
        "末尾",
        "最後",
        "最後の",
        "最後のやつ",
        "마지막",
        "마지막 거",
        "맨 끝",
        "맨 아래",
    ],
    &[
        "1",
        "1st",
        "first",
        "one",
        "a",
        "top",
        "upper",
        "former",
        "第一",
        "第一个",
        "第一項",
        "第一条",
        "一",
        "头一个",
        "上面那个",
        "上面",
        "①",
        "1号",
        "1番",
        "1番目",
        "1つ目",
        "一つ目",
        "ひとつ目",
        "いち",
        "最初",
        "最初の",
        "上",
        "上の",
        "上のやつ",
        "첫 번째",
        "첫번째",
        "첫째",
        "일번",
        "1번",
        "1번째",
        "하나",
        "맨 위",
        "위에",
        "위에 거",
        "dai yi ge",
        "diyige",
        "hitotsume",
        "cheot beonjjae",
    ],
    &[
        "2",
        "2nd",
        "second",
        "two",
        "b",
        "第二",
        "第二个",
        "第二項",
        "第二条",
        "二",
        "两",
        "②",
        "2号",
        "2番",
        "2番目",
        "2つ目",
        "二つ目",
        "ふたつ目",
        "に",
        "下",
        "下の",
        "下のやつ",
        "두 번째",
        "두번째",
        "둘째",
        "이번",
        "2번",
        "2번째",
        "둘",
        "아래",
        "아래 거",
        "di er ge",
        "dierge",
        "futatsume",
        "du beonjjae",
    ],
    &[
        "3",
        "3rd",
        "third",
        "three",
        "c",
        "第三",
        "第三个",
        "第三項",
        "第三条",
        "三",
        "③",
        "3号",
        "3番",
        "3番目",
        "3つ目",
        "三つ目",
        "みっつ目",
        "세 번째",
        "세번째",
        "셋째",
        "3번",
        "3번째",
        "셋",
        "di san ge",
        "disange",
    ],
    &[
        "4",
        "4th",
        "fourth",
        "four",
        "d",
        "第四",
        "第四个",
        "第四項",
        "第四条",
        "四",
        "④",
        "4号",
        "4番",
        "4番目",
        "4つ目",
        "四つ目",
        "よっつ目",
        "네 번째",
        "네번째",
        "넷째",
        "4번",
        "4번째",
        "넷",
        "di si ge",
    ],
    &[
        "5",
        "5th",
        "fifth",
        "five",
        "第五",
        "第五个",
        "五",
        "⑤",
        "5番",
        "5番目",
        "5つ目",
        "五つ目",
        "다섯 번째",
        "다섯번째",
        "다섯째",
        "5번",
    ],
    &[
        "6",
        "6th",
        "sixth",
        "six",
        "第六",
        "第六个",
        "六",
        "6番",
        "6番目",
        "六つ目",
        "여섯 번째",
        "여섯번째",
        "6번",
    ],
    &[
        "7",
        "7th",
        "seventh",
        "seven",
        "第七",
        "第七个",
        "七",
        "7番",
        "7番目",
        "일곱 번째",
        "7번",
    ],
    &[
        "8",
        "8th",
        "eighth",
        "eight",
        "第八",
        "第八个",
        "八",
        "8番",
        "8番目",
        "여덟 번째",
        "8번",
    ],
];

fn strip_front<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    let is_cut = word.is_ascii() && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    (!is_cut && !rest.is_empty()).then(|| rest.trim_start())
}

fn strip_back<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_suffix(word)?;
    let is_cut = word.is_ascii() && rest.ends_with(|c: char| c.is_ascii_alphabetic());
    (!is_cut && !rest.is_empty()).then(|| rest.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_in_four_languages() {
        for (text, expected) in [
            ("2", Choice::Nth(1)),
            ("#2", Choice::Nth(1)),
            ("2.", Choice::Nth(1)),
            ("option 3 please", Choice::Nth(2)),
            ("The second one!", Choice::Nth(1)),
            ("I mean the third one", Choice::Nth(2)),
            ("number one", Choice::Nth(0)),
            ("first", Choice::Nth(0)),
            ("the last one", Choice::Last),
            ("第三个", Choice::Nth(2)),
            ("我选第一个", Choice::Nth(0)),
            ("选2", Choice::Nth(1)),
            ("最后一个", Choice::Last),
            ("第２个吧", Choice::Nth(1)),
            ("2番目です", Choice::Nth(1)),
            ("一つ目", Choice::Nth(0)),
            ("二つ目をお願いします", Choice::Nth(1)),
            ("最後のやつ", Choice::Last),
            ("３番", Choice::Nth(2)),
            ("두 번째요", Choice::Nth(1)),
            ("첫번째 거", Choice::Nth(0)),
            ("3번이요", Choice::Nth(2)),
            ("마지막 거요", Choice::Last),
            ("세 번째 질문이요", Choice::Nth(2)),
        ] {
            assert_eq!(read_choice(text), Some(expected), "{text}");
        }
        for text in [
            "2FA",
            "100",
            "first bitcoin",
            "第二个账户",
            "1日の限度額",
            "2단계 인증",
            "one account",
            "last login",
            "12",
            "二重認証",
            "一日能提多少",
        ] {
            assert_eq!(read_choice(text), None, "{text}");
        }
    }
}

//! Whether a text calls a person: a word for one, a verb that calls, and no sign that it is about staff or refuses them.

use super::cues::{LEXICON, clauses, longest};

/// A longer text that mentions a person is usually about something else.
const LONGEST_PERSON_REQUEST: usize = 60;
/// How far before the person a refusal may stand, in bytes of the folded text.
const REFUSAL_REACH: usize = 40;

/// Tells whether a folded text calls a person.
pub(super) fn wants_person(normal: &str) -> bool {
    normal.chars().count() <= LONGEST_PERSON_REQUEST && clauses(normal).any(calls_person)
}

/// One statement that calls a person: a word for one, a verb that calls or nothing else at all, and no sign that the
/// statement is about staff or refuses them.
fn calls_person(clause: &str) -> bool {
    let cues = &*LEXICON;
    let Some((start, end)) = longest(&cues.person, clause) else {
        return false;
    };
    // "Can I talk with a person" asks for one, where "does a person talk English" asks about them.
    let is_with = clause[..end].ends_with('と') || clause[end..].starts_with('と');
    let is_about_staff = cues.about_staff.stand_in(clause) && !is_with;
    if is_about_staff || refuses(clause, start, end) || acts_on_visitor(clause) {
        return false;
    }
    let named = &clause[start..end];
    let rest = format!("{} {}", &clause[..start], &clause[end..]).replace(named, " ");
    let is_bare = is_politeness(&rest);
    if cues.person_vague.hold(named) {
        // These words stand for many things; they call a person beside a verb that only calls.
        return cues.calls.stand_in(&rest) && is_call(&rest) || is_bare && !is_everyday(named);
    }
    is_bare || cues.calls.stand_in(&rest)
}

/// What else than a call may stand beside a vague word for a person: almost nothing.
const MOST_BESIDE_A_CALL: usize = 14;

/// Verbs that call a person whoever is meant.
const PLAIN_CALLS: &[&str] = &[
    "talk",
    "speak",
    "connect",
    "transfer",
    "put me through",
    "chat with",
    "get me",
    "话せ",
    "switch",
    "转",
    "接",
    "找",
    "叫",
    "联系",
    "连线",
    "搵",
    "倾",
    "话し",
    "话す",
    "话せ",
    "话したい",
    "つない",
    "系い",
    "繋い",
    "代わ",
    "替わ",
    "出して",
    "呼んで",
    "相谈したい",
    "お愿い",
    "연결",
    "바꿔",
    "통화",
    "얘기",
    "이야기",
    "대화",
    "말하고",
    "불러",
    "상담하고",
    "상담받",
    "돌려",
];

fn is_call(rest: &str) -> bool {
    PLAIN_CALLS.iter().any(|verb| rest.contains(verb))
        && rest.chars().filter(|c| !c.is_whitespace()).count() <= MOST_BESIDE_A_CALL * 3
}

fn is_everyday(word: &str) -> bool {
    matches!(
        word,
        "someone" | "somebody" | "人类" | "人间" | "有人" | "사람" | "a person"
    )
}

/// Nothing but courtesy, interjections and "now".
fn is_politeness(rest: &str) -> bool {
    let mut left = rest.to_owned();
    for word in POLITENESS {
        left = left.replace(word, " ");
    }
    !left.chars().any(char::is_alphanumeric)
}

const POLITENESS: &[&str] = &[
    "please",
    "pls",
    "now",
    "hello",
    "hi",
    "asap",
    "only",
    "a ",
    "an ",
    "the ",
    "real",
    "live",
    "请",
    "谢谢",
    "你好",
    "您好",
    "啊",
    "吧",
    "呢",
    "服务",
    "客服",
    "在吗",
    "急",
    "快点",
    "快",
    "お愿いします",
    "お愿い",
    "ください",
    "をお",
    "を",
    "で",
    "に",
    "希望です",
    "希望",
    "부탁드려요",
    "부탁드립니다",
    "부탁해요",
    "부탁",
    "주세요",
    "요",
    "지금",
    "빨리",
    "좀",
    "님",
];

fn refuses(clause: &str, start: usize, end: usize) -> bool {
    let cues = &*LEXICON;
    let places = cues.refuses.places(clause);
    let mut found = places.filter(|(from, to)| {
        let before = *to <= start && start - *to <= REFUSAL_REACH;
        let after = *from >= end && *from - end <= REFUSAL_REACH;
        let (gap_from, gap_to) = if before {
            (*to, start)
        } else {
            (end, (*from).max(end))
        };
        // "I don't want a robot, a person": what is refused stands between.
        (before || after) && !cues.bots.stand_in(&clause[gap_from..gap_to])
    });
    found.next().is_some() && !cues.bots.stand_in(clause)
}

/// The person does something to the visitor, rather than being called.
fn acts_on_visitor(clause: &str) -> bool {
    const ACTS: &[&str] = &[
        "asks me",
        "asked me",
        "told me",
        "says",
        "said",
        "wants me",
        "wants my",
        "asks for",
        "asking for",
        "called me",
        "让我",
        "叫我把",
        "要我",
        "问我",
        "说要",
        "说需要",
        "联系我",
        "打电话给我",
        "に闻かれ",
        "に言われ",
        "が言",
        "と言",
        "から电话",
        "から连络",
        "が来",
        "求められ",
        "물어",
        "달라고",
        "하라고",
        "달래요",
        "보내래요",
        "하래요",
        "깔래요",
        "내래요",
        "라고 해",
        "라고 했",
        "라는데",
        "왔어요",
        "했는데",
    ];
    ACTS.iter().any(|act| clause.contains(act))
}

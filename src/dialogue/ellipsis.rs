//! Tells whether a question stands by itself or leans on what was said before.

use crate::language::{is_han, is_hangul, is_kana, normalize_for_matching};

/// Tells whether a question leaves out what it is about, as after an answer one may: by a particle (`手续费呢`, `手数料は？`,
/// `수수료는요?`), by a connective (`and the fee?`), by a pronoun (`can I cancel it?`), or by being nothing but a question word.
pub fn leans_on_turn_before(text: &str) -> bool {
    let normal = normalize_for_matching(text);
    let words = normal.trim_matches(|c: char| !c.is_alphanumeric());
    let size = size_of(words);
    if size == 0.0 || size > LONGEST {
        return false;
    }
    let starts = STARTS.iter().any(|start| begins_with(words, start));
    let ends = ENDS.iter().any(|end| words.ends_with(end));
    let points = POINTS.iter().any(|word| stands_in(words, word));
    starts
        || ends && size <= SHORT
        || points
        || size <= TINY
        || LACKS.iter().any(|lack| begins_with(words, lack)) && size <= SHORT
        || ASKS_LAST.iter().any(|word| words.ends_with(word)) && size <= BRIEF
}

/// Tells whether a brief question names but what it is about, and leaves the rest to the turn before: `最低呢`, `手数料は？`,
/// `최소 금액은요?`.
pub fn leans_by_particle(text: &str) -> bool {
    let normal = normalize_for_matching(text);
    let words = normal.trim_matches(|c: char| !c.is_alphanumeric());
    let size = size_of(words);
    let opens = ADDS.iter().any(|start| begins_with(words, start));
    size > 0.0 && size <= SHORT && (opens || ENDS.iter().any(|end| words.ends_with(end)))
}

/// What adds to what was said before.
const ADDS: &[&str] = &[
    "and",
    "what about",
    "how about",
    "what if",
    "那",
    "그럼",
    "では",
    "じゃあ",
];

/// Words of Latin letters, and characters of others as parts of words.
fn size_of(text: &str) -> f32 {
    let latin = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .count() as f32;
    let others = text
        .chars()
        .filter(|c| is_han(*c) || is_kana(*c) || is_hangul(*c));
    latin
        + others
            .map(|c| {
                if is_kana(c) {
                    0.3
                } else if is_hangul(c) {
                    0.4
                } else {
                    0.6
                }
            })
            .sum::<f32>()
}

/// What is longer than this says what it is about.
const LONGEST: f32 = 8.5;
const SHORT: f32 = 6.5;
/// So short that what is asked of may stand before.
const BRIEF: f32 = 4.0;
/// So short that it can hardly stand by itself.
const TINY: f32 = 2.0;

const STARTS: &[&str] = &[
    "and",
    "what about",
    "how about",
    "also",
    "but",
    "then",
    "or",
    "so",
    "what if",
    "same for",
    "for",
    "with",
    "from",
    "in",
    "on",
    "那",
    "那么",
    "还有",
    "另外",
    "然后",
    "要是",
    "如果",
    "那要",
    "再",
    "用",
    "咁",
    "还没",
    "还是没",
    "では",
    "じゃあ",
    "じゃ",
    "それで",
    "それなら",
    "あと",
    "ちなみに",
    "まだ",
    "なら",
    "もし",
    "그럼",
    "그러면",
    "그리고",
    "그런데",
    "근데",
    "또",
    "만약",
    "혹시",
    "아직",
];
const ENDS: &[&str] = &[
    "呢",
    "呢?",
    "咧",
    "は",
    "って",
    "の場合",
    "の場合は",
    "では",
    "なら",
    "は요",
    "은요",
    "는요",
    "은",
    "는",
    "도요",
    "이면",
    "면요",
    "too",
    "instead",
    "then",
];
const POINTS: &[&str] = &[
    "it",
    "its",
    "that",
    "this",
    "them",
    "those",
    "these",
    "one",
    "there",
    "they",
    "它",
    "这个",
    "那个",
    "这",
    "那里",
    "哪里看",
    "丢了呢",
    "这些",
    "其中",
    "それ",
    "これ",
    "あれ",
    "その",
    "この",
    "そこ",
    "たらどう",
    "れたら",
    "그거",
    "그건",
    "그게",
    "이거",
    "이건",
    "이게",
    "그것",
    "이것",
    "거기",
    "그 ",
    "그때",
    "면 어떡",
    "면 어떻게",
];
/// Questions without a subject: how long, how much, where, can it be undone.
const LACKS: &[&str] = &[
    "how long",
    "how much",
    "how many",
    "where",
    "when",
    "why",
    "is there",
    "are there",
    "what does",
    "does",
    "can i",
    "can you",
    "do i",
    "what is the",
    "what's the",
    "is",
    "how do i",
    "any",
    "多久",
    "多少",
    "要多",
    "需要",
    "能",
    "可以",
    "怎么",
    "为什么",
    "在哪",
    "去哪",
    "什么时候",
    "有没有",
    "最低",
    "最少",
    "最多",
    "最高",
    "安全",
    "收费",
    "免费",
    "いくら",
    "どのくらい",
    "どれくらい",
    "いつ",
    "どこ",
    "何",
    "なぜ",
    "最低",
    "最大",
    "取り消",
    "キャンセル",
    "できますか",
    "必要",
    "安全",
    "无料",
    "手数料",
    "얼마",
    "언제",
    "어디",
    "몇",
    "왜",
    "최소",
    "최대",
    "취소",
    "수수료",
    "안전",
    "무료",
    "어떻게",
    "필요",
];

/// Ends of questions that ask how long or how much.
const ASKS_LAST: &[&str] = &[
    "多久",
    "多少",
    "几天",
    "什么时候",
    "哪里看",
    "いつ",
    "いくら",
    "どのくらい",
    "いつですか",
    "どこですか",
    "언제예요",
    "언제요",
    "얼마예요",
    "얼마나 걸려요",
    "얼마나 걸리나요",
    "어디예요",
];

fn begins_with(text: &str, start: &str) -> bool {
    text.strip_prefix(start).is_some_and(|rest| {
        !start.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

fn stands_in(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_its_subject_out_leans() {
        for text in [
            "and the fee?",
            "what about the minimum?",
            "how long does it take?",
            "can I cancel it?",
            "how much?",
            "手续费呢",
            "能取消吗",
            "要多久",
            "那最低呢",
            "手数料は？",
            "それはいくらですか",
            "取り消せますか",
            "いつ届きますか",
            "수수료는요?",
            "취소할 수 있나요?",
            "그건 얼마예요?",
            "얼마나 걸려요?",
            "USDT",
            "到账要多久",
            "反映はいつですか",
            "확인은 얼마나 걸려요",
        ] {
            assert!(leans_on_turn_before(text), "{text}");
        }
        for text in [
            "How do I turn on two-factor authentication with an authenticator app?",
            "我想把账户里的比特币全部提到自己的钱包应该怎么操作",
            "銀行口座に日本円を出金するにはどうすればいいですか",
            "비밀번호를 잊어버려서 로그인할 수 없는데 재설정은 어떻게 하나요",
        ] {
            assert!(!leans_on_turn_before(text), "{text}");
        }
    }
}

//! Cuts the words of a base whose sounds are looked for, and names the words that every question is made with.

use super::analyzer::{chinese_cut, strip_korean_ending};
use crate::language::{Language, is_han, is_hangul};

/// The words of a folded text, each once for every place.
pub(super) fn words_of(normal: &str, language: Language) -> Vec<String> {
    let mut words = Vec::new();
    let is_letter = |c: char| c.is_alphanumeric() || c == 'ー';
    for part in normal
        .split(|c| !is_letter(c))
        .filter(|part| !part.is_empty())
    {
        let mut rest = part;
        while let Some(first) = rest.chars().next() {
            let kind = |c: char| {
                (
                    is_han(c),
                    is_hangul(c),
                    matches!(c, 'ァ'..='ヶ' | 'ー'),
                    c.is_ascii(),
                )
            };
            let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
            let (run, remaining) = rest.split_at(end);
            rest = remaining;
            match language {
                Language::Chinese if is_han(first) => words.extend(chinese_cut(run)),
                Language::Korean if is_hangul(first) => {
                    words.push(strip_korean_ending(run).to_owned())
                }
                Language::Japanese if is_han(first) => {
                    words.push(run.to_owned());
                    words.extend(pairs_of(run));
                }
                _ => words.push(run.to_owned()),
            }
        }
    }
    words
}

/// The two-character words inside a longer compound.
fn pairs_of(run: &str) -> Vec<String> {
    let characters: Vec<char> = run.chars().collect();
    if characters.len() < 3 {
        return Vec::new();
    }
    let cut = |from: usize, to: usize| characters[from..to].iter().collect::<String>();
    let mut words = vec![cut(0, 2), cut(2, characters.len())];
    if characters.len() == 4 {
        words.push(cut(1, 4));
    }
    words.retain(|word| word.chars().count() > 1);
    words
}

/// Letters alone, with tone marks and tone numbers of pinyin taken off.
pub(super) fn plain_letters(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.replace('ü', "v")
        .nfd()
        .filter(|c| c.is_ascii_alphabetic())
        .collect()
}

/// Words that questions are made with, whatever they are about.
pub(super) const GRAMMAR_PINYIN: &[(&str, &str)] = &[
    ("zenme", "怎么"),
    ("zenmeyang", "怎么样"),
    ("duoshao", "多少"),
    ("duojiu", "多久"),
    ("weishenme", "为什么"),
    ("shenme", "什么"),
    ("keyi", "可以"),
    ("meiyou", "没有"),
    ("mei", "没"),
    ("bu", "不"),
    ("de", "的"),
    ("wode", "我的"),
    ("wo", "我"),
    ("dao", "到"),
    ("le", "了"),
    ("ma", "吗"),
    ("shoubudao", "收不到"),
    ("nali", "哪里"),
    ("ruhe", "如何"),
    ("zhanghu", "账户"),
    ("zhanghao", "账号"),
    ("daozhang", "到账"),
    ("mima", "密码"),
];
pub(super) const GRAMMAR_KANA: &[(&str, &str)] = &[
    ("いくら", "いくら"),
    ("できない", "できない"),
    ("できません", "できません"),
    ("わすれた", "忘れた"),
    ("わすれました", "忘れました"),
    ("どうやって", "どうやって"),
    ("したい", "したい"),
    ("ですか", "ですか"),
    ("の", "の"),
    ("を", "を"),
    ("は", "は"),
    ("が", "が"),
    ("とどかない", "届かない"),
    ("こない", "来ない"),
    ("かえたい", "変えたい"),
    ("ほうほう", "方法"),
    ("いつ", "いつ"),
];
pub(super) const GRAMMAR_KOREAN: &[&str] = &[
    "어떻게",
    "얼마예요",
    "얼마",
    "안",
    "돼요",
    "되어요",
    "방법",
    "찾기",
    "왜",
    "해요",
    "하나요",
    "되나요",
    "가",
    "이",
    "은",
    "는",
    "을",
    "를",
    "변경",
    "언제",
    "안돼요",
];

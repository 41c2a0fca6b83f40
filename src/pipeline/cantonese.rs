//! Reads written Cantonese in the words of the articles: `點樣` asks what `怎么` asks, `唔` denies as `不` does.
//!
//! Only texts that hold a word of Cantonese alone are touched, so that Mandarin stays as it is written.

use crate::language::normalize_for_matching;

/// Writes a text in Mandarin words; nothing where no word of it is Cantonese alone.
pub(super) fn in_mandarin(text: &str) -> Option<String> {
    // The copula looks like a part of many words once its form is simplified.
    let text = text
        .replace("關係", "關\u{0}")
        .replace('係', "是")
        .replace("關\u{0}", "關係");
    let normal = normalize_for_matching(&text);
    if !TELLING.iter().any(|word| normal.contains(word)) {
        return None;
    }
    let mut written = normal.clone();
    for (cantonese, mandarin) in WORDS {
        written = written.replace(cantonese, mandarin);
    }
    if let Some(rest) = written.strip_prefix('点')
        && !rest.starts_with(NOT_HOW)
    {
        written = format!("怎么{rest}");
    }
    (written != normal).then_some(written)
}

/// What Mandarin does not write; folded, as everything here.
const TELLING: &[&str] = &[
    "唔", "咗", "嘅", "冇", "佢", "啲", "嗰", "喺", "搵", "揾", "畀", "俾", "点样", "点解", "点算",
    "点先", "几多", "乜", "边个", "边度", "而家", "睇", "攞", "嚟", "噉", "咁", "㗎", "咩", "嘢",
    "收工", "返工", "寻日", "琴日", "听日", "几耐", "呢度", "呢个", "哋",
];

/// After a first `点` that asks nothing: click, o'clock and the like.
const NOT_HOW: &[char] = &['击', '开', '了', '的', '对', '数', '位', '不', '进'];

/// What stands for what, longer words first where one begins another.
const WORDS: &[(&str, &str)] = &[
    ("唔记得咗", "忘记"),
    ("唔记得", "忘记"),
    ("唔见咗", "丢了"),
    ("唔见", "丢了"),
    ("可唔可以", "可不可以"),
    ("是唔是", "是不是"),
    ("有冇", "有没有"),
    ("唔使", "不用"),
    ("唔该", "麻烦"),
    ("唔到", "不到"),
    ("唔", "不"),
    ("未收到", "没收到"),
    ("未到账", "没到账"),
    ("未见到", "没到账"),
    ("仲未", "还没"),
    ("冇", "没有"),
    ("俾几多", "付多少"),
    ("畀几多", "付多少"),
    ("俾钱", "付钱"),
    ("畀钱", "付钱"),
    ("俾人", "被人"),
    ("畀人", "被人"),
    ("叫我俾", "叫我给"),
    ("俾", "给"),
    ("畀", "给"),
    ("点样", "怎么"),
    ("点解", "为什么"),
    ("点算", "怎么办"),
    ("点先可以", "怎么才可以"),
    ("点先", "怎么"),
    ("应该点", "应该怎么"),
    ("几多", "多少"),
    ("几时", "什么时候"),
    ("几耐", "多久"),
    ("边个", "谁"),
    ("边度", "哪里"),
    ("乜嘢", "什么"),
    ("做咩", "为什么"),
    ("咩", "什么"),
    ("乜", "什么"),
    ("佢哋", "他们"),
    ("我哋", "我们"),
    ("你哋", "你们"),
    ("佢", "他"),
    ("而家", "现在"),
    ("今日", "今天"),
    ("听日", "明天"),
    ("寻日", "昨天"),
    ("琴日", "昨天"),
    ("入咗钱", "充值了"),
    ("入钱", "充值"),
    ("过咗数", "转账了"),
    ("过数", "转账"),
    ("户口", "账户"),
    ("个账户", "账户"),
    ("收工", "下班"),
    ("返工", "上班"),
    ("开工", "上班"),
    ("搵", "找"),
    ("揾", "找"),
    ("睇", "看"),
    ("攞返", "拿回"),
    ("攞", "拿"),
    ("嚟", "来"),
    ("倾计", "聊天"),
    ("呢个", "这个"),
    ("呢度", "这里"),
    ("嗰个", "那个"),
    ("嗰度", "那里"),
    ("嗰", "那"),
    ("啲", "些"),
    ("喺", "在"),
    ("咗", "了"),
    ("嘅", "的"),
    ("㗎", "的"),
    ("咁样", "这样"),
    ("咁", "这么"),
    ("噉", "这样"),
    ("嘢", "东西"),
    ("但是", "但"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cantonese_is_read_in_the_words_of_the_articles() {
        for (text, expected) in [
            ("點樣改電郵", "怎么改电邮"),
            ("點開戶口唔使等", "点开账户不用等"),
            ("唔見咗部手機點算好", "丢了部手机怎么办好"),
            ("你哋幾時收工", "你们什么时候下班"),
            ("我個户口俾人鎖咗", "我账户被人锁了"),
            ("呢筆錢係咪冇咗", "呢笔钱是咪没有了"),
        ] {
            assert_eq!(in_mandarin(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "提現要多久",
            "這跟我的關係是什麼",
            "点击哪里提现",
            "几点上班",
            "how to withdraw",
        ] {
            assert_eq!(in_mandarin(text), None, "{text}");
        }
    }
}

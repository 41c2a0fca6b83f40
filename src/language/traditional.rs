//! Chinese as its readers write it: which script a text or a tag speaks for, and simplified text in traditional characters.

use std::borrow::Cow;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use serde::{Deserialize, Serialize};

use super::is_han;

/// One way to write Chinese.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub enum ChineseScript {
    /// Simplified characters.
    #[default]
    #[serde(rename = "zh-Hans")]
    Simplified,
    /// Traditional characters and the words of Taiwan.
    #[serde(rename = "zh-Hant")]
    Taiwan,
    /// Traditional characters and the words of Hong Kong.
    #[serde(rename = "zh-HK")]
    HongKong,
}

impl ChineseScript {
    /// Every script, in the order of its declaration.
    pub const ALL: [ChineseScript; 3] = [
        ChineseScript::Simplified,
        ChineseScript::Taiwan,
        ChineseScript::HongKong,
    ];

    /// Returns the BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            ChineseScript::Simplified => "zh-Hans",
            ChineseScript::Taiwan => "zh-Hant",
            ChineseScript::HongKong => "zh-HK",
        }
    }

    /// Tells whether the characters are traditional.
    pub fn is_traditional(self) -> bool {
        self != ChineseScript::Simplified
    }

    /// Reads a BCP 47 tag such as `zh-TW`; `None` for another language. A bare `zh` is simplified.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let lower = tag.trim().to_ascii_lowercase();
        let mut parts = lower.split(['-', '_', '.', '@']);
        let primary = parts.next()?;
        let is_cantonese = primary == "yue";
        if !is_cantonese && !matches!(primary, "zh" | "zho" | "chi" | "cmn") {
            return None;
        }
        let parts: Vec<&str> = parts.collect();
        let says = |subtag: &str| parts.contains(&subtag);
        Some(if says("hans") {
            ChineseScript::Simplified
        } else if is_cantonese || says("hk") || says("mo") {
            ChineseScript::HongKong
        } else if says("hant") || says("tw") {
            ChineseScript::Taiwan
        } else {
            ChineseScript::Simplified
        })
    }

    /// Reads the script from the characters of a Chinese text; `None` when it would look the same in each.
    pub fn of_text(text: &str) -> Option<Self> {
        let mut traditional = 0;
        let mut simplified = 0;
        let mut cantonese = 0;
        for character in text.chars().filter(|character| is_han(*character)) {
            cantonese += usize::from(CANTONESE.contains(character));
            match OWN_CHARACTERS.script_of(character) {
                Some(ChineseScript::Simplified) => simplified += 1,
                Some(_) => traditional += 1,
                None => {}
            }
        }
        if simplified > traditional {
            Some(ChineseScript::Simplified)
        } else if cantonese > 0 {
            Some(ChineseScript::HongKong)
        } else if traditional > 0 {
            Some(ChineseScript::Taiwan)
        } else {
            None
        }
    }

    /// Chooses the script for a visitor: traditional when their page or their words are, else what is known.
    pub fn chosen(text: &str, known: Option<ChineseScript>) -> Self {
        match known.filter(|script| script.is_traditional()) {
            Some(script) => script,
            None => Self::of_text(text).or(known).unwrap_or_default(),
        }
    }

    /// Writes simplified Chinese in this script. Code, addresses and places such as `{number}` stay as they are.
    ///
    /// The first call for a script reads its tables, which takes some milliseconds.
    pub fn written(self, text: &str) -> Cow<'_, str> {
        let (tables, words) = match self {
            ChineseScript::Simplified => return Cow::Borrowed(text),
            ChineseScript::Taiwan => (&*TAIWAN, TAIWAN_WORDS),
            ChineseScript::HongKong => (&*HONG_KONG, HONG_KONG_WORDS),
        };
        Cow::Owned(outside_code(text, |part| {
            let converted = only_where_single(&tables.convert(part));
            words.iter().fold(converted, |text, (found, put)| {
                if text.contains(found) {
                    text.replace(found, put)
                } else {
                    text
                }
            })
        }))
    }
}

/// Mends what the tables confuse: 只 (only) and 隻, which counts animals and ships and follows a number.
fn only_where_single(text: &str) -> String {
    let mut before = None;
    let mended = text.chars().map(|character| {
        let counts =
            before.is_some_and(|before: char| before.is_ascii_digit() || COUNTED.contains(before));
        before = Some(character);
        match character {
            '隻' if !counts => '只',
            other => other,
        }
    });
    mended.collect()
}

const COUNTED: &str = "一二三四五六七八九十百千萬兩幾這那每整半數多單船";

/// Writes traditional Chinese in simplified characters and the words of the mainland, but for what is code.
pub fn in_simplified_characters(text: &str) -> String {
    static TABLES: LazyLock<OpenCC> = LazyLock::new(|| tables(BuiltinConfig::Tw2sp));
    outside_code(text, |part| TABLES.convert(part))
}

/// Writes simplified Chinese in the traditional characters and words of Taiwan.
pub fn in_traditional_characters(text: &str) -> String {
    ChineseScript::Taiwan.written(text).into_owned()
}

static TAIWAN: LazyLock<OpenCC> = LazyLock::new(|| tables(BuiltinConfig::S2twp));
static HONG_KONG: LazyLock<OpenCC> = LazyLock::new(|| tables(BuiltinConfig::S2hk));

fn tables(name: BuiltinConfig) -> OpenCC {
    OpenCC::from_config(name).expect("the conversion tables are part of the crate")
}

// What the tables leave in the words of the mainland. Each stands as the tables have written it; longer ones come first.
const TAIWAN_WORDS: &[(&str, &str)] = &[
    ("“", "「"),
    ("”", "」"),
    ("許可權", "權限"),
    ("郵箱地址", "電子郵件地址"),
    ("電子郵箱", "電子郵件"),
    ("郵箱", "電子郵件"),
    ("賬", "帳"),
    ("短信", "簡訊"),
    ("在線", "線上"),
    ("提現", "提領"),
    ("充值", "儲值"),
    ("人工客服", "真人客服"),
];
const HONG_KONG_WORDS: &[(&str, &str)] = &[
    ("“", "「"),
    ("”", "」"),
    ("電子郵箱", "電郵"),
    ("郵箱", "電郵"),
    ("賬", "帳"),
    ("短信", "短訊"),
    ("在線", "網上"),
    ("提現", "提款"),
    ("充值", "增值"),
    ("人工客服", "真人客服"),
    ("信息", "資訊"),
    ("設置", "設定"),
    ("登錄", "登入"),
    ("鏈接", "連結"),
    ("界面", "介面"),
    ("視頻", "影片"),
    ("默認", "預設"),
    ("屏幕", "螢幕"),
];

/// Characters of written Cantonese that no Mandarin text holds.
const CANTONESE: &str = "嘅唔咗喺冇佢哋嚟啲嗰嘢搵咁嘥唞攞畀掹";

static OWN_CHARACTERS: LazyLock<OwnCharacters> = LazyLock::new(OwnCharacters::load);

/// Which of the two scripts alone writes a character.
struct OwnCharacters {
    scripts: Vec<Option<ChineseScript>>,
}

const FIRST: char = '\u{4E00}';
const LAST: char = '\u{9FFF}';

impl OwnCharacters {
    /// Asks the tables once for all characters; a line each, so that no phrase rule joins two of them.
    fn load() -> Self {
        let lines: String = (FIRST..=LAST)
            .flat_map(|character| [character, '\n'])
            .collect();
        let simplified = tables(BuiltinConfig::T2s).convert(&lines);
        let traditional = tables(BuiltinConfig::S2t).convert(&lines);
        let scripts = lines
            .lines()
            .zip(simplified.lines())
            .zip(traditional.lines())
            .map(|((own, simplified), traditional)| {
                match (own == simplified, own == traditional) {
                    (false, true) => Some(ChineseScript::Taiwan),
                    (true, false) => Some(ChineseScript::Simplified),
                    _ => None,
                }
            });
        Self {
            scripts: scripts.collect(),
        }
    }

    fn script_of(&self, character: char) -> Option<ChineseScript> {
        if !(FIRST..=LAST).contains(&character) {
            return None;
        }
        let place = character as usize - FIRST as usize;
        self.scripts.get(place).copied().flatten()
    }
}

/// Converts the parts of a Markdown text that are words: no code spans and blocks, no targets of links, no addresses, no
/// tags, no `{places}`.
fn outside_code(text: &str, convert: impl Fn(&str) -> String) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    let mut words = 0;
    while let Some(character) = rest[words..].chars().next() {
        let kept = kept_length(&rest[words..]);
        if kept == 0 {
            words += character.len_utf8();
            continue;
        }
        let (before, from_code) = rest.split_at(words);
        let (code, after) = from_code.split_at(kept);
        written += &convert(before);
        written += code;
        rest = after;
        words = 0;
    }
    written += &convert(rest);
    written
}

/// Length of the code that a text begins with; 0 where it begins with words.
fn kept_length(text: &str) -> usize {
    let through = |opening: usize, closing: &str| {
        text[opening..]
            .find(closing)
            .map_or(0, |found| opening + found + closing.len())
    };
    let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
    if ticks > 0 {
        // An opening run that nothing closes is a run of characters.
        return match through(ticks, &text[..ticks]) {
            0 => ticks,
            length => length,
        };
    }
    if text.starts_with("](") {
        return through(2, ")");
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        let ends = |c: char| c.is_whitespace() || !c.is_ascii() || matches!(c, ')' | '>' | '"');
        return text.find(ends).unwrap_or(text.len());
    }
    let is_tag = text.starts_with('<')
        && text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    if is_tag {
        return through(1, ">");
    }
    if text.starts_with('{') {
        return through(1, "}");
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_converted() {
        assert_eq!(
            in_traditional_characters("系统维护，暂停转账。头发"),
            "系統維護，暫停轉帳。頭髮"
        );
        let check = |text: &str, taiwan: &str, hong_kong: &str| {
            assert_eq!(ChineseScript::Taiwan.written(text), taiwan);
            assert_eq!(ChineseScript::HongKong.written(text), hong_kong);
            assert_eq!(ChineseScript::Simplified.written(text), text);
        };
        check("提币", "提幣", "提幣");
        check("更换绑定的邮箱", "更換繫結的電子郵件", "更換綁定的電郵");
        check("账户余额", "帳戶餘額", "帳户餘額");
        check("在里面", "在裡面", "在裏面");
        check(
            "换货币只影响显示，有两只猫",
            "換貨幣只影響顯示，有兩隻貓",
            "換貨幣只影響顯示，有兩隻貓",
        );
    }

    #[test]
    fn code_links_and_places_stay_as_they_are() {
        let check = |text: &str, expected: &str| {
            assert_eq!(in_traditional_characters(text), expected);
        };
        check("打开 `设置` 页", "開啟 `设置` 頁");
        check("见[费用](/help/zh/费用)。", "見[費用](/help/zh/费用)。");
        check("{编号} 的账单", "{编号} 的帳單");
        check(
            "https://shop.example/a后 `没有",
            "https://shop.example/a後 `沒有",
        );
        check("```\n门\n```\n门", "```\n门\n```\n門");
        check("<b title=\"门\">门</b>", "<b title=\"门\">門</b>");
        check("1 < 2，门", "1 < 2，門");
        check("", "");
    }

    #[test]
    fn tags_and_characters_name_the_script() {
        use ChineseScript::{HongKong, Simplified, Taiwan};
        let tag = |tag: &str, expected| assert_eq!(ChineseScript::from_tag(tag), expected, "{tag}");
        tag("zh", Some(Simplified));
        tag("zh-TW", Some(Taiwan));
        tag("zh_HK.UTF-8", Some(HongKong));
        tag("zh-Hant-MO", Some(HongKong));
        tag("zh-Hans-HK", Some(Simplified));
        tag("yue", Some(HongKong));
        tag("ja", None);
        for script in ChineseScript::ALL {
            tag(script.tag(), Some(script));
        }
        let text =
            |text: &str, expected| assert_eq!(ChineseScript::of_text(text), expected, "{text}");
        text("怎麼提領", Some(Taiwan));
        text("怎么取钱", Some(Simplified));
        text("點樣搵返我啲錢", Some(HongKong));
        text("唔该帮我查下", Some(Simplified));
        text("提示", None);
        text("4711", None);
    }

    #[test]
    fn page_or_words_make_an_answer_traditional() {
        use ChineseScript::{HongKong, Simplified, Taiwan};
        let check = |text: &str, known, expected| {
            assert_eq!(
                ChineseScript::chosen(text, known),
                expected,
                "{text} {known:?}"
            );
        };
        check("怎么取钱", Some(Taiwan), Taiwan);
        check("怎麼取錢", Some(Simplified), Taiwan);
        check("怎麼取錢", Some(HongKong), HongKong);
        check("提示", None, Simplified);
        check("提示", Some(HongKong), HongKong);
    }
}

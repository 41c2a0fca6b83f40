//! Made-up knowledge bases of any size, the same on every machine.

use std::collections::BTreeMap;

use mondo::knowledge::{Article, ArticleId, KnowledgeBase, Revision, Translation};
use mondo::language::Language;
use mondo::pipeline::Question;

/// A day on which every article is valid.
pub const DAY: &str = "2026-06-01";

/// Articles in one language each, the languages in turn, with a title and an alternate of six words.
pub fn base(entries: usize) -> KnowledgeBase {
    let mut random = Random(0x5EED);
    let articles = (0..entries)
        .map(|number| {
            let language = Language::ALL[number % Language::ALL.len()];
            article(
                number,
                language,
                sentence(language, &mut random),
                sentence(language, &mut random),
            )
        })
        .collect();
    KnowledgeBase::of_articles(articles, Revision(format!("synthetic-{entries}")))
}

/// Questions near the articles: every so many titles with a word of the alternate behind it.
pub fn questions(base: &KnowledgeBase) -> Vec<Question> {
    let step = (base.articles.len() / 500).max(1);
    base.articles
        .iter()
        .step_by(step | 1)
        .flat_map(|article| article.translations.values())
        .filter_map(|translation| {
            let alternate = translation.alternates.first()?;
            let word: String = alternate.chars().take(4).collect();
            Question::parse(&format!("{} {word}", translation.title)).ok()
        })
        .collect()
}

fn article(number: usize, language: Language, title: String, alternate: String) -> Article {
    let translation = Translation {
        title,
        alternates: vec![alternate],
        path: "synthetic".into(),
        ..Translation::blank(language)
    };
    // Padded, so that the order of identifiers is the order of numbers.
    let id = ArticleId::new(format!("entry-{number:07}"));
    Article {
        category: "synthetic".to_owned(),
        translations: BTreeMap::from([(language, translation)]),
        ..Article::blank(id)
    }
}

const WORDS_A_SENTENCE: usize = 6;

/// Words of support questions and made-up names: the first draw near each other, the second keep entries apart.
fn sentence(language: Language, random: &mut Random) -> String {
    let words: Vec<String> = (0..WORDS_A_SENTENCE)
        .map(|_| match random.below(3) {
            0 => name(language, random),
            _ => {
                let stock = stock(language);
                stock[random.below(stock.len())].to_owned()
            }
        })
        .collect();
    match language {
        Language::English | Language::Korean => words.join(" "),
        Language::Chinese | Language::Japanese => words.concat(),
    }
}

fn stock(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            "how", "do", "I", "cancel", "my", "order", "change", "address", "invoice", "refund",
            "late", "parcel", "account", "password", "reset", "payment", "card", "declined",
            "size", "return",
        ],
        Language::Chinese => &[
            "怎么",
            "取消",
            "订单",
            "修改",
            "地址",
            "发票",
            "退款",
            "快递",
            "没到",
            "账号",
            "密码",
            "重置",
            "支付",
            "银行卡",
            "失败",
            "尺码",
        ],
        Language::Japanese => &[
            "注文",
            "キャンセル",
            "方法",
            "住所",
            "変更",
            "領収書",
            "返金",
            "届かない",
            "荷物",
            "アカウント",
            "パスワード",
            "再設定",
            "支払い",
            "カード",
            "できない",
            "返品",
        ],
        Language::Korean => &[
            "주문",
            "취소",
            "방법",
            "주소",
            "변경",
            "영수증",
            "환불",
            "택배",
            "안 와요",
            "계정",
            "비밀번호",
            "재설정",
            "결제",
            "카드",
            "실패",
            "반품",
        ],
    }
}

/// Two or three syllables of the language's script.
fn name(language: Language, random: &mut Random) -> String {
    let (first, count) = match language {
        Language::English => ('a', 26),
        Language::Chinese => ('\u{4E00}', 3000),
        Language::Japanese => ('\u{30A2}', 80),
        Language::Korean => ('\u{AC00}', 11_000),
    };
    let letters = match language {
        Language::English => 5 + random.below(4),
        _ => 2 + random.below(2),
    };
    (0..letters)
        .filter_map(|_| char::from_u32(first as u32 + random.below(count) as u32))
        .collect()
}

/// Marsaglia's xorshift: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

//! Six hundred questions in fifteen languages that are not served are named; English ones are left alone.

use std::collections::BTreeMap;

use mondo::language::{ChineseScript, Detector, Elsewhere, Language, Priors};

const QUESTIONS: &str = include_str!("elsewhere.tsv");
const AGREED_ACCURACY: f64 = 0.97;

/// English questions of the same length, some of words that its neighbours write too.
const ENGLISH: &[&str] = &[
    "how long does a transfer take",
    "cancel my order",
    "refund status",
    "where is my parcel",
    "can I pay cash",
    "total balance is wrong",
    "two-step login",
    "minimum deposit",
    "phone stolen",
    "is it safe",
    "fees",
    "opening hours",
    "verification pending",
    "got scammed",
    "too expensive",
    "limit per day",
    "passport photo blurry",
    "coupon invalid",
    "no signal at home",
    "export transaction history",
    "regional settings",
    "wdrawal not arived",
    "gift card balance",
    "subscription renewal date",
    "turn off notifications",
    "staking rewards",
    "download statement",
    "email or phone change",
    "regular account, normal limits",
    "active session in other device",
];

fn code_of(detector: &Detector, text: &str, priors: &Priors) -> &'static str {
    let found = detector.detect(text, priors);
    match found.most_likely() {
        Some(language) => language.code(),
        None => found.elsewhere().map_or("other", Elsewhere::code),
    }
}

#[test]
fn languages_not_served_are_named() {
    let detector = Detector::new();
    let strangers = Priors::default();
    let mut by_language: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for line in QUESTIONS.lines().skip(1) {
        let (text, expected) = line.split_once('\t').expect("two columns");
        let length = text.chars().count();
        assert!((5..=40).contains(&length), "{text}");
        let found = code_of(&detector, text, &strangers);
        let (all, right) = by_language.entry(expected).or_default();
        *all += 1;
        *right += u32::from(found == expected);
        if found != expected {
            println!("missed: {text:?} is {expected}, found {found}");
        }
    }
    println!("{by_language:?}");
    let all: u32 = by_language.values().map(|(all, _)| all).sum();
    let right: u32 = by_language.values().map(|(_, right)| right).sum();
    println!("{right} of {all}");
    assert_eq!((by_language.len(), all), (15, 600));
    assert!(f64::from(right) >= AGREED_ACCURACY * f64::from(all));
}

#[test]
fn english_is_not_taken_for_another_language() {
    let detector = Detector::new();
    for text in ENGLISH {
        assert_eq!(code_of(&detector, text, &Priors::default()), "en", "{text}");
    }
}

#[test]
fn page_and_browser_name_what_the_text_leaves_open() {
    let detector = Detector::new();
    let browser = |header: &str| Priors {
        accept_language: Priors::parse_accept_language(header),
        elsewhere: Priors::parse_elsewhere(header),
        script: Priors::parse_script(header),
        ..Priors::default()
    };
    let check = |text: &str, header: &str, expected: &str| {
        assert_eq!(
            code_of(&detector, text, &browser(header)),
            expected,
            "{text} {header}"
        );
    };
    check("reembolso", "pt-BR,pt;q=0.9", "pt");
    check("reembolso", "es-MX,es;q=0.9", "es");
    check("facture introuvable", "fr", "fr");
    // A French browser does not make an English, Chinese or Korean question French.
    check("how do I close my account", "fr", "en");
    check("怎么取钱", "fr", "zh");
    check("출금이 안 돼요", "fr", "ko");
}

#[test]
fn the_four_never_wait_for_the_names_of_others() {
    let detector = Detector::new();
    let texts = [
        "how do I withdraw",
        "怎么取钱",
        "出金できません",
        "출금이 안 돼요",
    ];
    for (text, language) in texts.into_iter().zip(["en", "zh", "ja", "ko"]) {
        assert_eq!(code_of(&detector, text, &Priors::default()), language);
        assert!(!detector.has_named(), "{text} asked for a name");
    }
    assert_eq!(code_of(&detector, "wie geht das", &Priors::default()), "de");
    assert!(detector.has_named());
}

#[test]
fn traditional_questions_are_chinese_and_say_so() {
    let detector = Detector::new();
    for (text, script) in [
        ("請問怎麼提領", ChineseScript::Taiwan),
        ("點樣搵返我啲錢", ChineseScript::HongKong),
        ("怎么取钱", ChineseScript::Simplified),
    ] {
        let found = detector.detect(text, &Priors::default()).most_likely();
        assert_eq!(found, Some(Language::Chinese), "{text}");
        assert_eq!(ChineseScript::chosen(text, None), script, "{text}");
    }
}

//! Signals read from the text of a question by phrases in four languages.

use serde::{Deserialize, Serialize};

use crate::language::normalize_for_matching;

/// What a question says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Signals {
    /// The visitor asks for a person, and for nothing else.
    pub wants_person: bool,
    /// The visitor says that they were deceived or robbed.
    pub fraud_report: bool,
    /// The text carries a transaction hash, an address, or an order or ticket number.
    pub has_identifier: bool,
}

impl Signals {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let normal = normalize_for_matching(text);
        let contains = |phrases: &[&str]| phrases.iter().any(|phrase| normal.contains(phrase));
        Self {
            wants_person: normal.chars().count() <= LONGEST_PERSON_REQUEST
                && contains(PERSON_PHRASES),
            fraud_report: contains(FRAUD_PHRASES),
            has_identifier: normal
                .split(|c: char| c.is_whitespace() || "，。、,;:()「」#".contains(c))
                .any(is_identifier)
                || normal.contains('#')
                    && normal
                        .split('#')
                        .skip(1)
                        .any(|rest| rest.chars().take_while(char::is_ascii_digit).count() >= 4),
        }
    }
}

/// A longer text that mentions a person is usually about something else.
const LONGEST_PERSON_REQUEST: usize = 40;

// Phrases stand in the form that normalize_for_matching gives: lower case, simplified Han.
const PERSON_PHRASES: &[&str] = &[
    "talk to a human",
    "talk to a person",
    "speak to a human",
    "speak to a person",
    "speak to someone",
    "talk to someone",
    "real person",
    "human agent",
    "live agent",
    "talk to an agent",
    "speak to an agent",
    "human please",
    "customer service representative",
    "人工客服",
    "转人工",
    "人工服务",
    "找人工",
    "真人客服",
    "我要人工",
    "联系客服",
    "オペレーター",
    "担当者と话",
    "担当者に",
    "人と话し",
    "人间と话",
    "有人チャット",
    "有人対応",
    "スタッフと话",
    "상담원",
    "상담사",
    "사람이랑",
    "사람과 대화",
    "사람하고",
    "직원 연결",
    "직원과",
];

const FRAUD_PHRASES: &[&str] = &[
    "i was scammed",
    "i got scammed",
    "been scammed",
    "i have been hacked",
    "i was hacked",
    "got hacked",
    "stole my",
    "my account was stolen",
    "someone stole",
    "money was stolen",
    "coins were stolen",
    "crypto was stolen",
    "i was tricked",
    "i was deceived",
    "gave them my seed",
    "gave my seed phrase",
    "gave him my code",
    "gave them my code",
    "gave them my password",
    "我被骗",
    "被骗了",
    "被骗走",
    "我被盗",
    "被盗了",
    "币被转走",
    "钱被转走",
    "资产被转走",
    "被人转走",
    "账号被盗",
    "遭诈骗",
    "遇到诈骗了",
    "告诉了骗子",
    "诈欺に遭",
    "诈欺にあ",
    "骗され",
    "盗まれ",
    "乗っ取られ",
    "不正送金され",
    "抜かれました",
    "抜かれた",
    "사기당했",
    "사기 당했",
    "사기를 당했",
    "당한 것 같",
    "해킹당했",
    "해킹 당했",
    "도난당했",
    "도난 당했",
    "털렸",
    "속았",
    "도용당했",
];

/// A run of at least this many letters and digits, with both, is an identifier rather than a word.
const IDENTIFIER_CHARS: usize = 12;
/// Digits alone are an order or ticket number from this length on; shorter ones are amounts and years.
const NUMBER_DIGITS: usize = 8;

fn is_identifier(word: &str) -> bool {
    let ascii_run: String = word
        .chars()
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .filter(|c| *c != '-')
        .collect();
    let digits = ascii_run.chars().filter(char::is_ascii_digit).count();
    let letters = ascii_run.len() - digits;
    (ascii_run.len() >= IDENTIFIER_CHARS && digits >= 2 && letters >= 2)
        || (letters == 0 && digits >= NUMBER_DIGITS)
        || (ascii_run.starts_with("0x") && ascii_run.len() >= 8)
        || ((3..IDENTIFIER_CHARS).contains(&ascii_run.len())
            && letters <= 4
            && digits >= 5
            && letters > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_for_a_person_is_heard_in_four_languages() {
        for text in [
            "I want to talk to a human",
            "转人工",
            "轉人工客服",
            "オペレーターと話したい",
            "상담원 연결해 주세요",
        ] {
            assert!(Signals::read(text).wants_person, "{text}");
        }
        for text in [
            "提现没到",
            "is there a fee?",
            "出金できない",
            "수수료 얼마예요",
        ] {
            assert!(!Signals::read(text).wants_person, "{text}");
        }
    }

    #[test]
    fn a_report_of_fraud_is_not_a_question_about_fraud() {
        for text in [
            "I was scammed by a fake agent",
            "我被騙了，錢都沒了",
            "詐欺に遭いました",
            "사기당했어요 도와주세요",
        ] {
            assert!(Signals::read(text).fraud_report, "{text}");
        }
        for text in [
            "how do I recognise a scam",
            "怎么防骗",
            "詐欺の手口を教えて",
            "사기 예방 방법",
        ] {
            assert!(!Signals::read(text).fraud_report, "{text}");
        }
    }

    #[test]
    fn identifiers_are_told_from_words_and_amounts() {
        for text in [
            "my withdrawal 0x3fa9b2c1d4 is stuck",
            "txid 9f86d081884c7d659a2feaa0c55ad015 not credited",
            "订单20261122000123还没到",
            "ticket #48213",
            "출금 W8829104 안 왔어요",
        ] {
            assert!(Signals::read(text).has_identifier, "{text}");
        }
        for text in [
            "withdraw 1000 USDT",
            "TRC20 or ERC20?",
            "2FA 丢了",
            "internationalization",
            "2026 tax",
        ] {
            assert!(!Signals::read(text).has_identifier, "{text}");
        }
    }
}

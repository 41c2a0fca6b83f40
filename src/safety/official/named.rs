//! The channels that a message names, among other words, and whether it asks if they are real.

use unicode_normalization::UnicodeNormalization as _;

use super::asked::Asked;
use super::{ChannelKind, Lookup, OfficialChannels};
use crate::language::{is_han, is_hangul, is_kana};

/// Most channels of one message that are looked up.
const MOST_NAMED: usize = 5;

/// Shortest name of a profile, in characters; a shorter one is a slip of the keyboard.
const LEAST_HANDLE_CHARS: usize = 3;

/// Fewest digits of a telephone number with its country code.
const LEAST_PHONE_DIGITS: usize = 8;

/// What looks like the name of a server and is that of a file.
const FILE_ENDINGS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "heic", "pdf", "txt", "log", "csv", "doc", "docx", "xls",
    "xlsx", "zip", "mp3", "mp4", "mov", "json", "js", "html",
];

/// What somebody says who wants to know whether a channel is real; in the form it has after folding.
const ASKS: &[&str] = &[
    "real",
    "official",
    "legit",
    "yours",
    "your site",
    "your website",
    "your number",
    "your account",
    "your email",
    "your mail",
    "is this you",
    "are you",
    "fake",
    "phishing",
    "scam",
    "trust",
    "genuine",
    "是不是",
    "是你们",
    "是您们",
    "你们的",
    "您们的",
    "你哋",
    "官方",
    "真的",
    "真假",
    "假的",
    "钓鱼",
    "釣魚",
    "是你們",
    "你們的",
    "騙",
    "骗",
    "可信",
    "係咪",
    "公式",
    "本物",
    "御社",
    "そちら",
    "偽",
    "詐欺",
    "正規",
    "信用",
    "公式",
    "공식",
    "진짜",
    "거기",
    "그쪽",
    "맞나요",
    "맞아요",
    "사칭",
    "가짜",
    "피싱",
    "사기",
];

impl OfficialChannels {
    /// Looks up every channel that a text names: the whole text where it is one, else those among its words.
    pub fn look_up_named(&self, text: &str) -> Vec<Lookup> {
        let found = self.look_up_among_words(text);
        let whole = self.look_up(text);
        let is_alone = match &found[..] {
            [] => true,
            [one] => one.asked == whole.asked,
            _ => false,
        };
        match whole.kind {
            ChannelKind::Unreadable => found,
            _ if is_alone => vec![whole],
            _ => found,
        }
    }

    /// Looks up what a message names, as far as its writer should be told: everything where they ask whether it is real,
    /// and in any case what was made to look like a listed channel.
    pub fn look_up_in_message(&self, text: &str) -> Vec<Lookup> {
        let asks = asks_whether_real(text);
        let mut named = self.look_up_among_words(text);
        named.retain(|lookup| asks || lookup.resembles().is_some());
        named
    }

    fn look_up_among_words(&self, text: &str) -> Vec<Lookup> {
        let mut found: Vec<Lookup> = Vec::new();
        for named in named_in(text) {
            let lookup = self.look_up(&named);
            let is_new = !found.iter().any(|known| known.asked == lookup.asked);
            if lookup.kind != ChannelKind::Unreadable && is_new && found.len() < MOST_NAMED {
                found.push(lookup);
            }
        }
        found
    }
}

fn asks_whether_real(text: &str) -> bool {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    ASKS.iter().any(|cue| folded.contains(cue))
}

/// Pieces of a text that look like a channel, in their order.
fn named_in(text: &str) -> Vec<String> {
    let folded: String = text.nfkc().collect();
    let mut named: Vec<(usize, String)> = phones_in(&folded);
    let mut start = 0;
    for (place, character) in folded.char_indices().chain([(folded.len(), ' ')]) {
        if !ends_a_name(character) {
            continue;
        }
        let piece = folded[start..place].trim_matches(stands_around);
        if is_name(piece) {
            named.push((start, piece.to_owned()));
        }
        start = (place + character.len_utf8()).min(folded.len());
    }
    named.sort_by_key(|(place, _)| *place);
    named.into_iter().map(|(_, piece)| piece).collect()
}

/// Names of servers may have letters of any alphabet; those of East Asia are written without spaces around them.
fn ends_a_name(character: char) -> bool {
    character.is_whitespace()
        || is_han(character)
        || is_kana(character)
        || is_hangul(character)
        || "\"<>“”‘’「」『』《》【】，。、！？；()|".contains(character)
}

fn stands_around(character: char) -> bool {
    ".,;:!?'*_~`-".contains(character)
}

fn is_name(piece: &str) -> bool {
    if let Some(handle) = piece.strip_prefix('@') {
        return handle.chars().count() >= LEAST_HANDLE_CHARS;
    }
    if piece.contains("://") {
        return true;
    }
    match Asked::read(piece) {
        Asked::Mail { .. } => true,
        Asked::Place { host, path } => {
            let labels: Vec<&str> = host.ascii.split('.').collect();
            let [.., name, ending] = labels[..] else {
                return false;
            };
            let is_ending = ending.len() >= 2
                && (ending.starts_with("xn--")
                    || ending.bytes().all(|byte| byte.is_ascii_alphabetic()));
            let is_file = path.is_empty() && labels.len() == 2 && FILE_ENDINGS.contains(&ending);
            is_ending && (name.len() >= 2 || !path.is_empty()) && !is_file
        }
        Asked::App(_) => true,
        Asked::Phone { .. } | Asked::Handle(_) | Asked::Unreadable => false,
    }
}

/// Numbers with their country code: from a plus or two zeros on, as far as digits and what stands between them go.
fn phones_in(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(begin) = text[rest..].find('+').map(|place| rest + place) {
        let after = &text[begin + 1..];
        let length = after
            .find(|character: char| !(character.is_ascii_digit() || " -().".contains(character)))
            .unwrap_or(after.len());
        let number =
            after[..length].trim_end_matches(|character: char| !character.is_ascii_digit());
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        if (LEAST_PHONE_DIGITS..=15).contains(&digits) {
            found.push((begin, format!("+{number}")));
        }
        rest = begin + 1 + number.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channels() -> OfficialChannels {
        OfficialChannels {
            domains: vec!["kumora.example".to_owned()],
            mails: vec!["@kumora.example".to_owned()],
            phones: vec!["+852 2000 0001".to_owned()],
            profiles: vec!["t.me/kumora_news".to_owned()],
            ..OfficialChannels::default()
        }
    }

    fn told(lookups: &[Lookup]) -> Vec<String> {
        lookups
            .iter()
            .map(|lookup| {
                let said = match (lookup.is_listed(), lookup.resembles()) {
                    (true, _) => "listed",
                    (false, Some(_)) => "alike",
                    (false, None) => "unknown",
                };
                format!("{} {said}", lookup.asked)
            })
            .collect()
    }

    #[test]
    fn channels_are_found_among_words_of_every_language() {
        for (text, expected) in [
            ("kumora.example", &["kumora.example listed"][..]),
            (" +852 2000 0001 ", &["+85220000001 listed"]),
            (
                "Is https://kumora-support.test/verify?x=1 really yours?",
                &["kumora-support.test/verify alike"],
            ),
            (
                "请问kum0ra.example是你们的网站吗？",
                &["kum0ra.example alike"],
            ),
            (
                "（kumora.example）と weather.test、どちらが本物ですか",
                &["kumora.example listed", "weather.test unknown"],
            ),
            (
                "@kumora_newz 님이 +82 2-345-6789로 전화하래요",
                &["@kumora_newz alike", "+8223456789 unknown"],
            ),
            ("mail help@kumora.example.", &["help@kumora.example listed"]),
            (
                "call +1 212 555 0100 or +852 2000 0001 now",
                &["+12125550100 unknown", "+85220000001 listed"],
            ),
            ("kumora.example kumora.example", &["kumora.example listed"]),
            ("I sent receipt.pdf and 1.5 BTC, e.g. today...", &[]),
            ("order 20261122-004417 costs 3.25% or a.m. fees", &[]),
            ("a+b = c, 5 + 5", &[]),
            ("", &[]),
        ] {
            assert_eq!(told(&channels().look_up_named(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_message_is_told_of_what_it_asks_about_and_of_lookalikes() {
        for (text, expected) in [
            ("I read weather.test yesterday", &[][..]),
            ("kumora.example says the fee is 1%", &[]),
            ("Is weather.test official?", &["weather.test unknown"]),
            ("weather.test是官方的吗", &["weather.test unknown"]),
            ("kumora.exampleは公式ですか", &["kumora.example listed"]),
            ("weather.test 진짜 맞나요", &["weather.test unknown"]),
            (
                "support at kum0ra.example told me to wait",
                &["kum0ra.example alike"],
            ),
            ("how do I withdraw", &[]),
        ] {
            assert_eq!(
                told(&channels().look_up_in_message(text)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn a_message_full_of_channels_is_looked_at_so_far() {
        let text: String = (0..50).map(|place| format!("site{place}.test ")).collect();
        assert_eq!(channels().look_up_named(&text).len(), MOST_NAMED);
    }
}

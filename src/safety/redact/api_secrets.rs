//! Keys of interfaces, by the prefixes that issuers give them or by the words beside them; and signed tokens (RFC 7519).

use super::cues::{Cue, Cues};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::tokens::{Token, keys_of};

const LABEL_REACH: usize = 24;

/// Prefixes that no word begins with, and the least that follows them.
const PREFIXES: &[(&str, usize)] = &[
    ("sk_live_", 10),
    ("sk_test_", 10),
    ("rk_live_", 10),
    ("rk_test_", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("sk-ant-", 16),
    ("sk-proj-", 16),
    ("sk-", 20),
    ("AIza", 30),
    ("ya29.", 20),
    ("SG.", 20),
    ("npm_", 30),
    ("hf_", 30),
    ("dop_v1_", 30),
    ("shpat_", 20),
    ("whsec_", 16),
    ("pypi-", 30),
    ("sq0csp-", 20),
    ("AccountKey=", 30),
];

pub(super) fn find(folded: &Folded, cues: &Cues, found: &mut Vec<Found>) {
    for key in keys_of(folded) {
        if key.len() < 14 {
            continue;
        }
        let spelt = folded.cased(key.start, key.end);
        if let Some((from, to)) = token_in(&spelt) {
            found.push(Found {
                kind: Kind::Token,
                start: key.start + from,
                end: key.start + to,
            });
        } else if let Some(from) = secret_in(&spelt) {
            found.push(Found {
                kind: Kind::ApiSecret,
                start: key.start + from,
                end: key.end,
            });
        } else if let Some(start) = named_secret(folded, cues, key) {
            found.push(Found {
                kind: Kind::ApiSecret,
                start,
                end: key.end,
            });
        }
    }
    find_armoured(folded, found);
}

/// Finds three parts of base64 with stops between them, of which the first is a JSON object.
fn token_in(spelt: &str) -> Option<(usize, usize)> {
    let from = spelt.find("eyJ")?;
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-=".contains(character);
    let rest = &spelt[from..];
    let to = rest
        .find(|character: char| !is_part(character) && character != '.')
        .unwrap_or(rest.len());
    let parts: Vec<&str> = rest[..to].split('.').collect();
    let fits = parts.len() >= 2 && parts[0].len() >= 10 && parts[1].len() >= 10;
    fits.then_some((from, from + to))
}

fn secret_in(spelt: &str) -> Option<usize> {
    let starts_word = |at: usize| !spelt[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let by_prefix = PREFIXES.iter().find_map(|(prefix, least)| {
        let at = spelt.find(prefix).filter(|at| starts_word(*at))?;
        let rest = &spelt[at + prefix.len()..];
        let is_random = rest.chars().any(|c| c.is_ascii_digit())
            || rest.chars().any(|c| c.is_ascii_uppercase());
        (rest.len() >= *least && is_random).then_some(at)
    });
    by_prefix.or_else(|| is_bot_token(spelt).then_some(0))
}

/// Keys of messenger bots: a number, a colon and 35 signs.
fn is_bot_token(spelt: &str) -> bool {
    spelt.split_once(':').is_some_and(|(number, rest)| {
        (8..=10).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() == 35
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    })
}

/// A long random word behind the name of a secret, also as one word with it: `api_secret=...`.
fn named_secret(folded: &Folded, cues: &Cues, key: Token) -> Option<usize> {
    let mut start = key.start;
    for at in key.start..key.end {
        if "=:".contains(folded.seen(at)) && at + 1 < key.end {
            start = at + 1;
        }
    }
    if key.end - start < 16 || !cues.labels(Cue::ApiSecret, start, LABEL_REACH) {
        return None;
    }
    let value = folded.cased(start, key.end);
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(char::is_ascii_alphabetic).count();
    // An address or a path is no secret.
    let is_place = value.contains("//") || value.contains('.') || value.starts_with("0x");
    (digits >= 2 && letters >= 2 && !is_place).then_some(start)
}

/// Keys between the lines of RFC 7468.
fn find_armoured(folded: &Folded, found: &mut Vec<Found>) {
    let Some(begin) = folded.text.find("-----begin ") else {
        return;
    };
    let head = &folded.text[begin..];
    if !head
        .lines()
        .next()
        .is_some_and(|line| line.contains("private key"))
    {
        return;
    }
    let end = head
        .find("-----end ")
        .and_then(|at| head[at + 9..].find("-----").map(|more| at + 9 + more + 5))
        .unwrap_or(head.len());
    found.push(Found {
        kind: Kind::ApiSecret,
        start: folded.glyph_at(begin),
        end: folded.glyph_at(begin + end),
    });
}

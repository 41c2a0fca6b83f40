//! Private keys of wallets. Sixty-four hexadecimal digits are also the hash of a transaction, which people paste every
//! day and which must stay; only words beside them tell.

use sha2::{Digest as _, Sha256};

use super::cues::{Cue, Cues};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::tokens::{Token, words_of};

/// How far the words "private key" may stand from the key.
const LABEL_REACH: usize = 60;

pub(super) fn find(folded: &Folded, cues: &Cues, found: &mut Vec<Found>) {
    let words = words_of(folded);
    let named = |start: usize, end: usize| {
        cues.labels(Cue::PrivateKey, start, LABEL_REACH)
            || !cues.names_public(start, LABEL_REACH)
                && cues.near(Cue::PrivateKey, start, end, 0, 24)
    };
    let mut taken = 0;
    for (place, word) in words.iter().enumerate() {
        if word.start < taken {
            continue;
        }
        let end = if word.len() >= 26 {
            let spelt = folded.cased(word.start, word.end);
            let is_key = is_import_format(&spelt)
                || is_extended(&spelt)
                || is_stellar(&spelt)
                || spelt.starts_with("suiprivkey1")
                || named(word.start, word.end) && is_raw_key(&spelt);
            is_key.then_some(word.end)
        } else if cues.has(Cue::PrivateKey) && named(word.start, word.end) {
            hex_in_groups(folded, &words[place..])
        } else {
            None
        };
        if let Some(end) = end {
            found.push(Found {
                kind: Kind::WalletKey,
                start: word.start,
                end,
            });
            taken = end;
        }
    }
}

/// What only the words beside it make a key: hexadecimal, base58 of Solana, or the seed of XRP.
fn is_raw_key(spelt: &str) -> bool {
    let bare = spelt
        .strip_prefix("0x")
        .or_else(|| spelt.strip_prefix("0X"))
        .unwrap_or(spelt);
    let is_hex = bare.chars().all(|character| character.is_ascii_hexdigit());
    if is_hex {
        // Forty digits are an address.
        return bare.len() >= 48 && bare.len() != 56;
    }
    let is_base58 = spelt.bytes().all(|byte| base58_value(byte).is_some());
    is_base58
        && (matches!(spelt.len(), 51 | 52 | 87 | 88) || spelt.len() == 29 && spelt.starts_with('s'))
}

/// The hexadecimal digits of a key in groups, as tools print them.
fn hex_in_groups(folded: &Folded, words: &[Token]) -> Option<usize> {
    let mut digits = 0;
    let mut end = words.first()?.start;
    for word in words {
        let from = if folded.seen(word.start) == '0'
            && folded.seen(word.start + 1) == 'x'
            && digits == 0
        {
            word.start + 2
        } else {
            word.start
        };
        let is_hex = (from..word.end).all(|at| folded.seen(at).is_ascii_hexdigit());
        let follows = digits == 0 || word.start <= end + 1;
        if !is_hex || !follows {
            return None;
        }
        digits += word.end - from;
        end = word.end;
        if digits >= 64 {
            return (digits == 64).then_some(end);
        }
    }
    None
}

/// The format wallets import (WIF): base58 with a check.
fn is_import_format(spelt: &str) -> bool {
    let fits = match spelt.len() {
        51 => spelt.starts_with(['5', '9', '6']),
        52 => spelt.starts_with(['K', 'L', 'c', 'T', 'Q']),
        _ => false,
    };
    fits && passes_base58_check(spelt)
}

/// Extended private keys (BIP-32 and SLIP-132).
fn is_extended(spelt: &str) -> bool {
    const PREFIXES: [&str; 10] = [
        "xprv", "yprv", "zprv", "Yprv", "Zprv", "tprv", "uprv", "vprv", "Uprv", "Vprv",
    ];
    (100..=115).contains(&spelt.len()) && PREFIXES.iter().any(|prefix| spelt.starts_with(prefix))
}

/// Secret seeds of Stellar: S and 55 more signs of base32; addresses begin with G.
fn is_stellar(spelt: &str) -> bool {
    spelt.len() == 56
        && spelt.starts_with('S')
        && spelt
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

fn base58_value(byte: u8) -> Option<u32> {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    ALPHABET
        .iter()
        .position(|sign| *sign == byte)
        .map(|value| value as u32)
}

/// The last four bytes are the start of the hash of the hash of the rest.
fn passes_base58_check(spelt: &str) -> bool {
    let mut bytes: Vec<u8> = Vec::with_capacity(40);
    for sign in spelt.bytes() {
        let Some(mut carry) = base58_value(sign) else {
            return false;
        };
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(carry as u8);
            carry >>= 8;
        }
    }
    bytes.reverse();
    let Some(at) = bytes.len().checked_sub(4) else {
        return false;
    };
    let (content, check) = bytes.split_at(at);
    Sha256::digest(Sha256::digest(content))[..4] == *check
}

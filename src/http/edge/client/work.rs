//! Proof of work: when strangers ask for more than is served without, each shows that their machine computed something.
//!
//! The puzzles are those of ALTCHA, whose clients exist in many languages. A puzzle is signed, holds for some minutes and
//! is taken once; nothing is kept of it until it is solved.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::http::edge::problem::WorkChallenge;
use crate::signing::{has_signed, sign};
use crate::time::Timestamp;

/// The header with a solution.
pub(in crate::http) const PROOF: &str = "mondo-proof";

const ALGORITHM: &str = "SHA-256";

/// How long a puzzle may take; a slow telephone needs some seconds.
const HOLDS_SECONDS: i64 = 300;

/// Most solutions that are remembered; each has cost its client seconds.
const MAX_REMEMBERED: usize = 1_000_000;

/// Longest solution that is looked at.
const MAX_PROOF_BYTES: usize = 1_024;

/// What a client has found.
#[derive(Debug, Deserialize)]
struct Solution {
    algorithm: String,
    challenge: String,
    number: u32,
    salt: String,
    signature: String,
}

/// The header as the description of the API names it.
pub(in crate::http) struct WorkProof;

impl IntoParams for WorkProof {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let proof = ObjectBuilder::new().schema_type(Type::String);
        let header = ParameterBuilder::new()
            .name("Mondo-Proof")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "The solution of the `challenge` that came with status 429, where one did",
            ))
            .schema(Some(proof));
        vec![header.build()]
    }
}

/// Solutions that were taken, and until when they would hold. Local to this process: of several, each takes a solution
/// once, so that the work is cheaper by no more than their number.
#[derive(Debug, Default)]
pub(in crate::http) struct TakenProofs(Mutex<HashMap<[u8; 32], i64>>);

/// Makes a puzzle that costs up to so many digests.
pub(in crate::http) fn challenge(
    key: &[u8; 32],
    digests: NonZeroU32,
    now: Timestamp,
) -> WorkChallenge {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).expect("every supported system gives random bytes");
    let (salt, number) = random.split_at(12);
    let number = number
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    // The last character keeps digits of the number from being read as digits of the moment.
    let salt = format!(
        "{}?expires={}&",
        hex::encode(salt),
        seconds(now) + HOLDS_SECONDS
    );
    let challenge = digest(&salt, number % digests);
    WorkChallenge {
        algorithm: ALGORITHM,
        signature: hex::encode(sign(key, &[challenge.as_bytes()])),
        challenge,
        maxnumber: digests.get() - 1,
        salt,
    }
}

impl TakenProofs {
    /// Takes a solution; `false` where it is none, holds no longer, or was taken before.
    pub(in crate::http) fn take(&self, key: &[u8; 32], proof: &str, now: Timestamp) -> bool {
        let Some(solution) = read(proof) else {
            return false;
        };
        let Solution {
            algorithm,
            challenge,
            number,
            salt,
            signature,
        } = solution;
        let now = seconds(now);
        let expires = salt
            .strip_suffix('&')
            .and_then(|salt| salt.rsplit_once("?expires="))
            .and_then(|(_, moment)| moment.parse::<i64>().ok());
        let Some(expires) = expires.filter(|expires| (now..=now + HOLDS_SECONDS).contains(expires))
        else {
            return false;
        };
        let mut signed = [0_u8; 32];
        let is_ours = algorithm == ALGORITHM
            && hex::decode_to_slice(&signature, &mut signed).is_ok()
            && has_signed(key, &[challenge.as_bytes()], &signed)
            && digest(&salt, number) == challenge;
        is_ours && self.remember(signed, expires, now)
    }

    fn remember(&self, proof: [u8; 32], expires: i64, now: i64) -> bool {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked through whenever there is no more room, which then doubles: seldom, however many there are.
        if taken.len() == taken.capacity() {
            taken.retain(|_, expires| *expires >= now);
        }
        taken.len() < MAX_REMEMBERED && taken.insert(proof, expires).is_none()
    }
}

fn read(proof: &str) -> Option<Solution> {
    if proof.len() > MAX_PROOF_BYTES {
        return None;
    }
    serde_json::from_slice(&STANDARD.decode(proof).ok()?).ok()
}

fn digest(salt: &str, number: u32) -> String {
    hex::encode(Sha256::digest(format!("{salt}{number}")))
}

fn seconds(now: Timestamp) -> i64 {
    now.as_millis() / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis((1_790_000_000 + seconds) * 1_000)
    }

    fn puzzle() -> WorkChallenge {
        challenge(&KEY, NonZeroU32::new(200).expect("not zero"), at(0))
    }

    fn solved(puzzle: &WorkChallenge) -> serde_json::Value {
        let found =
            (0..=puzzle.maxnumber).find(|number| digest(&puzzle.salt, *number) == puzzle.challenge);
        let mut solution = serde_json::to_value(puzzle).expect("it is JSON");
        solution["number"] = found.expect("there is one").into();
        solution
    }

    fn shown(solution: &serde_json::Value) -> String {
        STANDARD.encode(solution.to_string())
    }

    #[test]
    fn a_solution_is_taken_once_while_it_holds() {
        let taken = TakenProofs::default();
        let solution = shown(&solved(&puzzle()));
        assert!(!taken.take(&[8; 32], &solution, at(1)), "another server's");
        assert!(
            !taken.take(&KEY, &solution, at(HOLDS_SECONDS + 1)),
            "too late"
        );
        assert!(taken.take(&KEY, &solution, at(HOLDS_SECONDS)));
        assert!(!taken.take(&KEY, &solution, at(HOLDS_SECONDS)), "again");
    }

    #[test]
    fn what_is_no_solution_is_not_taken() {
        let taken = TakenProofs::default();
        let right = solved(&puzzle());
        let number = right["number"].as_u64().expect("a number");
        let salt = right["salt"].as_str().expect("a text");
        let longer = salt.replace('&', &format!("{}&", number / 10));
        for (field, value) in [
            ("number", serde_json::json!(number + 1)),
            ("challenge", serde_json::json!("0".repeat(64))),
            ("salt", serde_json::json!(longer)),
            ("salt", serde_json::json!(salt.replace('&', ""))),
            ("signature", serde_json::json!("00")),
            ("algorithm", serde_json::json!("SHA-1")),
        ] {
            let mut wrong = right.clone();
            wrong[field] = value;
            assert!(!taken.take(&KEY, &shown(&wrong), at(1)), "{field}");
        }
        for nonsense in ["", "x", "e30=", &"A".repeat(5_000)] {
            assert!(!taken.take(&KEY, nonsense, at(1)), "{nonsense}");
        }
        assert!(taken.take(&KEY, &shown(&right), at(1)));
    }

    #[test]
    fn solutions_that_hold_no_longer_are_forgotten() {
        let taken = TakenProofs::default();
        for place in 0..10_000_u32 {
            let mut proof = [0; 32];
            proof[..4].copy_from_slice(&place.to_be_bytes());
            assert!(taken.remember(proof, i64::from(place), i64::from(place)));
        }
        let kept = taken.0.lock().expect("no panic").len();
        assert!(kept < 100, "{kept}");
    }
}

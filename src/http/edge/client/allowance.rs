//! Settings of what one client may do.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// What one client may do, each kind of client with numbers of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientLimits {
    /// Everybody behind one network address whom no host and no key vouches for.
    pub address: Allowance,
    /// One visitor: an account the host vouches for, and each conversation.
    pub visitor: Allowance,
    /// One program with a key.
    pub key: Allowance,
    /// When clients whom nobody vouches for must work to be served.
    pub proof_of_work: ProofOfWork,
}

/// When clients must show that their machine computed something, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofOfWork {
    /// Conversations opened and single questions asked in a minute, by all of them together, that are served without;
    /// 0 asks nobody for work.
    pub above_per_minute: u32,
    /// Digests that a solution costs at most, and twice what it costs on average.
    pub digests: NonZeroU32,
}

impl Default for ProofOfWork {
    fn default() -> Self {
        Self {
            above_per_minute: 0,
            digests: NonZeroU32::new(100_000).expect("it is not zero"),
        }
    }
}

/// Numbers of one kind of client; nothing is counted where the number is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allowance {
    /// Conversations opened in an hour.
    pub conversations_per_hour: u32,
    /// Questions, messages, searches and ratings in a minute.
    pub questions_per_minute: u32,
    /// Wishes for a person in an hour.
    pub tickets_per_hour: u32,
    /// Files sent in an hour.
    pub files_per_hour: u32,
    /// Size of those files together.
    pub megabytes_per_hour: u32,
    /// Conversations followed live at once.
    pub streams: u32,
    /// Phrases of agents checked in a minute; of addresses alone.
    #[serde(skip_serializing_if = "is_nothing")]
    pub phrases_per_minute: u32,
    /// Attempts of staff to sign in, in a minute; of addresses alone.
    #[serde(skip_serializing_if = "is_nothing")]
    pub sign_ins_per_minute: u32,
}

fn is_nothing(number: &u32) -> bool {
    *number == 0
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            address: Allowance {
                conversations_per_hour: 600,
                questions_per_minute: 300,
                tickets_per_hour: 120,
                files_per_hour: 600,
                megabytes_per_hour: 1_000,
                streams: 500,
                phrases_per_minute: 30,
                sign_ins_per_minute: 60,
            },
            visitor: Allowance {
                conversations_per_hour: 60,
                questions_per_minute: 60,
                tickets_per_hour: 20,
                files_per_hour: 100,
                megabytes_per_hour: 200,
                streams: 20,
                phrases_per_minute: 0,
                sign_ins_per_minute: 0,
            },
            key: Allowance {
                conversations_per_hour: 20_000,
                questions_per_minute: 3_000,
                tickets_per_hour: 5_000,
                files_per_hour: 5_000,
                megabytes_per_hour: 10_000,
                streams: 1_000,
                phrases_per_minute: 0,
                sign_ins_per_minute: 0,
            },
            proof_of_work: ProofOfWork::default(),
        }
    }
}

impl ClientLimits {
    /// Returns limits that hold nobody back, for servers that others stand before and for measuring.
    pub fn none() -> Self {
        let none = Allowance::default();
        Self {
            address: none,
            visitor: none,
            key: none,
            proof_of_work: ProofOfWork::default(),
        }
    }
}

//! The events of one conversation, as they are given to somebody who is to check them without mondo.

use serde::{Deserialize, Serialize};

use super::checkpoint::{Checkpoint, PublicKey, Signature};
use super::hash::Hash;
use super::link::{Entry, commitment};
use super::merkle::{Leaf, Step, climb};

/// Form written and read here.
pub const FORMAT: &str = "mondo-bundle-1";

/// The events of a stream with the checkpoint that vouches for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Form of the bundle.
    pub format: String,
    /// The stream: the id of the conversation.
    pub stream: String,
    /// Every event, in order, from the first.
    pub events: Vec<BundledEvent>,
    /// Why the last of them cannot have been another.
    pub proof: BundledProof,
}

/// One event with what it commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledEvent {
    /// Its number.
    pub sequence: i64,
    /// What kind of event.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// When, in milliseconds since 1970 UTC.
    pub created: i64,
    /// What it commits to.
    pub commitment: Hash,
    /// The content; left out where it was erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content: Option<Vec<String>>,
    /// The salt of the commitment as hexadecimal digits; left out where the content was erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub salt: Option<String>,
}

/// A checkpoint and the way to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledProof {
    /// The steps from the leaf of the stream to the root.
    pub steps: Vec<Step>,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Its signature.
    pub signature: Signature,
    /// The key that made it; compare it with the one that was published.
    pub public_key: PublicKey,
}

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// Of another form.
    #[error("it is of the form {0:?}, and {FORMAT:?} is known here")]
    Format(String),
    /// Signed with another key than was expected.
    #[error("it is signed with {found}, and not with the key that was named")]
    OtherKey {
        /// The key in the bundle.
        found: PublicKey,
    },
    /// Not signed so.
    #[error("the signature is not of this checkpoint")]
    Signature,
    /// The numbers are not one after the other.
    #[error("event {found} stands where event {expected} should be")]
    Sequence {
        /// The number that should follow.
        expected: i64,
        /// The number that does.
        found: i64,
    },
    /// The content is another one.
    #[error("event {0}: its content is not what was recorded")]
    Content(i64),
    /// The checkpoint vouches for other events.
    #[error(
        "the checkpoint does not vouch for these events: one of them was altered, or events were left out"
    )]
    Root,
}

impl Bundle {
    /// Checks everything in it; with a key that was published, also whose it is.
    pub fn verify(&self, published: Option<PublicKey>) -> Result<(), BundleFault> {
        let Self {
            format,
            stream,
            events,
            proof,
        } = self;
        if format != FORMAT {
            return Err(BundleFault::Format(format.clone()));
        }
        let key = proof.public_key;
        if published.is_some_and(|published| published != key) {
            return Err(BundleFault::OtherKey { found: key });
        }
        if !key.has_signed(&proof.checkpoint, &proof.signature) {
            return Err(BundleFault::Signature);
        }
        let mut head = Hash::ORIGIN;
        for (expected, event) in (1..).zip(events) {
            if event.sequence != expected {
                return Err(BundleFault::Sequence {
                    expected,
                    found: event.sequence,
                });
            }
            if !event.keeps_its_word() {
                return Err(BundleFault::Content(expected));
            }
            head = event.entry(stream).link(head);
        }
        let leaf = Leaf {
            stream: stream.clone(),
            sequence: i64::try_from(events.len()).unwrap_or(i64::MAX),
            head,
        };
        match climb(leaf.hash(), &proof.steps) == proof.checkpoint.root {
            true => Ok(()),
            false => Err(BundleFault::Root),
        }
    }
}

impl BundledEvent {
    /// Returns what the chain holds of it.
    pub fn entry<'a>(&'a self, stream: &'a str) -> Entry<'a> {
        Entry {
            stream,
            sequence: self.sequence,
            kind: &self.kind,
            subject: &self.subject,
            created: self.created,
            commitment: self.commitment,
        }
    }

    /// Tells whether the content is the one it commits to; content that was erased cannot be held against it.
    fn keeps_its_word(&self) -> bool {
        let (Some(content), Some(salt)) = (&self.content, &self.salt) else {
            return self.content.is_none() && self.salt.is_none();
        };
        let salt = hex::decode(salt)
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let parts: Vec<&str> = content.iter().map(String::as_str).collect();
        salt.is_some_and(|salt| commitment(&salt, &parts) == self.commitment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RecordKey, proof, root};

    fn bundle(key: &RecordKey) -> Bundle {
        let mut head = Hash::ORIGIN;
        let mut events = Vec::new();
        for sequence in 1..=4 {
            let salt = [u8::try_from(sequence).expect("small"); 32];
            let content = vec!["visitor".to_owned(), format!("words {sequence}")];
            let parts: Vec<&str> = content.iter().map(String::as_str).collect();
            let event = BundledEvent {
                sequence,
                kind: "message".to_owned(),
                subject: format!("m{sequence}"),
                created: 100 + sequence,
                commitment: commitment(&salt, &parts),
                content: Some(content),
                salt: Some(hex::encode(salt)),
            };
            head = event.entry("c").link(head);
            events.push(event);
        }
        let leaf = |stream: &str, head| Leaf {
            stream: stream.to_owned(),
            sequence: 4,
            head,
        };
        let leaves = [leaf("a", Hash::ORIGIN).hash(), leaf("c", head).hash()];
        let checkpoint = Checkpoint {
            number: 1,
            previous: Hash::ORIGIN,
            root: root(&leaves),
            leaves: 2,
            created: 200,
        };
        Bundle {
            format: FORMAT.to_owned(),
            stream: "c".to_owned(),
            events,
            proof: BundledProof {
                steps: proof(&leaves, 1),
                signature: key.sign(&checkpoint),
                checkpoint,
                public_key: key.public(),
            },
        }
    }

    #[test]
    fn what_was_bundled_is_believed_also_after_a_journey_and_without_erased_content() {
        let key = RecordKey::generate();
        let whole = bundle(&key);
        let text = serde_json::to_string(&whole).expect("text keys only");
        let mut read: Bundle = serde_json::from_str(&text).expect("reads what it writes");
        assert_eq!(read.verify(Some(key.public())), Ok(()));
        read.events[1].content = None;
        read.events[1].salt = None;
        assert_eq!(read.verify(None), Ok(()));
    }

    #[test]
    fn whatever_was_changed_is_found() {
        let key = RecordKey::generate();
        let check = |change: &dyn Fn(&mut Bundle), expected: &BundleFault| {
            let mut changed = bundle(&key);
            change(&mut changed);
            assert_eq!(changed.verify(Some(key.public())).as_ref(), Err(expected));
        };
        let altered = |bundle: &mut Bundle| {
            let content = bundle.events[2].content.as_mut().expect("there");
            content[1].push('!');
        };
        check(&altered, &BundleFault::Content(3));
        check(&|bundle| bundle.events[2].created += 1, &BundleFault::Root);
        check(&|bundle| bundle.stream.push('x'), &BundleFault::Root);
        check(&|bundle| drop(bundle.events.pop()), &BundleFault::Root);
        let dropped = BundleFault::Sequence {
            expected: 2,
            found: 3,
        };
        check(&|bundle| drop(bundle.events.remove(1)), &dropped);
        let moved = BundleFault::Sequence {
            expected: 2,
            found: 3,
        };
        check(&|bundle| bundle.events.swap(1, 2), &moved);
        let repeated = |bundle: &mut Bundle| bundle.events.push(bundle.events[3].clone());
        let repetition = BundleFault::Sequence {
            expected: 5,
            found: 4,
        };
        check(&repeated, &repetition);
        check(
            &|bundle| bundle.proof.checkpoint.created += 1,
            &BundleFault::Signature,
        );
        check(
            &|bundle| bundle.events[0].salt = None,
            &BundleFault::Content(1),
        );
        let other = RecordKey::generate();
        let forged = bundle(&other);
        let found = other.public();
        assert_eq!(
            forged.verify(Some(key.public())),
            Err(BundleFault::OtherKey { found })
        );
    }
}

//! The chain of one stream.

use super::hash::Hash;

/// Commits to a content: whoever has content and salt can tell that they belong to it, and without the salt nobody can
/// try contents against it.
pub fn commitment(salt: &[u8; 32], content: &[&str]) -> Hash {
    let parts: Vec<&[u8]> = [salt.as_slice()]
        .into_iter()
        .chain(content.iter().map(|part| part.as_bytes()))
        .collect();
    Hash::of(b"mondo content 1\n", &parts)
}

/// What is recorded of an event beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The stream: `staff`, or the id of a conversation.
    pub stream: &'a str,
    /// Its number there, counted from one.
    pub sequence: i64,
    /// What kind of event.
    pub kind: &'a str,
    /// What it is about.
    pub subject: &'a str,
    /// When it happened, in milliseconds since 1970 UTC.
    pub created: i64,
    /// What it commits to.
    pub commitment: Hash,
}

impl Entry<'_> {
    /// Returns the link of this event, after the link of the one before.
    pub fn link(&self, previous: Hash) -> Hash {
        let (sequence, created) = (self.sequence.to_string(), self.created.to_string());
        let parts = [
            previous.to_string(),
            self.stream.to_owned(),
            sequence,
            self.kind.to_owned(),
            self.subject.to_owned(),
            created,
            self.commitment.to_string(),
        ];
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        Hash::of(b"mondo event 1\n", &parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_depends_on_everything_it_stands_for() {
        let entry = Entry {
            stream: "c",
            sequence: 1,
            kind: "message",
            subject: "m",
            created: 5,
            commitment: commitment(&[1; 32], &["visitor", "hello"]),
        };
        let link = entry.link(Hash::ORIGIN);
        let others = [
            entry.link(link),
            Entry {
                stream: "d",
                ..entry
            }
            .link(Hash::ORIGIN),
            Entry {
                sequence: 2,
                ..entry
            }
            .link(Hash::ORIGIN),
            Entry {
                kind: "state",
                ..entry
            }
            .link(Hash::ORIGIN),
            Entry {
                subject: "n",
                ..entry
            }
            .link(Hash::ORIGIN),
            Entry {
                created: 6,
                ..entry
            }
            .link(Hash::ORIGIN),
            Entry {
                commitment: commitment(&[1; 32], &["visitor", "hullo"]),
                ..entry
            }
            .link(Hash::ORIGIN),
        ];
        assert!(others.iter().all(|other| *other != link));
        assert_eq!(entry.link(Hash::ORIGIN), link);
    }

    #[test]
    fn contents_do_not_run_into_each_other_and_salts_count() {
        let salt = [3; 32];
        assert_ne!(
            commitment(&salt, &["ab", "c"]),
            commitment(&salt, &["a", "bc"])
        );
        assert_ne!(commitment(&salt, &["a"]), commitment(&salt, &["a", ""]));
        assert_ne!(commitment(&salt, &["a"]), commitment(&[4; 32], &["a"]));
    }

    #[test]
    fn the_documented_form_is_the_one_that_is_hashed() {
        // SHA-256 of "mondo content 1\n32:" 32 zero bytes "," "1:a," as any other program makes it.
        let salt = [0; 32];
        let mut text = b"mondo content 1\n32:".to_vec();
        text.extend(salt);
        text.extend(b",1:a,");
        let expected: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&text).into();
        assert_eq!(commitment(&salt, &["a"]), Hash(expected));
    }
}

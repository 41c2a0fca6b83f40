//! Merkle trees over the heads of streams, with the leaves and nodes of RFC 6962 kept apart by their first byte.

use serde::{Deserialize, Serialize};

use super::hash::Hash;

/// The head of a stream, as a checkpoint knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The stream.
    pub stream: String,
    /// Number of its newest event.
    pub sequence: i64,
    /// Link of that event.
    pub head: Hash,
}

impl Leaf {
    /// Returns the hash of the leaf.
    pub fn hash(&self) -> Hash {
        let (sequence, head) = (self.sequence.to_string(), self.head.to_string());
        let parts = [self.stream.as_bytes(), sequence.as_bytes(), head.as_bytes()];
        Hash::of(b"\x00mondo leaf 1\n", &parts)
    }
}

/// On which side of the path the other node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Before it.
    Left,
    /// After it.
    Right,
}

/// One step from a leaf to the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Where the other node stands.
    pub side: Side,
    /// The other node.
    pub hash: Hash,
}

fn node(left: Hash, right: Hash) -> Hash {
    Hash::of(b"\x01mondo node 1\n", &[&left.0, &right.0])
}

/// Returns the nodes above: two make one, and one without a neighbour rises as it is.
fn above(nodes: &[Hash]) -> Vec<Hash> {
    let pairs = nodes.chunks(2);
    pairs
        .map(|pair| match pair {
            [left, right] => node(*left, *right),
            [alone] => *alone,
            _ => unreachable!("chunks of two have one or two"),
        })
        .collect()
}

/// Returns the root over the hashes of leaves.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut nodes = leaves.to_vec();
    while nodes.len() > 1 {
        nodes = above(&nodes);
    }
    nodes.first().copied().unwrap_or(Hash::ORIGIN)
}

/// Returns the steps from one of the leaves to the root.
pub fn proof(leaves: &[Hash], mut position: usize) -> Vec<Step> {
    let mut nodes = leaves.to_vec();
    let mut steps = Vec::new();
    while nodes.len() > 1 {
        let side = match position % 2 {
            0 => Side::Right,
            _ => Side::Left,
        };
        if let Some(hash) = nodes.get(position ^ 1) {
            steps.push(Step { side, hash: *hash });
        }
        nodes = above(&nodes);
        position /= 2;
    }
    steps
}

/// Returns the root that the steps lead to from a leaf.
pub fn climb(leaf: Hash, steps: &[Step]) -> Hash {
    steps.iter().fold(leaf, |below, step| match step.side {
        Side::Left => node(step.hash, below),
        Side::Right => node(below, step.hash),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: i64) -> Vec<Hash> {
        let leaf = |sequence| Leaf {
            stream: "c".to_owned(),
            sequence,
            head: Hash::ORIGIN,
        };
        (0..count).map(|sequence| leaf(sequence).hash()).collect()
    }

    #[test]
    fn every_leaf_climbs_to_the_root_and_no_other_hash_does() {
        for count in 1..=17 {
            let leaves = leaves(count);
            let root = root(&leaves);
            for position in 0..leaves.len() {
                let steps = proof(&leaves, position);
                assert_eq!(
                    climb(leaves[position], &steps),
                    root,
                    "{position} of {count}"
                );
                assert_ne!(climb(Hash::ORIGIN, &steps), root, "{position} of {count}");
            }
        }
    }

    #[test]
    fn a_leaf_dropped_moved_or_repeated_changes_the_root() {
        let all = leaves(5);
        let mut moved = all.clone();
        moved.swap(1, 3);
        let repeated = [all.as_slice(), &all[4..]].concat();
        for other in [&all[..4], &moved, &repeated] {
            assert_ne!(root(other), root(&all));
        }
    }
}

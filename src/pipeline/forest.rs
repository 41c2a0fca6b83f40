//! Regression trees whose leaves add up, walked for many rows at once.
//!
//! A walk from node to node waits at every branch for the one before. Here every condition of a tree strikes out the
//! leaves that it makes unreachable, and the first leaf left is the one the walk would have ended at: QuickScorer,
//! Lucchese et al. 2015 (doi 10.1145/2766462.2767733). Conditions are independent of each other and of the row, so
//! that the machine takes many rows in one step.

use multiversion::multiversion;
use serde::Deserialize;

/// Trees read from a fitted file and laid out for striking out leaves.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "FittedForest")]
pub(super) struct Forest {
    bias: f32,
    conditions: Vec<Condition>,
    leaves: Vec<f32>,
    trees: Vec<Tree>,
    numbers: usize,
}

/// Keeps a row's path going left where the number is at or below the threshold.
#[derive(Debug, Clone, Copy)]
struct Condition {
    number: u32,
    threshold: f32,
    /// Leaves that stay reachable when the row goes right.
    right: u32,
}

/// Where a tree's conditions and leaves end; they begin where those of the tree before end.
#[derive(Debug, Clone, Copy)]
struct Tree {
    conditions_end: u32,
    leaves_end: u32,
}

/// Rows taken through one tree together.
const LANES: usize = 16;
/// Leaves of one tree, as many as a mask has bits.
const MOST_LEAVES: usize = 32;

impl Forest {
    /// How many numbers a row must have.
    pub(super) fn numbers(&self) -> usize {
        self.numbers
    }

    /// The sum of the reached leaves for one row, which costs a tenth of what it costs among others.
    pub(super) fn sum(&self, row: &[f32]) -> f32 {
        let (mut condition, mut leaf) = (0, 0);
        let mut sum = self.bias;
        for tree in &self.trees {
            let mut reachable = u32::MAX;
            for one in &self.conditions[condition..tree.conditions_end as usize] {
                let goes_left = row[one.number as usize] <= one.threshold;
                reachable &= one.right | u32::from(goes_left).wrapping_neg();
            }
            sum += self.leaves[leaf + reachable.trailing_zeros() as usize];
            condition = tree.conditions_end as usize;
            leaf = tree.leaves_end as usize;
        }
        sum
    }

    /// The sum of the reached leaves for each row; rows have at least [`numbers`](Self::numbers) numbers.
    pub(super) fn sums(&self, rows: &[&[f32]]) -> Vec<f32> {
        let mut sums = Vec::with_capacity(rows.len());
        let mut columns = vec![[0.0; LANES]; self.numbers];
        for chunk in rows.chunks(LANES) {
            for (number, column) in columns.iter_mut().enumerate() {
                for (value, row) in column.iter_mut().zip(chunk) {
                    *value = row[number];
                }
            }
            let mut totals = [self.bias; LANES];
            add_leaves(
                &self.conditions,
                &self.leaves,
                &self.trees,
                &columns,
                &mut totals,
            );
            sums.extend_from_slice(&totals[..chunk.len()]);
        }
        sums
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn add_leaves(
    conditions: &[Condition],
    leaves: &[f32],
    trees: &[Tree],
    columns: &[[f32; LANES]],
    totals: &mut [f32; LANES],
) {
    let mut condition = 0;
    let mut leaf = 0;
    for tree in trees {
        let mut reachable = [u32::MAX; LANES];
        for one in &conditions[condition..tree.conditions_end as usize] {
            let column = &columns[one.number as usize];
            // Arithmetic in place of a choice, which the compiler would make a branch for each lane.
            for (mask, value) in reachable.iter_mut().zip(column) {
                *mask &= one.right | u32::from(*value <= one.threshold).wrapping_neg();
            }
        }
        for (total, mask) in totals.iter_mut().zip(reachable) {
            *total += leaves[leaf + mask.trailing_zeros() as usize];
        }
        condition = tree.conditions_end as usize;
        leaf = tree.leaves_end as usize;
    }
}

/// The forest as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FittedForest {
    bias: f32,
    trees: Vec<Vec<Node>>,
}

/// `[number, threshold, left, right]` for a branch, `[value]` for a leaf; a number at or below the threshold goes left.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Node {
    Branch(u32, f32, usize, usize),
    Leaf((f32,)),
}

/// A tree of the file that has no leaves, too many, or a child that stands before its parent.
#[derive(Debug, thiserror::Error)]
#[error("tree {0} is broken")]
struct BrokenTree(usize);

impl TryFrom<FittedForest> for Forest {
    type Error = BrokenTree;

    fn try_from(fitted: FittedForest) -> Result<Self, BrokenTree> {
        let mut forest = Self {
            bias: fitted.bias,
            conditions: Vec::new(),
            leaves: Vec::new(),
            trees: Vec::new(),
            numbers: 0,
        };
        for (number, nodes) in fitted.trees.iter().enumerate() {
            let first_leaf = forest.leaves.len();
            forest
                .lay_out(nodes, 0, first_leaf)
                .ok_or(BrokenTree(number))?;
            forest.trees.push(Tree {
                conditions_end: forest.conditions.len() as u32,
                leaves_end: forest.leaves.len() as u32,
            });
        }
        Ok(forest)
    }
}

impl Forest {
    /// Appends a node and all below it, leaves from left to right.
    fn lay_out(&mut self, nodes: &[Node], position: usize, first_leaf: usize) -> Option<()> {
        match *nodes.get(position)? {
            Node::Leaf((value,)) => {
                self.leaves.push(value);
                (self.leaves.len() - first_leaf <= MOST_LEAVES).then_some(())
            }
            Node::Branch(number, threshold, left, right) => {
                // Children after parents, so that every walk ends.
                if left <= position || right <= position {
                    return None;
                }
                let begin = self.leaves.len() - first_leaf;
                self.lay_out(nodes, left, first_leaf)?;
                let end = self.leaves.len() - first_leaf;
                self.lay_out(nodes, right, first_leaf)?;
                let left_leaves = (begin..end).fold(0, |mask, leaf| mask | 1_u32 << leaf);
                self.conditions.push(Condition {
                    number,
                    threshold,
                    right: !left_leaves,
                });
                self.numbers = self.numbers.max(number as usize + 1);
                Some(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forest(trees: &str) -> Result<Forest, serde_json::Error> {
        serde_json::from_str(&format!(r#"{{"bias":0.5,"trees":[{trees}]}}"#))
    }

    /// The plain walk, to compare with.
    fn walk(nodes: &[Node], row: &[f32]) -> f32 {
        let mut position = 0;
        loop {
            match nodes[position] {
                Node::Leaf((value,)) => return value,
                Node::Branch(number, threshold, left, right) => {
                    position = if row[number as usize] <= threshold {
                        left
                    } else {
                        right
                    };
                }
            }
        }
    }

    #[test]
    fn the_leaf_left_is_the_one_a_walk_ends_at() {
        let trees = "[[0,0.5,1,2],[1,0.2,3,4],[1,0.8,5,6],[1.0],[2.0],[4.0],[8.0]],[[1,0.6,1,2],[16.0],[32.0]],[[64.0]]";
        let fitted: FittedForest =
            serde_json::from_str(&format!(r#"{{"bias":0.5,"trees":[{trees}]}}"#)).expect("sound");
        let numbers: Vec<[f32; 2]> = (0..40)
            .map(|step| [(step % 7) as f32 / 6.0, (step % 11) as f32 / 10.0])
            .collect();
        let rows: Vec<&[f32]> = numbers.iter().map(|row| row.as_slice()).collect();
        let expected: Vec<f32> = rows
            .iter()
            .map(|row| 0.5 + fitted.trees.iter().map(|tree| walk(tree, row)).sum::<f32>())
            .collect();
        let forest = forest(trees).expect("sound");
        assert_eq!(forest.sums(&rows), expected);
        let one_by_one: Vec<f32> = rows.iter().map(|row| forest.sum(row)).collect();
        assert_eq!(one_by_one, expected);
        assert_eq!(forest.numbers(), 2);
    }

    #[test]
    fn a_broken_tree_is_refused() {
        let leaves_beyond_a_mask: String = {
            let branches = (0..40).map(|step| format!("[0,{step}.0,{},{}]", 40 + step, step + 1));
            let leaves = (0..41).map(|_| "[1.0]".to_owned());
            let nodes: Vec<String> = branches.take(40).chain(leaves).collect();
            format!("[{}]", nodes.join(","))
        };
        for trees in [
            "[[0,0.5,0,1],[1.0]]",
            "[[0,0.5,1,9],[1.0]]",
            "[]",
            &leaves_beyond_a_mask,
        ] {
            assert!(forest(trees).is_err(), "{trees}");
        }
    }
}

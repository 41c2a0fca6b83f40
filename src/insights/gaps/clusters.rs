//! Gathers vectors that are near each other: agglomerative clustering with average linkage, cut at one nearness.
//!
//! Average linkage, because a chain of questions each a little like the next must not become one matter (single linkage),
//! nor one odd wording keep a matter apart (complete linkage); and because the cosine of two unnormalised means is the mean
//! of all cosines between their vectors, so that clusters made apart can be joined by their means.
//!
//! The distance of two sets can only pass the cut where two vectors of them do. So vectors are first parted into those
//! that are joined by any path of near pairs, which costs a product of eight-bit numbers for each pair and no memory; the
//! matrix of distances is then made for one part at a time, and never for more than [`MOST_AT_ONCE`] vectors: a greater
//! part is gathered in batches, whose clusters are joined by their means. Time grows with the square of the distinct
//! questions, memory with their number.

use kodama::{Method, linkage};

use crate::encoder::{Embedding, VectorTable};

/// Most vectors between which all distances are held: eight megabytes.
const MOST_AT_ONCE: usize = 2_048;

/// The cosine from which vectors belong together.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Nearness(pub f32);

/// Returns the rows that belong together, the most first; every row is in exactly one set.
pub fn clusters(vectors: &VectorTable, least: Nearness) -> Vec<Vec<usize>> {
    clusters_in_batches(vectors, least, MOST_AT_ONCE)
}

fn clusters_in_batches(vectors: &VectorTable, least: Nearness, most: usize) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = parts(vectors, least)
        .into_iter()
        .flat_map(|part| gather(vectors, part, least, most))
        .collect();
    for cluster in &mut found {
        cluster.sort_unstable();
    }
    found.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    found
}

/// Rows that are joined by a path of near pairs.
fn parts(vectors: &VectorTable, least: Nearness) -> Vec<Vec<usize>> {
    let count = vectors.len();
    let mut part: Vec<usize> = (0..count).collect();
    for row in 0..count {
        let near = vectors.similarities(vectors, row);
        for (other, similarity) in near.iter().enumerate().skip(row + 1) {
            if *similarity >= least.0 {
                let (one, two) = (root(&mut part, row), root(&mut part, other));
                part[one.max(two)] = one.min(two);
            }
        }
    }
    let mut rows_of: Vec<Vec<usize>> = vec![Vec::new(); count];
    for row in 0..count {
        rows_of[root(&mut part, row)].push(row);
    }
    rows_of.retain(|rows| !rows.is_empty());
    rows_of
}

/// The first row of a part; paths are halved on the way.
fn root(part: &mut [usize], mut row: usize) -> usize {
    while part[row] != row {
        part[row] = part[part[row]];
        row = part[row];
    }
    row
}

fn gather(
    vectors: &VectorTable,
    rows: Vec<usize>,
    least: Nearness,
    most: usize,
) -> Vec<Vec<usize>> {
    if rows.len() <= most {
        return link(vectors, &rows, least);
    }
    let made: Vec<Vec<usize>> = rows
        .chunks(most)
        .flat_map(|batch| link(vectors, batch, least))
        .collect();
    if made.len() == rows.len() {
        return made;
    }
    let mut means = VectorTable::new(vectors.dimension());
    for cluster in &made {
        means.push(&mean(vectors, cluster));
    }
    let joined = clusters_in_batches(&means, least, most);
    let flat = |set: Vec<usize>| set.into_iter().flat_map(|one| made[one].clone()).collect();
    joined.into_iter().map(flat).collect()
}

/// The mean of rows as it is, not scaled to length one.
pub(super) fn mean(vectors: &VectorTable, rows: &[usize]) -> Embedding {
    let mut mean = vec![0.0; vectors.dimension()];
    for row in rows {
        let values = vectors.row(*row).0;
        mean.iter_mut()
            .zip(values)
            .for_each(|(sum, value)| *sum += value / rows.len() as f32);
    }
    Embedding(mean)
}

fn link(vectors: &VectorTable, rows: &[usize], least: Nearness) -> Vec<Vec<usize>> {
    if rows.len() < 2 {
        return rows.iter().map(|row| vec![*row]).collect();
    }
    let mut distances = Vec::with_capacity(rows.len() * (rows.len() - 1) / 2);
    for (place, row) in rows.iter().enumerate() {
        let others = rows[place + 1..].iter();
        distances.extend(others.map(|other| 1.0 - vectors.between(*row, vectors, *other)));
    }
    let dendrogram = linkage(&mut distances, rows.len(), Method::Average);
    // Sets by the labels of the dendrogram: rows first, then one for each step.
    let mut sets: Vec<Vec<usize>> = rows.iter().map(|row| vec![*row]).collect();
    for step in dendrogram.steps() {
        // Steps come in the order of their distances.
        if step.dissimilarity > 1.0 - least.0 {
            break;
        }
        let mut joined = std::mem::take(&mut sets[step.cluster1]);
        joined.append(&mut sets[step.cluster2]);
        sets.push(joined);
    }
    sets.retain(|set| !set.is_empty());
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(vectors: &[[f32; 3]]) -> VectorTable {
        let mut table = VectorTable::new(3);
        for vector in vectors {
            table.push(&Embedding::normalised(vector.to_vec()));
        }
        table
    }

    const AXES: [[f32; 3]; 7] = [
        [1.0, 0.1, 0.0],
        [0.0, 1.0, 0.1],
        [1.0, 0.0, 0.1],
        [0.1, 1.0, 0.0],
        [0.0, 0.1, 1.0],
        [1.0, 0.1, 0.1],
        [-1.0, -1.0, -1.0],
    ];

    #[test]
    fn what_is_near_is_gathered_and_everything_is_somewhere() {
        let found = clusters(&table(&AXES), Nearness(0.8));
        assert_eq!(found, [vec![0, 2, 5], vec![1, 3], vec![4], vec![6]]);
        assert!(clusters(&table(&[]), Nearness(0.8)).is_empty());
    }

    #[test]
    fn batches_find_what_one_matrix_finds() {
        let table = table(&AXES);
        for most in [2, 3, 4] {
            let found = clusters_in_batches(&table, Nearness(0.8), most);
            assert_eq!(found, clusters(&table, Nearness(0.8)), "{most} at once");
        }
    }

    #[test]
    fn a_chain_is_not_one_matter() {
        let step = |angle: f32| [angle.to_radians().cos(), angle.to_radians().sin(), 0.0];
        let chain: Vec<[f32; 3]> = (0..10).map(|place| step(place as f32 * 15.0)).collect();
        let found = clusters(&table(&chain), Nearness(0.9));
        assert!(found.len() > 2, "{found:?}");
    }
}

//! Which name each gap has: the one that most of its questions had before, so that a matter keeps its name as questions
//! come and go; else that of its first question.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::ids::{AnswerId, GapId};
use crate::store::{GapChanges, KeptGap};

/// A question by its record, and the gap it was found in before.
pub(super) type Member = (AnswerId, Option<GapId>);

/// Names gaps by their members, the greatest first; returns what has to be kept of it.
pub(super) fn name_gaps(gaps: &[Vec<Member>], kept: &[KeptGap]) -> (Vec<GapId>, GapChanges) {
    let known: HashMap<GapId, &KeptGap> = kept.iter().map(|gap| (gap.id, gap)).collect();
    let earlier: Vec<BTreeMap<GapId, usize>> = gaps
        .iter()
        .map(|members| {
            let mut counts = BTreeMap::new();
            for gap in members.iter().filter_map(|(_, gap)| *gap) {
                *counts.entry(lasting(gap, &known)).or_default() += 1;
            }
            counts
        })
        .collect();
    // The names that are claimed by the most questions are given first; of equal claims, to the older name.
    let mut claims: Vec<(usize, GapId, usize)> = earlier
        .iter()
        .enumerate()
        .flat_map(|(place, counts)| counts.iter().map(move |(gap, count)| (*count, *gap, place)))
        .collect();
    claims.sort_by(|one, other| {
        other
            .0
            .cmp(&one.0)
            .then(one.1.cmp(&other.1))
            .then(one.2.cmp(&other.2))
    });
    let mut names: Vec<Option<GapId>> = vec![None; gaps.len()];
    let mut taken = HashSet::new();
    for (_, gap, place) in &claims {
        if names[*place].is_none() && taken.insert(*gap) {
            names[*place] = Some(*gap);
        }
    }
    let mut changes = GapChanges::default();
    let mut given = Vec::with_capacity(gaps.len());
    for (members, name) in gaps.iter().zip(names) {
        let name = name.unwrap_or_else(|| first_free(members, &taken));
        taken.insert(name);
        if !known.contains_key(&name) {
            changes.new.push(name);
        }
        let moved = members.iter().filter(|(_, gap)| *gap != Some(name));
        changes
            .questions
            .extend(moved.map(|(answer, _)| (*answer, name)));
        given.push(name);
    }
    // A name that no gap has any more, but whose questions one has, has become part of that.
    for (_, gap, place) in claims {
        // Claims come with the most questions first.
        let is_new = changes.merged.iter().all(|(from, _)| *from != gap);
        if is_new && !taken.contains(&gap) {
            changes.merged.push((gap, given[place]));
        }
    }
    (given, changes)
}

/// The gap that one has become part of, at the end of the chain.
pub(super) fn lasting(gap: GapId, known: &HashMap<GapId, &KeptGap>) -> GapId {
    let mut last = gap;
    // A chain is no longer than there are gaps.
    for _ in 0..known.len() {
        match known.get(&last).and_then(|kept| kept.merged_into) {
            Some(into) => last = into,
            None => break,
        }
    }
    last
}

/// The name of the first question, or the next that is free where another gap has it.
fn first_free(members: &[Member], taken: &HashSet<GapId>) -> GapId {
    let first = members.iter().map(|(answer, _)| *answer).min();
    let mut name = GapId::of_first(first.expect("a gap has a question"));
    while taken.contains(&name) {
        name = name.next();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn answer(number: i64) -> AnswerId {
        AnswerId::first_at(Timestamp::from_millis(number))
    }

    fn gap(number: i64) -> GapId {
        GapId::of_first(answer(number))
    }

    fn kept(id: GapId, merged_into: Option<GapId>) -> KeptGap {
        KeptGap {
            id,
            merged_into,
            dismissal: None,
            questions: 1,
        }
    }

    #[test]
    fn a_matter_keeps_its_name_as_questions_come_and_go() {
        let (first, changes) = name_gaps(&[vec![(answer(2), None), (answer(1), None)]], &[]);
        assert_eq!(
            (first.as_slice(), changes.new.as_slice()),
            (&[gap(1)][..], &[gap(1)][..])
        );
        assert_eq!(changes.questions.len(), 2);
        // The question it was named after has gone; others came.
        let members = vec![(answer(9), None), (answer(2), Some(gap(1)))];
        let (again, changes) = name_gaps(&[members], &[kept(gap(1), None)]);
        assert_eq!(again, [gap(1)]);
        assert_eq!(changes.questions, [(answer(9), gap(1))]);
        assert!(changes.new.is_empty() && changes.merged.is_empty());
    }

    #[test]
    fn of_two_that_become_one_the_greater_lends_its_name_and_the_other_leads_there() {
        let members = vec![
            (answer(1), Some(gap(1))),
            (answer(2), Some(gap(2))),
            (answer(3), Some(gap(2))),
        ];
        let before = [kept(gap(1), None), kept(gap(2), None)];
        let (names, changes) = name_gaps(std::slice::from_ref(&members), &before);
        assert_eq!(
            (names, changes.merged),
            (vec![gap(2)], vec![(gap(1), gap(2))])
        );
        let after = [kept(gap(1), Some(gap(2))), kept(gap(2), None)];
        let (names, changes) = name_gaps(&[members], &after);
        assert_eq!((names, changes.merged), (vec![gap(2)], vec![]));
    }

    #[test]
    fn of_two_that_were_one_the_greater_keeps_the_name() {
        let small = vec![(answer(1), Some(gap(1)))];
        let great = vec![(answer(2), Some(gap(1))), (answer(3), Some(gap(1)))];
        let (names, changes) = name_gaps(&[small, great], &[kept(gap(1), None)]);
        assert_eq!(names[1], gap(1));
        assert_ne!(names[0], gap(1));
        assert_eq!(changes.new, [names[0]]);
    }
}

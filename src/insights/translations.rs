//! Which articles of an import are translations of each other, where nothing in the source says so.
//!
//! Cosines of two languages are not comparable from text to text: some texts are near to everything. So a pair counts by
//! how much nearer the two are to each other than each is to its next neighbours, as in the mining of parallel texts. The
//! first encoder is asked: on the demo it found 293 of 297 pairs and none wrong, the second 259 and one wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::encoder::{Embedding, Encoder, TextRole};
use crate::knowledge::{ApartArticle, ProposedJoin, Verdict};
use crate::language::Language;

/// Neighbours that a pair is held against.
const NEIGHBOURS: usize = 4;
/// A pair this much nearer than its neighbours, as a difference of cosines, is filled in as `yes`.
const LIKELY: f32 = 0.12;
/// A pair this much nearer is worth a look.
const POSSIBLE: f32 = 0.04;

/// Proposes which texts stand beside which; each moves at most once, and nothing is proposed that has a language twice.
pub fn propose_joins(apart: &[ApartArticle], encoder: &dyn Encoder) -> Vec<ProposedJoin> {
    let vectors = vectors_of(apart, encoder);
    let mut by_language: BTreeMap<Language, usize> = BTreeMap::new();
    for article in apart {
        for language in article.texts.keys() {
            *by_language.entry(*language).or_default() += 1;
        }
    }
    // Articles gather around those of the language that has most.
    let mut languages: Vec<Language> = by_language.keys().copied().collect();
    languages.sort_by_key(|language| std::cmp::Reverse(by_language[language]));
    let rank = |article: &ApartArticle| {
        languages
            .iter()
            .position(|language| article.texts.contains_key(language))
    };
    let mut groups: Vec<Group> = Vec::new();
    let mut proposals = Vec::new();
    for (place, _) in languages.iter().enumerate() {
        let own: Vec<usize> = (0..apart.len())
            .filter(|article| rank(&apart[*article]) == Some(place))
            .collect();
        let joined = nearest_pairs(apart, &groups, &own, &vectors);
        let mut alone: BTreeSet<usize> = own.iter().copied().collect();
        for pair in joined {
            alone.remove(&pair.article);
            proposals.push(proposal(apart, &groups[pair.group], &pair));
            groups[pair.group].members.push(pair.article);
        }
        groups.extend(alone.into_iter().map(|article| Group {
            members: vec![article],
        }));
    }
    proposals.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    proposals
}

/// Articles that would become one.
struct Group {
    members: Vec<usize>,
}

/// An article and the group it would join.
struct Pair {
    article: usize,
    group: usize,
    similarity: f32,
    margin: f32,
}

/// The vectors of a text: its title alone, and with how it begins.
struct TextVectors {
    title: Embedding,
    whole: Embedding,
}

type Vectors = Vec<BTreeMap<Language, TextVectors>>;

fn vectors_of(apart: &[ApartArticle], encoder: &dyn Encoder) -> Vectors {
    let texts = |article: &ApartArticle| {
        let texts = article.texts.iter().map(|(language, text)| {
            let whole = format!("{}\n{}", text.title, text.opening);
            let encoded = encoder.encode(TextRole::Passage, &[&text.title, &whole]);
            let mut encoded = encoded.into_iter();
            let mut next = || encoded.next().unwrap_or(Embedding(Vec::new()));
            let vectors = TextVectors {
                title: next(),
                whole: next(),
            };
            (*language, vectors)
        });
        texts.collect()
    };
    apart.iter().map(texts).collect()
}

fn similarity(a: &TextVectors, b: &TextVectors) -> f32 {
    (a.title.similarity(&b.title).0 + a.whole.similarity(&b.whole).0) / 2.0
}

/// Pairs of which each is the other's nearest, and which do not share a language.
fn nearest_pairs(
    apart: &[ApartArticle],
    groups: &[Group],
    own: &[usize],
    vectors: &Vectors,
) -> Vec<Pair> {
    let cosine = |article: usize, group: &Group| -> f32 {
        let texts = group.members.iter().flat_map(|one| vectors[*one].values());
        let of_article = vectors[article].values();
        let all = of_article.flat_map(|own| texts.clone().map(move |text| similarity(own, text)));
        let all: Vec<f32> = all.collect();
        all.iter().sum::<f32>() / usize::max(1, all.len()) as f32
    };
    let fits = |article: usize, group: &Group| {
        let taken = |language: &Language| {
            let mut members = group.members.iter();
            members.any(|one| apart[*one].texts.contains_key(language))
        };
        !apart[article].texts.keys().any(taken)
    };
    let mut nearest_groups: Vec<Nearest> = own.iter().map(|_| Nearest::default()).collect();
    let mut nearest_articles: Vec<Nearest> = groups.iter().map(|_| Nearest::default()).collect();
    for (place, article) in own.iter().enumerate() {
        for (number, group) in groups.iter().enumerate() {
            if fits(*article, group) {
                let near = cosine(*article, group);
                nearest_groups[place].add(near, number);
                nearest_articles[number].add(near, place);
            }
        }
    }
    let mut pairs = Vec::new();
    for (place, article) in own.iter().enumerate() {
        let Some((near, group)) = nearest_groups[place].first() else {
            continue;
        };
        let is_mutual = nearest_articles[group].first().map(|(_, one)| one) == Some(place);
        let margin = match (
            nearest_groups[place].beyond_first(),
            nearest_articles[group].beyond_first(),
        ) {
            (Some(of_article), Some(of_group)) => near - (of_article + of_group) / 2.0,
            (Some(other), None) | (None, Some(other)) => near - other,
            // Nothing else to choose from says nothing for the pair.
            (None, None) => POSSIBLE,
        };
        if is_mutual && margin >= POSSIBLE {
            pairs.push(Pair {
                article: *article,
                group,
                similarity: near,
                margin,
            });
        }
    }
    pairs
}

/// The nearest few, the nearest first.
#[derive(Default)]
struct Nearest {
    found: Vec<(f32, usize)>,
}

impl Nearest {
    fn add(&mut self, near: f32, place: usize) {
        let at = self.found.partition_point(|(other, _)| *other >= near);
        if at <= NEIGHBOURS {
            self.found.insert(at, (near, place));
            self.found.truncate(NEIGHBOURS + 1);
        }
    }

    fn first(&self) -> Option<(f32, usize)> {
        self.found.first().copied()
    }

    /// Mean cosine of the neighbours behind the nearest; `None` where there are none.
    fn beyond_first(&self) -> Option<f32> {
        let others = self.found.get(1..).filter(|others| !others.is_empty())?;
        let sum: f32 = others.iter().map(|(near, _)| near).sum();
        Some(sum / others.len() as f32)
    }
}

fn proposal(apart: &[ApartArticle], group: &Group, pair: &Pair) -> ProposedJoin {
    let named = |article: usize| {
        let article = &apart[article];
        let (language, text) = article
            .texts
            .first_key_value()
            .expect("an article that was read has a text");
        (article.key.clone(), *language, text.title.clone())
    };
    ProposedJoin {
        verdict: match pair.margin >= LIKELY {
            true => Verdict::Yes,
            false => Verdict::Undecided,
        },
        similarity: pair.similarity,
        text: named(pair.article),
        with: named(group.members[0]),
    }
}

//! Finds the gaps of a period and tells what is known of each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::clusters::{Nearness, clusters, mean};
use super::names::{Member, lasting, name_gaps};
use super::readings::{ReadBy, Reading, Readings, Standing};
use super::shortfall::{GapKind, Shortfall};
use crate::encoder::{Embedding, VectorTable};
use crate::ids::{AnswerId, ConversationId, GapId};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::pipeline::{Engine, EngineError};
use crate::store::{Dismissal, GapChanges, KeptGap, Unanswered, UnansweredQuestion};
use crate::time::Timestamp;

/// Cosine from which questions are about the same matter, on the mean of all pairs: where `measured.rs` puts six of seven
/// pairs together rightly, with both encoders and with the first alone.
pub(super) const NEAR: Nearness = Nearness(0.31);
pub(super) const NEAR_BY_FIRST: Nearness = Nearness(0.3);

/// Cosine of the nearest text of any article below which a matter is none of the operator's. Low, for what is of the trade
/// and has no article must not be called strange: a question about the moon reaches 0.27 in a base of eight articles.
const FAR: f32 = 0.2;

/// How much a gap that was left aside has to grow to come back, in hundredths.
const GROWN_PERCENT: i64 = 150;

/// Most questions shown of a gap.
const MOST_SAMPLES: usize = 5;

/// The days that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How many, the present one included.
    pub days: u32,
    /// Where they end.
    pub until: Timestamp,
}

/// Days over which questions are always gathered, so that a matter is the same in a shorter period.
const GATHERED_DAYS: u32 = 30;

impl Period {
    /// The moment they begin.
    pub fn from(self) -> Timestamp {
        self.until.days_earlier(self.days)
    }

    /// The moment the period before them begins, with which they are compared.
    pub fn before(self) -> Timestamp {
        self.until.days_earlier(2 * self.days)
    }

    /// The moment from which questions have to be read.
    pub fn read_from(self) -> Timestamp {
        self.until.days_earlier(2 * self.days.max(GATHERED_DAYS))
    }

    /// Tells whether what is found in it is kept: names must not change with the period that somebody looks at.
    fn is_kept(self) -> bool {
        self.days <= GATHERED_DAYS
    }
}

/// What visitors get no good answer on.
#[derive(Debug, Clone, PartialEq)]
pub struct GapReport {
    /// The days that were looked at.
    pub period: Period,
    /// Questions without a good answer in them.
    pub questions: usize,
    /// Of those, the ones that would be answered now.
    pub settled: usize,
    /// Questions that are still to be read; look again.
    pub unread: usize,
    /// Whether older questions were left out, because there are too many.
    pub is_cut: bool,
    /// Those that ask for something, the most asked for first.
    pub gaps: Vec<Gap>,
    /// Those that authors left aside.
    pub dismissed: Vec<Gap>,
}

/// A matter that visitors ask about and get no good answer on.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Its name in the record, which it keeps.
    pub id: GapId,
    /// Other names it has had, before it was found to be one matter.
    pub earlier: Vec<GapId>,
    /// What would close it.
    pub kind: GapKind,
    /// Questions in the period before, as long as this one.
    pub before: usize,
    /// The questions of the period; the most central first.
    pub asked: Vec<GapQuestion>,
    /// How many of them are shown as samples; they come first.
    pub samples: usize,
    /// The nearest article, if any is near.
    pub nearest: Option<NearestArticle>,
    /// Why most of the questions were not answered.
    pub shortfall: Shortfall,
    /// Why authors left it aside.
    pub dismissal: Option<Dismissal>,
}

/// One question of a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapQuestion {
    /// Record of what it was given.
    pub answer: AnswerId,
    /// Where it was asked, if in a conversation.
    pub conversation: Option<ConversationId>,
    /// What was asked, as it is stored.
    pub text: String,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// The moment it was made.
    pub created: Timestamp,
}

/// The article that is nearest to a gap.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestArticle {
    /// Which.
    pub article: ArticleId,
    /// How likely it is right, on the mean of the questions it is nearest to.
    pub confidence: f32,
    /// How likely it would have to be.
    pub threshold: f32,
}

impl Gap {
    /// Returns the question in the middle of them all, after which the gap is called.
    pub fn title(&self) -> &GapQuestion {
        &self.asked[0]
    }

    /// Counts the questions in each language.
    pub fn by_language(&self) -> BTreeMap<Language, usize> {
        let mut counts = BTreeMap::new();
        for asked in &self.asked {
            *counts.entry(asked.language).or_default() += 1;
        }
        counts
    }

    /// Returns some of the questions, each language among them as long as there is room.
    pub fn shown(&self) -> &[GapQuestion] {
        &self.asked[..self.samples]
    }
}

/// A report, and what has to be kept of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundGaps {
    /// What was found.
    pub report: GapReport,
    /// What the store does not know yet.
    pub changes: GapChanges,
}

/// Finds the gaps of a period; blocks for milliseconds for each question that was not read before.
pub fn find_gaps(
    engine: &Engine,
    readings: &Readings,
    unanswered: Unanswered,
    period: Period,
) -> Result<FoundGaps, EngineError> {
    let Unanswered {
        questions,
        is_cut,
        gaps: kept,
        edited,
    } = unanswered;
    let (read, by) = readings.of(engine, &questions, &period.until.day())?;
    let is_inside = |question: &UnansweredQuestion| question.created >= period.from();
    let mut report = GapReport {
        period,
        questions: questions.iter().filter(|one| is_inside(one)).count(),
        settled: 0,
        unread: read.iter().filter(|read| read.is_none()).count(),
        is_cut,
        gaps: Vec::new(),
        dismissed: Vec::new(),
    };
    let mut open = Vec::new();
    for (question, read) in questions.into_iter().zip(read) {
        let Some(read) = read else { continue };
        let edit = question.given.as_ref().and_then(|given| edited.get(given));
        match is_settled(&question, &read, edit.copied()) {
            _ if read.standing == Standing::LeftOut => {}
            true => report.settled += usize::from(is_inside(&question)),
            false => open.push(Open { question, read }),
        }
    }
    let gathered = gather(&open, by);
    let members: Vec<Vec<Member>> = gathered
        .iter()
        .map(|gap| {
            let questions = gap.iter().map(|place| &open[*place].question);
            questions.map(|one| (one.answer, one.gap)).collect()
        })
        .collect();
    let (names, changes) = name_gaps(&members, &kept);
    let known: HashMap<GapId, &KeptGap> = kept.iter().map(|gap| (gap.id, gap)).collect();
    let clarify = engine.thresholds().clarify;
    for (id, places) in names.into_iter().zip(&gathered) {
        let all: Vec<&Open> = places.iter().map(|place| &open[*place]).collect();
        let Some(mut gap) = describe(id, &all, period, clarify) else {
            continue;
        };
        let had = |name: &GapId| {
            *name != id && (lasting(*name, &known) == id || changes.merged.contains(&(*name, id)))
        };
        gap.earlier = known.keys().copied().filter(had).collect();
        gap.earlier.sort_unstable();
        let kept = known.get(&id);
        let dismissal = kept.and_then(|kept| kept.dismissal.clone());
        let fresh = all
            .iter()
            .filter(|one| one.question.gap != Some(id))
            .count() as i64;
        let questions = kept.map_or(0, |kept| kept.questions) + fresh;
        match dismissal {
            Some(dismissal) if questions * 100 < dismissal.questions * GROWN_PERCENT => {
                gap.dismissal = Some(dismissal);
                report.dismissed.push(gap);
            }
            _ => report.gaps.push(gap),
        }
    }
    for gaps in [&mut report.gaps, &mut report.dismissed] {
        gaps.sort_by(|one, other| {
            let newest = |gap: &Gap| gap.asked.iter().map(|asked| asked.created).max();
            let by_count = other.asked.len().cmp(&one.asked.len());
            by_count
                .then_with(|| newest(other).cmp(&newest(one)))
                .then_with(|| one.id.cmp(&other.id))
        });
    }
    let changes = match period.is_kept() {
        true => changes,
        false => GapChanges::default(),
    };
    Ok(FoundGaps { report, changes })
}

/// A question with how it is read.
struct Open {
    question: UnansweredQuestion,
    read: Arc<Reading>,
}

/// Tells whether a question would get another answer now, or somebody has changed the one it got.
fn is_settled(question: &UnansweredQuestion, read: &Reading, edit: Option<Timestamp>) -> bool {
    match (&read.standing, &question.given) {
        (Standing::Answered(now), Some(given)) if now == given => {
            edit.is_some_and(|edit| edit > question.created)
        }
        (Standing::Answered(_), _) => true,
        (Standing::Unsure | Standing::LeftOut, _) => false,
    }
}

/// Gathers questions by their meaning; the same words asked often are one question for that, so that they outweigh no
/// others.
fn gather(open: &[Open], by: ReadBy) -> Vec<Vec<usize>> {
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut places: Vec<Vec<usize>> = Vec::new();
    let mut vectors = Vec::new();
    for (place, one) in open.iter().enumerate() {
        let row = *rows.entry(folded(&one.question.text)).or_insert_with(|| {
            vectors.push(&one.read.vector);
            places.push(Vec::new());
            places.len() - 1
        });
        places[row].push(place);
    }
    let near = match by {
        ReadBy::Both => NEAR,
        ReadBy::First => NEAR_BY_FIRST,
    };
    let flat = |rows: Vec<usize>| {
        rows.into_iter()
            .flat_map(|row| places[row].clone())
            .collect()
    };
    gather_vectors(vectors, near)
        .into_iter()
        .map(flat)
        .collect()
}

/// Gathers vectors, by their places.
pub(super) fn gather_vectors<'a>(
    vectors: impl IntoIterator<Item = &'a Embedding>,
    near: Nearness,
) -> Vec<Vec<usize>> {
    clusters(&table_of(vectors), near)
}

fn table_of<'a>(vectors: impl IntoIterator<Item = &'a Embedding>) -> VectorTable {
    let mut vectors = vectors.into_iter().peekable();
    let dimension = vectors.peek().map_or(0, |vector| vector.0.len());
    let mut table = VectorTable::new(dimension);
    vectors.for_each(|vector| table.push(vector));
    table
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Tells what is known of a gap; nothing where nobody asked in the period.
fn describe(id: GapId, all: &[&Open], period: Period, clarify: f32) -> Option<Gap> {
    let (inside, earlier): (Vec<&Open>, Vec<&Open>) = all
        .iter()
        .copied()
        .partition(|one| one.question.created >= period.from());
    if inside.is_empty() {
        return None;
    }
    let vectors = table_of(inside.iter().map(|one| &one.read.vector));
    let rows: Vec<usize> = (0..inside.len()).collect();
    let middle = mean(&vectors, &rows);
    let asked = by_nearness(inside.clone(), &middle);
    let (asked, samples) = samples_first(asked);
    let shortfalls = inside.iter().map(|one| {
        let is_answered = matches!(one.read.standing, Standing::Answered(_));
        one.read.shortfall.after(one.question.shown, is_answered)
    });
    let shortfall = most_frequent(shortfalls).unwrap_or(Shortfall::NotSure);
    let nearest = nearest_of(&inside);
    Some(Gap {
        id,
        earlier: Vec::new(),
        kind: kind_of(&inside, nearest.as_ref(), clarify),
        before: earlier
            .iter()
            .filter(|one| one.question.created >= period.before())
            .count(),
        asked,
        samples,
        nearest,
        shortfall,
        dismissal: None,
    })
}

fn by_nearness(mut open: Vec<&Open>, middle: &Embedding) -> Vec<GapQuestion> {
    open.sort_by(|one, other| {
        let near = |open: &Open| open.read.vector.similarity(middle).0;
        let by_nearness = near(other).total_cmp(&near(one));
        by_nearness.then_with(|| one.question.answer.cmp(&other.question.answer))
    });
    let asked = open.into_iter().map(|one| GapQuestion {
        answer: one.question.answer,
        conversation: one.question.conversation,
        text: one.question.text.clone(),
        language: one.question.language,
        created: one.question.created,
    });
    asked.collect()
}

/// Puts the samples first: the most central question, that of each other language, and then the next ones, each text once.
fn samples_first(asked: Vec<GapQuestion>) -> (Vec<GapQuestion>, usize) {
    let mut chosen: Vec<usize> = Vec::new();
    let mut languages = BTreeSet::new();
    let mut texts = HashSet::new();
    for only_new_languages in [true, false] {
        for (place, one) in asked.iter().enumerate() {
            if chosen.len() == MOST_SAMPLES {
                break;
            }
            let is_wanted = !only_new_languages || !languages.contains(&one.language);
            if is_wanted && texts.insert(folded(&one.text)) {
                languages.insert(one.language);
                chosen.push(place);
            }
        }
    }
    let samples = chosen.len();
    let mut places: Vec<usize> = (0..asked.len()).collect();
    places.sort_by_key(|place| {
        let rank = chosen.iter().position(|one| one == place);
        (rank.unwrap_or(MOST_SAMPLES), *place)
    });
    let mut asked: Vec<Option<GapQuestion>> = asked.into_iter().map(Some).collect();
    let ordered = places.into_iter().filter_map(|place| asked[place].take());
    (ordered.collect(), samples)
}

/// The article that is nearest to most of the questions.
fn nearest_of(open: &[&Open]) -> Option<NearestArticle> {
    let named = open.iter().filter_map(|one| one.read.nearest.as_ref());
    let article = most_frequent(named)?.clone();
    let near: Vec<&Reading> = open
        .iter()
        .map(|one| one.read.as_ref())
        .filter(|read| read.nearest.as_ref() == Some(&article))
        .collect();
    Some(NearestArticle {
        article,
        confidence: average(near.iter().map(|read| read.confidence)),
        threshold: average(near.iter().map(|read| read.threshold)),
    })
}

fn kind_of(open: &[&Open], nearest: Option<&NearestArticle>, clarify: f32) -> GapKind {
    let similarity = average(open.iter().map(|one| one.read.similarity));
    match nearest {
        Some(nearest) if nearest.confidence >= clarify => GapKind::FallsShort,
        _ if similarity < FAR => GapKind::OutOfScope,
        _ => GapKind::MissingContent,
    }
}

fn average(numbers: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = numbers.len();
    match count {
        0 => 0.0,
        _ => numbers.sum::<f32>() / count as f32,
    }
}

/// The most frequent value; of several, the smallest.
fn most_frequent<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let (value, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    Some(value)
}

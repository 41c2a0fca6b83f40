//! A month of a help desk, made from labelled questions: which gaps are found of the articles that were taken out, whether
//! the promised precision is kept or the threshold rises, and whether an edit does what the comparison foretells.
//!
//! `cargo bench --bench month -- [SET_DIR] [--seed 7] [--a-day 60] [--judged 8]`. SET_DIR holds `kb.jsonl` and
//! `queries.jsonl`; without one it is the demo base with its labelled questions. How the month is made:
//!
//! - every eighth article with questions is taken out of the base; who asks about it should find nothing;
//! - each day so many questions are drawn, with a fixed seed, by weights of the articles that drift from one random
//!   distribution to another over the thirty days;
//! - on days 19 to 21 an incident multiplies the questions of the day by four, half of them about one article;
//! - each day so many answers, drawn at random, are judged by the labels, and the promise is looked at after each wrong one
//!   and each week, as the server does it;
//! - at the end the articles come back, and what the comparison of both bases foretells for the month's questions is held
//!   against the questions of another week.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use mondo::conversation::{NewConversation, Pick};
use mondo::desk::{AskContext, Desk, DeskSettings};
use mondo::encoder::{EncoderSettings, ModelFolder};
use mondo::evaluation::{
    ContractSettings, EvaluationSet, JudgedAnswer, Keeping, LabelledQuestion, read_questions,
    standing,
};
use mondo::ids::AnswerId;
use mondo::insights::{Period, Readings, find_gaps};
use mondo::knowledge::{ArticleId, KnowledgeBase, load_folder};
use mondo::language::{Detector, Language};
use mondo::pipeline::{
    Decision, Engine, Fusion, Outcome, Overruled, Routing, SecondOpinion, Snapshot, Thresholds,
};
use mondo::safety::Words;
use mondo::store::Store;
use mondo::time::Timestamp;

/// 2026-11-01T00:00:00Z.
const FIRST: i64 = 1_793_491_200_000;
const DAY: i64 = 86_400_000;
const DAYS: i64 = 30;
const INCIDENT: std::ops::RangeInclusive<i64> = 19..=21;
const MORE_IN_INCIDENT: usize = 4;

/// One in so many articles is taken out.
const TAKEN_OUT: usize = 8;

/// Fewest questions of a gap that counts.
const FEWEST: usize = 3;

/// Numbers that look random and are the same each time (SplitMix64, Steele, Lea and Flood 2014).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn argument<T: std::str::FromStr>(name: &str, default: T) -> T {
    let arguments: Vec<String> = std::env::args().collect();
    let place = arguments.iter().position(|argument| argument == name);
    place
        .and_then(|place| arguments.get(place + 1)?.parse().ok())
        .unwrap_or(default)
}

fn material() -> (KnowledgeBase, Vec<LabelledQuestion>) {
    let given = std::env::args()
        .skip(1)
        .map(PathBuf::from)
        .find(|path| path.join("kb.jsonl").is_file());
    match given {
        Some(folder) => {
            let set = EvaluationSet::read(&folder).expect("a set");
            (set.knowledge, set.questions)
        }
        None => {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let base = load_folder(&root.join("knowledge_base"))
                .and_then(|loaded| loaded.into_served())
                .expect("the demo base is sound");
            let questions = read_questions(&root.join("tests/relevance")).expect("questions");
            (base, questions)
        }
    }
}

fn engine_over(knowledge: KnowledgeBase) -> Engine {
    let settings = EncoderSettings::default();
    let encoder = ModelFolder::chosen(&settings)
        .and_then(|folder| folder.load(&settings))
        .expect("ships with the binary");
    let snapshot = Snapshot::build(knowledge, encoder.as_ref()).expect("an index in memory");
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("ships with the binary"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    );
    let second = ModelFolder::chosen_second(&settings).expect("ships with the binary");
    let engine = match second {
        Some(folder) => engine.with_second_opinion(SecondOpinion {
            encoder: folder.load(&settings).expect("ships with the binary"),
            fusion: Fusion::built_in_for_both().expect("ships with the binary"),
            sure_from: SecondOpinion::SURE,
        }),
        None => engine,
    };
    engine.prepare_second().expect("the second encoder reads");
    engine
}

/// What was asked and given.
struct Asked {
    question: usize,
    language: Language,
    confidence: f32,
    given: Option<ArticleId>,
}

fn given(outcome: &Outcome) -> Option<ArticleId> {
    match &outcome.decision {
        Decision::Answer { answer, .. } => Some(answer.article.clone()),
        _ => None,
    }
}

#[derive(Default)]
struct Share {
    of: usize,
    count: usize,
}

impl Share {
    fn add(&mut self, is: bool) {
        self.of += 1;
        self.count += usize::from(is);
    }

    fn told(&self) -> String {
        let share = self.count as f64 / self.of.max(1) as f64 * 100.0;
        format!("{share:.1} % ({} of {})", self.count, self.of)
    }
}

#[tokio::main]
async fn main() {
    let is_trial = std::env::args().any(|argument| argument == "--test");
    let mut draw = Draw(argument("--seed", 7));
    let (a_day, judged_a_day): (usize, usize) = match is_trial {
        true => (6, 2),
        false => (argument("--a-day", 60), argument("--judged", 8)),
    };
    let (whole, questions) = material();
    let mut about: BTreeMap<ArticleId, Vec<usize>> = BTreeMap::new();
    for (place, question) in questions.iter().enumerate() {
        if question.before.is_none()
            && let Some(article) = question.relevant.first()
        {
            about.entry(article.clone()).or_default().push(place);
        }
    }
    let articles: Vec<ArticleId> = about.keys().cloned().collect();
    let taken_out: BTreeSet<ArticleId> = articles.iter().step_by(TAKEN_OUT).cloned().collect();
    let mut base = whole.clone();
    base.articles
        .retain(|article| !taken_out.contains(&article.id));

    let began = Instant::now();
    let engine = Arc::new(engine_over(base));
    let folder = tempfile::tempdir().expect("a folder");
    let at =
        |day: i64, place: usize| Timestamp::from_millis(FIRST + day * DAY + place as i64 * 900);
    let store = Store::open(folder.path(), at(0, 0))
        .await
        .expect("it opens");
    let desk = Desk::new(Arc::clone(&engine), store.clone(), DeskSettings::default());
    println!(
        "{} articles, {} taken out, {} questions; read in {:.1} s",
        whole.articles.len(),
        taken_out.len(),
        questions.len(),
        began.elapsed().as_secs_f64()
    );

    let weights: Vec<[f64; 2]> = articles
        .iter()
        .map(|_| [draw.share().powi(2), draw.share().powi(2)])
        .collect();
    let incident = draw.below(articles.len());
    let mut asked: HashMap<AnswerId, Asked> = HashMap::new();
    let mut order: Vec<AnswerId> = Vec::new();
    let mut judged: Vec<(Language, JudgedAnswer)> = Vec::new();
    let mut is_judged: BTreeSet<AnswerId> = BTreeSet::new();
    let mut held: HashMap<Language, bool> = HashMap::new();
    let mut raised: BTreeMap<Language, f32> = BTreeMap::new();
    let mut weeks: Vec<(Share, Share)> = Vec::new();
    let mut rises = Vec::new();
    let target = ContractSettings::default().target();
    let began = Instant::now();
    for day in 0..DAYS {
        if day % 7 == 0 {
            weeks.push(Default::default());
        }
        let is_incident = INCIDENT.contains(&day);
        let count = match is_incident {
            true => a_day * MORE_IN_INCIDENT,
            false => a_day,
        };
        let late = day as f64 / (DAYS - 1) as f64;
        let sums: Vec<f64> = weights
            .iter()
            .scan(0.0, |sum, [first, last]| {
                *sum += first * (1.0 - late) + last * late;
                Some(*sum)
            })
            .collect();
        for place in 0..count {
            let article = match is_incident && draw.share() < 0.5 {
                true => incident,
                false => {
                    let mark = draw.share() * sums.last().copied().unwrap_or(0.0);
                    sums.partition_point(|sum| *sum < mark)
                        .min(articles.len() - 1)
                }
            };
            let of_it = &about[&articles[article]];
            let question = of_it[draw.below(of_it.len())];
            let Ok(words) = Words::parse(&questions[question].text, 2_000) else {
                continue;
            };
            let now = at(day, place);
            let conversation = desk
                .visitors
                .open_conversation(NewConversation::default(), None, now)
                .await
                .expect("it opens");
            let Ok(exchange) = desk
                .visitors
                .post_message(&conversation.id, words, AskContext::default(), None, now)
                .await
            else {
                continue;
            };
            let Some(reply) = exchange.reply.and_then(|message| message.reply) else {
                continue;
            };
            let given = reply
                .decision
                .given_answer()
                .map(|answer| answer.article.clone());
            let (answers, right) = weeks.last_mut().expect("a week has begun");
            answers.add(given.is_some());
            if let Some(given) = &given {
                right.add(questions[question].relevant.contains(given));
            }
            order.push(reply.answer);
            asked.insert(
                reply.answer,
                Asked {
                    question,
                    language: reply.language,
                    confidence: reply.confidence.0,
                    given,
                },
            );
        }
        // Judges draw from all that was given and is not judged, as the queue does.
        let mut pool: Vec<AnswerId> = order
            .iter()
            .filter(|id| asked[*id].given.is_some() && !is_judged.contains(*id))
            .copied()
            .collect();
        let mut looks_at: BTreeSet<Language> = BTreeSet::new();
        for _ in 0..judged_a_day.min(pool.len()) {
            let id = pool.swap_remove(draw.below(pool.len()));
            is_judged.insert(id);
            let one = &asked[&id];
            let right = one
                .given
                .as_ref()
                .is_some_and(|given| questions[one.question].relevant.contains(given));
            judged.push((
                one.language,
                JudgedAnswer {
                    pick: Pick::Given,
                    confidence: one.confidence,
                    right,
                },
            ));
            if !right {
                looks_at.insert(one.language);
            }
        }
        if day % 7 == 6 {
            looks_at.extend(Language::ALL);
        }
        for language in looks_at {
            let own: Vec<JudgedAnswer> = judged
                .iter()
                .filter(|(of, _)| *of == language)
                .map(|(_, answer)| *answer)
                .collect();
            let threshold = engine.thresholds().answer.of(language).0;
            let was_held = held.get(&language).copied().unwrap_or(false);
            let told = standing(&own, threshold, target, was_held);
            held.insert(language, told.keeping == Keeping::Held);
            if let (Keeping::Broken, Some(higher)) = (told.keeping, told.higher) {
                raised.insert(language, higher.threshold);
                rises.push(format!(
                    "day {day}: {language} {threshold:.2} -> {:.2} ({} of {} right)",
                    higher.threshold, told.proof.right, told.proof.judged
                ));
                let all = raised.iter().map(|(language, threshold)| Overruled {
                    language: *language,
                    threshold: *threshold,
                    is_floor: true,
                });
                engine.overrule_thresholds(all.collect());
            }
        }
    }
    println!(
        "{} questions asked in {:.1} s",
        order.len(),
        began.elapsed().as_secs_f64()
    );
    println!("\nweek  answered               right of those answered");
    for (number, (answers, right)) in weeks.iter().enumerate() {
        println!("{:>4}  {:<22} {}", number + 1, answers.told(), right.told());
    }
    println!("\npromise: {} judged", judged.len());
    for language in Language::ALL {
        let own: Vec<JudgedAnswer> = judged
            .iter()
            .filter(|(of, _)| *of == language)
            .map(|(_, answer)| *answer)
            .collect();
        let threshold = engine.thresholds().answer.of(language).0;
        let was_held = held.get(&language).copied().unwrap_or(false);
        let told = standing(&own, threshold, target, was_held);
        println!(
            "  {language}: {} at {threshold:.2}, {} of {} right, at least {:.1} %",
            told.keeping.code(),
            told.proof.right,
            told.proof.judged,
            told.proof.bound * 100.0
        );
    }
    for rise in &rises {
        println!("  {rise}");
    }

    let began = Instant::now();
    let until = at(DAYS, 0);
    let period = Period {
        days: DAYS as u32,
        until,
    };
    let unanswered = store
        .reader()
        .unanswered(period.read_from())
        .await
        .expect("they are read");
    let found = find_gaps(&engine, &Readings::default(), unanswered, period).expect("found");
    let mut of_gaps = Share::default();
    let mut found_articles = BTreeSet::new();
    for gap in found
        .report
        .gaps
        .iter()
        .filter(|gap| gap.asked.len() >= FEWEST)
    {
        let mut matters: BTreeMap<Option<&ArticleId>, usize> = BTreeMap::new();
        for question in &gap.asked {
            let one = &asked[&question.answer];
            *matters
                .entry(questions[one.question].relevant.first())
                .or_default() += 1;
        }
        let most = matters.into_iter().max_by_key(|(_, count)| *count);
        let missing = most
            .filter(|(_, count)| count * 2 > gap.asked.len())
            .and_then(|(article, _)| article.cloned())
            .filter(|article| taken_out.contains(article));
        of_gaps.add(missing.is_some());
        found_articles.extend(missing);
    }
    let mut of_articles = Share::default();
    for article in &taken_out {
        let count = asked
            .values()
            .filter(|one| questions[one.question].relevant.first() == Some(article))
            .count();
        if count >= FEWEST {
            of_articles.add(found_articles.contains(article));
        }
    }
    let unmet = asked.values().filter(|one| {
        let wanted = questions[one.question].relevant.first();
        wanted.is_some_and(|article| taken_out.contains(article))
    });
    let (mut unmet_all, mut unmet_answered) = (0, 0);
    for one in unmet {
        unmet_all += 1;
        unmet_answered += usize::from(one.given.is_some());
    }
    println!(
        "\n{unmet_all} questions asked for an article that was taken out; {unmet_answered} of them were answered with another"
    );
    println!(
        "gaps of {FEWEST} questions or more, found in {:.1} s:\n  about an article that was taken out: {}\n  articles taken out that were found: {}",
        began.elapsed().as_secs_f64(),
        of_gaps.told(),
        of_articles.told()
    );

    // The comparison asks the month's questions of both bases; then another week is asked.
    let edited = engine.on(whole).expect("the edited base");
    let decide = |engine: &Engine, question: usize| {
        let question = mondo::pipeline::Question::parse(&questions[question].text).ok()?;
        let outcome = engine.ask(&mondo::pipeline::Asked {
            question: &question,
            priors: &mondo::language::Priors::default(),
            forced: None,
            fallback: Language::English,
            today: &until.day(),
            readership: mondo::knowledge::Readership::anybody(),
        });
        given(&outcome.ok()?)
    };
    let mut known: BTreeSet<usize> = asked.values().map(|one| one.question).collect();
    let fresh: Vec<usize> = (0..questions.len())
        .filter(|place| {
            !known.contains(place)
                && questions[*place].before.is_none()
                && !questions[*place].relevant.is_empty()
        })
        .collect();
    // Where every question was asked in the month, every third is kept for afterwards.
    let fresh: Vec<usize> = match fresh.len() < 50 {
        true => known.iter().copied().step_by(3).collect(),
        false => fresh,
    };
    known.retain(|place| !fresh.contains(place));
    println!("\nthe articles come back:  answered before -> after, right of those answered after");
    for (name, places) in [
        (
            "foretold by the month",
            known.into_iter().collect::<Vec<_>>(),
        ),
        ("another week", fresh),
    ] {
        let (mut before, mut after, mut right) = <(Share, Share, Share)>::default();
        for place in places {
            before.add(decide(&engine, place).is_some());
            let given = decide(&edited, place);
            after.add(given.is_some());
            if let Some(given) = given {
                right.add(questions[place].relevant.contains(&given));
            }
        }
        println!(
            "  {name:<22} {} -> {}, {}",
            before.told(),
            after.told(),
            right.told()
        );
    }
    let _ = weights;
}

//! What visitors write around their questions is heard as what it is: small talk, wishes and reports, follow-ups, strange
//! words, opposites and spellings. The lines stand in `tests/listening`; `questions.jsonl` can be measured by `mondo
//! calibrate` too. Figures are those of both encoders, as questions are answered by default.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use mondo::dialogue::{DialogueAct, Message, read_message};
use mondo::encoder::{EncoderSettings, ModelError, ModelFolder};
use mondo::evaluation::{LabelledQuestion, check_labels, read_served_questions};
use mondo::knowledge::{Readership, load_folder};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{
    Asked, Decision, Engine, Fusion, Outcome, Question, Routing, SecondOpinion, Snapshot,
    Thresholds, TurnsBefore,
};
use mondo::safety::Signals;

/// A day on which every article of the demo base is valid.
const DAY: &str = "2026-06-01";

/// Rows of a table, cut at tabs, without its comments.
fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    let lines = table
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("# "));
    lines.map(|line| line.split('\t').collect()).collect()
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge_base");
    let knowledge = load_folder(&folder)
        .and_then(|loaded| loaded.into_served())
        .expect("the demo base is sound");
    let settings = EncoderSettings::default();
    let load = |folder: Result<ModelFolder, ModelError>| {
        folder
            .and_then(|folder| folder.load(&settings))
            .expect("the built-in models are sound")
    };
    let encoder = load(ModelFolder::built_in());
    let second = SecondOpinion {
        encoder: load(ModelFolder::built_in_second()),
        fusion: Fusion::built_in_for_both().expect("the built-in fusion is sound"),
        sure_from: SecondOpinion::SURE,
    };
    let snapshot = Snapshot::build(knowledge, encoder.as_ref()).expect("an index");
    let engine = Engine::new(
        Detector::new(),
        encoder,
        Fusion::built_in().expect("the built-in fusion is sound"),
        snapshot,
        Thresholds::default(),
        Routing::default(),
    )
    .with_second_opinion(second);
    engine.prepare_second().expect("vectors in memory");
    engine
});

/// The labelled messages of every kind.
static QUESTIONS: LazyLock<Vec<LabelledQuestion>> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listening/questions.jsonl");
    let questions = read_served_questions(&file).expect("well-formed questions");
    check_labels(&questions, ENGINE.snapshot().knowledge()).expect("labels name articles");
    questions
});

fn ask(text: &str, before: &TurnsBefore, conversation: Option<Language>) -> Outcome {
    let question = Question::parse(text).expect("a message");
    let priors = Priors {
        conversation,
        ..Priors::default()
    };
    let asked = Asked {
        question: &question,
        priors: &priors,
        forced: None,
        fallback: Language::English,
        today: DAY,
        readership: Readership::anybody(),
    };
    ENGINE
        .ask_in_context(&asked, None, before)
        .expect("the engine decides")
}

/// What the visitor gets, seen from the right articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Right,
    Offered,
    Other,
    Wrong,
}

fn verdict(outcome: &Outcome, asked: &LabelledQuestion) -> Verdict {
    let is_right = |article: &str| asked.relevant.iter().any(|one| one.as_str() == article);
    let asks_nothing = asked.kind.as_deref() == Some("small-talk");
    match &outcome.decision {
        Decision::Answer { answer, .. } if is_right(answer.article.as_str()) => Verdict::Right,
        Decision::Answer { .. } => Verdict::Wrong,
        Decision::Escalate {
            first_aid: Some(answer),
            ..
        } if is_right(answer.article.as_str()) => Verdict::Right,
        Decision::SmallTalk { .. } if !asked.is_in_scope() => Verdict::Right,
        // Whatever else is said to what asks nothing is beside the point.
        _ if asks_nothing => Verdict::Other,
        Decision::Clarify { .. } if !asked.is_in_scope() => Verdict::Offered,
        Decision::Clarify { options }
            if options
                .iter()
                .any(|option| is_right(option.article.as_str())) =>
        {
            Verdict::Offered
        }
        _ if !asked.is_in_scope() => Verdict::Right,
        _ => Verdict::Other,
    }
}

fn told(outcome: &Outcome) -> String {
    let decision = match &outcome.decision {
        Decision::Answer { answer, .. } => format!("answer {}", answer.article),
        Decision::Clarify { options } => {
            let options: Vec<&str> = options
                .iter()
                .map(|option| option.article.as_str())
                .collect();
            format!("options {}", options.join(" "))
        }
        Decision::Escalate { reason, .. } => format!("person {reason:?}"),
        Decision::SmallTalk { act } => format!("talk {act:?}"),
    };
    let ranked: Vec<String> = outcome
        .ranked
        .iter()
        .take(3)
        .map(|one| format!("{} {:.2}", one.article, one.score))
        .collect();
    format!(
        "{decision} at {:.2} ({}) {:?}",
        outcome.confidence.0,
        ranked.join(", "),
        outcome.judgement
    )
}

#[test]
fn small_talk_is_told_from_questions() {
    let mut wrong = Vec::new();
    for row in rows(include_str!("listening/talk.tsv")) {
        let [expected, text] = row[..] else {
            panic!("{row:?}")
        };
        let said = match read_message(text) {
            Message::Talk { act, .. } => serde_json::to_value(act)
                .expect("a name")
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            Message::Question { .. } => "question".to_owned(),
        };
        if said != expected {
            wrong.push(format!("{text}: {said}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn signals_are_read_in_their_scope() {
    let mut wrong = Vec::new();
    for row in rows(include_str!("listening/signals.tsv")) {
        let [expected, text] = row[..] else {
            panic!("{row:?}")
        };
        let read = Signals::read(text);
        let flags = [
            (read.wants_person, 'p'),
            (read.fraud_report, 'f'),
            (read.is_solicited(), 's'),
            (read.has_identifier, 'i'),
        ];
        let mut said: String = flags
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, flag)| flag)
            .collect();
        if said.is_empty() {
            said.push('-');
        }
        if said != expected {
            wrong.push(format!("{text}: {said}, not {expected}"));
        }
    }
    let total = rows(include_str!("listening/signals.tsv")).len();
    assert!(total >= 300, "{total} lines");
    assert!(
        wrong.is_empty(),
        "{} of {total}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Shares of verdicts by kind, with every line that is not right.
struct Tally {
    counts: BTreeMap<String, [usize; 4]>,
    notes: Vec<String>,
}

impl Tally {
    fn new() -> Self {
        Self {
            counts: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    fn note(&mut self, asked: &LabelledQuestion, outcome: &Outcome) {
        let verdict = verdict(outcome, asked);
        let kind = asked.kind.as_deref().unwrap_or_default();
        self.counts.entry(kind.to_owned()).or_default()[verdict as usize] += 1;
        if verdict != Verdict::Right {
            let right: Vec<&str> = asked.relevant.iter().map(|one| one.as_str()).collect();
            self.notes.push(format!(
                "{kind} {verdict:?}: {} [{}] {}",
                asked.text,
                right.join(" "),
                told(outcome)
            ));
        }
    }

    /// Right, right or offered, and wrong, as shares of a kind.
    fn shares(&self, kind: &str) -> [f64; 3] {
        let [right, offered, other, wrong] = self.counts[kind].map(|count| count as f64);
        let total = right + offered + other + wrong;
        [right / total, (right + offered) / total, wrong / total]
    }

    #[track_caller]
    fn expect(&self, kind: &str, right: f64, offered: f64, wrong: f64) {
        let [is_right, is_offered, is_wrong] = self.shares(kind);
        println!(
            "{kind}: right {is_right:.3}, right or offered {is_offered:.3}, wrong {is_wrong:.3}"
        );
        let notes: Vec<&str> = self
            .notes
            .iter()
            .filter(|note| note.starts_with(kind))
            .map(String::as_str)
            .collect();
        assert!(
            is_right >= right && is_offered >= offered && is_wrong <= wrong,
            "{kind}: right {is_right:.3}, right or offered {is_offered:.3}, wrong {is_wrong:.3}\n{}",
            notes.join("\n")
        );
    }
}

/// Asks a labelled message, after what came before it.
fn asked(labelled: &LabelledQuestion) -> Outcome {
    let Some(earlier) = labelled.before.as_deref() else {
        return ask(&labelled.text, &TurnsBefore::default(), None);
    };
    let first = ask(earlier, &TurnsBefore::default(), None);
    let before = TurnsBefore::after(earlier, &first.decision);
    ask(&labelled.text, &before, Some(first.language))
}

#[test]
fn every_kind_is_answered_as_well_as_agreed() {
    let mut tally = Tally::new();
    for labelled in QUESTIONS.iter() {
        tally.note(labelled, &asked(labelled));
    }
    // Least share right, least share right or offered, most share answered wrongly. A question or two below what was measured:
    // processors without VNNI bring the weights of the second encoder to seven bits in place of eight.
    for (kind, right, offered, wrong) in [
        ("small-talk", 0.88, 0.88, 0.0),
        ("strange-words", 0.5, 0.9, 0.05),
        ("out-of-scope", 0.6, 0.9, 0.05),
        ("single-words", 0.6, 0.9, 0.05),
        ("opposites", 0.22, 0.85, 0.05),
        ("denials", 0.5, 0.85, 0.05),
        ("variants", 0.5, 0.85, 0.05),
        ("code-switches", 0.5, 0.8, 0.05),
        ("dates", 0.35, 0.8, 0.05),
        ("about-staff", 0.6, 0.85, 0.06),
        ("safety", 0.8, 0.9, 0.0),
        ("asides", 0.6, 0.95, 0.0),
        ("genuineness", 0.7, 0.85, 0.0),
        ("follow-ups", 0.70, 0.93, 0.02),
    ] {
        tally.expect(kind, right, offered, wrong);
    }
    assert!(QUESTIONS.len() >= 500, "{} lines", QUESTIONS.len());
}

#[test]
fn replies_to_options_mean_the_options() {
    let options = ["withdrawal-fees", "bank-withdrawal", "withdrawal-limits"]
        .map(mondo::knowledge::ArticleId::new);
    let before = TurnsBefore {
        question: Some("withdrawals".to_owned()),
        options: options.to_vec(),
        ..TurnsBefore::default()
    };
    let given = |text: &str, language| match ask(text, &before, Some(language)).decision {
        Decision::Answer { answer, .. } => answer.article.as_str().to_owned(),
        Decision::SmallTalk { act } => format!("{act:?}"),
        Decision::Clarify { options } => format!("{} options", options.len()),
        Decision::Escalate { reason, .. } => format!("{reason:?}"),
    };
    use Language::{Chinese, English, Japanese, Korean};
    for (text, language, expected) in [
        ("1", English, "withdrawal-fees"),
        ("number 2 please", English, "bank-withdrawal"),
        ("the last one", English, "withdrawal-limits"),
        ("第三个", Chinese, "withdrawal-limits"),
        ("二つ目です", Japanese, "bank-withdrawal"),
        ("첫 번째 거요", Korean, "withdrawal-fees"),
        ("提现手续费是多少？", Chinese, "withdrawal-fees"),
        ("no", English, "Neither"),
        ("都不是", Chinese, "Neither"),
        ("yes", English, "3 options"),
        ("ありがとう", Japanese, "Thanks"),
    ] {
        assert_eq!(given(text, language), expected, "{text}");
    }
    let answered = TurnsBefore {
        question: Some("how do I withdraw".to_owned()),
        articles: vec![mondo::knowledge::ArticleId::new("withdrawal-how")],
        person_offered: true,
        ..TurnsBefore::default()
    };
    let again = ask("that's not what I meant", &answered, Some(English));
    if let Decision::Clarify { options } = &again.decision {
        assert!(
            options
                .iter()
                .all(|option| option.article.as_str() != "withdrawal-how")
        );
    } else {
        assert!(
            matches!(
                again.decision,
                Decision::SmallTalk {
                    act: DialogueAct::NotThat
                }
            ),
            "{:?}",
            again.decision
        );
    }
    let wanted = ask("yes please", &answered, Some(English));
    assert!(wanted.signals.wants_person, "{:?}", wanted.decision);
}

//! Times of the stages from question to decision, on the demo base and on synthetic bases of growing size.
//!
//! `cargo bench --bench pipeline` runs all; `cargo bench --bench pipeline -- demo` only the demo base.

#![expect(
    missing_docs,
    reason = "the macro of criterion makes a public function without documentation"
)]

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use mondo::encoder::{Encoder, ModelFolder, StaticEncoder, TextRole};
use mondo::evaluation::read_questions;
use mondo::knowledge::{
    Article, ArticleId, Intent, KnowledgeBase, LanguagePolicy, Revision, Severity, Translation,
    load_folder,
};
use mondo::language::{Detector, Language, Priors};
use mondo::pipeline::{Asked, Engine, Fusion, Question, Routing, Snapshot, Thresholds};

/// A day on which every article of the demo base is valid.
const DAY: &str = "2026-06-01";

/// Results a search page shows.
const SEARCH_LIMIT: usize = 10;

/// Entries of the synthetic bases; without optimisation only the smallest, to see that the bench runs.
const SIZES: &[usize] = if cfg!(debug_assertions) {
    &[1_000]
} else {
    &[1_000, 10_000, 100_000]
};

/// An engine and what it is asked.
struct Subject {
    engine: Engine,
    questions: Vec<Question>,
}

fn stages(criterion: &mut Criterion) {
    let encoder = encoder();
    let demo = LazyCell::new(|| demo_subject(&encoder));
    let mut group = criterion.benchmark_group("demo");
    bench_text_stages(&mut group, &demo);
    bench_engine(&mut group, &demo);
    group.finish();
    for entries in SIZES.iter().copied() {
        let synthetic = LazyCell::new(|| synthetic_subject(entries, &encoder));
        let mut group = criterion.benchmark_group(format!("synthetic {entries}"));
        bench_engine(&mut group, &synthetic);
        group.finish();
    }
}

/// A subject is made when the first of its benches runs, so that a filter on the command line saves the making.
type Lazy<'a, F> = &'a LazyCell<Subject, F>;

fn bench_text_stages<F: FnOnce() -> Subject>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    subject: Lazy<'_, F>,
) {
    let priors = Priors::default();
    group.bench_function("detect", |bencher| {
        let mut next = in_turn(&subject.questions);
        let detector = subject.engine.detector();
        bencher.iter(|| black_box(detector.detect(next().as_str(), &priors)));
    });
    group.bench_function("encode", |bencher| {
        let mut next = in_turn(&subject.questions);
        let encoder = subject.engine.encoder();
        bencher.iter(|| black_box(encoder.encode_one(TextRole::Query, next().as_str())));
    });
}

fn bench_engine<F: FnOnce() -> Subject>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    subject: Lazy<'_, F>,
) {
    let priors = Priors::default();
    group.bench_function("search", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter(|| black_box(subject.engine.search(next(), &priors, DAY, SEARCH_LIMIT)));
    });
    group.bench_function("whole", |bencher| {
        let mut next = in_turn(&subject.questions);
        bencher.iter(|| {
            black_box(subject.engine.ask(&Asked {
                question: next(),
                priors: &priors,
                forced: None,
                fallback: Language::English,
                today: DAY,
            }))
        });
    });
}

fn demo_subject(encoder: &Arc<dyn Encoder>) -> Subject {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let base = load_folder(&root.join("knowledge_base"))
        .and_then(mondo::knowledge::LoadedFolder::into_served)
        .expect("the demo base is sound");
    let questions = read_questions(&root.join("tests/relevance"))
        .expect("labelled questions")
        .iter()
        .filter_map(|labelled| Question::parse(&labelled.text).ok())
        .collect();
    Subject {
        engine: engine_over(base, encoder),
        questions,
    }
}

fn synthetic_subject(entries: usize, encoder: &Arc<dyn Encoder>) -> Subject {
    let base = synthetic_base(entries);
    Subject {
        questions: synthetic_questions(&base),
        engine: engine_over(base, encoder),
    }
}

/// Gives the questions over and over, so that no single one is measured from a warm cache.
fn in_turn<'a>(questions: &'a [Question]) -> impl FnMut() -> &'a Question {
    let mut turn = questions.iter().cycle();
    move || turn.next().expect("there are questions")
}

fn encoder() -> Arc<dyn Encoder> {
    let model = ModelFolder::built_in().expect("the built-in model is sound");
    Arc::new(StaticEncoder::load(model).expect("the built-in model is sound"))
}

fn engine_over(knowledge: KnowledgeBase, encoder: &Arc<dyn Encoder>) -> Engine {
    Engine::new(
        Detector::new(),
        Arc::clone(encoder),
        Fusion::built_in().expect("the built-in fusion is sound"),
        Snapshot::build(knowledge, encoder.as_ref()).expect("an index in memory"),
        Thresholds::default(),
        Routing::default(),
    )
}

/// Articles in one language each, the languages in turn, with a title and an alternate of six words.
fn synthetic_base(entries: usize) -> KnowledgeBase {
    let mut random = Random(0x5EED);
    let articles = (0..entries)
        .map(|number| {
            let language = Language::ALL[number % Language::ALL.len()];
            article(
                number,
                language,
                sentence(language, &mut random),
                sentence(language, &mut random),
            )
        })
        .collect();
    KnowledgeBase {
        articles,
        revision: Revision(format!("synthetic-{entries}")),
    }
}

/// Questions near the articles: every so many titles with a word of the alternate behind it.
fn synthetic_questions(base: &KnowledgeBase) -> Vec<Question> {
    let step = (base.articles.len() / 500).max(1);
    base.articles
        .iter()
        .step_by(step | 1)
        .flat_map(|article| article.translations.values())
        .filter_map(|translation| {
            let alternate = translation.alternates.first()?;
            let word: String = alternate.chars().take(4).collect();
            Question::parse(&format!("{} {word}", translation.title)).ok()
        })
        .collect()
}

fn article(number: usize, language: Language, title: String, alternate: String) -> Article {
    let translation = Translation {
        language,
        title,
        alternates: vec![alternate],
        summary: String::new(),
        source_rev: 1,
        body: String::new(),
        path: "synthetic".into(),
        body_line: 1,
    };
    Article {
        // Padded, so that the order of identifiers is the order of numbers.
        id: ArticleId::new(format!("entry-{number:07}")),
        category: "synthetic".to_owned(),
        severity: Severity::Normal,
        intent: Intent::General,
        policy: LanguagePolicy::Label,
        audience: Vec::new(),
        owner: String::new(),
        rev: 1,
        valid_from: None,
        valid_until: None,
        follow_ups: Vec::new(),
        collect: Vec::new(),
        translations: BTreeMap::from([(language, translation)]),
    }
}

const WORDS_A_SENTENCE: usize = 6;

/// Words of support questions and made-up names: the first draw near each other, the second keep entries apart.
fn sentence(language: Language, random: &mut Random) -> String {
    let words: Vec<String> = (0..WORDS_A_SENTENCE)
        .map(|_| match random.below(3) {
            0 => name(language, random),
            _ => {
                let stock = stock(language);
                stock[random.below(stock.len())].to_owned()
            }
        })
        .collect();
    match language {
        Language::English | Language::Korean => words.join(" "),
        Language::Chinese | Language::Japanese => words.concat(),
    }
}

fn stock(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &[
            "how", "do", "I", "cancel", "my", "order", "change", "address", "invoice", "refund",
            "late", "parcel", "account", "password", "reset", "payment", "card", "declined",
            "size", "return",
        ],
        Language::Chinese => &[
            "怎么",
            "取消",
            "订单",
            "修改",
            "地址",
            "发票",
            "退款",
            "快递",
            "没到",
            "账号",
            "密码",
            "重置",
            "支付",
            "银行卡",
            "失败",
            "尺码",
        ],
        Language::Japanese => &[
            "注文",
            "キャンセル",
            "方法",
            "住所",
            "変更",
            "領収書",
            "返金",
            "届かない",
            "荷物",
            "アカウント",
            "パスワード",
            "再設定",
            "支払い",
            "カード",
            "できない",
            "返品",
        ],
        Language::Korean => &[
            "주문",
            "취소",
            "방법",
            "주소",
            "변경",
            "영수증",
            "환불",
            "택배",
            "안 와요",
            "계정",
            "비밀번호",
            "재설정",
            "결제",
            "카드",
            "실패",
            "반품",
        ],
    }
}

/// Two or three syllables of the language's script.
fn name(language: Language, random: &mut Random) -> String {
    let (first, count) = match language {
        Language::English => ('a', 26),
        Language::Chinese => ('\u{4E00}', 3000),
        Language::Japanese => ('\u{30A2}', 80),
        Language::Korean => ('\u{AC00}', 11_000),
    };
    let letters = match language {
        Language::English => 5 + random.below(4),
        _ => 2 + random.below(2),
    };
    (0..letters)
        .filter_map(|_| char::from_u32(first as u32 + random.below(count) as u32))
        .collect()
}

/// Marsaglia's xorshift: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);

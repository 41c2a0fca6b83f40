//! Questions of any characters: normalised once and for all, cut into terms, told apart by language, encoded.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mondo::encoder::{Encoder, ModelFolder, StaticEncoder, TextRole};
use mondo::language::{Detector, Language, Priors, normalize_for_matching};
use mondo::pipeline::{Question, Scheme, analyze};

static DETECTOR: LazyLock<Detector> = LazyLock::new(Detector::new);
static ENCODER: LazyLock<StaticEncoder> = LazyLock::new(|| {
    let folder = ModelFolder::built_in().expect("the built-in model is there");
    StaticEncoder::load(folder).expect("it loads")
});

fuzz_target!(|text: &str| {
    let normal = normalize_for_matching(text);
    assert_eq!(normal, normalize_for_matching(&normal));
    let words = Language::ALL.into_iter().map(Scheme::Words);
    for scheme in words.chain([Scheme::Bigrams]) {
        analyze(scheme, text);
    }
    let Ok(question) = Question::parse(text) else {
        return;
    };
    let languages = DETECTOR.detect(question.as_str(), &Priors::default());
    assert!(languages.other().is_finite());
    let vector = ENCODER.encode_one(TextRole::Query, question.as_str());
    assert!(vector.0.iter().all(|value| value.is_finite()));
});

//! Every runtime gives the vectors that sentence-transformers and model2vec give for the same folder.
//!
//! Not part of a plain `cargo test`, because the folders hold weights from a Python package: `tests/encoders/run` makes
//! them, names their place in `MONDO_TEST_FOLDERS`, and runs this. With the feature `rust-bert` it compares
//! that runtime too. `reference.json` holds the expected vectors, and the checksums of the weights they belong to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::f16;
use mondo::encoder::{
    Embedding, Encoder, EncoderSettings, ModelFolder, Runtime, RuntimeChoice, TextRole,
};
use serde::Deserialize;

/// The least cosine with the expected vector.
const AGREEMENT: f32 = 0.9999;
/// Where weights and inputs meet in eight bits; a processor without VNNI takes seven of each weight's.
const AGREEMENT_IN_EIGHT_BITS: f32 = 0.997;

/// What one folder's vectors must be.
#[derive(Deserialize)]
struct Expected {
    sha256: String,
    /// Half floats in hexadecimal, a line a sentence.
    vectors: Vec<String>,
}

impl Expected {
    fn embeddings(&self) -> Vec<Embedding> {
        let numbers = |line: &String| {
            let bytes: Vec<u8> = (0..line.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap())
                .collect();
            bytes
                .chunks_exact(2)
                .map(|pair| f16::from_le_bytes([pair[0], pair[1]]).to_f32())
                .collect()
        };
        let lines = self.vectors.iter();
        lines
            .map(|line| Embedding::normalised(numbers(line)))
            .collect()
    }
}

fn reference() -> BTreeMap<String, Expected> {
    serde_json::from_str(include_str!("reference.json")).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let place = std::env::var("MONDO_TEST_FOLDERS")
        .expect("MONDO_TEST_FOLDERS names no folder; start this test with tests/encoders/run");
    PathBuf::from(place).join(name)
}

/// The sentences with their roles, which take turns.
fn sentences() -> Vec<(TextRole, &'static str)> {
    let lines = include_str!("sentences.tsv").lines();
    let texts = lines.map(|line| line.split_once('\t').unwrap().1);
    TextRole::ALL.into_iter().cycle().zip(texts).collect()
}

fn load(name: &str, runtime: RuntimeChoice) -> Arc<dyn Encoder> {
    let settings = EncoderSettings {
        runtime,
        ..EncoderSettings::default()
    };
    let opened = ModelFolder::open(&folder(name)).unwrap();
    opened
        .load(&settings)
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The least cosine over all sentences, each encoded by itself and all together.
fn agreement(encoder: &dyn Encoder, expected: &Expected) -> f32 {
    let sentences = sentences();
    assert_eq!(sentences.len(), expected.vectors.len());
    let mut least = f32::INFINITY;
    let together = TextRole::ALL.map(|role| {
        let texts: Vec<&str> = sentences.iter().map(|(_, text)| *text).collect();
        encoder.encode(role, &texts)
    });
    for (number, ((role, text), expected)) in
        sentences.iter().zip(expected.embeddings()).enumerate()
    {
        let alone = encoder.encode_one(*role, text);
        assert_eq!(alone.0.len(), encoder.dimension());
        let beside_others = &together[*role as usize][number];
        least = least
            .min(cosine(&alone, &expected))
            .min(cosine(beside_others, &expected));
    }
    least
}

/// A text without a known token has no direction; two such agree.
fn cosine(found: &Embedding, expected: &Embedding) -> f32 {
    match found == expected {
        true => 1.0,
        false => found.similarity(expected).0,
    }
}

fn check_runtime(runtime: RuntimeChoice, is_for: impl Fn(&ModelFolder, &str) -> bool) {
    let mut compared = 0;
    for (name, expected) in reference() {
        let opened = ModelFolder::open(&folder(&name)).unwrap();
        assert_eq!(
            opened.checksum(),
            expected.sha256,
            "the weights of {name} are not those the reference belongs to; run tests/encoders/reference.py again"
        );
        if !is_for(&opened, &name) {
            continue;
        }
        let least = agreement(load(&name, runtime).as_ref(), &expected);
        println!("{name}: least cosine {least:.7}");
        // In our own runtime, weights of eight bits meet inputs of eight bits; the reference multiplies floats.
        let least_allowed = match runtime == RuntimeChoice::Transformer && name.ends_with("-i8") {
            true => AGREEMENT_IN_EIGHT_BITS,
            false => AGREEMENT,
        };
        assert!(least >= least_allowed, "{name} agrees only to {least}");
        compared += 1;
    }
    assert!(compared > 0, "no folder is for {runtime:?}");
}

#[test]
fn our_own_gives_the_vectors_of_sentence_transformers() {
    check_runtime(RuntimeChoice::Transformer, |folder, _| {
        folder.fitting_runtime() == Runtime::Transformer
    });
}

#[test]
fn the_static_runtime_gives_the_vectors_of_sentence_transformers_and_model2vec() {
    check_runtime(RuntimeChoice::Static, |folder, _| {
        folder.fitting_runtime() == Runtime::Static
    });
}

/// Copies what a folder of sentence-transformers has.
fn copy_folder(from: &str, to: &Path) {
    for name in [
        "config.json",
        "config_sentence_transformers.json",
        "modules.json",
        "sentence_bert_config.json",
        "tokenizer.json",
        "model.safetensors",
        "1_Pooling/config.json",
    ] {
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(folder(from).join(name), target).unwrap();
    }
}

#[test]
fn known_vectors_in_a_card_are_compared() {
    let copy = tempfile::tempdir().unwrap();
    copy_folder("tiny-bert", copy.path());
    let vector = load("tiny-bert", RuntimeChoice::Auto).encode_one(TextRole::Passage, "order 4471");
    let verdict = |first: f32| {
        let card = format!(
            "name = \"tiny\"\n[[check]]\ntext = \"order 4471\"\nrole = \"passage\"\nvector = [{first}, {}]\n",
            vector.0[1]
        );
        std::fs::write(copy.path().join("card.toml"), card).unwrap();
        let opened = ModelFolder::open(copy.path()).unwrap();
        mondo::encoder::verify_folder(opened, &EncoderSettings::default())
    };
    assert_eq!(verdict(vector.0[0]).unwrap().vectors, 1);
    let message = verdict(vector.0[0] + 0.1).err().unwrap().to_string();
    assert!(
        message.contains("order 4471") && message.contains("fetch"),
        "{message}"
    );
}

#[cfg(feature = "rust-bert")]
mod rust_bert {
    //! The same on libtorch.

    use mondo::encoder::TokenWeights;

    use super::*;

    #[test]
    fn both_runtimes_weigh_tokens_alike() {
        let copy = tempfile::tempdir().unwrap();
        copy_folder("all-minilm", copy.path());
        let card = "name = \"weighed\"\nhalf_weight_share = 0.3\n";
        std::fs::write(copy.path().join("card.toml"), card).unwrap();
        let texts: Vec<&str> = sentences().into_iter().map(|(_, text)| text).collect();
        let [own, torch] = [RuntimeChoice::Transformer, RuntimeChoice::RustBert].map(|runtime| {
            let settings = EncoderSettings {
                runtime,
                ..EncoderSettings::default()
            };
            let encoder = ModelFolder::open(copy.path())
                .unwrap()
                .load(&settings)
                .unwrap();
            let (model, share) = encoder.weighable().unwrap();
            let weights = TokenWeights::of(model, share, &[texts.clone()]);
            let even = encoder.encode(TextRole::Query, &texts);
            let weighed = encoder.encode_weighed(TextRole::Query, &texts, &weights);
            assert!(
                even.iter()
                    .zip(&weighed)
                    .any(|(even, weighed)| even.similarity(weighed).0 < 0.999)
            );
            weighed
        });
        for (own, torch) in own.iter().zip(&torch) {
            assert!(cosine(own, torch) >= AGREEMENT);
        }
    }

    #[test]
    fn rust_bert_gives_the_vectors_of_sentence_transformers() {
        check_runtime(RuntimeChoice::RustBert, |folder, name| {
            folder.fitting_runtime() == Runtime::Transformer && name != "tiny-distilbert"
        });
    }

    #[test]
    fn distilbert_is_refused_with_a_remedy() {
        let settings = EncoderSettings {
            runtime: RuntimeChoice::RustBert,
            ..EncoderSettings::default()
        };
        let opened = ModelFolder::open(&folder("tiny-distilbert")).unwrap();
        let message = opened.load(&settings).err().unwrap().to_string();
        assert!(message.contains("transformer"), "{message}");
    }
}

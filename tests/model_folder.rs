//! Model folders: the built-in one encodes, and a damaged, mismatched or foreign one is an error that names the file.

use std::fs;
use std::path::Path;

use mondo::encoder::{Encoder, ModelFolder, StaticEncoder, TextRole};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/mondo-static-v1");

fn copy_of_the_model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["card.toml", "tokenizer.json", "model.safetensors"] {
        fs::copy(Path::new(MODEL).join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// The error of loading a folder, as a person reads it.
fn failure(folder: &Path) -> String {
    match ModelFolder::open(folder).and_then(StaticEncoder::load) {
        Ok(_) => panic!("the folder loads"),
        Err(error) => error.to_string(),
    }
}

fn edit_card(folder: &Path, edit: impl Fn(&str) -> String) {
    let path = folder.join("card.toml");
    let card = fs::read_to_string(&path).unwrap();
    fs::write(&path, edit(&card)).unwrap();
}

/// Drops the checksums, so that what they would catch is seen further on.
fn without_checksums(card: &str) -> String {
    card.lines()
        .filter(|line| {
            !line.starts_with("\"model.safetensors\"") && !line.starts_with("\"tokenizer.json\"")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_folder_in_the_repository_is_the_built_in_model() {
    let built_in = StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap();
    let folder = StaticEncoder::load(ModelFolder::open(Path::new(MODEL)).unwrap()).unwrap();
    assert_eq!(built_in.identity(), folder.identity());
    let text = "提现 出金 출금 withdraw";
    assert_eq!(
        built_in.encode_one(TextRole::Query, text),
        folder.encode_one(TextRole::Query, text)
    );
}

#[test]
fn vectors_have_unit_length_and_texts_without_tokens_none() {
    let encoder = StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap();
    for text in [
        "hello",
        "本人確認",
        "출금이 안 돼요",
        "a",
        &"长".repeat(3000),
    ] {
        let length: f32 = encoder
            .encode_one(TextRole::Passage, text)
            .0
            .iter()
            .map(|value| value * value)
            .sum();
        assert!((length - 1.0).abs() < 1e-3, "{text}: {length}");
    }
    assert!(
        encoder
            .encode_one(TextRole::Query, "")
            .0
            .iter()
            .all(|value| *value == 0.0)
    );
}

#[test]
fn translations_are_nearer_than_strangers() {
    let encoder = StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap();
    let [en, zh, ja, ko, other] = [
        "I forgot my password",
        "我忘记了密码",
        "パスワードを忘れました",
        "비밀번호를 잊어버렸어요",
        "The weather is fine today",
    ]
    .map(|text| encoder.encode_one(TextRole::Query, text));
    for translation in [&zh, &ja, &ko] {
        assert!(en.similarity(translation) > other.similarity(translation));
    }
}

#[test]
fn a_truncated_file_is_named() {
    for name in ["model.safetensors", "tokenizer.json"] {
        let folder = copy_of_the_model();
        let path = folder.path().join(name);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 100]).unwrap();
        let message = failure(folder.path());
        assert!(
            message.contains(name) && message.contains("damaged"),
            "{message}"
        );
        // Without a checksum to compare with, the file itself gives it away.
        edit_card(folder.path(), without_checksums);
        let message = failure(folder.path());
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn a_missing_file_is_named() {
    for name in ["model.safetensors", "tokenizer.json"] {
        let folder = copy_of_the_model();
        fs::remove_file(folder.path().join(name)).unwrap();
        let message = failure(folder.path());
        assert!(
            message.contains(name) && message.contains("restore"),
            "{message}"
        );
    }
}

#[test]
fn a_card_that_does_not_fit_its_weights_is_an_error() {
    let check = |from: &str, to: &str, expected: &str| {
        let folder = copy_of_the_model();
        edit_card(folder.path(), |card| card.replace(from, to));
        let message = failure(folder.path());
        assert!(message.contains(expected), "{message}");
    };
    check("dimension = 256", "dimension = 384", "384");
    check("runtime = \"static\"", "runtime = \"quantum\"", "quantum");
    check("name = ", "nome = ", "card.toml");
}

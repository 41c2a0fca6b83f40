//! Model folders: the built-in one encodes, and a damaged, mismatched or foreign one is an error that names the file.

use std::fs;
use std::path::Path;

use mondo::encoder::{
    Encoder, EncoderSettings, ModelFolder, ModelSummary, RuntimeChoice, StaticEncoder, TextRole,
    TokenWeights, verify_folder,
};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/mondo-static-v1");

fn copy_of_the_model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "card.toml",
        "tokenizer.json",
        "model.safetensors",
        "modules.json",
        "config_sentence_transformers.json",
    ] {
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
fn the_built_in_model_computes_the_vectors_of_its_trainer() {
    let checked = verify_folder(
        ModelFolder::built_in().unwrap(),
        &EncoderSettings::default(),
    )
    .unwrap();
    assert_eq!(checked.vectors, 5);
}

#[test]
fn pairs_of_characters_tell_what_single_characters_do_not() {
    let folder = copy_of_the_model();
    let load = || StaticEncoder::load(ModelFolder::open(folder.path()).unwrap()).unwrap();
    let with = load();
    edit_card(folder.path(), |card| {
        card.replace("character_pairs = 14336", "character_pairs = 0")
    });
    let without = load();
    assert_ne!(with.identity(), without.identity());
    let vector = |encoder: &StaticEncoder, text| encoder.encode_one(TextRole::Query, text);
    assert_eq!(vector(&with, "withdraw"), vector(&without, "withdraw"));
    assert_ne!(vector(&with, "提现"), vector(&without, "提现"));
    // Half-width kana are paired as the full-width ones they are normalised to.
    assert_eq!(vector(&with, "ﾛｸﾞｲﾝ"), vector(&with, "ログイン"));
}

#[test]
fn what_all_texts_of_a_base_speak_of_says_less_of_each() {
    let encoder = StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap();
    let (model, share) = encoder.weighable().unwrap();
    let titles =
        ["fees", "limits", "transfers", "taxes", "risks"].map(|word| format!("bitcoin {word}"));
    let titles: Vec<&str> = titles
        .iter()
        .map(String::as_str)
        .cycle()
        .take(200)
        .collect();
    let weights = TokenWeights::of(model, share, &[titles]);
    let weighed = |text| {
        let vectors = encoder.encode_weighed(TextRole::Query, &[text], &weights);
        vectors.into_iter().next().unwrap()
    };
    let plain = |text| encoder.encode_one(TextRole::Query, text);
    for (text, rest) in [
        ("bitcoin address", "address"),
        ("ビットコイン アドレス", "アドレス"),
    ] {
        let [before, after] =
            [plain(text), weighed(text)].map(|vector| vector.similarity(&plain(rest)).0);
        assert!(after > before + 0.05, "{text}: {before}, then {after}");
    }
    let even = encoder.encode_weighed(TextRole::Query, &["bitcoin address"], &TokenWeights::EVEN);
    assert_eq!(even[0], plain("bitcoin address"));
}

#[test]
fn a_card_says_how_common_a_token_must_be_to_weigh_half() {
    let folder = copy_of_the_model();
    let stated = |line: &str| {
        edit_card(folder.path(), |card| {
            card.replace("half_weight_share = 0.6\n", line)
        });
        ModelFolder::open(folder.path()).and_then(StaticEncoder::load)
    };
    let message = stated("half_weight_share = 0.0\n")
        .err()
        .unwrap()
        .to_string();
    assert!(
        message.contains("card.toml") && message.contains("above 0"),
        "{message}"
    );
    edit_card(folder.path(), |card| {
        card.replace("half_weight_share = 0.0\n", "")
    });
    let encoder = stated("").unwrap();
    assert!(encoder.weighable().is_none());
    let built_in = StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap();
    assert_ne!(encoder.identity(), built_in.identity());
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
    check(
        "character_pairs = 14336",
        "character_pairs = 14335",
        "14335 pairs of characters",
    );
    check("runtime = \"static\"", "runtime = \"quantum\"", "quantum");
    check("name = ", "nome = ", "card.toml");
}

/// A folder with these files.
fn folder_of(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

const TRANSFORMER: &[u8] = br#"[
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
]"#;
const BERT: &[u8] =
    br#"{"model_type": "bert", "hidden_size": 4, "num_attention_heads": 2, "num_hidden_layers": 1,
    "intermediate_size": 8, "vocab_size": 9, "max_position_embeddings": 16}"#;
const MEAN: &[u8] = br#"{"pooling_mode_mean_tokens": true}"#;

#[test]
fn what_no_runtime_loads_is_told_with_a_remedy() {
    let check = |files: &[(&str, &[u8])], expected: &[&str]| {
        let folder = folder_of(files);
        let loaded = ModelFolder::open(folder.path())
            .and_then(|opened| opened.load(&EncoderSettings::default()));
        let message = loaded.err().expect("the folder does not load").to_string();
        for part in expected {
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
    };
    let tokenizer = fs::read(Path::new(MODEL).join("tokenizer.json")).unwrap();
    let weights = fs::read(Path::new(MODEL).join("model.safetensors")).unwrap();
    check(&[], &["not a model folder", "encoder.model"]);
    check(
        &[("pytorch_model.bin", b"\x80\x02")],
        &["pytorch_model.bin", "pickle", "save_pretrained"],
    );
    check(
        &[
            ("modules.json", TRANSFORMER),
            ("1_Pooling/config.json", MEAN),
            ("config.json", BERT),
            ("tokenizer.json", &tokenizer),
            ("pytorch_model.bin", b"\x80\x02"),
        ],
        &["pytorch_model.bin", "pickle"],
    );
    check(
        &[
            ("modules.json", TRANSFORMER),
            ("1_Pooling/config.json", MEAN),
            ("config.json", BERT),
            ("tokenizer.json", &tokenizer),
            ("model.safetensors.index.json", b"{}"),
        ],
        &["model.safetensors.index.json", "max_shard_size"],
    );
    check(
        &[("config.json", br#"{"model_type": "t5", "d_model": 512}"#)],
        &["config.json", "`t5`", "XLM-RoBERTa"],
    );
    check(
        &[
            ("modules.json", TRANSFORMER),
            ("config.json", BERT),
            ("1_Pooling/config.json", br#"{"pooling_mode": "attention"}"#),
        ],
        &["1_Pooling", "`attention`", "lasttoken"],
    );
    check(
        &[(
            "modules.json",
            br#"[{"path": "", "type": "sentence_transformers.models.CLIPModel"}]"#,
        )],
        &["modules.json", "`CLIPModel`", "Transformer"],
    );
    check(&[("modules.json", b"[{")], &["modules.json", "fetch"]);
    check(
        &[
            ("modules.json", TRANSFORMER),
            ("config.json", BERT),
            ("1_Pooling/config.json", MEAN),
            ("model.safetensors", &weights),
        ],
        &["tokenizer.json", "restore"],
    );
    // The weights of another kind of model.
    check(
        &[
            ("modules.json", TRANSFORMER),
            ("config.json", BERT),
            ("1_Pooling/config.json", MEAN),
            ("tokenizer.json", &tokenizer),
            ("model.safetensors", &weights),
        ],
        &["model.safetensors", "word_embeddings", "embedding.weight"],
    );
}

#[test]
fn a_runtime_that_does_not_fit_is_refused() {
    let check = |runtime: RuntimeChoice, expected: &[&str]| {
        let settings = EncoderSettings {
            model: MODEL.into(),
            runtime,
            ..EncoderSettings::default()
        };
        let loaded = ModelFolder::chosen(&settings).and_then(|folder| folder.load(&settings));
        let message = loaded.err().expect("a table is no transformer").to_string();
        for part in expected {
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
    };
    check(
        RuntimeChoice::Transformer,
        &["`transformer`", "`static`", "auto"],
    );
    check(RuntimeChoice::RustBert, &["`rust-bert`", "`static`"]);
}

#[test]
fn prefixes_and_lengths_are_part_of_the_identity() {
    let identity = |edit: &dyn Fn(&str) -> String| {
        let folder = copy_of_the_model();
        edit_card(folder.path(), edit);
        let opened = ModelFolder::open(folder.path()).unwrap();
        opened.identity().to_owned()
    };
    let plain = identity(&str::to_owned);
    let prefixed = |card: &str| card.replace("query_prefix = \"\"", "query_prefix = \"q: \"");
    let shortened = |card: &str| card.replace("max_tokens = 256", "max_tokens = 8");
    assert_ne!(plain, identity(&prefixed));
    assert_ne!(plain, identity(&shortened));
    assert_eq!(
        plain,
        identity(&|card| card.replace("licence = \"", "licence = \"Not "))
    );
}

#[test]
fn the_summary_tells_what_the_folder_is() {
    let summary = ModelSummary::of(&ModelFolder::built_in().unwrap()).unwrap();
    let encoder = StaticEncoder::load(ModelFolder::built_in().unwrap()).unwrap();
    assert_eq!(summary.dimension, encoder.dimension());
    assert_eq!(summary.identity, encoder.identity());
    assert_eq!(summary.parameters % summary.dimension, 0);
    assert_eq!(summary.checksum.len(), 64);
}

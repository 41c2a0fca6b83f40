//! Time of one question through a transformer of three layers of 384 columns, by its length in tokens.
//!
//! The weights are arbitrary: time depends on shapes alone. `cargo bench --bench encoder` measures; what one question
//! may cost is 5 ms of one core at 30 tokens.

#![expect(
    missing_docs,
    reason = "the macro of criterion makes a public function without documentation"
)]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mondo::encoder::{Encoder, EncoderSettings, ModelFolder, TextRole};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

const HIDDEN: usize = 384;
const INNER: usize = 1536;
const LAYERS: usize = 3;
const VOCABULARY: usize = 100;
const LENGTHS: [usize; 4] = [8, 16, 30, 64];

fn one_question(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_model(folder.path());
    let opened = ModelFolder::open(folder.path()).expect("the folder is sound");
    let encoder: Arc<dyn Encoder> = opened
        .load(&EncoderSettings::default())
        .expect("the folder is sound");
    let mut group = criterion.benchmark_group("question");
    for length in LENGTHS {
        let words: Vec<String> = (0..length).map(|word| format!("w{}", word + 1)).collect();
        let text = words.join(" ");
        group.bench_with_input(
            BenchmarkId::from_parameter(length),
            &text,
            |bencher, text| {
                bencher.iter(|| black_box(encoder.encode_one(TextRole::Query, text)));
            },
        );
    }
    group.finish();
}

fn write_model(folder: &Path) {
    let words: BTreeMap<String, usize> = (0..VOCABULARY).map(|id| (format!("w{id}"), id)).collect();
    let tokenizer = serde_json::json!({
        "version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "Whitespace"},
        "model": {"type": "WordLevel", "unk_token": "w0", "vocab": words},
    });
    let config = serde_json::json!({
        "model_type": "bert", "vocab_size": VOCABULARY, "hidden_size": HIDDEN, "num_attention_heads": 12,
        "intermediate_size": INNER, "num_hidden_layers": LAYERS, "max_position_embeddings": 128,
        "type_vocab_size": 1,
    });
    for (name, content) in [("tokenizer.json", tokenizer), ("config.json", config)] {
        fs::write(folder.join(name), content.to_string()).expect("the folder can be written");
    }
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = shapes()
        .into_iter()
        .map(|(name, shape)| {
            let numbers = (0..shape.iter().product::<usize>())
                .map(|number| (number * 7919 % 1009) as f32 / 10_090.0 - 0.05);
            let bytes = numbers.flat_map(f32::to_le_bytes).collect();
            (name, shape, bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name.as_str(), view.expect("the bytes fit the shape"))
    });
    safetensors::serialize_to_file(views, None, &folder.join("model.safetensors"))
        .expect("the folder can be written");
}

/// The tensors of a BERT model.
fn shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        (
            "embeddings.word_embeddings.weight".to_owned(),
            vec![VOCABULARY, HIDDEN],
        ),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![128, HIDDEN],
        ),
        (
            "embeddings.token_type_embeddings.weight".to_owned(),
            vec![1, HIDDEN],
        ),
    ];
    let layer_norm = |name: String, shapes: &mut Vec<(String, Vec<usize>)>| {
        for part in ["weight", "bias"] {
            shapes.push((format!("{name}.{part}"), vec![HIDDEN]));
        }
    };
    layer_norm("embeddings.LayerNorm".to_owned(), &mut shapes);
    for layer in 0..LAYERS {
        let base = format!("encoder.layer.{layer}");
        for (name, outputs, inputs) in [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INNER, HIDDEN),
            ("output.dense", HIDDEN, INNER),
        ] {
            shapes.push((format!("{base}.{name}.weight"), vec![outputs, inputs]));
            shapes.push((format!("{base}.{name}.bias"), vec![outputs]));
        }
        layer_norm(format!("{base}.attention.output.LayerNorm"), &mut shapes);
        layer_norm(format!("{base}.output.LayerNorm"), &mut shapes);
    }
    shapes
}

criterion_group!(benches, one_question);
criterion_main!(benches);

//! Model folders with one file that is not what it should be: an error, never a crash, and no memory that a header promises.

#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use mondo::encoder::{Encoder, ModelFolder, StaticEncoder, TextRole, TransformerEncoder};

const FILES: [(&str, &str); 5] = [
    ("modules.json", r#"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"}]"#),
    ("config.json", r#"{"model_type":"bert","hidden_size":4,"num_hidden_layers":1,"num_attention_heads":1,"intermediate_size":4,"vocab_size":4,"max_position_embeddings":8,"hidden_act":"gelu"}"#),
    ("tokenizer.json", r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"[UNK]":0,"a":1,"b":2,"c":3},"unk_token":"[UNK]"}}"#),
    ("card.toml", "name = \"small\"\n"),
    ("model.safetensors", ""),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, content)) = bytes.split_first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    for (index, (name, text)) in FILES.iter().enumerate() {
        let is_replaced = usize::from(*first) % FILES.len() == index;
        let content = if is_replaced { content } else { text.as_bytes() };
        fs::write(folder.path().join(name), content).expect("a file");
    }
    if let Ok(encoder) = ModelFolder::open(folder.path()).and_then(StaticEncoder::load) {
        encoder.encode_one(TextRole::Query, "a b");
    }
    if let Ok(encoder) = ModelFolder::open(folder.path()).and_then(TransformerEncoder::load) {
        encoder.encode_one(TextRole::Query, "a b");
    }
});

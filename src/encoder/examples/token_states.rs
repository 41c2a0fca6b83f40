//! Writes the states of the tokens of texts, as this runtime computes them, for `models/train/token_projection.py`.
//!
//! `token_states FOLDER < LINES > STATES`: a line is `q` or `p`, for a question or a passage, and a text. Of each text come the
//! count of its tokens (`u32`) and their vectors (`f32`, little-endian), as the folder's token projection makes them.

use std::error::Error;
use std::io::{BufWriter, Read as _, Write as _, stdin, stdout};
use std::path::Path;

use mondo_encoder::{Encoder as _, ModelFolder, TextRole, TokenWeights, TransformerEncoder};

/// Lines encoded at once.
const CHUNK: usize = 512;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("name the folder of a model")?;
    let encoder = TransformerEncoder::load(ModelFolder::open(Path::new(&folder))?)?;
    let mut text = String::new();
    stdin().lock().read_to_string(&mut text)?;
    let lines: Vec<(TextRole, &str)> = text
        .lines()
        .map(|line| match line.strip_prefix('q') {
            Some(question) => (TextRole::Query, question),
            None => (TextRole::Passage, line.trim_start_matches('p')),
        })
        .collect();
    let mut out = BufWriter::new(stdout().lock());
    for chunk in lines.chunks(CHUNK) {
        let mut read = vec![Vec::new(); chunk.len()];
        for role in TextRole::ALL {
            let of_role = chunk.iter().enumerate().filter(|(_, (of, _))| *of == role);
            let (places, texts): (Vec<usize>, Vec<&str>) =
                of_role.map(|(place, (_, text))| (place, *text)).unzip();
            let encoded = encoder.encode_with_tokens(role, &texts, &TokenWeights::EVEN);
            for (place, (_, tokens)) in places.into_iter().zip(encoded) {
                read[place] = tokens.vectors;
            }
        }
        for vectors in read {
            out.write_all(&(vectors.len() as u32).to_le_bytes())?;
            for number in vectors.iter().flat_map(|vector| &vector.0) {
                out.write_all(&number.to_le_bytes())?;
            }
        }
    }
    Ok(out.flush()?)
}

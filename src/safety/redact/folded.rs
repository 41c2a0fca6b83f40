//! A text in one plain spelling, glyph by glyph, each of which knows the bytes it came from.

use unicode_normalization::UnicodeNormalization;

use super::kind::{CLOSING, Kind, OPENING};

/// Stands for a placeholder, so that no detector reads into one or across it.
pub(in crate::safety) const BARRIER: char = OPENING;

/// One character as it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// Plain and in lower case.
    pub(super) seen: char,
    /// The same in the case it was written in, which keys care for.
    pub(super) cased: char,
    start: u32,
    end: u32,
    /// Where it stands in [`Folded::text`].
    at: u32,
}

/// The folded form of a text.
#[derive(Debug)]
pub(in crate::safety) struct Folded {
    /// What the glyphs spell.
    pub(in crate::safety) text: String,
    pub(super) glyphs: Vec<Glyph>,
}

impl Folded {
    pub(in crate::safety) fn of(text: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            glyphs: Vec::with_capacity(text.len()),
        };
        let mut position = 0;
        while let Some(character) = text[position..].chars().next() {
            let end = position + character.len_utf8();
            if character.is_ascii() {
                folded.push(character, position, end);
            } else if character == OPENING
                && let Some(length) = placeholder_length(&text[position..])
            {
                folded.push(BARRIER, position, position + length);
                position += length;
                continue;
            } else if let Some(digit) = ornamental_digit(character) {
                folded.push(digit, position, end);
            } else if !is_skipped(character) {
                let is_plain = matches!(character, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
                if is_plain {
                    folded.push(character, position, end);
                } else {
                    for plain in std::iter::once(character).nfkc() {
                        folded.push(plain_mark(plain), position, end);
                    }
                }
            }
            position = end;
        }
        folded
    }

    fn push(&mut self, character: char, start: usize, end: usize) {
        let at = self.text.len();
        // One for one; İ, whose lower case is two letters, stays.
        let mut lower = character.to_lowercase();
        let seen = match (lower.next(), lower.next()) {
            (Some(only), None) => only,
            _ => character,
        };
        self.text.push(seen);
        let place = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        self.glyphs.push(Glyph {
            seen,
            cased: character,
            start: place(start),
            end: place(end),
            at: place(at),
        });
    }

    pub(in crate::safety) fn len(&self) -> usize {
        self.glyphs.len()
    }

    /// Returns the character at a place, or a space beyond either end.
    pub(in crate::safety) fn seen(&self, place: usize) -> char {
        self.glyphs.get(place).map_or(' ', |glyph| glyph.seen)
    }

    /// Returns the character before a place, or a space at the start.
    pub(super) fn before(&self, place: usize) -> char {
        place.checked_sub(1).map_or(' ', |before| self.seen(before))
    }

    /// Returns the glyph that starts at a byte of [`Folded::text`].
    pub(in crate::safety) fn glyph_at(&self, byte: usize) -> usize {
        self.glyphs
            .partition_point(|glyph| (glyph.at as usize) < byte)
    }

    /// Returns what a range of glyphs spells, in its own case.
    pub(super) fn cased(&self, start: usize, end: usize) -> String {
        self.glyphs[start..end]
            .iter()
            .map(|glyph| glyph.cased)
            .collect()
    }

    pub(in crate::safety) fn byte_start(&self, glyph: usize) -> usize {
        self.glyphs[glyph].start as usize
    }

    pub(in crate::safety) fn byte_end(&self, glyph: usize) -> usize {
        self.glyphs[glyph].end as usize
    }
}

/// Returns how long the placeholder is that a text starts with.
pub(super) fn placeholder_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix(OPENING)?;
    let kind = Kind::ALL.into_iter().find(|kind| {
        inside
            .strip_prefix(kind.code())
            .is_some_and(|rest| rest.starts_with(CLOSING))
    })?;
    Some(OPENING.len_utf8() + kind.code().len() + CLOSING.len_utf8())
}

/// Marks that stand between or upon characters and are not seen.
fn is_skipped(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

/// Digits in black or double circles, which compatibility folding leaves as they are.
fn ornamental_digit(character: char) -> Option<char> {
    let value = match character {
        '\u{24ff}' | '\u{24ea}' => 0,
        '\u{2776}'..='\u{277e}' => character as u32 - 0x2775,
        '\u{2780}'..='\u{2788}' => character as u32 - 0x277f,
        '\u{278a}'..='\u{2792}' => character as u32 - 0x2789,
        '\u{24f5}'..='\u{24fd}' => character as u32 - 0x24f4,
        // Digits of other scripts, each block ten in order; the common ones.
        '\u{660}'..='\u{669}' => character as u32 - 0x660,
        '\u{6f0}'..='\u{6f9}' => character as u32 - 0x6f0,
        '\u{966}'..='\u{96f}' => character as u32 - 0x966,
        '\u{9e6}'..='\u{9ef}' => character as u32 - 0x9e6,
        '\u{e50}'..='\u{e59}' => character as u32 - 0xe50,
        _ => return None,
    };
    char::from_digit(value, 10)
}

/// Dashes, quotes and stops of typography as ASCII has them.
fn plain_mark(character: char) -> char {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{30fc}' => '-',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2018}'..='\u{201b}' => '\'',
        '\u{3002}' => '.',
        '\u{3001}' => ',',
        '\u{2022}' | '\u{2027}' | '\u{b7}' => '·',
        _ if character.is_whitespace() && character != '\n' => ' ',
        _ => character,
    }
}

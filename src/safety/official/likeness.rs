//! Whether a name that is not on the list was made to be taken for one that is.

use serde::{Deserialize, Serialize};
use unicode_security::skeleton;

use super::asked::Host;

/// How one name is like another, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// Letters of other scripts, or digits, that look the same (Unicode TR39).
    SameLook,
    /// A letter more, less, other or moved.
    Misspelt,
    /// The same name with another ending.
    OtherEnding,
    /// The number with another country code or with a digit changed.
    OtherNumber,
    /// The listed name is part of another: `example.support-desk.test`.
    NameInside,
}

/// Shorter names are like too many words.
const SHORTEST_MISSPELT: usize = 5;
/// From here on two letters may differ.
const LONG_NAME: usize = 9;

pub(super) fn likeness_of_hosts(asked: &Host, known: &Host) -> Option<Likeness> {
    if looks_same(&asked.shown, &known.shown) {
        return Some(Likeness::SameLook);
    }
    let name = main_label(&known.shown);
    let labels: Vec<&str> = asked.shown.split('.').collect();
    let (_, named) = labels.split_last()?;
    if named.contains(&name) {
        let is_ending = asked.shown.starts_with(&format!("{name}.")) && named.len() == 1;
        return Some(if is_ending {
            Likeness::OtherEnding
        } else {
            Likeness::NameInside
        });
    }
    if named.iter().any(|label| looks_same(label, name)) {
        return Some(Likeness::SameLook);
    }
    let parts = || named.iter().flat_map(|label| label.split(['-', '_']));
    let long_enough = name.chars().count() >= SHORTEST_MISSPELT;
    if parts().any(|part| looks_same(part, name))
        || long_enough && named.iter().any(|label| label.contains(name))
    {
        return Some(Likeness::NameInside);
    }
    parts()
        .any(|part| is_misspelt(part, name))
        .then_some(Likeness::Misspelt)
}

pub(super) fn likeness_of_names(asked: &str, known: &str) -> Option<Likeness> {
    if looks_same(asked, known) {
        return Some(Likeness::SameLook);
    }
    if is_misspelt(asked, known) {
        return Some(Likeness::Misspelt);
    }
    let inside = known.chars().count() >= SHORTEST_MISSPELT && asked.contains(known);
    inside.then_some(Likeness::NameInside)
}

/// A changed or moved digit, or the same subscriber under another country code.
pub(super) fn likeness_of_numbers(asked: &str, known: &str) -> Option<Likeness> {
    let tail = |digits: &str| digits.chars().rev().take(8).collect::<String>();
    let near = asked.len() == known.len() && strsim::osa_distance(asked, known) == 1;
    let same_subscriber = asked.len() >= 8 && known.len() >= 8 && tail(asked) == tail(known);
    (near || same_subscriber).then_some(Likeness::OtherNumber)
}

/// The label that carries the name: the longest before the ending.
fn main_label(host: &str) -> &str {
    let before = host.rsplit_once('.').map_or(host, |(before, _)| before);
    before
        .split('.')
        .max_by_key(|label| label.chars().count())
        .unwrap_or(host)
}

fn is_misspelt(asked: &str, known: &str) -> bool {
    let length = known.chars().count();
    let most = match length {
        0..SHORTEST_MISSPELT => 0,
        SHORTEST_MISSPELT..LONG_NAME => 1,
        _ => 2,
    };
    (1..=most).contains(&strsim::osa_distance(asked, known))
}

fn looks_same(asked: &str, known: &str) -> bool {
    asked != known && look(asked) == look(known)
}

/// What the eye makes of a name: its skeleton, with the pairs and digits that fonts blur, without hyphens.
fn look(name: &str) -> String {
    let skeleton: String = skeleton(name).collect();
    let letters: String = skeleton
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            'ı' => 'l',
            c => c,
        })
        .collect();
    letters
        .replace("rn", "m")
        .replace("vv", "w")
        .replace("cl", "d")
}

//! Says which language a question is written in, and folds text for matching.
//!
//! The lowest floor: it knows characters and words, and must not know questions, articles or settings.
//! Detection gives a [`LanguageDistribution`], never a verdict, because `方法` is Chinese as well as Japanese.

mod served;

mod distribution;
mod priors;

mod addresses;
mod detector;
mod evidence;
mod han;
mod latin;

mod elsewhere;
mod spoken;
mod telling;

mod normalize;
mod script;
mod traditional;

pub(crate) use addresses::without_addresses;
pub use detector::Detector;
pub use distribution::LanguageDistribution;
pub use elsewhere::{Elsewhere, UnknownElsewhere};
pub use normalize::normalize_for_matching;
pub use priors::Priors;
pub use script::{is_bopomofo, is_han, is_hangul, is_kana};
pub use served::{Language, UnknownLanguage};
pub use spoken::{Spoken, UnknownSpoken};
pub use traditional::{ChineseScript, in_simplified_characters, in_traditional_characters};

//! Signals read from the text of a question: what the visitor wants or reports by these words, whatever is known about it.
//!
//! A phrase alone proves nothing: `人工客服几点上班` asks about hours and `不要转人工` refuses a person. So each signal is
//! evidence in a scope: a phrase, what must stand in the same clause or sentence, and what takes it back.

use serde::{Deserialize, Serialize};

use super::cues::LEXICON;
use super::identifiers::has_identifier;
use super::scam::ScamKind;
use super::solicitation::{Heard, is_asked_for, reports_fraud};
use super::wish_for_person::wants_person;
use crate::language::normalize_for_matching;

/// What a question says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Signals {
    /// The visitor asks for a person, and for nothing else.
    pub wants_person: bool,
    /// The visitor says that they were deceived or robbed.
    pub fraud_report: bool,
    /// The visitor says that somebody asks them for a secret, or to see or control their screen.
    pub asked_for_secret: bool,
    /// The visitor says that somebody asks them for money in advance, or to move it to safety.
    pub asked_for_money: bool,
    /// The visitor says that somebody poses as the desk: writes to them on a messenger, or threatens them.
    pub impostor: bool,
    /// The text carries a transaction hash, an address, or an order or ticket number.
    pub has_identifier: bool,
}

impl Signals {
    /// Reads a text.
    pub fn read(text: &str) -> Self {
        let normal = normalize_for_matching(text);
        let heard = Heard::in_sentences(&normal);
        let fraud_report = reports_fraud(&normal) || heard.distress;
        let asked_for = |own: bool, kinds: &[ScamKind]| {
            // Harm that is done outweighs what was asked on the way to it.
            own || !fraud_report && heard.any_of(kinds)
        };
        let mut read = Self {
            wants_person: false,
            fraud_report,
            asked_for_secret: asked_for(
                is_asked_for(&LEXICON.secret, &normal),
                &[
                    ScamKind::AskedForSeed,
                    ScamKind::AskedForCode,
                    ScamKind::AskedForPassword,
                    ScamKind::RemoteAccess,
                ],
            ),
            asked_for_money: asked_for(
                is_asked_for(&LEXICON.payment, &normal),
                &[ScamKind::SafeAccount, ScamKind::AdvanceFee, ScamKind::Loan],
            ),
            impostor: asked_for(false, &[ScamKind::UnofficialChannel, ScamKind::Threat]),
            has_identifier: has_identifier(&normal),
        };
        read.wants_person = !read.is_urgent() && wants_person(&normal);
        read
    }

    /// Tells whether somebody is asking of the visitor what no honest party asks.
    pub fn is_solicited(&self) -> bool {
        self.asked_for_secret || self.asked_for_money || self.impostor
    }

    /// Tells whether safety comes before everything else the visitor may want.
    pub fn is_urgent(&self) -> bool {
        self.is_solicited() || self.fraud_report
    }
}

//! What somebody asks of the visitor that no honest party asks, and what was done to them: by cues and by the rules on scams.

use super::cues::{Cues, LEXICON, sentences};
use super::scam::{self, ScamKind};

/// What the rules on scams hear, sentence by sentence, where the sentence is about what happened to the visitor.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) distress: bool,
    kinds: Vec<ScamKind>,
}

impl Heard {
    /// Reads a folded text.
    pub(super) fn in_sentences(normal: &str) -> Self {
        let mut heard = Self::default();
        for sentence in sentences(normal) {
            let cues = &*LEXICON;
            if cues.not_happened.stand_in(sentence) || cues.not_ours.stand_in(sentence) {
                continue;
            }
            let reading = scam::read(sentence);
            heard.distress |= reading.is_distress();
            let is_other = cues.asking_thing.stand_in(sentence)
                || is_own_doing(sentence)
                || is_about_practice(sentence)
                || is_request_for_words(sentence);
            if !is_other {
                heard
                    .kinds
                    .extend(reading.evidence.iter().map(|evidence| evidence.kind));
            }
        }
        heard
    }

    /// Tells whether any of these was heard.
    pub(super) fn any_of(&self, kinds: &[ScamKind]) -> bool {
        kinds.iter().any(|kind| self.kinds.contains(kind))
    }
}

/// Asks whether staff would do so, rather than saying that somebody does.
fn is_about_practice(sentence: &str) -> bool {
    const PRACTICE: &[&str] = &[
        "ever ask",
        "ever need",
        "ever want",
        "ever call",
        "do you ask",
        "will you ask",
        "does support ask",
        "do staff ask",
        "会要求",
        "会问",
        "会索要",
        "会让我",
        "ことはありますか",
        "ことがありますか",
        "물어보기도",
    ];
    PRACTICE.iter().any(|phrase| sentence.contains(phrase))
}

/// The visitor asks to be told something: "tell me" is a demand only where somebody else says it.
fn is_request_for_words(sentence: &str) -> bool {
    const TELL_ME: &[&str] = &[
        "教えて",
        "教えてください",
        "教えて下さい",
        "알려 주세요",
        "알려주세요",
        "告诉我",
    ];
    let end = sentence.trim_end_matches(|c: char| !c.is_alphanumeric());
    TELL_ME.iter().any(|phrase| end.ends_with(phrase))
}

/// Somebody wants a secret, the screen, or money first: who, what they do and what for stand in one sentence.
pub(super) fn is_asked_for(wanted: &Cues, normal: &str) -> bool {
    sentences(normal).any(|sentence| {
        let cues = &*LEXICON;
        if !wanted.stand_in(sentence) || !cues.demands.stand_in(sentence) {
            return false;
        }
        if cues.asking_thing.stand_in(sentence)
            || is_own_doing(sentence)
            || is_about_practice(sentence)
        {
            return false;
        }
        if is_done_to_me(sentence) {
            return true;
        }
        cues.asker.stand_in(sentence) && demand_meets(sentence, wanted)
    })
}

/// How far a demand and what is demanded may stand apart, in bytes of the folded text.
const DEMAND_REACH: usize = 60;

fn demand_meets(sentence: &str, wanted: &Cues) -> bool {
    LEXICON.demands.places(sentence).any(|(from, to)| {
        wanted.places(sentence).any(|(start, end)| {
            let apart = start.saturating_sub(to).max(from.saturating_sub(end));
            apart <= DEMAND_REACH
        })
    })
}

/// A demand that needs no asker: Japanese passive and Korean hearsay.
fn is_done_to_me(sentence: &str) -> bool {
    const DONE: &[&str] = &[
        "闻かれました",
        "闻かれた",
        "闻かれて",
        "闻かれる",
        "求められました",
        "求められた",
        "求められて",
        "要求されました",
        "要求された",
        "要求されて",
        "教えてと言われ",
        "教えろと言われ",
        "送ってと言われ",
        "送れと言われ",
        "送るように言われ",
        "教えるように言われ",
        "払えと言われ",
        "払うように言われ",
        "と言われました",
        "と言われた",
        "ように言われ",
        "알려달래",
        "알려 달래",
        "알려달라",
        "알려 달라",
        "보내래",
        "보내라고",
        "불러달래",
        "불러 달래",
        "말하래",
        "입금하래",
        "내래요",
        "내라고",
        "깔래",
        "깔라고",
        "설치하래",
        "설치하라고",
        "보여달래",
        "보여 달래",
        "달라고 해",
        "달라고 하",
    ];
    DONE.iter().any(|phrase| sentence.contains(phrase))
}

/// The visitor asks for, asks about or has lost their own secret.
fn is_own_doing(sentence: &str) -> bool {
    const OWN: &[&str] = &[
        "i want to reset",
        "i want to change",
        "i need to reset",
        "i asked for",
        "i requested",
        "forgot my",
        "i forgot",
        "how do i",
        "how can i",
        "did not arrive",
        "not received",
        "not receive",
        "didn't arrive",
        "never arrives",
        "doesn't arrive",
        "not arriv",
        "can i ask",
        "i ask you",
        "收不到",
        "没收到",
        "忘记",
        "忘了",
        "怎么改",
        "怎么重置",
        "怎么找回",
        "我要求重置",
        "我要重置",
        "我要改",
        "我想改",
        "怎么设置",
        "请问怎么",
        "届かない",
        "届きません",
        "来ない",
        "来ません",
        "忘れ",
        "変えたい",
        "变えたい",
        "再设定",
        "変更したい",
        "变更したい",
        "안 와",
        "안와",
        "안 오",
        "못 받",
        "잊어",
        "까먹",
        "바꾸고 싶",
        "재설정",
        "변경하고",
    ];
    OWN.iter().any(|phrase| sentence.contains(phrase))
}

/// Tells whether a folded text reports that the visitor was defrauded.
pub(super) fn reports_fraud(normal: &str) -> bool {
    sentences(normal).any(|sentence| {
        let cues = &*LEXICON;
        let mut found = cues.report.places(sentence);
        found.any(|(start, end)| {
            let mine = clause_around(sentence, start, end);
            !cues.not_happened.stand_in(mine) && !cues.not_ours.stand_in(mine)
        })
    })
}

/// The clause that holds a place of a sentence.
fn clause_around(sentence: &str, start: usize, end: usize) -> &str {
    let is_mark = |c: char| ",、;:".contains(c);
    let from = sentence[..start].rfind(is_mark).map_or(0, |at| {
        at + sentence[at..].chars().next().map_or(1, char::len_utf8)
    });
    let to = sentence[end..]
        .find(is_mark)
        .map_or(sentence.len(), |at| end + at);
    &sentence[from..to]
}

//! Rules that limit how sure an answer may be by words of the question that its article, or the whole base, does not have.

use super::outcome::{Cap, Judgement};
use super::strangeness::Strangeness;
use super::weighed::Weighed;

/// Below every threshold for an answer, above that for options.
pub(super) const ASK: f32 = 0.55;
/// Below the threshold for options.
pub(super) const ABSTAIN: f32 = 0.20;

/// Shares of a question's matter that the base does not know, from which an answer is not given and not even options.
const MUCH_FOREIGN: f32 = 0.25;
const MOSTLY_FOREIGN: f32 = 0.40;
/// The same for a question of more than a few words, some of which will always be new.
const MUCH_OF_LONG: f32 = 0.42;
const MOSTLY_OF_LONG: f32 = 0.60;
/// Share from which a short question that the fusion doubts is not even offered options.
const DOUBTFUL_FOREIGN: f32 = 0.30;
/// Fitted confidence from which a question with strange words is offered options all the same, and the same in a base
/// without alternates.
const NEAR_ALL_THE_SAME: f32 = 0.75;
const NEAR_WITHOUT_ALTERNATES: f32 = 0.25;

/// Share that the article does not hold, from which a short question is only an option, where some of it is foreign.
pub(super) const MUCH_MISSING: f32 = 0.50;
const SOME_FOREIGN: f32 = 0.10;
/// Share of what is asked that an article lacks, from which only its meaning speaks for it, and how sure that must be.
const MOSTLY_MISSING: f32 = 0.70;
const SURE_OF_MEANING: f32 = 0.95;
/// Share of a question that a page does not say, and share that is foreign to the whole base, from which it is asked back.
const MISSING_OF_A_PAGE: f32 = 0.25;
const FOREIGN_TO_PAGES: f32 = 0.12;

pub(super) const SHORT: usize = 4;
/// A question of more content words than this tells a story, and stories hold words of their own.
const STORY: usize = 9;

/// Returns the rules that hold for a question of so many content words, whose strange words were judged.
pub(super) fn of(
    weighed: &Weighed,
    words: usize,
    strange: &Strangeness,
    judgement: &Judgement,
) -> Vec<(Cap, f32)> {
    let mut rules = Vec::new();
    // How sure it is of a page, both encoders have said: beside that, the shares of words that a page lacks or nobody
    // knows told nothing of right and wrong on six bases of pages, and held every third of the right ones back.
    if weighed.ranking.is_of_pages() {
        return rules;
    }
    let foreign = judgement.foreign_share;
    let fitted = judgement.fitted;
    let missing = strange.missing_share;
    let is_story = words > STORY;
    let is_short = words <= SHORT;
    let (much, mostly) = match is_short {
        true => (MUCH_FOREIGN, MOSTLY_FOREIGN),
        false => (MUCH_OF_LONG, MOSTLY_OF_LONG),
    };
    // Where nobody wrote how visitors say it, their words are new more often than their matter is.
    let near_from = match weighed.snapshot.lacks_alternates() {
        true => NEAR_WITHOUT_ALTERNATES,
        false => NEAR_ALL_THE_SAME,
    };
    let is_doubtful = is_short && foreign >= DOUBTFUL_FOREIGN && fitted < 0.5;
    if !is_story && (foreign >= mostly || is_doubtful) {
        let most = if fitted >= near_from { ASK } else { ABSTAIN };
        rules.push((Cap::Unknown, most));
    } else if !is_story && foreign >= much {
        rules.push((Cap::Unknown, ASK));
    }
    if is_short && missing >= MUCH_MISSING && foreign >= SOME_FOREIGN {
        rules.push((Cap::Missing, ASK));
    }
    // Meaning alone speaks for it, and must be sure.
    if is_short && missing >= MOSTLY_MISSING && fitted < SURE_OF_MEANING {
        rules.push((Cap::Missing, ASK));
    }
    // Pages say much, so what one of them lacks tells more where nobody knows a word of it either.
    let is_of_pages = weighed.snapshot.holds_pages();
    if is_of_pages && !is_story && missing >= MISSING_OF_A_PAGE && foreign >= FOREIGN_TO_PAGES {
        rules.push((Cap::Missing, ASK));
    }
    rules
}

//! Rules that limit how sure an answer may be, after the fitted confidence: what the question says and the article does not.

use super::content::{ContentWord, content_words};
use super::outcome::{Cap, Judgement};
use super::polarity::{Poles, Pulls};
use super::strangeness::{ArticleTerms, Strangeness};
use super::weighed::Weighed;
use super::word_caps::{self, ABSTAIN, ASK, MUCH_MISSING, SHORT};
use crate::knowledge::{Article, Intent};
use crate::language::{Language, Priors, is_han, is_hangul, is_kana, normalize_for_matching};
use crate::safety::lost_something_else;

/// Nearness in meaning of a word to an article: below the first it is foreign, above the second it is another word for
/// something in it.
const FAR: f32 = 0.25;
const NEAR: f32 = 0.45;

/// How much an article of the opposite pole keeps of its score.
const OPPOSITE_KEEPS: f32 = 0.15;
/// Share of the first article's score from which an opposite stands near.
const NEAR_OPPOSITE: f32 = 0.3;
/// Candidates whose poles are looked at.
const LOOKED_AT: usize = 12;

/// Puts articles that pull the other way behind, and limits the confidence.
///
/// Where the page the visitor reads says which article is meant, few words and near ties leave no doubt.
pub(super) fn apply(
    weighed: &mut Weighed,
    text: &str,
    told_by_page: bool,
    support: &dyn Fn(&str, u32) -> f32,
    judgement: &mut Judgement,
) {
    judgement.fitted = weighed.confidence.0;
    let snapshot = weighed.snapshot.clone();
    let poles = Poles::of(text, &snapshot.knowledge().glossary);
    prefer_same_pole(weighed, &poles, judgement);
    let normal = normalize_for_matching(text);
    let words = content_words(&normal, weighed.language);
    let Some((position, article)) = weighed.top() else {
        return;
    };
    if !article.translations.contains_key(&weighed.language) {
        // Words of another language say nothing about an article.
        return;
    }
    let terms = ArticleTerms::of(&weighed.snapshot, &words, position);
    let strange = Strangeness::of(&weighed.snapshot, &words, &terms);
    judgement.unknown_share = strange.unknown_share;
    judgement.missing_share = strange.missing_share;
    for word in &strange.unknown {
        let near = support(&word.text, position);
        let is_far = 1.0 - ((near - FAR) / (NEAR - FAR)).clamp(0.0, 1.0);
        judgement.foreign_share += word.share * is_far;
        judgement.unknown.push(word.text.clone());
        judgement.support.push(near);
    }
    let mut rules = word_caps::of(weighed, words.len(), &strange, judgement);
    // It pulls one way, of which the article says nothing, and half of it is not there.
    let lacks_much = words.len() <= SHORT && strange.missing_share >= MUCH_MISSING;
    if lacks_much && pulls_unseen(weighed, &poles) {
        rules.push((Cap::Missing, ASK));
    }
    if words.len() <= FEW_FOR_A_CODE && has_other_code(&normal, article) {
        rules.push((Cap::OtherCode, ASK - 0.1));
    }
    let glossary = &weighed.snapshot.knowledge().glossary;
    if glossary.required(&normal).any(|term| !holds(article, term)) {
        rules.push((Cap::Missing, ASK - 0.1));
    }
    let is_unwritten = weighed
        .snapshot
        .spellings()
        .has_unwritten_name(text, weighed.language);
    if is_unwritten {
        rules.push((Cap::NotOurs, ASK));
    }
    // Impostors write over channels of others, and the article on them says which.
    let is_told = |name: &str| article.intent == Intent::Fraud && holds(article, name);
    let is_anothers = glossary.others_named(&normal).any(|name| !is_told(name));
    if is_anothers || lost_something_else(&normal) {
        rules.push((Cap::NotOurs, ABSTAIN));
    }
    if !told_by_page && is_fragment(&normal, &words) && !names_article(weighed, &words, &normal) {
        let is_about_nothing = strange.unasked_share > HALF_ASKED;
        rules.push((Cap::Fragment, if is_about_nothing { ABSTAIN } else { ASK }));
    }
    if !told_by_page && is_tie(weighed, &words) {
        rules.push((Cap::Tie, ASK));
    }
    for (rule, most) in rules {
        if weighed.cap(most) {
            judgement.caps.push((rule, most));
        }
    }
}

/// The first few articles whose questions pull as wanted.
fn pulling(weighed: &Weighed, is_wanted: impl Fn(&Pulls) -> bool) -> Vec<u32> {
    let pulls = |position: &u32| {
        let pulls = weighed.snapshot.pulls_of(*position, weighed.language);
        pulls.is_some_and(&is_wanted)
    };
    let order = weighed.ranking.order.iter().take(LOOKED_AT);
    order.map(|(position, _)| *position).filter(pulls).collect()
}

fn prefer_same_pole(weighed: &mut Weighed, poles: &Poles, judgement: &mut Judgement) {
    if poles.is_empty() {
        return;
    }
    let snapshot = weighed.snapshot.clone();
    let language = weighed.language;
    let opposite = pulling(weighed, |pulls| poles.oppose(pulls));
    let Some((first, _)) = weighed.top() else {
        return;
    };
    if !opposite.contains(&first) {
        // Where an opposite stands near and the first says nothing of either way, it is doubtful.
        let says_so = snapshot
            .pulls_of(first, language)
            .is_some_and(|pulls| poles.agree(pulls));
        let next = weighed.ranking.order.iter().skip(1).take(2);
        let best = weighed.ranking.order[0].1.score;
        let mut near = next.filter(|(position, ranked)| {
            opposite.contains(position) && ranked.score >= best * NEAR_OPPOSITE
        });
        if near.next().is_some() && !says_so && weighed.cap(ASK) {
            judgement.caps.push((Cap::Opposite, ASK));
        }
        return;
    }
    let before = weighed.ranking.order[0].1.score;
    let mut agreeing = pulling(weighed, |pulls| poles.agree(pulls));
    agreeing.retain(|position| !opposite.contains(position));
    let after = |position: &u32| weighed_score(weighed, *position);
    let best_agreeing = agreeing.iter().map(after).fold(0.0, f32::max);
    weighed.reorder(|position, ranked| {
        if opposite.contains(&position) {
            ranked.score * OPPOSITE_KEEPS
        } else if agreeing.contains(&position) {
            // What pulls the same way is offered before what was put behind.
            ranked.score.max(before * OPPOSITE_KEEPS * 1.1)
        } else {
            ranked.score
        }
    });
    let first = weighed.ranking.order[0].0;
    let after = weighed.ranking.order[0].1.score;
    // What is left is as sure as it stands against the one that was put behind.
    let most = if agreeing.contains(&first) && best_agreeing >= SURELY_MEANT {
        MEANT
    } else if after >= before * 0.5 {
        ASK + 0.07
    } else {
        ASK - 0.1
    };
    if weighed.cap(most) {
        judgement.caps.push((Cap::Opposite, most));
    }
}

/// Score from which an article that pulls the way of the question is meant by it, and how sure that is.
const SURELY_MEANT: f32 = 0.5;
const MEANT: f32 = 0.75;

fn weighed_score(weighed: &Weighed, wanted: u32) -> f32 {
    let mut order = weighed.ranking.order.iter();
    order
        .find(|(position, _)| *position == wanted)
        .map_or(0.0, |(_, ranked)| ranked.score)
}

/// Whether a question pulls one way where the first article does not say that way.
fn pulls_unseen(weighed: &Weighed, poles: &Poles) -> bool {
    let pulls = weighed
        .top()
        .and_then(|(first, _)| weighed.snapshot.pulls_of(first, weighed.language));
    !poles.is_empty() && pulls.is_some_and(|pulls| !poles.agree(pulls))
}

/// So little text that it names a matter and asks nothing about it.
fn is_fragment(normal: &str, words: &[ContentWord]) -> bool {
    let latin = normal
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .count();
    let others = normal
        .chars()
        .filter(|c| is_han(*c) || is_kana(*c) || is_hangul(*c))
        .count();
    let matter = words
        .iter()
        .flat_map(|word| word.text.chars())
        .filter(|c| !c.is_ascii())
        .count();
    let says_nothing_more = others <= matter + 1;
    words.len() <= 1 && latin <= 2 && others <= FEW_CHARACTERS && says_nothing_more
}

const FEW_CHARACTERS: usize = 4;
/// Share of a fragment that no question of the first article holds, from which not even options are offered.
const HALF_ASKED: f32 = 0.4;

/// A title or alternate of the first article that is the question, or holds nothing but its content, where no other
/// article near it has one.
fn names_article(weighed: &Weighed, words: &[ContentWord], normal: &str) -> bool {
    let holds = |position: u32| {
        let article = weighed.snapshot.article_at(position);
        let Some(wording) = article.translations.get(&weighed.language) else {
            return false;
        };
        std::iter::once(&wording.title)
            .chain(&wording.alternates)
            .any(|text| {
                let text = normalize_for_matching(text);
                text == normal || {
                    let own = content_words(&text, weighed.language);
                    !words.is_empty()
                        && own.len() == words.len()
                        && own.iter().zip(words).all(|(own, word)| same(own, word))
                }
            })
    };
    let mut order = weighed
        .ranking
        .order
        .iter()
        .take(LOOKED_AT)
        .map(|(position, _)| *position);
    order.next().is_some_and(holds) && !order.any(holds)
}

fn same(left: &ContentWord, right: &ContentWord) -> bool {
    left.text == right.text || left.word_codes == right.word_codes
}

/// Two articles whose questions hold all that is said, and that the fusion hardly tells apart.
fn is_tie(weighed: &Weighed, words: &[ContentWord]) -> bool {
    let order = &weighed.ranking.order;
    let (Some((first, best)), Some((second, next))) = (order.first(), order.get(1)) else {
        return false;
    };
    if words.is_empty() || words.len() > FEW_WORDS || next.score < best.score * CLOSE {
        return false;
    }
    [first, second].into_iter().all(|position| {
        let terms = ArticleTerms::of(&weighed.snapshot, words, *position);
        Strangeness::of(&weighed.snapshot, words, &terms).unasked_share < 0.02
    })
}

const FEW_WORDS: usize = 3;
/// A longer question names codes in passing.
const FEW_FOR_A_CODE: usize = 5;
const CLOSE: f32 = 0.60;

/// Whether any text of an article holds a folded term.
fn holds(article: &Article, term: &str) -> bool {
    article.translations.values().any(|wording| {
        let questions = std::iter::once(&wording.title).chain(&wording.alternates);
        let mut texts = questions.chain([&wording.summary, &wording.body]);
        texts.any(|text| normalize_for_matching(text).contains(term))
    })
}

/// A number, version or code of the question that the article has not, where it has another of the same shape.
fn has_other_code(normal: &str, article: &Article) -> bool {
    let asked = codes_in(normal);
    if asked.is_empty() {
        return false;
    }
    let wordings = article.translations.values();
    let questions: Vec<String> = wordings
        .clone()
        .flat_map(|wording| std::iter::once(&wording.title).chain(&wording.alternates))
        .map(|text| normalize_for_matching(text))
        .collect();
    let named: Vec<String> = questions.iter().flat_map(|text| codes_in(text)).collect();
    if named.is_empty() {
        return false;
    }
    let written: Vec<String> = wordings
        .flat_map(|wording| {
            codes_in(&normalize_for_matching(&format!(
                "{} {}",
                wording.summary, wording.body
            )))
        })
        .collect();
    asked.iter().any(|code| {
        let is_there = named.contains(code) || written.contains(code);
        !is_there && named.iter().any(|other| shape(other) == shape(code))
    })
}

/// Codes of a folded text: letters with digits, versions, bare numbers; without amounts, durations and dates.
fn codes_in(normal: &str) -> Vec<String> {
    let joined = normal.replace("- ", "-");
    let mut codes = Vec::new();
    let mut rest = joined.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        rest = &rest[start..];
        let belongs = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-' || c == ',';
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        rest = after;
        let token = token.trim_matches(['.', '-', ',']);
        if !token.contains(|c: char| c.is_ascii_digit())
            || is_measured(after)
            || token.len() > LONGEST_CODE
        {
            continue;
        }
        if token.contains(',') && token.split(',').skip(1).all(|group| group.len() == 3) {
            continue;
        }
        codes.push(token.replace('-', "").replace(',', "."));
    }
    codes
}

const LONGEST_CODE: usize = 10;

/// What follows a number that counts or measures something.
fn is_measured(after: &str) -> bool {
    const UNITS: &[&str] = &[
        "hour",
        "minute",
        "day",
        "week",
        "month",
        "year",
        "digit",
        "word",
        "time",
        "usdt",
        "usd",
        "btc",
        "eth",
        "krw",
        "jpy",
        "yen",
        "won",
        "dollar",
        "euro",
        "coin",
        "%",
        "percent",
        "x ",
        "k ",
        "小时",
        "分钟",
        "天",
        "日",
        "周",
        "月",
        "年",
        "位",
        "个",
        "次",
        "倍",
        "块",
        "元",
        "万",
        "千",
        "百",
        "人民币",
        "美元",
        "u",
        "时间",
        "分",
        "秒",
        "回",
        "枚",
        "円",
        "圆",
        "ドル",
        "桁",
        "件",
        "人",
        "歳",
        "시간",
        "분",
        "일",
        "주",
        "개월",
        "월",
        "년",
        "자리",
        "개",
        "번",
        "회",
        "배",
        "원",
        "만",
        "천",
        "달러",
        "명",
        "단계",
    ];
    let after = after.trim_start();
    UNITS.iter().any(|unit| after.starts_with(unit))
}

/// A code with its digits made alike: `x900` and `x950` have one shape, and so have all bare numbers.
fn shape(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphabetic).collect();
    match letters.is_empty() {
        true => "#".to_owned(),
        false => letters,
    }
}

/// A text that is one code in capitals or digits, such as a ticker: it is of no language.
pub(super) fn is_code_alone(text: &str) -> bool {
    let mut tokens = text.split_whitespace();
    let only = tokens.next().filter(|_| tokens.next().is_none());
    only.is_some_and(|token| {
        let has_no_word = token.is_ascii() && !token.contains(|c: char| c.is_ascii_lowercase());
        has_no_word && token.len() <= LONGEST_CODE
    })
}

/// Language of a text that is of none, by what is known before it is read.
pub(super) fn language_by_priors(priors: &Priors) -> Option<Language> {
    priors
        .conversation
        .or(priors.page)
        .or_else(|| priors.accept_language.first().copied())
}

//! Passwords and PINs: what stands behind, or is said to be, one.

use super::cues::{Cue, Cues, Hit};
use super::folded::Folded;
use super::kind::{Found, Kind};
use super::numbers::{NumberRun, is_amount};

pub(super) fn find(folded: &Folded, cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    for hit in cues.all(Cue::Password) {
        if let Some((start, end)) = after(folded, hit).or_else(|| before(folded, hit)) {
            found.push(Found {
                kind: Kind::Password,
                start,
                end,
            });
        }
    }
    if cues.has(Cue::Password) {
        find_digits(folded, cues, runs, found);
    }
    find_in_addresses(folded, found);
}

/// Words between the name and the password, in the spelling of the folded text.
const LINKS: &[&str] = &[
    "is",
    "was",
    "=",
    ":",
    "->",
    "=>",
    "-",
    "as",
    "to",
    "its",
    "it's",
    "我设的是",
    "设的是",
    "我用的是",
    "用的是",
    "我設的是",
    "使用的是",
    "改成了",
    "改成",
    "设为",
    "設為",
    "设成",
    "設成",
    "设置为",
    "設定為",
    "就是",
    "是",
    "为",
    "為",
    "は",
    "が",
    "を",
    "って",
    "은",
    "는",
    "이",
    "가",
    "를",
    "을",
    "\"",
    "'",
    "`",
    "“",
    "「",
    "『",
    "(",
    "[",
    "<",
];

/// What a link must be followed by when it is a letter: these are said of passwords.
fn after(folded: &Folded, hit: Hit) -> Option<(usize, usize)> {
    let mut place = hit.end;
    let mut links = 0;
    let mut colon = false;
    let mut quote = false;
    loop {
        while place < folded.len() && folded.seen(place) == ' '
            || colon && folded.seen(place) == '\n' && place < folded.len()
        {
            place += 1;
        }
        let Some(link) = LINKS.iter().find(|link| follows(folded, place, link)) else {
            break;
        };
        links += 1;
        if links > 4 {
            return None;
        }
        colon |= matches!(*link, ":" | "=" | "->" | "=>");
        quote |= matches!(*link, "\"" | "'" | "`" | "“" | "「" | "『");
        place += link.chars().count();
    }
    let (start, end) = value_at(folded, place)?;
    let value = folded.cased(start, end);
    let is_last = folded.seen(end) == '\n' || end >= folded.len();
    let linked = links > 0;
    let apart = start - hit.end;
    let is_value = is_mixed(&value)
        || quote && value.len() >= 4
        || colon && value.len() >= 4 && (is_last || value.chars().any(|c| c.is_ascii_digit()))
        || linked && value.len() >= 6 && value.chars().skip(1).any(char::is_uppercase);
    (is_value && (linked || apart <= 1)).then_some((start, end))
}

/// "Tr0ub4dor is my password": the password comes first.
fn before(folded: &Folded, hit: Hit) -> Option<(usize, usize)> {
    const SAID: &[&str] = &[
        " is my ",
        " is the ",
        " was my ",
        "是我的",
        "就是我的",
        "是我",
        "は私の",
        "が私の",
        "は",
        "が",
        " 이 제 ",
        "이 제 ",
        "가 제 ",
        "는 제 ",
        "은 제 ",
        "이 내 ",
        "가 내 ",
        "が",
        "为",
        "是",
    ];
    let said = SAID.iter().find(|said| {
        let length = said.chars().count();
        hit.start >= length && follows(folded, hit.start - length, said)
    });
    // "is my login password": one more word may stand between.
    let said_at = match said {
        Some(said) => hit.start - said.chars().count(),
        None => {
            let mut start = hit.start.checked_sub(1)?;
            while start > 0 && folded.seen(start - 1).is_ascii_lowercase() {
                start -= 1;
            }
            let said = SAID.iter().take(3).find(|said| {
                let length = said.chars().count();
                start >= length && follows(folded, start - length, said)
            })?;
            start - said.chars().count()
        }
    };
    let mut start = said_at;
    while start > 0 && is_value_glyph(folded.seen(start - 1)) {
        start -= 1;
    }
    let value = folded.cased(start, said_at);
    (value.chars().count() >= 6 && is_mixed(&value)).then_some((start, said_at))
}

fn follows(folded: &Folded, place: usize, link: &str) -> bool {
    let length = link.chars().count();
    let spells = link.chars().enumerate().all(|(offset, character)| {
        place + offset < folded.len() && folded.seen(place + offset) == character
    });
    let is_word = link.ends_with(|character: char| character.is_ascii_alphabetic());
    spells && !(is_word && folded.seen(place + length).is_ascii_alphanumeric())
}

fn is_value_glyph(character: char) -> bool {
    character.is_ascii_graphic() && !"\"'`<>()[]{},;".contains(character)
}

fn value_at(folded: &Folded, place: usize) -> Option<(usize, usize)> {
    let mut end = place;
    while end < folded.len() && is_value_glyph(folded.seen(end)) {
        end += 1;
    }
    while end > place && ".,?:".contains(folded.seen(end - 1)) {
        end -= 1;
    }
    (end > place).then_some((place, end))
}

/// Tells whether a text is no word: letters with digits or signs among them.
fn is_mixed(value: &str) -> bool {
    let letters = value.chars().filter(|c| c.is_ascii_alphabetic()).count();
    let digits = value.chars().filter(|c| c.is_ascii_digit()).count();
    let signs = value
        .chars()
        .filter(|c| "!@#$%^&*_+=~?".contains(*c))
        .count();
    let looks_like_mail = value.contains('@')
        && value
            .rsplit('@')
            .next()
            .is_some_and(|domain| domain.contains('.'));
    value.len() >= 5
        && !looks_like_mail
        && (letters >= 2 && (digits >= 1 || signs >= 1) || digits >= 2 && signs >= 1)
}

/// PINs and passwords of digits alone.
fn find_digits(folded: &Folded, cues: &Cues, runs: &[NumberRun], found: &mut Vec<Found>) {
    for run in runs {
        for (from, to) in run.windows(4, 16) {
            let (start, end) = run.glyphs(from, to);
            let named = cues.labels(Cue::Password, start, 8);
            let whole = from == 0 && to == run.digits.len();
            if whole && named && !is_amount(folded, start, end) && !has_stop(folded, cues, start) {
                found.push(Found {
                    kind: Kind::Password,
                    start,
                    end,
                });
            }
        }
    }
}

fn has_stop(folded: &Folded, cues: &Cues, start: usize) -> bool {
    let from = cues
        .all(Cue::Password)
        .map(|hit| hit.end)
        .filter(|end| *end <= start)
        .max()
        .unwrap_or(start);
    (from..start).any(|at| matches!(folded.seen(at), '?' | '!' | '.' | ',' | '(' | '后' | '後'))
}

/// `scheme://name:password@host`.
fn find_in_addresses(folded: &Folded, found: &mut Vec<Found>) {
    for sign in (0..folded.len()).filter(|at| folded.seen(*at) == '@') {
        let mut start = sign;
        while start > 0 && is_value_glyph(folded.seen(start - 1)) && folded.seen(start - 1) != '/' {
            start -= 1;
        }
        let colon = (start..sign).find(|at| folded.seen(*at) == ':');
        let has_scheme =
            start >= 3 && folded.seen(start - 1) == '/' && folded.seen(start - 2) == '/';
        if let Some(colon) = colon
            && has_scheme
            && sign - colon > 3
        {
            found.push(Found {
                kind: Kind::Password,
                start: colon + 1,
                end: sign,
            });
        }
    }
}

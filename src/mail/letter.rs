//! A letter: one mail, read.

use mail_parser::{
    Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};

use super::automatic::kind_of;
use super::flowed::unflowed;
use super::html_text::text_of_html;
use super::kind::LetterKind;
use super::quotes::written_anew;

/// A mail as far as anybody here needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its name, without angle brackets; nothing where the writer's program gave it none.
    pub message_id: Option<String>,
    /// Names of the mails it answers, the nearest first.
    pub answers: Vec<String>,
    /// Address of whoever says to have written it, in small letters.
    pub from: String,
    /// Address that answers are to go to, where it names another one.
    pub reply_to: Option<String>,
    /// Every address it came by: those it names, and those that servers noted on the way.
    pub recipients: Vec<String>,
    /// Its subject, in one line.
    pub subject: String,
    /// What was written anew, without quotes and signature.
    pub text: String,
    /// Files it carries.
    pub files: Vec<LetterFile>,
    /// Who or what wrote it.
    pub kind: LetterKind,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, files) = (&self.kind, self.files.len());
        write!(formatter, "Letter({kind:?}, {files} files, ***)")
    }
}

/// A file of a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct LetterFile {
    /// What its sender calls it; may be empty.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// Why a mail cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableLetter {
    /// It has no head that could be read.
    #[error("this is no mail: send the whole message with its headers, as RFC 5322 writes it")]
    NoMail,
    /// It names no sender, or several.
    #[error("the mail names no sender that could be answered")]
    NoSender,
    /// The domain it says to come from disowns it.
    #[error("the domain of its sender says that the mail is not from there (DMARC)")]
    Disowned,
    /// It is written in UTF-7, in which other text hides from whoever checks it.
    #[error("the mail is written in UTF-7, which is not read")]
    Utf7,
}

/// Longest subject that is read, in characters.
const MAX_SUBJECT_CHARS: usize = 200;

/// Most names of earlier mails that are looked at.
const MAX_ANSWERED: usize = 30;

/// A picture that stands in the text and is smaller is decoration, such as the logo of a signature.
const LEAST_PICTURE_BYTES: usize = 16 * 1024;

/// Reads a mail as it came over the wire.
pub fn read_letter(raw: &[u8]) -> Result<Letter, UnreadableLetter> {
    let message = MessageParser::default()
        .parse(raw)
        .ok_or(UnreadableLetter::NoMail)?;
    if message.headers().is_empty() {
        return Err(UnreadableLetter::NoMail);
    }
    if is_in_utf7(&message, raw) {
        return Err(UnreadableLetter::Utf7);
    }
    if is_disowned(&message) {
        return Err(UnreadableLetter::Disowned);
    }
    let kind = kind_of(&message);
    let from = match (only_address(message.from()), &kind) {
        (Some(from), _) => from,
        // Some servers tell of what they could not deliver in nobody's name.
        (None, LetterKind::Bounce { .. }) => String::new(),
        (None, _) => return Err(UnreadableLetter::NoSender),
    };
    Ok(Letter {
        message_id: message.message_id().and_then(plain_id),
        answers: answered(&message),
        reply_to: only_address(message.reply_to()).filter(|other| *other != from),
        from,
        recipients: recipients(&message),
        subject: subject(&message),
        text: text(&message),
        files: files(&message),
        kind,
    })
}

/// Returns the one address of a header; nothing where there are several, for an answer would go to people who did not write.
fn only_address(header: Option<&Address<'_>>) -> Option<String> {
    let mut addresses = header?.iter().filter_map(|one| one.address.as_deref());
    let first = addresses.next().map(normal)?;
    let is_address = first
        .split_once('@')
        .is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    (is_address && addresses.next().is_none()).then_some(first)
}

fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}

fn plain_id(id: &str) -> Option<String> {
    let id = id.trim().trim_matches(['<', '>']);
    let is_plain = !id.is_empty()
        && id.len() <= 500
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>');
    is_plain.then(|| id.to_owned())
}

fn answered(message: &Message<'_>) -> Vec<String> {
    let mut ids: Vec<String> = ids_in(message.in_reply_to());
    // References are written oldest first.
    for id in ids_in(message.references()).into_iter().rev() {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.truncate(MAX_ANSWERED);
    ids
}

fn ids_in(header: &HeaderValue<'_>) -> Vec<String> {
    match header {
        HeaderValue::Text(id) => plain_id(id).into_iter().collect(),
        HeaderValue::TextList(ids) => ids.iter().filter_map(|id| plain_id(id)).collect(),
        _ => Vec::new(),
    }
}

/// Headers by which servers note the address that a mail came by.
const NOTED_RECIPIENTS: [&str; 4] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
];

fn recipients(message: &Message<'_>) -> Vec<String> {
    let named = message.all_to().chain(message.all_cc());
    let mut found: Vec<String> = named
        .flat_map(|header| header.iter())
        .filter_map(|one| one.address.as_deref().map(normal))
        .collect();
    for (name, value) in message.headers_raw() {
        if NOTED_RECIPIENTS.contains(&name.to_ascii_lowercase().as_str()) {
            found.push(normal(value.trim().trim_matches(['<', '>'])));
        }
    }
    found
}

fn subject(message: &Message<'_>) -> String {
    let subject = message.subject().unwrap_or_default();
    let words: Vec<&str> = subject.split_whitespace().collect();
    words.join(" ").chars().take(MAX_SUBJECT_CHARS).collect()
}

/// Returns what was written anew: from the plain text, or from the HTML where there is no other.
fn text(message: &Message<'_>) -> String {
    let plain = message.text_bodies().filter_map(plain_of);
    let plain = written_anew(&plain.collect::<Vec<_>>().join("\n\n"));
    if !plain.is_empty() {
        return plain;
    }
    let html = message.html_bodies().filter_map(html_of);
    written_anew(&html.collect::<Vec<_>>().join("\n\n"))
}

fn plain_of(part: &MessagePart<'_>) -> Option<String> {
    let attribute = |name| part.content_type().and_then(|kind| kind.attribute(name));
    match &part.body {
        PartType::Text(text)
            if attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) =>
        {
            let delete_spaces =
                attribute("delsp").is_some_and(|said| said.eq_ignore_ascii_case("yes"));
            Some(unflowed(text, delete_spaces))
        }
        PartType::Text(text) => Some(text.to_string()),
        PartType::Html(html) => Some(text_of_html(html)),
        _ => None,
    }
}

fn html_of(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Html(html) => Some(text_of_html(html)),
        _ => None,
    }
}

/// Returns what is attached; signatures of programs, invitations and whole mails are no files.
fn files(message: &Message<'_>) -> Vec<LetterFile> {
    message
        .attachments()
        .filter(|part| !matches!(part.body, PartType::Message(_) | PartType::Multipart(_)))
        .filter(|part| {
            let kind = part.content_type();
            let subtype = kind.and_then(|kind| kind.subtype()).unwrap_or_default();
            let is_technical = [
                "pgp-signature",
                "pkcs7-signature",
                "x-pkcs7-signature",
                "calendar",
                "delivery-status",
            ]
            .iter()
            .any(|technical| subtype.eq_ignore_ascii_case(technical));
            let is_decoration =
                part.content_id().is_some() && part.contents().len() < LEAST_PICTURE_BYTES;
            !is_technical && !is_decoration && !part.contents().is_empty()
        })
        .map(|part| LetterFile {
            name: part.attachment_name().unwrap_or_default().to_owned(),
            content: part.contents().to_vec(),
        })
        .collect()
}

/// Tells whether a server on the way has found that the sender's domain disowns the mail (RFC 8601). Whoever forges a mail
/// can write that all is well, but has no reason to write this.
fn is_disowned(message: &Message<'_>) -> bool {
    message.headers_raw().any(|(name, value)| {
        let value: String = value.to_ascii_lowercase();
        let says = |found: &str| {
            value
                .split(';')
                .any(|part| part.trim_start().starts_with(found))
        };
        name.eq_ignore_ascii_case("authentication-results") && says("dmarc=fail")
    })
}

/// Names of UTF-7, of RFC 2152 and of mailboxes.
const UTF7: [&str; 6] = [
    "utf-7",
    "utf7",
    "x-utf-7",
    "unicode-1-1-utf-7",
    "unicode-2-0-utf-7",
    "utf-7-imap",
];

fn is_in_utf7(message: &Message<'_>, raw: &[u8]) -> bool {
    let is_utf7 = |charset: &str| UTF7.contains(&charset.trim().to_ascii_lowercase().as_str());
    let in_a_part = message.parts.iter().any(|part| {
        let kind = part.content_type();
        kind.and_then(|kind| kind.attribute("charset"))
            .is_some_and(is_utf7)
    });
    let head = String::from_utf8_lossy(&raw[..end_of_head(raw)]).to_ascii_lowercase();
    let in_a_word = UTF7
        .iter()
        .any(|name| head.contains(&format!("=?{name}?")) || head.contains(&format!("*={name}'")));
    in_a_part || in_a_word
}

fn end_of_head(raw: &[u8]) -> usize {
    let blank = |line_break: &[u8]| {
        raw.windows(line_break.len())
            .position(|window| window == line_break)
    };
    let ends = [blank(b"\r\n\r\n"), blank(b"\n\n")];
    ends.into_iter().flatten().min().unwrap_or(raw.len())
}

#[cfg(test)]
mod reading;

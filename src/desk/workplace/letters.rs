//! Letters to visitors who write by mail: what the bot and people say in their conversation, as answers to their own.

use lettre::Message as Mail;
use lettre::message::header::ContentType;
use lettre::message::{Attachment as MailFile, MessageBuilder, MultiPart};

use super::Workplace;
use super::mailer::{HandedOver, Mailer, Outgoing, Unwritable, in_both_forms, marked_automatic};
use crate::conversation::{
    Author, BotDecision, BotReply, Conversation, Message, Ticket, TicketStatus,
    is_about_who_answers, reply_message,
};
use crate::desk::settings::DeskSettings;
use crate::desk::status_link::status_token;
use crate::ids::TellingId;
use crate::locale::{MailWords, filled, words};
use crate::mail::without_marks;
use crate::pipeline::EscalationReason;
use crate::staff::EmailAddress;
use crate::store::{LetterHead, LetterHeads, Store, StoreError, Told};
use crate::time::Timestamp;

/// Writes letters and hands them over; cheap to clone.
#[derive(Clone)]
pub struct LetterWriter {
    store: Store,
    settings: DeskSettings,
    mailer: Outgoing,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// The other server has it.
    Taken,
    /// It stands in another letter, or is not worth one.
    Nothing,
    /// The other server may take it later, and says why not now.
    Later(String),
    /// It never will.
    Never(String),
}

/// Why nothing leaves where no mail server is named.
pub const NO_MAIL: &str = "mail.smtp_url is empty: nobody is written to";

/// Most events back among which messages of the same moment are looked for.
const REACH: i64 = 24;

/// Most bytes of files in one letter; what is more is read on the page of the ticket.
const MAX_FILE_BYTES: usize = 12 * 1024 * 1024;

impl Workplace {
    /// Returns what writes letters.
    pub fn letter_writer(&self) -> LetterWriter {
        LetterWriter {
            store: self.store.clone(),
            settings: self.settings,
            mailer: self.mailer.clone(),
        }
    }

    /// Tells whether a mail with this address as its sender is our own.
    pub fn is_own_address(&self, address: &str) -> bool {
        let mailer = self.mailer.load();
        mailer.as_ref().is_some_and(|mailer| mailer.is_own(address))
    }
}

/// Everything a letter is made of.
struct Draft<'a> {
    telling: &'a TellingId,
    conversation: &'a Conversation,
    to: EmailAddress,
    said: &'a [Message],
    ticket: Option<&'a Ticket>,
    heads: Option<LetterHeads>,
    files: Vec<LetterFile>,
    now: Timestamp,
}

/// A file on its way into a letter.
struct LetterFile {
    name: String,
    kind: ContentType,
    content: Vec<u8>,
}

impl LetterWriter {
    /// Sends what is told of; everything that was said in the same moment goes in one letter, under the first of it.
    pub async fn post(
        &self,
        telling: &TellingId,
        told: &Told,
        now: Timestamp,
    ) -> Result<Posted, StoreError> {
        let conversation = &told.conversation;
        let (Some(message), Some(address)) = (&told.message, &conversation.address) else {
            return Ok(Posted::Nothing);
        };
        let Ok(to) = address_in(&address.external_id).parse::<EmailAddress>() else {
            return Ok(Posted::Nothing);
        };
        let reader = self.store.reader();
        let around = reader
            .messages_after(&conversation.id, message.sequence - REACH)
            .await?;
        let said: Vec<Message> = around
            .into_iter()
            .filter(|other| other.author != Author::Visitor && other.created == message.created)
            .filter(|other| other.author != Author::System || !is_about_who_answers(&other.text))
            .collect();
        if said.first().is_none_or(|first| first.id != message.id) {
            return Ok(Posted::Nothing);
        }
        let tickets = reader.tickets(&conversation.id).await?;
        let ticket = tickets
            .iter()
            .rev()
            .find(|ticket| ticket.status != TicketStatus::Closed);
        let draft = Draft {
            telling,
            conversation,
            to,
            said: &said,
            ticket,
            heads: reader.letter_heads(&conversation.id).await?,
            files: self.files(&said).await?,
            now,
        };
        let Some(mailer) = self.mailer.load_full() else {
            return Ok(Posted::Later(NO_MAIL.to_owned()));
        };
        let written = match self.written(&mailer, draft) {
            Ok(written) => written,
            Err(error) => return Ok(Posted::Never(error.to_string())),
        };
        Ok(match mailer.hand_over(&written, now).await {
            HandedOver::Taken => Posted::Taken,
            HandedOver::Later(said) => Posted::Later(said),
            HandedOver::Never(said) => Posted::Never(said),
        })
    }

    async fn files(&self, said: &[Message]) -> Result<Vec<LetterFile>, StoreError> {
        let mut files = Vec::new();
        let mut room = MAX_FILE_BYTES;
        for attachment in said.iter().flat_map(|message| &message.attachments) {
            let Some(left) = room.checked_sub(attachment.file.bytes) else {
                continue;
            };
            room = left;
            let kind = attachment.file.kind.media_type();
            files.push(LetterFile {
                name: attachment.name.to_string(),
                kind: ContentType::parse(kind).unwrap_or(ContentType::TEXT_PLAIN),
                content: self.store.attachment_content(attachment).await?,
            });
        }
        Ok(files)
    }

    fn written(&self, mailer: &Mailer, draft: Draft<'_>) -> Result<Mail, Unwritable> {
        let language = draft.said.iter().find_map(|message| message.language);
        let language =
            language.unwrap_or_else(|| draft.conversation.addressed_in(self.settings.fallback));
        let locale = draft.conversation.spoken(language);
        let say = &words(locale).mail;
        let text = self.text(mailer, &draft, say);
        let thread = self.store.link_keys().thread_token(&draft.conversation.id);
        let id = format!("{}.{thread}", draft.telling);
        let mut builder = mailer
            .addressed(&draft.to, &id, Some(&thread), draft.now)?
            .subject(subject(&draft, say));
        if let Some(heads) = &draft.heads {
            builder = in_thread(builder, heads, &[]);
        }
        // What a person writes is no answer of a machine, and may be answered by one.
        if draft
            .said
            .iter()
            .all(|message| message.author != Author::Agent)
        {
            builder = marked_automatic(builder, "auto-replied");
        }
        let both = in_both_forms(&text, locale);
        let whole = draft
            .files
            .into_iter()
            .fold(None, |whole: Option<MultiPart>, file| {
                let part = MailFile::new(file.name).body(file.content, file.kind);
                let whole = whole.unwrap_or_else(|| MultiPart::mixed().multipart(both.clone()));
                Some(whole.singlepart(part))
            })
            .unwrap_or(both);
        Ok(builder.multipart(whole)?)
    }

    fn text(&self, mailer: &Mailer, draft: &Draft<'_>, say: &MailWords) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut is_answered = false;
        let mut is_found = false;
        for message in draft.said {
            match (&message.reply, &message.speaker) {
                (Some(reply), _) => {
                    let answer = reply.decision.given_answer();
                    is_answered |= matches!(reply.decision, BotDecision::Answer { .. });
                    is_found |= answer.is_some();
                    // That a person is asked says the note behind it better, where no more is said.
                    let is_said_better = draft.said.len() > 1
                        && answer.is_none()
                        && reply.elsewhere.is_none()
                        && reply
                            .person_reason()
                            .is_some_and(EscalationReason::is_for_want);
                    if !is_said_better {
                        parts.push(said_by_bot(message, reply, say));
                    }
                    if let (Some(answer), false) = (answer, mailer.base.is_empty()) {
                        parts.push(format!("{}\n{}{}", say.read_more, mailer.base, answer.link));
                    }
                }
                (None, Some(speaker)) => {
                    parts.push(format!("{}\n\n{}", message.text, speaker.name))
                }
                (None, None) => parts.push(message.text.clone()),
            }
        }
        if is_answered {
            parts.push(say.not_it.clone());
        }
        if is_found {
            parts.push(say.found_by_program.clone());
        }
        if let Some(ticket) = draft.ticket.filter(|_| !is_answered) {
            let number = ticket.number.to_string();
            match mailer.base.as_str() {
                "" => parts.push(filled(&say.about_ticket, &[("number", &number)])),
                base => {
                    let token = status_token(&self.store, self.settings, ticket.number, draft.now);
                    let about = filled(&say.about_ticket, &[("number", &number)]);
                    parts.push(format!("{about} {}\n{base}/t/{token}", say.follow));
                }
            }
        }
        parts.push(say.warning.clone());
        parts.push(filled(&say.signature, &[("name", &mailer.name)]));
        parts.join("\n\n") + "\n"
    }
}

/// Names the letters that a mail answers, the oldest first, and other names of its thread.
pub(super) fn in_thread(
    builder: MessageBuilder,
    heads: &LetterHeads,
    more: &[String],
) -> MessageBuilder {
    let named = |head: &LetterHead| head.id.as_ref().map(|id| format!("<{id}>"));
    let mut names: Vec<String> = more.to_vec();
    for name in [named(&heads.first), named(&heads.last)]
        .into_iter()
        .flatten()
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let builder = match named(&heads.last) {
        Some(last) => builder.in_reply_to(last),
        None => builder,
    };
    match names.is_empty() {
        true => builder,
        false => builder.references(names.join(" ")),
    }
}

/// What the bot says, with numbers to choose by where it asks back.
fn said_by_bot(message: &Message, reply: &BotReply, say: &MailWords) -> String {
    let BotDecision::Clarify { options } = &reply.decision else {
        return message.text.clone();
    };
    let numbered: Vec<String> = (1..)
        .zip(options)
        .map(|(number, option)| format!("{number}. {}", option.title))
        .collect();
    format!(
        "{}\n\n{}\n\n{}",
        reply_message(reply),
        numbered.join("\n"),
        say.choose
    )
}

fn subject(draft: &Draft<'_>, say: &MailWords) -> String {
    let asked = draft
        .heads
        .as_ref()
        .map_or("", |heads| heads.first.subject.as_str());
    let asked = without_marks(asked);
    let asked = if asked.is_empty() {
        say.replied_subject.as_str()
    } else {
        asked
    };
    match draft.ticket {
        Some(ticket) => {
            let mark = format!("[{}]", ticket.number);
            format!("Re: {mark} {}", asked.replace(&mark, "").trim())
        }
        None => format!("Re: {asked}"),
    }
}

/// Returns the address in the name that a mailbox has for a conversation.
pub(super) fn address_in(external_id: &str) -> &str {
    external_id.split(' ').next().unwrap_or_default()
}

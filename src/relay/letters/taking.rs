//! A letter comes in: it is taken once, into the conversation it belongs to or a new one; what a program wrote by itself is
//! never answered.

use sha2::{Digest as _, Sha256};

use crate::conversation::{
    Channel, ChannelAddress, Conversation, ConversationState, NewConversation, SaidName,
    thread_tokens_in,
};
use crate::desk::{
    AskContext, DeskError, IdempotencyKey, LetterHead, LetterOutcome, MAX_CONTACT_CHARS,
    MAX_FILES_PER_MESSAGE, Said, VisitorDesk, Workplace,
};
use crate::ids::{AttachmentId, ConversationId, EndpointId};
use crate::mail::{
    Letter, LetterFile, LetterKind, UnreadableLetter, matter_of, read_letter, without_marks,
};
use crate::pipeline::{MAX_QUESTION_CHARS, Question};
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};
use crate::store::NewLetter;
use crate::time::Timestamp;

/// Where the letters of one mailbox are taken.
pub struct PostOffice<'a> {
    /// Serves staff.
    pub workplace: &'a Workplace,
    /// Serves visitors.
    pub visitors: &'a VisitorDesk,
    /// The outlet by which answers leave.
    pub outlet: EndpointId,
    /// The address of the mailbox.
    pub address: &'a str,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenLetter {
    /// What.
    pub outcome: LetterOutcome,
    /// Where its words went, or whose mail came back.
    pub conversation: Option<ConversationId>,
    /// Who answers next there, where words were taken just now.
    pub state: Option<ConversationState>,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableLetter),
    /// It says nothing.
    #[error("the mail has neither words of its own nor a file")]
    Empty,
    /// Its writer has sent too many.
    #[error(
        "this address has sent too many mails; see desk.letters_per_hour and desk.letters_per_day"
    )]
    Limited,
    /// The desk cannot do it.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// Longest subject that is kept.
const MAX_SUBJECT_CHARS: usize = 200;

/// Name of the file that holds a letter which is longer than a message may be.
const WHOLE_LETTER: &str = "letter.txt";

impl PostOffice<'_> {
    /// Takes a mail as it came over the wire; one that comes again says nothing twice.
    pub async fn take(&self, raw: &[u8], now: Timestamp) -> Result<TakenLetter, LetterError> {
        let letter = match read_letter(raw) {
            Ok(letter) => letter,
            Err(error) => {
                self.note(&digest(&[raw]), "", None, LetterOutcome::Refused, None, now)
                    .await?;
                return Err(error.into());
            }
        };
        let letter = self.by_its_writer(letter);
        let name = match &letter.message_id {
            Some(id) => id.clone(),
            None => digest(&[raw]),
        };
        if let Some((outcome, conversation)) =
            self.workplace.earlier_letter(&self.outlet, &name).await?
        {
            return Ok(TakenLetter {
                outcome,
                conversation,
                state: None,
            });
        }
        let (outcome, conversation) = match &letter.kind {
            _ if self.is_own(&letter) => (LetterOutcome::Own, None),
            LetterKind::Automatic => (LetterOutcome::Automatic, None),
            LetterKind::Bulk => (LetterOutcome::Bulk, None),
            LetterKind::Bounce { status, is_final } => {
                let about = self.bounced(raw, status.as_deref(), *is_final, now).await?;
                (LetterOutcome::Bounce, about)
            }
            LetterKind::Personal => return self.take_words(&name, letter, now).await,
        };
        self.note(&name, &letter.from, conversation, outcome, None, now)
            .await?;
        Ok(TakenLetter {
            outcome,
            conversation,
            state: None,
        })
    }

    async fn take_words(
        &self,
        name: &str,
        mut letter: Letter,
        now: Timestamp,
    ) -> Result<TakenLetter, LetterError> {
        if !self.workplace.takes_letters_of(&letter.from, now).await? {
            self.note(name, &letter.from, None, LetterOutcome::Limited, None, now)
                .await?;
            return Err(LetterError::Limited);
        }
        let known = self.thread(&letter).await?;
        let is_answer = known.is_some();
        let Some(text) = text_of(&letter, is_answer) else {
            self.note(name, &letter.from, None, LetterOutcome::Refused, None, now)
                .await?;
            return Err(LetterError::Empty);
        };
        let conversation = match known {
            Some(conversation) => conversation,
            None => self.open(name, &letter.from, now).await?,
        };
        let id = conversation.id;
        let files = std::mem::take(&mut letter.files);
        let key = digest(&[name.as_bytes()]);
        let said = self.said(&id, &key, text, files, now).await?;
        let contact = Words::shortened(
            &letter.from,
            MAX_CONTACT_CHARS,
            Lines::Joined,
            Hides::AllButContacts,
        );
        let asked = Words::shortened(
            &matter_of(subject_of(&letter, is_answer), &letter.text),
            MAX_QUESTION_CHARS,
            Lines::Kept,
            Hides::Everything,
        );
        let context = AskContext {
            question: asked.and_then(|words| Question::of(&words).ok()),
            contact,
            ..AskContext::default()
        };
        let exchange = self
            .visitors
            .post_message(&id, said, context, key_of(&key), now)
            .await?;
        let subject = Words::shortened(
            &letter.subject,
            MAX_SUBJECT_CHARS,
            Lines::Joined,
            Hides::Everything,
        );
        let head = LetterHead {
            id: letter.message_id,
            subject: subject
                .map(|words| words.as_str().to_owned())
                .unwrap_or_default(),
        };
        self.note(
            name,
            &letter.from,
            Some(id),
            LetterOutcome::Taken,
            Some(head),
            now,
        )
        .await?;
        Ok(TakenLetter {
            outcome: LetterOutcome::Taken,
            conversation: Some(id),
            state: Some(exchange.state),
        })
    }

    /// Finds the conversation a letter belongs to: by the token in an address it came by or in the name of a mail it answers,
    /// else by the name of a letter that was taken before.
    async fn thread(&self, letter: &Letter) -> Result<Option<Conversation>, DeskError> {
        let addressed = letter
            .recipients
            .iter()
            .filter_map(|address| self.token_in(address));
        let answered = letter.answers.iter().flat_map(|id| thread_tokens_in(id));
        let mut named: Vec<ConversationId> = Vec::new();
        for id in addressed
            .chain(answered)
            .filter_map(|token| self.workplace.thread_of(token))
        {
            if !named.contains(&id) {
                named.push(id);
            }
        }
        for id in &letter.answers {
            let earlier = self.workplace.earlier_letter(&self.outlet, id).await?;
            named.extend(earlier.and_then(|(_, conversation)| conversation));
        }
        for id in named {
            let found = self
                .workplace
                .conversation_by_mail(&id, &self.outlet, &letter.from)
                .await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Returns what stands behind the plus in an address of the mailbox.
    fn token_in<'t>(&self, address: &'t str) -> Option<&'t str> {
        let (local, domain) = self.address.split_once('@')?;
        let (before, of) = address.split_once('@')?;
        let token = before.strip_prefix(local)?.strip_prefix('+')?;
        (of == domain).then_some(token)
    }

    /// A form of our own site writes in our name, and says to whom answers go: that is who has written.
    fn by_its_writer(&self, mut letter: Letter) -> Letter {
        if self.is_ours(&letter.from)
            && let Some(writer) = letter.reply_to.take()
            && !self.is_ours(&writer)
        {
            letter.from = writer;
        }
        letter
    }

    fn is_ours(&self, address: &str) -> bool {
        address == self.address
            || self.token_in(address).is_some()
            || self.workplace.is_own_address(address)
    }

    fn is_own(&self, letter: &Letter) -> bool {
        let has_our_name = letter.message_id.as_deref().is_some_and(|id| {
            thread_tokens_in(id).any(|token| self.workplace.thread_of(token).is_some())
        });
        self.is_ours(&letter.from) || has_our_name
    }

    /// Tells agents that a mail of ours did not arrive, where it can be told whose it was.
    async fn bounced(
        &self,
        raw: &[u8],
        status: Option<&str>,
        is_final: bool,
        now: Timestamp,
    ) -> Result<Option<ConversationId>, DeskError> {
        let text = String::from_utf8_lossy(raw);
        let Some(about) = thread_tokens_in(&text).find_map(|token| self.workplace.thread_of(token))
        else {
            return Ok(None);
        };
        if is_final {
            let why = match status {
                Some(status) => format!("the mail came back: status {status}"),
                None => "the mail came back".to_owned(),
            };
            self.workplace.note_bounce(about, why, now).await?;
        }
        Ok(Some(about))
    }

    /// Opens a conversation: it is called by the address of its visitor and by the letter that opens it.
    async fn open(
        &self,
        name: &str,
        from: &str,
        now: Timestamp,
    ) -> Result<Conversation, DeskError> {
        let address = ChannelAddress {
            outlet: self.outlet,
            external_id: format!("{from} {}", &digest(&[name.as_bytes()])[..32]),
        };
        let new = NewConversation::default();
        self.visitors
            .open_by_channel(Channel::Mail, address, new, now)
            .await
    }

    /// Keeps the files, and says which were left out.
    async fn said(
        &self,
        id: &ConversationId,
        key: &str,
        text: String,
        files: Vec<LetterFile>,
        now: Timestamp,
    ) -> Result<Said, LetterError> {
        let mut text = text;
        let mut kept: Vec<AttachmentId> = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        let mut files: Vec<(String, Vec<u8>)> = files
            .into_iter()
            .map(|file| (file.name, file.content))
            .collect();
        if text.chars().count() > MAX_QUESTION_CHARS {
            // With every secret hidden, as in the message itself.
            let whole = Words::parse(&text, usize::MAX).map_err(|_| LetterError::Empty)?;
            files.insert(
                0,
                (WHOLE_LETTER.to_owned(), whole.as_str().as_bytes().to_vec()),
            );
        }
        for (place, (name, content)) in files.into_iter().enumerate() {
            let key = digest(&[key.as_bytes(), place.to_string().as_bytes()]);
            let shown = Words::shortened(&name, 80, Lines::Joined, Hides::Everything);
            let shown = shown.map_or_else(|| "?".to_owned(), |words| words.as_str().to_owned());
            if kept.len() >= MAX_FILES_PER_MESSAGE {
                left_out.push(shown);
                continue;
            }
            match self
                .visitors
                .attach(id, &SaidName::new(&name), content, key_of(&key), now)
                .await
            {
                Ok(attachment) => kept.push(attachment.id),
                Err(DeskError::RefusedFile(_) | DeskError::TooManyAttachments(_)) => {
                    left_out.push(shown)
                }
                Err(error) => return Err(error.into()),
            }
        }
        for name in left_out {
            text.push_str(&format!("\n⟦{name}⟧"));
        }
        let words = Words::shortened(&text, MAX_QUESTION_CHARS, Lines::Kept, Hides::Everything);
        Ok(Said {
            words: Some(words.ok_or(LetterError::Empty)?),
            files: kept,
            channels: Vec::new(),
        })
    }

    async fn note(
        &self,
        name: &str,
        sender: &str,
        conversation: Option<ConversationId>,
        outcome: LetterOutcome,
        head: Option<LetterHead>,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let letter = NewLetter {
            outlet: self.outlet,
            name: name.to_owned(),
            sender: sender.to_owned(),
            conversation,
            outcome,
            head,
            now,
        };
        self.workplace.keep_letter(letter).await
    }
}

/// Subjects that say nothing about the matter, as programs and hurried people write them.
const EMPTY_SUBJECTS: [&str; 28] = [
    "",
    "hi",
    "hello",
    "help",
    "question",
    "a question",
    "urgent",
    "no subject",
    "(no subject)",
    "无主题",
    "（无主题）",
    "無主旨",
    "咨询",
    "諮詢",
    "问题",
    "問題",
    "件名なし",
    "(件名なし)",
    "無題",
    "質問",
    "ご質問",
    "お問い合わせ",
    "問い合わせ",
    "제목 없음",
    "(제목 없음)",
    "문의",
    "문의드립니다",
    "질문",
];

/// The subject of a letter that opens a conversation, where it says something; that of an answer is ours.
fn subject_of(letter: &Letter, is_answer: bool) -> &str {
    let subject = without_marks(&letter.subject);
    let says_nothing = is_answer || EMPTY_SUBJECTS.contains(&subject.to_lowercase().as_str());
    if says_nothing { "" } else { subject }
}

/// What a letter says: its subject belongs to it where it opens a conversation, for many write their question there.
fn text_of(letter: &Letter, is_answer: bool) -> Option<String> {
    let subject = subject_of(letter, is_answer);
    let text = letter.text.trim();
    let is_repeated = text.to_lowercase().starts_with(&subject.to_lowercase());
    match (text.is_empty(), subject.is_empty()) {
        (false, false) if !is_repeated => Some(format!("{subject}\n\n{text}")),
        (false, _) => Some(text.to_owned()),
        (true, false) => Some(subject.to_owned()),
        // A picture alone is for people.
        (true, true) => {
            let name = letter.files.first().map(|file| file.name.trim());
            name.map(|name| {
                if name.is_empty() {
                    "…".to_owned()
                } else {
                    name.to_owned()
                }
            })
        }
    }
}

/// Whatever form the name of a mail has, a digest of it is a key.
fn key_of(digest: &str) -> Option<IdempotencyKey> {
    digest.parse().ok()
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

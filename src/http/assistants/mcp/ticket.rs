//! The tool `ticket`: a matter for a person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given::Given;
use crate::conversation::{BotReply, NewConversation, Surface, is_reachable, phrase_hidden};
use crate::desk::{DeskError, MAX_CONTACT_CHARS, Said};
use crate::http::assistants::asker::Asker;
use crate::http::assistants::reply::whole_address;
use crate::http::edge::client::clients::Act;
use crate::http::edge::problem::ApiError;
use crate::http::edge::state::AppState;
use crate::http::wire::answer::LanguageCode;
use crate::http::wire::locale;
use crate::language::Language;
use crate::locale::{Locale, filled, words};
use crate::pipeline::asked_words;
use crate::safety::redact::Hides;
use crate::safety::{Lines, Words};

/// A matter for a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketArguments {
    /// What it is about, in the customer's own words and language; 2,000 characters at most.
    question: String,
    /// Where the customer is answered: an e-mail address. Without one they read the answer on the ticket's page alone.
    #[schema(example = "name@example.com")]
    contact: Option<String>,
    /// Language of the customer: en, zh, zh-Hant, ja or ko; that of the question where it is left out.
    #[serde(default, deserialize_with = "locale::served_locale")]
    #[schema(value_type = Option<String>)]
    language: Option<Locale>,
}

/// A ticket that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenedTicket {
    /// The number people use.
    #[schema(example = "M-000123")]
    number: String,
    /// Language the customer is addressed in.
    #[schema(value_type = LanguageCode)]
    language: Language,
    /// Page on which whoever holds this address follows the ticket and answers; for the customer alone.
    #[schema(example = "https://help.example.com/t/123.1797984000.5f0c")]
    address: String,
    /// What was hidden in the question and is shown to nobody, such as `card`.
    #[schema(example = json!(["card"]))]
    hidden: Vec<&'static str>,
}

/// Opens a conversation, says the matter in it and asks for a person.
pub(super) async fn open(
    app: &AppState,
    asker: &Asker,
    arguments: TicketArguments,
) -> Result<Given<OpenedTicket>, ApiError> {
    asker.count(app, Act::Conversation)?;
    asker.count(app, Act::Ticket)?;
    let matter = asked_words(&arguments.question)?;
    let contact = arguments.contact.and_then(|contact| {
        Words::shortened(
            &contact,
            MAX_CONTACT_CHARS,
            Lines::Joined,
            Hides::AllButContacts,
        )
    });
    // Before anything is opened: the assistant will ask again, and try again.
    if contact
        .as_ref()
        .is_some_and(|contact| !is_reachable(contact.as_str()))
    {
        return Err(DeskError::Unreachable.into());
    }
    let hidden = matter.findings().to_vec();
    let now = app.now();
    let context = asker.context(arguments.language);
    let new = NewConversation {
        page: arguments.language,
        accept_language: context.priors.accept_language.clone(),
        elsewhere: context.priors.elsewhere.clone(),
        script: context.priors.script,
        surface: Some(Surface::Assistant),
    };
    let desk = app.visitors();
    let conversation = match asker.account.clone() {
        Some(account) => desk.open_for(Some(account), new, None, now).await?.0,
        None => desk.open_conversation(new, None, now).await?,
    };
    let said = Said {
        channels: app
            .settings()
            .channels
            .look_up_in_message(&arguments.question),
        ..Said::from(matter)
    };
    let id = conversation.id;
    let exchange = desk.post_message(&id, said, context, None, now).await?;
    let ticket = desk.escalate(&id, None, contact, None, now).await?;
    let reply = exchange.reply.and_then(|message| message.reply);
    let locale = reply
        .as_ref()
        .map_or(Locale::of(ticket.language), BotReply::locale);
    let number = ticket.number.to_string();
    let token = desk.status_token(ticket.number, now);
    let address = whole_address(app, &format!("/t/{token}"));
    let told = &words(locale).assistant.ticket;
    let told = filled(told, &[("number", &number), ("address", &address)]);
    let notice = phrase_hidden(&hidden, locale);
    let told: Vec<String> = notice.into_iter().chain([told]).collect();
    Ok(Given {
        text: told.join("\n\n"),
        parts: OpenedTicket {
            number,
            language: ticket.language,
            address,
            hidden: hidden.iter().map(|found| found.kind.code()).collect(),
        },
    })
}

//! What kinds of places there are that are told what happens, and what opens an account there.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};

use crate::conversation::Channel;
use crate::ids::UnknownCode;
use crate::signing::SigningSecret;

/// How a place wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum EndpointKind {
    /// By signed requests.
    Webhook,
    /// Through the API of Chatwoot.
    Chatwoot,
    /// Through the API of Zendesk.
    Zendesk,
    /// By mail, as the way back to visitors who wrote to a mailbox.
    Mail,
    /// By signed requests, as the way back to visitors who write from elsewhere: it hears of its own conversations alone.
    Channel,
    /// Through the API for bots of Telegram, as a channel.
    Telegram,
    /// Through the Messaging API of LINE, as a channel.
    Line,
    /// Through the Web API of Slack, as a channel.
    Slack,
    /// Through the Cloud API of WhatsApp, as a channel.
    Whatsapp,
    /// By the replies to a skill of KakaoTalk, as a channel: nothing can be sent there.
    Kakao,
    /// By the replies to interactions of Discord and for a while after them, as a channel.
    Discord,
    /// Through the customer service interface of WeChat, as a channel.
    Wechat,
}

impl EndpointKind {
    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the codes of the kinds that something is true of, as a statement lists them.
    pub(in crate::store) fn codes_of(is_so: fn(Self) -> bool) -> String {
        let codes: Vec<String> = Self::iter()
            .filter(|kind| is_so(*kind))
            .map(|kind| format!("'{}'", kind.code()))
            .collect();
        codes.join(", ")
    }

    /// Returns the channel by which visitors write from there, where they do.
    pub fn channel(self) -> Option<Channel> {
        match self {
            Self::Webhook | Self::Chatwoot | Self::Zendesk => None,
            Self::Mail => Some(Channel::Mail),
            Self::Channel => Some(Channel::Webhook),
            Self::Telegram => Some(Channel::Telegram),
            Self::Line => Some(Channel::Line),
            Self::Slack => Some(Channel::Slack),
            Self::Whatsapp => Some(Channel::Whatsapp),
            Self::Kakao => Some(Channel::Kakao),
            Self::Discord => Some(Channel::Discord),
            Self::Wechat => Some(Channel::Wechat),
        }
    }

    /// Tells whether it hears of one conversation in order, one thing after the other.
    pub fn hears_in_order(self) -> bool {
        self != Self::Webhook
    }

    /// Tells whether visitors fetch what they are to read, since nothing can be sent there.
    pub fn is_fetched(self) -> bool {
        self == Self::Kakao
    }

    /// Tells whether what waits there may wait for its visitor, and nothing is wrong then.
    pub fn waits_for_visitors(self) -> bool {
        self.is_fetched() || self.needs_reply_token()
    }

    /// Tells whether something can be sent only while a visitor's last request can be replied to.
    pub fn needs_reply_token(self) -> bool {
        self == Self::Discord
    }

    /// Returns for how long the token of a visitor's request is used: somewhat less than it holds there.
    pub fn reply_token_ms(self) -> i64 {
        match self {
            Self::Discord => 14 * 60_000,
            _ => 50_000,
        }
    }

    /// Returns for how long a new message is left to the reply to what a visitor has just written, where it can leave with it.
    pub fn replies_within_ms(self) -> i64 {
        match self {
            Self::Wechat | Self::Discord => 1_000,
            _ => 0,
        }
    }

    /// Tells whether requests of the other side are signed with a secret of its own, and none of ours is shown to it.
    pub fn brings_secret(self) -> bool {
        matches!(self, Self::Line | Self::Slack | Self::Discord)
    }

    /// Returns our secret in the form in which it is used there; nothing where it is not.
    pub fn shown_secret(self, secret: &SigningSecret) -> Option<String> {
        match self {
            kind if kind.brings_secret() => None,
            Self::Telegram | Self::Whatsapp | Self::Kakao => Some(secret.header_token()),
            Self::Wechat => Some(secret.short_token()),
            _ => Some(secret.reveal()),
        }
    }

    /// Returns where its API is, unless the operator names another place.
    pub fn usual_url(self) -> Option<&'static str> {
        match self {
            Self::Telegram => Some("https://api.telegram.org"),
            Self::Line => Some("https://api.line.me"),
            Self::Slack => Some("https://slack.com"),
            Self::Whatsapp => Some("https://graph.facebook.com/v23.0"),
            Self::Kakao => Some("https://bot-api.kakao.com"),
            Self::Discord => Some("https://discord.com/api/v10"),
            Self::Wechat => Some("https://api.weixin.qq.com"),
            Self::Webhook | Self::Mail | Self::Channel | Self::Chatwoot | Self::Zendesk => None,
        }
    }
}

/// How to reach the account of a help desk or messenger.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServiceAccount {
    /// An account of Chatwoot and an inbox of its API channel.
    Chatwoot {
        /// Number of the account.
        account: u64,
        /// Number of the inbox.
        inbox: u64,
        /// Access token of a user or bot.
        token: String,
    },
    /// An account of Zendesk.
    Zendesk {
        /// Mail address of the user whose token it is.
        user: String,
        /// API token.
        token: String,
    },
    /// A bot of Telegram.
    Telegram {
        /// Its token: it stands in the path of every request.
        token: String,
    },
    /// A channel of LINE's Messaging API.
    Line {
        /// Channel access token.
        token: String,
        /// Channel secret, by which LINE signs.
        channel_secret: String,
    },
    /// An app of Slack.
    Slack {
        /// Token of its bot.
        token: String,
        /// By which Slack signs.
        signing_secret: String,
    },
    /// A number of WhatsApp's Cloud API.
    Whatsapp {
        /// Access token of a system user.
        token: String,
        /// Meta's name for the number.
        phone_number_id: String,
        /// Secret of the app, by which Meta signs.
        app_secret: String,
    },
    /// A skill of a bot of KakaoTalk, which opens nothing: it asks, and is replied to.
    Kakao {},
    /// An app of Discord.
    Discord {
        /// Its ID.
        application_id: String,
        /// Its key, by which Discord's signatures are checked; no secret.
        public_key: String,
    },
    /// An official account of WeChat.
    Wechat {
        /// Its AppID.
        app_id: String,
        /// Its AppSecret.
        app_secret: String,
    },
}

impl std::fmt::Debug for ServiceAccount {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Chatwoot { .. } => "Chatwoot(***)",
            Self::Zendesk { .. } => "Zendesk(***)",
            Self::Telegram { .. } => "Telegram(***)",
            Self::Line { .. } => "Line(***)",
            Self::Slack { .. } => "Slack(***)",
            Self::Whatsapp { .. } => "Whatsapp(***)",
            Self::Kakao {} => "Kakao",
            Self::Discord { .. } => "Discord(***)",
            Self::Wechat { .. } => "Wechat(***)",
        })
    }
}

impl ServiceAccount {
    /// Returns the kind of place it is reached at.
    pub fn kind(&self) -> EndpointKind {
        match self {
            Self::Chatwoot { .. } => EndpointKind::Chatwoot,
            Self::Zendesk { .. } => EndpointKind::Zendesk,
            Self::Telegram { .. } => EndpointKind::Telegram,
            Self::Line { .. } => EndpointKind::Line,
            Self::Slack { .. } => EndpointKind::Slack,
            Self::Whatsapp { .. } => EndpointKind::Whatsapp,
            Self::Kakao {} => EndpointKind::Kakao,
            Self::Discord { .. } => EndpointKind::Discord,
            Self::Wechat { .. } => EndpointKind::Wechat,
        }
    }
}

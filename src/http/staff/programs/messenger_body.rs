//! What opens the account of a messenger, as it is sent.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::desk::ServiceAccount;
use crate::http::wire::form::text::{Any, Digits, KeyOf32, Text, TokenOfBot};

/// What opens an account.
type AccessToken = Text<Any, 1_000>;

/// What a messenger calls an account.
type AccessName = Text<Any, 254>;

/// The token of a bot of Telegram: it stands in a path, so it has the characters of one.
type BotToken = Text<TokenOfBot, 200>;

/// What a messenger calls a number or an app: it stands in a path.
type NumberName = Text<Digits, 40>;

/// A key in hexadecimal digits.
type KeyDigits = Text<KeyOf32, 64>;

/// A bot or account of a messenger.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum MessengerBody {
    /// A bot of Telegram.
    Telegram {
        /// Its token, as BotFather gives it.
        token: BotToken,
    },
    /// A channel of LINE's Messaging API.
    Line {
        /// Channel access token.
        token: AccessToken,
        /// Channel secret.
        channel_secret: AccessToken,
    },
    /// An app of Slack.
    Slack {
        /// Token of its bot, as in `xoxb-…`.
        token: AccessToken,
        /// Signing secret.
        signing_secret: AccessToken,
    },
    /// A number of WhatsApp's Cloud API.
    Whatsapp {
        /// Access token of a system user with `whatsapp_business_messaging`.
        token: AccessToken,
        /// Meta's name for the number.
        phone_number_id: NumberName,
        /// Secret of the app.
        app_secret: AccessToken,
    },
    /// A skill of a bot of KakaoTalk.
    Kakao {},
    /// An app of Discord.
    Discord {
        /// Its ID.
        application_id: NumberName,
        /// Its public key.
        public_key: KeyDigits,
    },
    /// An official account of WeChat.
    Wechat {
        /// Its AppID.
        app_id: AccessName,
        /// Its AppSecret.
        app_secret: AccessToken,
    },
}

impl std::fmt::Debug for MessengerBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MessengerBody(***)")
    }
}

impl From<MessengerBody> for ServiceAccount {
    fn from(body: MessengerBody) -> Self {
        match body {
            MessengerBody::Telegram { token } => Self::Telegram {
                token: token.into_string(),
            },
            MessengerBody::Line {
                token,
                channel_secret,
            } => Self::Line {
                token: token.into_string(),
                channel_secret: channel_secret.into_string(),
            },
            MessengerBody::Slack {
                token,
                signing_secret,
            } => Self::Slack {
                token: token.into_string(),
                signing_secret: signing_secret.into_string(),
            },
            MessengerBody::Whatsapp {
                token,
                phone_number_id,
                app_secret,
            } => Self::Whatsapp {
                token: token.into_string(),
                phone_number_id: phone_number_id.into_string(),
                app_secret: app_secret.into_string(),
            },
            MessengerBody::Kakao {} => Self::Kakao {},
            MessengerBody::Discord {
                application_id,
                public_key,
            } => Self::Discord {
                application_id: application_id.into_string(),
                public_key: public_key.into_string(),
            },
            MessengerBody::Wechat { app_id, app_secret } => Self::Wechat {
                app_id: app_id.into_string(),
                app_secret: app_secret.into_string(),
            },
        }
    }
}

//! Channels: the ways by which words reach a conversation and replies leave it.

use strum::{EnumString, IntoStaticStr};

use crate::ids::{EndpointId, UnknownCode};

/// The way by which a visitor speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownCode, parse_err_fn = UnknownCode::of::<Self>)]
pub enum Channel {
    /// A browser: the widget, the page, the help site.
    #[default]
    Web,
    /// Letters to a mailbox.
    Mail,
    /// A program that hands words in and takes replies, by signed requests.
    Webhook,
    /// A bot of Telegram.
    Telegram,
    /// An official account of LINE.
    Line,
    /// An app of Slack.
    Slack,
    /// A number of WhatsApp.
    Whatsapp,
    /// A bot of KakaoTalk.
    Kakao,
    /// An app of Discord.
    Discord,
    /// An official account of WeChat.
    Wechat,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Channel; 10] = [
        Channel::Web,
        Channel::Mail,
        Channel::Webhook,
        Channel::Telegram,
        Channel::Line,
        Channel::Slack,
        Channel::Whatsapp,
        Channel::Kakao,
        Channel::Discord,
        Channel::Wechat,
    ];

    /// Returns the code it is stored and sent by.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Where the visitor of a channel other than the web is: replies go there, and words from there belong here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChannelAddress {
    /// The outlet that replies leave by, such as one of two accounts of a messenger.
    pub outlet: EndpointId,
    /// The name of the conversation there, such as the number of a chat; means something to that outlet alone.
    pub external_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for channel in Channel::ALL {
            assert_eq!(channel.code().parse(), Ok(channel));
        }
        assert!("pigeon".parse::<Channel>().is_err());
        assert_eq!(Channel::default(), Channel::Web);
    }
}

//! Which messengers there are: the one place that each of them is named in.

use super::event::{Brought, FileThere, Incoming, Presented};
use super::fetching::Place;
use super::post::Post;
use super::replying::Taken;
use super::sending::Delivery;
use super::{discord, kakao, line, slack, telegram, wechat, whatsapp};
use crate::client::RequestError;
use crate::relay::receipt::ReceiveError;
use crate::relay::retry::Tried;
use crate::signing::SigningSecret;
use crate::store::{ServiceAccount, StoreError};
use crate::time::Timestamp;

/// Where nothing can be sent, and nothing is.
const FETCHED: &str = "nothing can be sent there; visitors fetch it";

/// A messenger, with what opens the account there.
#[derive(Clone, Copy)]
pub(super) enum Messenger<'a> {
    Telegram {
        token: &'a str,
    },
    Line {
        token: &'a str,
        secret: &'a str,
    },
    Slack {
        token: &'a str,
        secret: &'a str,
    },
    WhatsApp {
        token: &'a str,
        number: &'a str,
        secret: &'a str,
    },
    Kakao,
    Discord {
        application: &'a str,
        public_key: &'a str,
    },
    WeChat {
        app_id: &'a str,
        app_secret: &'a str,
    },
}

impl<'a> Messenger<'a> {
    /// Returns the messenger that an account is of; nothing for a help desk.
    pub(super) fn of(account: &'a ServiceAccount) -> Option<Self> {
        match account {
            ServiceAccount::Chatwoot { .. } | ServiceAccount::Zendesk { .. } => None,
            ServiceAccount::Telegram { token } => Some(Self::Telegram { token }),
            ServiceAccount::Line {
                token,
                channel_secret,
            } => Some(Self::Line {
                token,
                secret: channel_secret,
            }),
            ServiceAccount::Slack {
                token,
                signing_secret,
            } => Some(Self::Slack {
                token,
                secret: signing_secret,
            }),
            ServiceAccount::Whatsapp {
                token,
                phone_number_id,
                app_secret,
            } => Some(Self::WhatsApp {
                token,
                number: phone_number_id,
                secret: app_secret,
            }),
            ServiceAccount::Kakao {} => Some(Self::Kakao),
            ServiceAccount::Discord {
                application_id,
                public_key,
            } => Some(Self::Discord {
                application: application_id,
                public_key,
            }),
            ServiceAccount::Wechat { app_id, app_secret } => {
                Some(Self::WeChat { app_id, app_secret })
            }
        }
    }

    /// Returns what a messenger wants to read at the address that it was given, once it has shown that it is the one.
    pub(super) fn challenge(
        self,
        secrets: &[SigningSecret],
        presented: &Presented,
        now: Timestamp,
    ) -> Result<String, ReceiveError> {
        match self {
            Self::WeChat { .. } => Ok(wechat::challenge(secrets, presented, now)?),
            Self::WhatsApp { .. } => Ok(whatsapp::challenge(secrets, presented)?),
            _ => Err(ReceiveError::NoChallenge),
        }
    }

    /// Reads what a request brings, once it is known to be the messenger's.
    pub(super) fn read(self, incoming: &Incoming<'_>) -> Result<Brought, ReceiveError> {
        let (secrets, now) = (incoming.secrets, incoming.now);
        let (headers, body) = (incoming.arrived.headers, incoming.arrived.body);
        match self {
            Self::Telegram { .. } => {
                telegram::verify(secrets, headers)?;
                Ok(telegram::read(body)?)
            }
            Self::Line { secret, .. } => {
                line::verify(secret, headers, body)?;
                Ok(line::read(body)?)
            }
            Self::Slack { secret, .. } => {
                slack::verify(secret, headers, body, now)?;
                Ok(slack::read(body)?)
            }
            Self::WhatsApp { number, secret, .. } => {
                whatsapp::verify(secret, headers, body)?;
                Ok(whatsapp::read(number, body)?)
            }
            Self::Kakao => {
                kakao::verify(secrets, headers)?;
                Ok(kakao::read(body, now)?)
            }
            Self::Discord { public_key, .. } => {
                discord::verify(public_key, headers, body, now)?;
                Ok(discord::read(body)?)
            }
            Self::WeChat { .. } => {
                wechat::verify(secrets, incoming.arrived.presented, now)?;
                wechat::read(body)
            }
        }
    }

    /// Returns what is replied when the messenger waits no longer; nothing for one that does.
    pub(super) fn late(self, body: &[u8]) -> Result<Option<Taken>, ReceiveError> {
        Ok(match self {
            Self::Kakao => Some(Taken::Json(kakao::late(body)?)),
            Self::Discord { .. } => Some(Taken::Json(discord::late())),
            Self::WeChat { .. } => Some(Taken::Text(wechat::SUCCESS.to_owned())),
            _ => None,
        })
    }

    /// Fetches a file; nothing where the messenger has it no more.
    pub(super) async fn fetch(
        self,
        place: &Place<'_>,
        file: &FileThere,
    ) -> Result<Option<Vec<u8>>, RequestError> {
        match self {
            Self::Telegram { token } => telegram::fetch(place, token, file).await,
            Self::Line { token, .. } => line::fetch(place, token, file).await,
            Self::Slack { token, .. } => slack::fetch(place, token, file).await,
            Self::WhatsApp { token, .. } => whatsapp::fetch(place, token, file).await,
            Self::Kakao => kakao::fetch(place, file).await,
            Self::Discord { .. } => discord::fetch(place, file).await,
            Self::WeChat { .. } => wechat::fetch(place, file).await,
        }
    }

    /// Delivers a message to whoever has this name there.
    pub(super) async fn deliver(
        self,
        delivery: &Delivery<'_>,
        post: &Post<'_>,
        to: &str,
    ) -> Result<Tried, StoreError> {
        let desk = delivery.desk;
        match self {
            Self::Telegram { token } => {
                let bot = telegram::Telegram::new(desk, token, to);
                delivery.by(bot, post).await
            }
            Self::Line { token, .. } => {
                let account = line::Line::new(desk, token, to);
                delivery.by(account, post).await
            }
            Self::Slack { token, .. } => {
                let app = slack::Slack::new(desk, token, to);
                delivery.by(app, post).await
            }
            Self::WhatsApp { token, number, .. } => {
                let own = whatsapp::WhatsApp::new(desk, token, number, to);
                delivery.by(own, post).await
            }
            // The worker leaves those alone.
            Self::Kakao => Ok(Tried {
                error: Some(FETCHED.to_owned()),
                ..Tried::nothing()
            }),
            Self::Discord { application, .. } => {
                let app = discord::Discord::new(desk, application);
                delivery.by(app, post).await
            }
            Self::WeChat { app_id, app_secret } => {
                let account = wechat::WeChat::new(desk, app_id, app_secret, to);
                delivery.by(account, post).await
            }
        }
    }
}

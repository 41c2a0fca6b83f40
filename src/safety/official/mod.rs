//! The operator's list of official channels: a text is on it or not, which never says that it is safe; and what is not
//! on it may have been made to look like something that is.

mod asked;
mod kind;
mod likeness;
mod named;

use serde::{Deserialize, Serialize};

use asked::{Asked, Host};
use likeness::{likeness_of_hosts, likeness_of_names, likeness_of_numbers};

pub use kind::ChannelKind;
pub use likeness::Likeness;

/// The channels through which the operator really speaks; none until somebody says which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialChannels {
    /// Domains; the names below them count too.
    pub domains: Vec<String>,
    /// Mail addresses; `@example.com` stands for every address of that domain.
    pub mails: Vec<String>,
    /// Telephone numbers with their country code.
    pub phones: Vec<String>,
    /// Profiles on other sites by their address, such as `t.me/example_news`.
    pub profiles: Vec<String>,
    /// Apps by their name in a store, such as `com.example.app` or `id123456789`, or by the address of their page.
    #[serde(default)]
    pub apps: Vec<String>,
}

/// A listed channel that another was made to look like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resemblance {
    /// The listed one.
    pub known: String,
    /// How they are alike.
    pub how: Likeness,
}

/// Whether something is on the list. It never says that anything is safe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// On the list, as this entry.
    Listed {
        /// The entry.
        known: String,
    },
    /// Not on the list: to be treated as unknown.
    NotListed {
        /// The entry it looks like.
        resembles: Option<Resemblance>,
    },
}

/// One look-up as it is logged: what was asked in its plain spelling, without the query of an address, and what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// What it is.
    pub kind: ChannelKind,
    /// Its plain spelling; hosts in Punycode. Strangers' numbers and addresses are personal: seal it like their words.
    pub asked: String,
    /// Whether it is on the list.
    #[serde(flatten)]
    pub verdict: Verdict,
}

impl Lookup {
    /// Tells whether it is on the list.
    pub fn is_listed(&self) -> bool {
        matches!(self.verdict, Verdict::Listed { .. })
    }

    /// Returns the listed channel that it was made to look like.
    pub fn resembles(&self) -> Option<&Resemblance> {
        match &self.verdict {
            Verdict::NotListed { resembles } => resembles.as_ref(),
            Verdict::Listed { .. } => None,
        }
    }
}

impl OfficialChannels {
    /// Tells whether a website, mail address, telephone number, profile or app is on the list.
    pub fn list(&self, asked: &str) -> bool {
        self.look_up(asked).is_listed()
    }

    /// Looks up what somebody typed, and names the entry it resembles where it is not on the list.
    pub fn look_up(&self, asked: &str) -> Lookup {
        let asked = Asked::read(asked);
        let (kind, verdict) = match &asked {
            Asked::Phone {
                digits,
                is_international,
            } => (
                ChannelKind::Phone,
                self.look_up_phone(digits, *is_international),
            ),
            Asked::Mail { name, host } => (ChannelKind::Mail, self.look_up_mail(name, host)),
            Asked::Handle(handle) => (ChannelKind::Profile, self.look_up_handle(handle)),
            Asked::App(app) => (ChannelKind::App, self.look_up_app(app)),
            Asked::Place { host, path } => self.look_up_place(host, path),
            Asked::Unreadable => (ChannelKind::Unreadable, not_listed(None)),
        };
        Lookup {
            kind,
            asked: asked.normal(),
            verdict,
        }
    }

    fn look_up_phone(&self, digits: &str, is_international: bool) -> Verdict {
        let is_listed = |known: &&String| {
            let known = digits_of(known);
            known == digits || !is_international && is_dialled_inside(digits, &known)
        };
        if let Some(known) = self.phones.iter().find(is_listed) {
            return listed(known);
        }
        not_listed(resemblance(&self.phones, |known| {
            likeness_of_numbers(digits, &digits_of(known))
        }))
    }

    fn look_up_mail(&self, name: &str, host: &Host) -> Verdict {
        let is_listed = |known: &&String| match Asked::read(known) {
            Asked::Mail {
                name: known_name,
                host: known_host,
            } => known_name == name && known_host.ascii == host.ascii,
            _ => known
                .strip_prefix('@')
                .and_then(Host::read)
                .is_some_and(|known| known.ascii == host.ascii),
        };
        if let Some(known) = self.mails.iter().find(is_listed) {
            return listed(known);
        }
        let by_mail = resemblance(&self.mails, |known| {
            let (known_name, known_host) = known.rsplit_once('@')?;
            let known_host = Host::read(known_host)?;
            if known_host.ascii != host.ascii {
                return likeness_of_hosts(host, &known_host);
            }
            likeness_of_names(name, &known_name.to_lowercase())
        });
        not_listed(by_mail.or_else(|| self.like_a_domain(host)))
    }

    fn look_up_handle(&self, handle: &str) -> Verdict {
        let last = |known: &str| {
            let known = known.to_lowercase();
            let known = known.trim_end_matches('/');
            known
                .rsplit('/')
                .next()
                .map(|last| last.trim_start_matches('@').to_owned())
        };
        if let Some(known) = self
            .profiles
            .iter()
            .find(|known| last(known).as_deref() == Some(handle))
        {
            return listed(known);
        }
        not_listed(resemblance(&self.profiles, |known| {
            likeness_of_names(handle, &last(known)?)
        }))
    }

    fn look_up_app(&self, app: &str) -> Verdict {
        let name_of = |known: &str| match Asked::read(known) {
            Asked::App(known) => known,
            _ => known.to_lowercase(),
        };
        if let Some(known) = self.apps.iter().find(|known| name_of(known) == app) {
            return listed(known);
        }
        not_listed(resemblance(&self.apps, |known| {
            likeness_of_names(app, &name_of(known))
        }))
    }

    fn look_up_place(&self, host: &Host, path: &str) -> (ChannelKind, Verdict) {
        // The name of an app is written like that of a server.
        if path.is_empty()
            && self
                .apps
                .iter()
                .any(|known| known.to_lowercase() == host.ascii)
        {
            return (ChannelKind::App, self.look_up_app(&host.ascii));
        }
        let is_profile = |known: &&String| {
            matches!(Asked::read(known), Asked::Place { host: known_host, path: known_path }
                if known_host.ascii == host.ascii && is_below(path, &known_path))
        };
        if let Some(known) = self.profiles.iter().find(is_profile) {
            return (ChannelKind::Profile, listed(known));
        }
        let is_domain = |known: &&String| {
            matches!(Asked::read(known), Asked::Place { host: known_host, path: known_path }
                if host.is_below(&known_host) && is_below(path, &known_path))
        };
        if let Some(known) = self.domains.iter().find(is_domain) {
            return (ChannelKind::Website, listed(known));
        }
        let by_profile = resemblance(&self.profiles, |known| match Asked::read(known) {
            Asked::Place {
                host: known_host,
                path: known_path,
            } if known_host.ascii == host.ascii => likeness_of_names(path, &known_path),
            _ => None,
        });
        match by_profile {
            Some(resembles) => (ChannelKind::Profile, not_listed(Some(resembles))),
            None => (ChannelKind::Website, not_listed(self.like_a_domain(host))),
        }
    }

    fn like_a_domain(&self, host: &Host) -> Option<Resemblance> {
        resemblance(&self.domains, |known| match Asked::read(known) {
            Asked::Place { host: known, .. } if known.ascii != host.ascii => {
                likeness_of_hosts(host, &known)
            }
            _ => None,
        })
    }
}

fn listed(known: &str) -> Verdict {
    Verdict::Listed {
        known: known.to_owned(),
    }
}

fn not_listed(resembles: Option<Resemblance>) -> Verdict {
    Verdict::NotListed { resembles }
}

fn resemblance(
    list: &[String],
    likeness: impl Fn(&str) -> Option<Likeness>,
) -> Option<Resemblance> {
    list.iter()
        .filter_map(|known| {
            likeness(known).map(|how| Resemblance {
                known: known.clone(),
                how,
            })
        })
        .min_by_key(|resemblance| resemblance.how)
}

/// A place below another: the same path, or one that goes on after a slash.
fn is_below(path: &str, known: &str) -> bool {
    path.strip_prefix(known)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Tells whether a number without its country code is a listed one as people in that country dial it.
fn is_dialled_inside(digits: &str, known: &str) -> bool {
    const CODES: [&str; 26] = [
        "852", "853", "886", "855", "880", "971", "1", "7", "20", "27", "31", "33", "34", "39",
        "41", "44", "49", "60", "61", "62", "63", "65", "66", "81", "82", "86",
    ];
    let digits = digits.strip_prefix('0').unwrap_or(digits);
    CODES.iter().any(|code| {
        known
            .strip_prefix(code)
            .is_some_and(|inside| inside == digits && inside.len() >= 7)
    })
}

fn digits_of(known: &str) -> String {
    match Asked::read(known) {
        Asked::Phone { digits, .. } => digits,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_are_not_listed() {
        let channels = OfficialChannels {
            phones: vec!["+44 20 7946 0000".to_owned()],
            profiles: vec!["t.me/kumora_news".to_owned()],
            domains: vec!["kumora.example".to_owned()],
            mails: vec!["@kumora.example".to_owned()],
            ..OfficialChannels::default()
        };
        for (asked, listed) in [
            ("kumora.example", true),
            ("https://Help.Kumora.example/verify?x=1", true),
            ("http://kumora.example:8080", true),
            ("kumora.example.", true),
            ("kumora.example.help-desk.test", false),
            ("https://kumora.example@evil.test/", false),
            ("https://evil.test/kumora.example", false),
            ("https://evil.test\\@kumora.example", false),
            ("notkumora.example", false),
            (".kumora.example", false),
            ("kumоra.example", false),
            ("support@kumora.example", true),
            ("support@kumora.example.test", false),
            ("a@b@kumora.example", false),
            ("@kumora.example", false),
            ("0044 (20) 7946-0000", true),
            ("+44 20 7946 0001", false),
            ("https://t.me/Kumora_News/", true),
            ("t.me/kumora_newz", false),
            ("kumora support", false),
            ("", false),
        ] {
            assert_eq!(channels.list(asked), listed, "{asked}");
        }
    }

    fn channels() -> OfficialChannels {
        let list = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
        OfficialChannels {
            domains: list(&["kumora.example", "bücher-kumora.example"]),
            mails: list(&["@kumora.example", "press@kumora-news.example"]),
            phones: list(&["+852 2000 0001", "+81 3-5000-0002"]),
            profiles: list(&["t.me/kumora_news", "x.com/kumora"]),
            apps: list(&[
                "com.kumora.app",
                "https://apps.apple.com/jp/app/kumora/id100000001",
            ]),
        }
    }

    #[test]
    fn every_spelling_of_a_listed_channel_is_found() {
        for (asked, kind) in [
            (
                "ｈｔｔｐｓ：／／ｋｕｍｏｒａ．ｅｘａｍｐｌｅ",
                ChannelKind::Website,
            ),
            (
                "hxxps://help.kumora[.]example/a/b?x=1#y",
                ChannelKind::Website,
            ),
            ("「kumora.example」", ChannelKind::Website),
            ("KUMORA。EXAMPLE", ChannelKind::Website),
            ("xn--bcher-kumora-dlb.example", ChannelKind::Website),
            ("BÜCHER-KUMORA.example", ChannelKind::Website),
            ("Anyone@Kumora.Example", ChannelKind::Mail),
            ("press@kumora-news.example", ChannelKind::Mail),
            ("+852 2000 0001", ChannelKind::Phone),
            ("00852-2000-0001", ChannelKind::Phone),
            ("2000 0001", ChannelKind::Phone),
            ("03-5000-0002", ChannelKind::Phone),
            ("＋８１　３　５０００　０００２", ChannelKind::Phone),
            ("tel:+81350000002", ChannelKind::Phone),
            ("@kumora_news", ChannelKind::Profile),
            ("https://telegram.me/Kumora_News/12", ChannelKind::Profile),
            ("https://twitter.com/kumora?s=20", ChannelKind::Profile),
            ("com.kumora.app", ChannelKind::App),
            (
                "https://play.google.com/store/apps/details?hl=ja&id=com.kumora.app",
                ChannelKind::App,
            ),
            (
                "https://apps.apple.com/hk/app/anything/id100000001?l=en",
                ChannelKind::App,
            ),
        ] {
            let lookup = channels().look_up(asked);
            assert!(lookup.is_listed(), "{asked}: {lookup:?}");
            assert_eq!(lookup.kind, kind, "{asked}");
        }
    }

    #[test]
    fn lookalikes_are_named() {
        for (asked, known, how) in [
            ("kumоra.example", "kumora.example", Likeness::SameLook),
            (
                "xn--kumra-lye.example",
                "kumora.example",
                Likeness::SameLook,
            ),
            ("kum0ra.example", "kumora.example", Likeness::SameLook),
            ("kurnora.example", "kumora.example", Likeness::SameLook),
            ("kumora.test", "kumora.example", Likeness::OtherEnding),
            ("kumorra.example", "kumora.example", Likeness::Misspelt),
            ("kumroa.test", "kumora.example", Likeness::Misspelt),
            (
                "kumora.example.login.test",
                "kumora.example",
                Likeness::NameInside,
            ),
            (
                "https://kumora-support.test/verify",
                "kumora.example",
                Likeness::NameInside,
            ),
            (
                "support@kum0ra.example",
                "@kumora.example",
                Likeness::SameLook,
            ),
            (
                "pres@kumora-news.example",
                "press@kumora-news.example",
                Likeness::Misspelt,
            ),
            ("@kumora_newz", "t.me/kumora_news", Likeness::Misspelt),
            (
                "t.me/kumora_news_vip",
                "t.me/kumora_news",
                Likeness::NameInside,
            ),
            ("+853 2000 0001", "+852 2000 0001", Likeness::OtherNumber),
            ("+852 2000 0007", "+852 2000 0001", Likeness::OtherNumber),
            (
                "https://play.google.com/store/apps/details?id=com.kumora.app.pro",
                "com.kumora.app",
                Likeness::NameInside,
            ),
        ] {
            let lookup = channels().look_up(asked);
            let expected = Resemblance {
                known: known.to_owned(),
                how,
            };
            assert_eq!(lookup.resembles(), Some(&expected), "{asked}: {lookup:?}");
        }
    }

    #[test]
    fn strangers_are_unknown_and_nothing_more() {
        for asked in [
            "weather.test",
            "someone@mail.test",
            "+1 212 555 0100",
            "@birds",
            "t.me/birds",
            "192.168.0.1",
            "https://evil.test/kumora.example",
            "is this you",
            "@",
            "@@kumora.example",
            "http://",
            "ku mora.example",
        ] {
            let lookup = channels().look_up(asked);
            assert!(
                !lookup.is_listed() && lookup.resembles().is_none(),
                "{asked}: {lookup:?}"
            );
        }
        let logged =
            serde_json::to_value(channels().look_up("https://a.test/x?token=1")).expect("is JSON");
        assert_eq!(
            logged,
            serde_json::json!({"kind": "website", "asked": "a.test/x", "verdict": "not-listed", "resembles": null})
        );
    }
}

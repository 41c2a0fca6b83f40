//! The operator's list of official channels: a text is on it or not, which never says that it is safe.

use serde::{Deserialize, Serialize};

/// The channels through which the operator really speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl Default for OfficialChannels {
    fn default() -> Self {
        Self {
            domains: vec!["kumora.example".to_owned()],
            mails: vec!["@kumora.example".to_owned()],
            phones: Vec::new(),
            profiles: Vec::new(),
        }
    }
}

impl OfficialChannels {
    /// Tells whether a website, mail address, telephone number or profile is on the list.
    pub fn list(&self, asked: &str) -> bool {
        let asked = asked.trim().to_lowercase();
        // A name that only looks the same is another name.
        if asked.is_empty()
            || !asked.is_ascii()
            || asked.contains(char::is_whitespace) && !is_phone(&asked)
        {
            return false;
        }
        if is_phone(&asked) {
            return self
                .phones
                .iter()
                .any(|known| digits(known) == digits(&asked));
        }
        let is_address = asked.contains("://") || asked.contains('/');
        if !is_address && asked.contains('@') {
            return self.lists_mail(&asked);
        }
        let place = asked.split_once("://").map_or(&*asked, |(_, place)| place);
        let profile = place.trim_end_matches('/').trim_start_matches("www.");
        let is_profile = self.profiles.iter().any(|known| {
            let known = known.to_lowercase();
            known.trim_end_matches('/').trim_start_matches("www.") == profile
        });
        is_profile || self.lists_host(host_of(place))
    }

    fn lists_mail(&self, asked: &str) -> bool {
        let Some((name, domain)) = asked.rsplit_once('@') else {
            return false;
        };
        !name.is_empty()
            && !name.contains('@')
            && self.mails.iter().any(|known| {
                let known = known.to_lowercase();
                known == asked || known.strip_prefix('@') == Some(domain)
            })
    }

    fn lists_host(&self, host: &str) -> bool {
        self.domains.iter().any(|known| {
            let known = known.to_lowercase();
            host == known
                || host
                    .strip_suffix(&known)
                    .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        })
    }
}

/// The host a browser would go to: what stands before an `@` is a name and no place.
fn host_of(place: &str) -> &str {
    let authority = place
        .split(['/', '?', '#', '\\'])
        .next()
        .unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    host.split(':')
        .next()
        .unwrap_or_default()
        .trim_end_matches('.')
}

fn is_phone(asked: &str) -> bool {
    digits(asked).len() >= 5
        && asked
            .chars()
            .all(|c| c.is_ascii_digit() || " +-().".contains(c))
}

fn digits(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    // Abroad, 00 stands for the plus.
    digits
        .strip_prefix("00")
        .map_or(digits.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_are_not_listed() {
        let channels = OfficialChannels {
            phones: vec!["+44 20 7946 0000".to_owned()],
            profiles: vec!["t.me/kumora_news".to_owned()],
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
}

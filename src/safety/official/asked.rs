//! What somebody typed to have it checked, read as the kind of channel it is and in one spelling.

use unicode_normalization::UnicodeNormalization;

/// A channel in its plain spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// The digits after the plus, and whether there was one (or the 00 that stands for it).
    Phone {
        digits: String,
        is_international: bool,
    },
    Mail {
        name: String,
        host: Host,
    },
    /// A name on some service, without the service: `@example`.
    Handle(String),
    /// A place on the web: a website, or a profile on another site.
    Place {
        host: Host,
        path: String,
    },
    App(String),
    Unreadable,
}

/// The name of a server, as the wire has it and as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) ascii: String,
    pub(super) shown: String,
}

impl Asked {
    pub(super) fn read(text: &str) -> Self {
        let text = plain(text);
        if text.is_empty() {
            return Self::Unreadable;
        }
        if is_phone(&text) {
            return phone(&text);
        }
        if text.contains(char::is_whitespace) {
            return Self::Unreadable;
        }
        if let Some(app) = app(&text) {
            return Self::App(app);
        }
        let is_place = text.contains("://") || text.contains('/') || text.contains('\\');
        if !is_place && let Some((name, host)) = text.rsplit_once('@') {
            return match (name, Host::read(host)) {
                ("", _) if !host.contains('.') && !host.is_empty() => Self::Handle(host.to_owned()),
                (name, Some(host)) if !name.is_empty() && !name.contains('@') => Self::Mail {
                    name: name.to_owned(),
                    host,
                },
                _ => Self::Unreadable,
            };
        }
        place(&text).unwrap_or(Self::Unreadable)
    }

    /// Returns the plain spelling, without the query of an address, which is of no use to anybody else.
    pub(super) fn normal(&self) -> String {
        match self {
            Self::Phone {
                digits,
                is_international: true,
            } => format!("+{digits}"),
            Self::Phone { digits, .. } => digits.clone(),
            Self::Mail { name, host } => format!("{name}@{}", host.ascii),
            Self::Handle(handle) => format!("@{handle}"),
            Self::Place { host, path } => format!("{}{path}", host.ascii),
            Self::App(app) => app.clone(),
            Self::Unreadable => String::new(),
        }
    }
}

impl Host {
    /// Reads a name, in Unicode or in Punycode; nothing where no server can be called so.
    pub(super) fn read(name: &str) -> Option<Self> {
        let name = name.trim_end_matches('.');
        let name = name.strip_prefix("www.").unwrap_or(name);
        let ascii = idna::domain_to_ascii(name).ok()?;
        let has_labels = ascii.contains('.') && ascii.split('.').all(|label| !label.is_empty());
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if !has_labels || !ascii.bytes().all(is_name) {
            return None;
        }
        let (shown, _) = idna::domain_to_unicode(&ascii);
        Some(Self { ascii, shown })
    }

    pub(super) fn is_below(&self, known: &Self) -> bool {
        self.ascii == known.ascii
            || self
                .ascii
                .strip_suffix(&known.ascii)
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }
}

/// Lower case, compatible forms, without what cannot be seen and without the disguise in which links are passed on.
fn plain(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        })
        .collect();
    let quotes = |c: char| c.is_whitespace() || "\"'<>“”‘’「」『』《》【】，。、".contains(c);
    folded
        .trim_matches(quotes)
        .replace("[.]", ".")
        .replace("(.)", ".")
        .replace('。', ".")
        .replace("hxxp", "http")
}

fn is_phone(text: &str) -> bool {
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let marks = |c: char| c.is_ascii_digit() || " +-().‐–—−".contains(c);
    // Four groups with stops are the address of a machine.
    digits >= 5 && text.chars().all(marks) && text.matches('.').count() != 3
}

fn phone(text: &str) -> Asked {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_plus = text
        .trim_start_matches("tel:")
        .trim_start_matches(['(', ' '])
        .starts_with('+');
    match digits.strip_prefix("00") {
        Some(rest) if !is_plus => Asked::Phone {
            digits: rest.to_owned(),
            is_international: true,
        },
        _ => Asked::Phone {
            digits,
            is_international: is_plus,
        },
    }
}

/// The name of an app, from the address of its page in a store.
fn app(text: &str) -> Option<String> {
    let place = text.split_once("://").map_or(text, |(_, place)| place);
    if let Some(query) = place.strip_prefix("play.google.com/store/apps/details?") {
        return query
            .split('&')
            .find_map(|part| part.strip_prefix("id="))
            .map(str::to_owned);
    }
    let rest = place
        .strip_prefix("apps.apple.com/")
        .or_else(|| place.strip_prefix("itunes.apple.com/"))?;
    let path = rest.split(['?', '#']).next()?;
    path.split('/')
        .next_back()
        .filter(|last| {
            last.strip_prefix("id")
                .is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()))
        })
        .map(str::to_owned)
}

fn place(text: &str) -> Option<Asked> {
    let place = text.split_once("://").map_or(text, |(_, place)| place);
    let end = place.find(['/', '?', '#', '\\']).unwrap_or(place.len());
    let (authority, rest) = place.split_at(end);
    // What stands before an @ is a name and no place.
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.split(':').next().unwrap_or_default();
    let host = Host::read(same_service(host))?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let path = if path.starts_with('/') {
        path.trim_end_matches('/')
    } else {
        ""
    };
    Some(Asked::Place {
        host,
        path: path.to_owned(),
    })
}

/// Services that answer to more than one name.
fn same_service(host: &str) -> &str {
    let bare = host
        .trim_start_matches("www.")
        .trim_start_matches("mobile.");
    match bare {
        "twitter.com" | "x.com" => "x.com",
        "telegram.me" | "telegram.dog" | "t.me" => "t.me",
        "m.facebook.com" | "fb.com" | "facebook.com" => "facebook.com",
        "m.youtube.com" | "youtube.com" => "youtube.com",
        _ => host,
    }
}

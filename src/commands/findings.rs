//! What can be told from the settings alone, without asking anything that they name but the knowledge folder.

use crate::config::Config;
use crate::desk::Mailer;
use crate::http::{SiteSettings, has_plain_path};
use crate::identity::Keyring;
use crate::knowledge::load_folder;

/// How one thing is.
pub enum Finding {
    /// As it should be.
    Right(String),
    /// It works, and somebody may want to know.
    Note(String),
    /// It does not work, or will not.
    Fault(String),
}

use Finding::{Fault, Note, Right};

/// Looks at settings, each named as `mondo doctor` names it, and at variables of the environment that nearly are some.
pub fn of_settings(
    config: &Config,
    variables: impl Iterator<Item = (String, String)>,
) -> Vec<(&'static str, Finding)> {
    let mut findings = vec![
        ("address", address(&config.http.site)),
        ("origins", origins(&config.http.origins)),
        ("starters", starters(config)),
        ("attachments", attachments(config)),
        ("mail", mail(config)),
        ("identity", identity(config)),
        ("hours", hours(config)),
    ];
    let nearly = variables.filter_map(|(name, _)| {
        let meant = Config::meant_variable(&name)?;
        Some(Fault(format!(
            "{name} is no setting and is not read; write {meant}"
        )))
    });
    findings.extend(nearly.map(|finding| ("environment", finding)));
    findings
}

/// Articles that are offered before anything was asked must be there.
fn starters(config: &Config) -> Finding {
    let starters = &config.http.site.starters;
    if starters.is_empty() {
        return Right("what is offered first is chosen by what others ask".to_owned());
    }
    // A folder that cannot be read is told of elsewhere.
    let Ok(loaded) = load_folder(&config.server.kb) else {
        return Note(format!(
            "http.site.starters cannot be looked up in {}",
            config.server.kb.display()
        ));
    };
    let is_there = |id: &String| {
        let mut articles = loaded.knowledge.articles.iter();
        articles.any(|article| article.id.as_str() == id)
    };
    match starters.iter().find(|id| !is_there(id)) {
        Some(unknown) => Fault(format!(
            "http.site.starters: {unknown:?} is no article of {}",
            config.server.kb.display()
        )),
        None => Right(format!("{} articles are offered first", starters.len())),
    }
}

/// Files that one node keeps for itself are missing at the others.
fn attachments(config: &Config) -> Finding {
    match (config.store.url.is_empty(), config.attachments.bucket.as_str()) {
        (true, "") => Right("kept in the data folder".to_owned()),
        (false, "") => Note(
            "kept in the data folder of each node; with several nodes set attachments.bucket, or mount one folder as `attachments` in the data folder of each".to_owned(),
        ),
        (_, bucket) => Right(format!("kept in the bucket {bucket}")),
    }
}

fn has_scheme(address: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        address
            .strip_prefix(scheme)
            .is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
    })
}

fn is_address(text: &str) -> bool {
    has_scheme(text) && has_plain_path(text)
}

fn address(site: &SiteSettings) -> Finding {
    match site.address.as_str() {
        "" if !site.also.is_empty() => Fault(
            "http.site.also is set and http.site.address is empty; say which of them pages belong to".to_owned(),
        ),
        "" => Note(
            "http.site.address is empty: mail has no links, and search engines no addresses"
                .to_owned(),
        ),
        odd if !has_plain_path(odd) => Fault(format!(
            "http.site.address {odd:?} has a path of more than letters, digits and -._~; nothing can be served beneath it"
        )),
        known if has_scheme(known) => match site.also.iter().find(|also| !is_address(also)) {
            Some(odd) => Fault(format!(
                "http.site.also: {odd:?} is no address; write it like https://help.example.jp"
            )),
            None if site.also.is_empty() => Right(format!("visitors reach it at {known}")),
            None => Right(format!(
                "visitors reach it at {known}, and at {}",
                site.also.join(", ")
            )),
        },
        other => Fault(format!(
            "http.site.address {other:?} is no address; write it like https://help.example.com"
        )),
    }
}

fn origins(origins: &[String]) -> Finding {
    let wrong = origins.iter().find(|origin| {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        origin.as_str() != "*" && (!has_scheme(origin) || host.contains('/'))
    });
    match wrong {
        Some(wrong) => Fault(format!(
            "http.origins: {wrong:?} is no origin; write scheme and host alone, like https://www.example.com"
        )),
        None if origins.iter().any(|origin| origin == "*") => {
            Note("every site may embed the widget; name yours in http.origins".to_owned())
        }
        None => Right(format!("{} sites may embed the widget", origins.len())),
    }
}

fn mail(config: &Config) -> Finding {
    let site = &config.http.site;
    match Mailer::new(&config.mail, &site.name, &site.address) {
        Ok(None) => Note("mail.smtp_url is empty: nobody is written to".to_owned()),
        Ok(Some(_)) if site.address.is_empty() => {
            Fault("mails would have no links; set http.site.address".to_owned())
        }
        Ok(Some(_)) => Right("the settings fit; the server is not asked".to_owned()),
        Err(error) => Fault(error.to_string()),
    }
}

fn identity(config: &Config) -> Finding {
    match Keyring::new(&config.identity) {
        Ok(_) if config.identity.keys.is_empty() => {
            Right("no tokens are believed; every visitor is anonymous".to_owned())
        }
        Ok(_) => Right(format!("{} keys of hosts", config.identity.keys.len())),
        Err(error) => Fault(error.to_string()),
    }
}

fn hours(config: &Config) -> Finding {
    match config.schedule.load() {
        Ok(_) if config.schedule.file.as_os_str().is_empty() => {
            Right("open day and night".to_owned())
        }
        Ok(_) => Right(format!("as {} says", config.schedule.file.display())),
        Err(error) => Fault(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Overrides;

    use super::*;

    fn is_fault(finding: &Finding) -> bool {
        matches!(finding, Fault(_))
    }

    fn faults(toml: &str, variables: &[(&str, &str)]) -> Vec<&'static str> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mondo.toml");
        let kb = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/knowledge");
        std::fs::write(&file, format!("[server]\nkb = {kb:?}\n{toml}")).unwrap();
        let overrides = Overrides::default();
        let read = Config::load(Some(&file), std::iter::empty(), overrides).unwrap();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        of_settings(&read.config, variables.iter().map(owned))
            .into_iter()
            .filter_map(|(subject, finding)| is_fault(&finding).then_some(subject))
            .collect()
    }

    #[test]
    fn what_settings_name_must_be_there() {
        assert!(faults("", &[]).is_empty());
        let known = "[http.site]\nstarters = [\"opening-hours\"]";
        assert!(faults(known, &[]).is_empty());
        let unknown = "[http.site]\nstarters = [\"opening-hours\", \"closing-hours\"]";
        assert_eq!(faults(unknown, &[]), ["starters"]);
    }

    #[test]
    fn variables_that_nearly_are_settings_are_named() {
        for name in ["MONDO_LOG__LEVEL", "MONDO_LOG_LEVEL", "mondo__log__level"] {
            assert_eq!(faults("", &[(name, "debug")]), ["environment"], "{name}");
        }
        for name in ["MONDO__LOG__LEVEL", "MONDO_BINARY", "LOG_LEVEL", "PATH"] {
            assert!(faults("", &[(name, "debug")]).is_empty(), "{name}");
        }
    }

    #[test]
    fn addresses_and_origins_have_a_scheme_and_no_more_than_they_should() {
        for (text, wrong) in [
            ("", false),
            ("https://help.example.com", false),
            ("help.example.com", true),
            ("https://", true),
            ("ftp://help.example.com", true),
            ("https://www.example.com/support", false),
            ("https://www.example.com/support/", false),
            ("https://www.example.com/a//b", true),
            ("https://www.example.com/../support", true),
            ("https://www.example.com/support?a=b", true),
            ("https://www.example.com?a=b", true),
        ] {
            let site = SiteSettings {
                address: text.to_owned(),
                ..SiteSettings::default()
            };
            assert_eq!(is_fault(&address(&site)), wrong, "{text}");
        }
        for (home, also, wrong) in [
            ("https://help.example.com", "https://help.example.jp", false),
            ("https://help.example.com", "help.example.jp", true),
            (
                "https://help.example.com",
                "https://help.example.jp?a",
                true,
            ),
            ("", "https://help.example.jp", true),
        ] {
            let site = SiteSettings {
                address: home.to_owned(),
                also: vec![also.to_owned()],
                ..SiteSettings::default()
            };
            assert_eq!(is_fault(&address(&site)), wrong, "{home} {also}");
        }
        for (text, wrong) in [
            ("*", false),
            ("https://www.example.com", false),
            ("http://localhost:8080", false),
            ("www.example.com", true),
            ("https://www.example.com/", true),
        ] {
            assert_eq!(is_fault(&origins(&[text.to_owned()])), wrong, "{text}");
        }
    }
}

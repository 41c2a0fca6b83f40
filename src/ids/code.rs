//! Codes by which values travel and are kept.

/// A code found in a row or a request that none of the known ones equals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown {what} {code:?}; this version of mondo does not know it, install the one that wrote it"
)]
pub struct UnknownCode {
    /// What the code names, such as `conversation state`.
    pub what: String,
    /// The code as it was found.
    pub code: String,
}

impl UnknownCode {
    /// Returns the error for a code that is none of `T`'s.
    pub fn of<T>(code: &str) -> Self {
        Self {
            what: spoken(std::any::type_name::<T>()),
            code: code.to_owned(),
        }
    }
}

/// Returns the words of a type's name: `ticket status` for `mondo::conversation::TicketStatus`.
fn spoken(type_name: &str) -> String {
    let name = type_name.rsplit("::").next().unwrap_or(type_name);
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_says_what_it_should_name() {
        struct TicketStatus;
        let error = UnknownCode::of::<TicketStatus>("paused");
        assert_eq!(error.what, "ticket status");
        assert!(
            error
                .to_string()
                .starts_with("unknown ticket status \"paused\"")
        );
    }
}

//! What a visitor who writes by mail is told leaves as a letter.

use crate::desk::{LetterWriter, NO_MAIL, Posted};
use crate::relay::retry::{Tried, Verdict};
use crate::store::{StoreError, Telling, Told};
use crate::time::Timestamp;

/// Sends one letter; without a mail server it waits until there is one again.
pub(in crate::relay) async fn post(
    writer: Option<&LetterWriter>,
    telling: &Telling,
    told: &Told,
    now: Timestamp,
) -> Result<Tried, StoreError> {
    let Some(writer) = writer else {
        return Ok(tried(Verdict::Later, Some(NO_MAIL.to_owned())));
    };
    Ok(match writer.post(&telling.id, told, now).await? {
        Posted::Taken => tried(Verdict::Taken, None),
        Posted::Nothing => Tried::nothing(),
        Posted::Later(said) => tried(Verdict::Later, Some(said)),
        Posted::Never(said) => tried(Verdict::Never, Some(said)),
    })
}

fn tried(verdict: Verdict, error: Option<String>) -> Tried {
    Tried {
        verdict,
        response_status: None,
        retry_after: None,
        error,
    }
}

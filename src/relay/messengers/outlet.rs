//! Sends what a visitor is to read, in as many parts as the messenger needs, none of them twice.

use super::line::Line;
use super::post::{Asked, Post};
use super::telegram::Telegram;
use crate::relay::helpdesk::HelpDesk;
use crate::relay::retry::Tried;
use crate::store::{Due, ServiceAccount, StoreError, Told};

/// Tells the visitor of a messenger what they are to read.
pub(in crate::relay) async fn tell(
    desk: &HelpDesk<'_>,
    due: &Due,
    told: &Told,
) -> Result<Tried, StoreError> {
    let Some(post) = Post::of(told, desk.address) else {
        return Ok(Tried::nothing());
    };
    let Some(address) = &told.conversation.address else {
        return Ok(Tried::nothing());
    };
    match &desk.endpoint.account {
        Some(ServiceAccount::Telegram { token }) => {
            let bot = Telegram::new(desk, token, &address.external_id);
            let parts = bot.parts(&post);
            let mut last = Tried::nothing();
            for (place, part) in remaining(due, &parts) {
                let asked = bot.send(part).await?;
                if !asked.is_taken() {
                    return Ok(asked.tried);
                }
                last = kept(desk, due, place, parts.len(), asked).await?;
            }
            Ok(last)
        }
        Some(ServiceAccount::Line { token, .. }) => {
            let account = Line::new(desk, token, &address.external_id);
            let parts = account.parts(&post);
            let mut last = Tried::nothing();
            for (place, part) in remaining(due, &parts) {
                let asked = account.send(part, place, due, told).await?;
                if !asked.is_taken() {
                    return Ok(asked.tried);
                }
                last = kept(desk, due, place, parts.len(), asked).await?;
            }
            Ok(last)
        }
        _ => Ok(Tried::nothing()),
    }
}

/// Returns the parts that have not arrived, with their places.
fn remaining<'p, P>(due: &Due, parts: &'p [P]) -> impl Iterator<Item = (usize, &'p P)> {
    let sent = usize::try_from(due.sent_parts).unwrap_or_default();
    parts.iter().enumerate().skip(sent)
}

/// Keeps that a part has arrived, unless it was the last: then the delivery itself has.
async fn kept(
    desk: &HelpDesk<'_>,
    due: &Due,
    place: usize,
    parts: usize,
    asked: Asked,
) -> Result<Tried, StoreError> {
    if place + 1 < parts {
        let sent = i64::try_from(place + 1).unwrap_or(i64::MAX);
        desk.store.keep_sent_parts(due.id, sent).await?;
    }
    Ok(asked.tried)
}

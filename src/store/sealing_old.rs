//! Seals and links what was kept before anything was sealed: once, when a database is opened that still holds such rows.
//!
//! It works in steps of one transaction each, so that a stop in between loses nothing and the next start goes on. What
//! was overwritten is gone from the file: deleted bytes are overwritten, and the file is written anew at the end.

use sqlx::Row as _;

use super::codes::parse;
use super::conversations::rows as conversations;
use super::dialect::Connection;
use super::error::StoreError;
use super::linking_old::{self, STEP, end};
use super::savepoint::{begin, execute};
use super::seal;
use super::trouble::Dialect;
use crate::ids::ConversationId;
use crate::sealing::key_of_text;
use crate::time::Timestamp;

/// A column that holds words of people.
struct Column {
    table: &'static str,
    /// What names a row.
    id: &'static str,
    column: &'static str,
    /// The conversation whose words they are; empty where they are nobody's.
    conversation: &'static str,
}

const OF_TICKET: &str = "(SELECT t.conversation FROM tickets t WHERE t.id = o.ticket)";
const OF_MESSAGE: &str = "(SELECT m.conversation FROM messages m WHERE m.id = o.message)";
const OWN: &str = "o.conversation";
const NOBODYS: &str = "''";

const fn column(
    table: &'static str,
    id: &'static str,
    column: &'static str,
    conversation: &'static str,
) -> Column {
    Column {
        table,
        id,
        column,
        conversation,
    }
}

const COLUMNS: &[Column] = &[
    column("messages", "id", "text_sealed", OWN),
    column("answers", "id", "question_sealed", OWN),
    // It names words of the question that the base does not know.
    column("answers", "id", "outcome", OWN),
    column("tickets", "id", "note_sealed", OWN),
    column("tickets", "id", "contact_sealed", OWN),
    column("tickets", "id", "summary_sealed", OWN),
    column("tickets", "id", "fields_sealed", OWN),
    column("ticket_notes", "id", "text_sealed", OF_TICKET),
    column("feedback", "message", "comment_sealed", OF_MESSAGE),
    column(
        "satisfaction",
        "conversation || ' ' || episode",
        "comment_sealed",
        OWN,
    ),
    column("conversation_owners", "conversation", "name_sealed", OWN),
    column("conversation_owners", "conversation", "email_sealed", OWN),
    column("attachments", "id", "name_sealed", OWN),
    column("mail_outbox", "id", "recipient_sealed", OF_TICKET),
    column("mail_outbox", "id", "last_error", NOBODYS),
    column("proposals", "id", "question_sealed", NOBODYS),
    column("proposals", "id", "sent_sealed", NOBODYS),
    column("agents", "id", "totp_secret", NOBODYS),
    column("outlets", "id", "secret", NOBODYS),
    column("outlets", "id", "previous_secret", NOBODYS),
    column("outlets", "id", "account", NOBODYS),
    column("hook_sources", "name", "secret", NOBODYS),
    column("hook_sources", "name", "previous_secret", NOBODYS),
];

/// Makes the keys that stay, and seals and links whatever is not yet.
pub(in crate::store) async fn seal_all(connection: &mut Connection) -> Result<(), StoreError> {
    begin(connection).await?;
    let made = seal::make_lasting_keys(connection).await;
    end(connection, made).await?;
    if is_done(connection).await? || connection.dialect() == Dialect::Postgres {
        // No version that did not seal knew how to keep anything on a server.
        return Ok(());
    }
    let was_used = was_used(connection).await?;
    linking_old::link_all(connection).await?;
    for column in COLUMNS {
        seal_column(connection, column).await?;
    }
    seal_accounts(connection).await?;
    hide_names_of_channels(connection).await?;
    hide_terms(connection).await?;
    execute(
        connection,
        "UPDATE counters SET value = 1 WHERE name = 'sealed'",
    )
    .await?;
    if was_used {
        // Pages that were given up before deleted bytes were overwritten may still hold words.
        execute(connection, "VACUUM").await?;
        execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
    }
    Ok(())
}

/// Tells whether anything is kept that is not sealed yet.
async fn was_used(connection: &mut Connection) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "SELECT id FROM conversations UNION ALL SELECT id FROM answers UNION ALL SELECT id FROM agents LIMIT 1",
    )
    .fetch_optional(&mut *connection)
    .await?;
    Ok(row.is_some())
}

async fn is_done(connection: &mut Connection) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT value FROM counters WHERE name = 'sealed'")
        .fetch_one(&mut *connection)
        .await?;
    Ok(row.try_get::<i64, _>("value")? == 1)
}

/// Seals every plain value of a column.
async fn seal_column(connection: &mut Connection, column: &Column) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        begin(connection).await?;
        let sealed = seal_some(connection, column, &after).await;
        match end(connection, sealed).await? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Seals some values and names the last row that was looked at.
async fn seal_some(
    connection: &mut Connection,
    column: &Column,
    after: &str,
) -> Result<Option<String>, StoreError> {
    let Column {
        table,
        id,
        column,
        conversation,
    } = column;
    let asked = match *table {
        "answers" => "created",
        _ => "0",
    };
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT {id} AS row_id, {column} AS words, {conversation} AS whose, {asked} AS asked FROM {table} o \
         WHERE {id} > $1 AND {column} IS NOT NULL ORDER BY {id} LIMIT $2"
    )))
    .bind(after.to_owned())
    .bind(STEP)
    .fetch_all(&mut *connection)
    .await?;
    let mut last = None;
    for row in &rows {
        let row_id: String = row.try_get("row_id")?;
        let words: String = row.try_get("words")?;
        last = Some(row_id.clone());
        if key_of_text(&words).is_some() {
            continue;
        }
        let whose: Option<String> = row.try_get("whose")?;
        let key = match whose.as_deref() {
            Some("") => std::sync::Arc::clone(connection.keys().house()),
            Some(conversation) => {
                let conversation = parse("conversation id", conversation.to_owned())?;
                seal::of_conversation(connection, &conversation).await?
            }
            // Asked outside of conversations.
            None => {
                let asked = Timestamp::from_millis(row.try_get("asked")?);
                seal::of_day(connection, asked).await?
            }
        };
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE {table} SET {column} = $2 WHERE {id} = $1"
        )))
        .bind(row_id)
        .bind(key.seal(&words))
        .execute(&mut *connection)
        .await?;
    }
    Ok(last)
}

/// Seals the accounts that conversations belong to, and notes by what they are found.
async fn seal_accounts(connection: &mut Connection) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT conversation, subject_sealed FROM conversation_owners WHERE subject_sealed IS NOT NULL AND account IS NULL",
    )
    .fetch_all(&mut *connection)
    .await?;
    begin(connection).await?;
    let mut sealed = Ok(());
    for row in &rows {
        sealed = seal_account(
            connection,
            row.try_get("conversation")?,
            row.try_get("subject_sealed")?,
        )
        .await;
        if sealed.is_err() {
            break;
        }
    }
    end(connection, sealed).await
}

async fn seal_account(
    connection: &mut Connection,
    conversation: String,
    subject: String,
) -> Result<(), StoreError> {
    let id = parse("conversation id", conversation.clone())?;
    let key = seal::of_conversation(connection, &id).await?;
    let account = connection.keys().account(&subject);
    sqlx::query(
        "UPDATE conversation_owners SET subject_sealed = $2, account = $3 WHERE conversation = $1",
    )
    .bind(conversation)
    .bind(key.seal(&subject))
    .bind(account)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Seals what channels call conversations.
async fn hide_names_of_channels(connection: &mut Connection) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "SELECT id, external_id FROM conversations WHERE external_id IS NOT NULL AND external_sealed IS NULL",
    )
    .fetch_all(&mut *connection)
    .await?;
    begin(connection).await?;
    let mut hidden = Ok(());
    for row in &rows {
        let id: ConversationId = parse("conversation id", row.try_get("id")?)?;
        hidden =
            conversations::hide_external_id(connection, &id, row.try_get("external_id")?).await;
        if hidden.is_err() {
            break;
        }
    }
    end(connection, hidden).await
}

/// Puts digests in the place of terms. Digests have 32 digits, and no term is so long a number.
async fn hide_terms(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let rows = sqlx::query(
            "SELECT DISTINCT term FROM search_terms WHERE LENGTH(term) <> 32 OR term GLOB '*[^0-9a-f]*' LIMIT $1",
        )
        .bind(STEP)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        begin(connection).await?;
        let mut hidden = Ok(());
        for row in &rows {
            hidden = hide_term(connection, row.try_get("term")?).await;
            if hidden.is_err() {
                break;
            }
        }
        end(connection, hidden).await?;
    }
}

async fn hide_term(connection: &mut Connection, term: String) -> Result<(), StoreError> {
    let digest = connection.keys().term(&term);
    for (statement, digest) in [
        (
            "INSERT INTO search_terms (kind, term, subject) SELECT kind, $2, subject FROM search_terms WHERE term = $1 \
             ON CONFLICT DO NOTHING",
            Some(digest),
        ),
        ("DELETE FROM search_terms WHERE term = $1", None),
    ] {
        let mut query = sqlx::query(statement).bind(term.clone());
        if let Some(digest) = digest {
            query = query.bind(digest);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::store::place;
    use crate::store::{Store, Verifying};
    use crate::time::Timestamp;

    /// Stands in everything that people said before anything was sealed.
    const MARK: &str = "zebrakettle";

    const BEFORE: &str = "
        INSERT INTO agents (id, email, name, department, role, languages, skills, password_hash, totp_secret, totp_step,
            active, failures, last_failure, created)
        VALUES ('018f0000-0000-7000-8000-00000000000a', 'ada@example.com', 'Ada', '', 'admin', '', '', '',
            'zebrakettle', 0, 1, 0, 0, 0);
        INSERT INTO outlets (id, kind, description, url, topics, secret, previous_until, account, active, created, updated)
        VALUES ('018f0000-0000-7000-8000-00000000000b', 'channel', '', '', ',', 'zebrakettle', 0, '{}', 1, 0, 0);
        INSERT INTO conversations (id, state, episode, escalations, accept_languages, last_sequence, created, updated,
            channel, outlet, external_id)
        VALUES ('018f0000-0000-7000-8000-000000000001', 'queued', 1, 1, '', 3, 0, 0, 'web',
            '018f0000-0000-7000-8000-00000000000b', 'zebrakettle@example.com');
        INSERT INTO conversation_owners (conversation, subject_sealed, name_sealed, since)
        VALUES ('018f0000-0000-7000-8000-000000000001', 'zebrakettle-7', 'zebrakettle', 0);
        INSERT INTO messages (id, conversation, sequence, episode, author, text_sealed, created)
        VALUES ('018f0000-0000-7000-8000-000000000011', '018f0000-0000-7000-8000-000000000001', 1, 1, 'visitor',
            'my zebrakettle is broken', 5);
        INSERT INTO answers (id, origin, question_sealed, language, decision, confidence, threshold, revision, encoder,
            outcome, created)
        VALUES ('018f0000-0000-7000-8000-000000000021', 'asked', 'zebrakettle?', 'en', 'answer', 1, 1, 'r', 'e',
            '{\"unknown\":\"zebrakettle\"}', 5);
        INSERT INTO tickets (id, number, conversation, episode, status, language, priority, rule_priority, reason, level,
            tier, queue, note_sealed, contact_sealed, summary_sealed, fields_sealed, created, updated)
        VALUES ('018f0000-0000-7000-8000-000000000031', 1, '018f0000-0000-7000-8000-000000000001', 1, 'open', 'en',
            'normal', 'normal', 'low_confidence', 'l1', 'unverified', 'standard', 'zebrakettle', 'zebrakettle@example.com',
            'my zebrakettle is broken', '{\"order\":\"zebrakettle\"}', 0, 0);
        INSERT INTO events (conversation, sequence, kind, subject, created) VALUES
            ('018f0000-0000-7000-8000-000000000001', 1, 'message', '018f0000-0000-7000-8000-000000000011', 5),
            ('018f0000-0000-7000-8000-000000000001', 2, 'state', 'queued', 6),
            ('018f0000-0000-7000-8000-000000000001', 3, 'ticket', '018f0000-0000-7000-8000-000000000031', 6);
        INSERT INTO staff_log (id, actor, action, subject, detail, created) VALUES
            ('b', 'operator', 'add_agent', 'x', '{}', 7), ('a', 'operator', 'add_agent', 'y', '{}', 6);
        INSERT INTO search_terms (kind, term, subject) VALUES
            ('ticket', 'zebrakettle', '018f0000-0000-7000-8000-000000000031'),
            ('ticket', 'broken', '018f0000-0000-7000-8000-000000000031');
    ";

    fn holds_mark(folder: &std::path::Path) -> bool {
        ["mondo.sqlite", "mondo.sqlite-wal"].iter().any(|name| {
            let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
            bytes
                .windows(MARK.len())
                .any(|part| part == MARK.as_bytes())
        })
    }

    #[tokio::test]
    async fn what_was_kept_in_clear_is_sealed_linked_and_found_at_the_next_start() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = place::make_path(folder.path()).expect("writable");
        let mut connection = place::open_before(&path, 110).await;
        sqlx::raw_sql(BEFORE)
            .execute(&mut connection)
            .await
            .expect("rows of before");
        drop(connection);
        assert!(holds_mark(folder.path()), "in clear before");

        let now = Timestamp::from_millis(1_790_000_000_000);
        for _ in 0..2 {
            let store = Store::open(folder.path(), now).await.expect("opens");
            assert!(!holds_mark(folder.path()), "sealed after");
            let reader = store.reader();
            let tickets = reader
                .search_tickets("broken zebrakettle")
                .await
                .expect("searched");
            assert_eq!(tickets.len(), 1);
            assert_eq!(tickets[0].summary, "my zebrakettle is broken");
            assert_eq!(tickets[0].fields["order"], MARK);
            let conversation = tickets[0].conversation;
            let messages = reader.messages(&conversation).await.expect("read");
            assert_eq!(messages[0].text, "my zebrakettle is broken");
            let kept = reader.conversation(&conversation).await.expect("read");
            let address = kept.address.expect("of a channel");
            assert_eq!(address.external_id, "zebrakettle@example.com");
            let found = reader.conversation_at(&address).await.expect("searched");
            assert_eq!(found.map(|found| found.id), Some(conversation));
            let owned = reader.conversations_of_account("zebrakettle-7").await;
            assert_eq!(owned.expect("searched"), [conversation]);
            let answer = "018f0000-0000-7000-8000-000000000021"
                .parse()
                .expect("an id");
            let answer = reader.answer(&answer).await.expect("read");
            assert_eq!(
                (
                    answer.question.as_str(),
                    &answer.outcome.json().expect("read")["unknown"]
                ),
                ("zebrakettle?", &MARK.into())
            );

            store.checkpoint(now).await.expect("signed");
            let mut faults = Vec::new();
            let verified = reader
                .verify_record(folder.path(), Verifying::default(), &mut |fault| {
                    faults.push(fault)
                })
                .await
                .expect("verifies");
            assert_eq!((faults, verified.events, verified.lines), (vec![], 3, 2));
        }
    }
}

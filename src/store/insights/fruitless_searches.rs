//! Searches of the help pages that no article fits, counted by day.

use sqlx::Row as _;

use crate::language::Language;
use crate::safety::Words;
use crate::store::codes::parse;
use crate::store::dialect::{Connection, Fetching as _};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::store::seal;
use crate::time::Timestamp;

/// Most different searches kept of one day; whoever makes up more does not fill the database.
const MOST_A_DAY: i64 = 1_000;

/// Most different searches that are read, the most frequent ones.
const MOST_READ: i64 = 100;

/// What was searched for without a fitting article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FruitlessSearch {
    /// The words, without what was hidden in them.
    pub text: String,
    /// Language they were searched in.
    pub language: Language,
    /// How often.
    pub count: i64,
}

impl Store {
    /// Counts a search that no article fits.
    pub async fn count_fruitless_search(
        &self,
        words: Words,
        language: Language,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .write_aside(move |connection| Box::pin(count(connection, words, language, now)))
            .await
    }
}

async fn count(
    connection: &mut Connection,
    words: Words,
    language: Language,
    now: Timestamp,
) -> Result<(), StoreError> {
    let day = now.day();
    let term = connection.keys().term(&words.as_str().to_lowercase());
    let counted = sqlx::query(
        "UPDATE fruitless_searches SET count = count + 1 WHERE day = $1 AND term = $2 AND language = $3",
    )
    .bind(day.clone())
    .bind(term.clone())
    .bind(language.code())
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if counted > 0 {
        return Ok(());
    }
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS kept FROM fruitless_searches WHERE day = $1",
    )
    .bind(day.clone())
    .fetch_one(&mut *connection)
    .await?;
    if row.try_get::<i64, _>("kept")? >= MOST_A_DAY {
        return Ok(());
    }
    let key = seal::of_day(connection, now).await?;
    sqlx::query(
        "INSERT INTO fruitless_searches (day, term, language, words_sealed, count, created) \
         VALUES ($1, $2, $3, $4, 1, $5) \
         ON CONFLICT (day, term, language) DO UPDATE SET count = fruitless_searches.count + 1",
    )
    .bind(day)
    .bind(term)
    .bind(language.code())
    .bind(key.seal(words.as_str()))
    .bind(now.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

impl Reader {
    /// Reads what was searched for without a fitting article since a moment, the most frequent first.
    pub async fn fruitless_searches(
        &self,
        since: Timestamp,
    ) -> Result<Vec<FruitlessSearch>, StoreError> {
        let mut connection = self.connection().await?;
        let rows = sqlx::query(
            "SELECT language, MAX(words_sealed) AS words_sealed, CAST(SUM(count) AS BIGINT) AS count \
             FROM fruitless_searches WHERE created >= $1 GROUP BY term, language \
             ORDER BY SUM(count) DESC, MAX(created) DESC, term LIMIT $2",
        )
        .bind(since.as_millis())
        .bind(MOST_READ)
        .rows(&mut connection)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(FruitlessSearch {
                    text: row.open("words_sealed")?,
                    language: parse("language", row.try_get("language")?)?,
                    count: row.try_get("count")?,
                })
            })
            .collect()
    }
}

//! Answers for people to judge, drawn so that what they say of them holds for all, and what they said.

use sqlx::Row as _;

use super::unanswered::leans;
use crate::conversation::{Judgement, Pick};
use crate::ids::{AgentId, AnswerId};
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::dialect::{Fetching as _, PlainRow};
use crate::store::error::StoreError;
use crate::store::handle::Store;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// An answer that nobody has judged yet; its words are read when it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgeable {
    /// The record of it.
    pub answer: AnswerId,
    /// What it can be put before a judge for.
    pub pick: Pick,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// How sure the bot was.
    pub confidence: f32,
    /// What that was held against.
    pub threshold: f32,
}

/// An answer with what somebody says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJudgement {
    /// The record of it.
    pub answer: AnswerId,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// The article that was judged.
    pub article: ArticleId,
    /// The one that answers in its place, if the judge has named it.
    pub better: Option<ArticleId>,
    /// What it was picked for.
    pub pick: Pick,
    /// How sure the bot was.
    pub confidence: f32,
    /// What the judge says.
    pub judgement: Judgement,
    /// The judge.
    pub judge: AgentId,
    /// The present moment.
    pub now: Timestamp,
}

/// An answer that was judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The record of it, which may have expired.
    pub answer: AnswerId,
    /// Language the visitor was addressed in.
    pub language: Language,
    /// The article that was judged.
    pub article: ArticleId,
    /// The one that answers in its place, if the judge has named it.
    pub better: Option<ArticleId>,
    /// What it was picked for.
    pub pick: Pick,
    /// How sure the bot was.
    pub confidence: f32,
    /// What the judge says.
    pub judgement: Judgement,
    /// The moment it was made.
    pub created: Timestamp,
}

/// Width of what counts as just below a threshold.
const NEAR: f64 = 0.15;

/// Up to so many questions all are looked at; of more, those of equally long pieces of time.
const MOST_LOOKED_AT: i64 = 8_192;

/// Pieces of time that many questions are looked at in.
const PIECES: i64 = 32;

const COLUMNS: &str = "answer, language, article, better, pick, confidence, judgement, created";

/// Questions from `$1` to before `$2` that were answered, nearly answered, or brought by staff.
const JUDGEABLE: &str = "\
SELECT a.id, a.language, a.origin, a.decision, a.confidence, a.threshold FROM answers a \
LEFT JOIN judgements j ON j.answer = a.id \
WHERE a.id >= $1 AND a.id < $2 AND j.answer IS NULL AND ( \
  a.origin = 'brought' OR a.origin = 'asked' AND ( \
    a.decision = 'answer' OR (a.decision = 'clarify' OR a.decision = 'escalate' AND a.reason = 'low_confidence') \
    AND a.confidence < a.threshold AND a.confidence >= a.threshold - $3)) LIMIT $4";

impl Store {
    /// Keeps what somebody says of an answer; `false` when somebody has judged it before.
    pub async fn judge(&self, judgement: NewJudgement) -> Result<bool, StoreError> {
        let new = judgement;
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let done = sqlx::query(
                        "INSERT INTO judgements (answer, language, article, better, pick, confidence, judgement, judge, created) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (answer) DO NOTHING",
                    )
                    .bind(new.answer.to_string())
                    .bind(new.language.code())
                    .bind(new.article.as_str().to_owned())
                    .bind(new.better.map(|article| article.as_str().to_owned()))
                    .bind(new.pick.code())
                    .bind(f64::from(new.confidence))
                    .bind(new.judgement.code())
                    .bind(new.judge.to_string())
                    .bind(new.now.as_millis())
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }

    /// Takes back what somebody said of an answer, so that it is asked about again; `false` where they have said nothing.
    pub async fn unjudge(&self, answer: AnswerId, judge: AgentId) -> Result<bool, StoreError> {
        self.writer
            .write_aside(move |connection| {
                Box::pin(async move {
                    let done =
                        sqlx::query("DELETE FROM judgements WHERE answer = $1 AND judge = $2")
                            .bind(answer.to_string())
                            .bind(judge.to_string())
                            .execute(connection)
                            .await?;
                    Ok(done.rows_affected() > 0)
                })
            })
            .await
    }
}

/// Questions whose confidences are counted, the newest.
const MOST_COUNTED: i64 = 50_000;

impl Reader {
    /// Counts the newest questions since a moment in a language: all of them, and those at or above each of some confidences.
    pub async fn asked_from_confidence(
        &self,
        language: Language,
        since: Timestamp,
        confidences: &[f32],
    ) -> Result<(i64, Vec<i64>), StoreError> {
        let sums: Vec<String> = (0..confidences.len())
            .map(|place| {
                format!(
                    ", CAST(COALESCE(SUM(CASE WHEN confidence >= ${} THEN 1 ELSE 0 END), 0) AS BIGINT) AS c{place}",
                    place + 4
                )
            })
            .collect();
        let statement = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) AS asked{} FROM (SELECT confidence FROM answers \
             WHERE id >= $1 AND language = $2 AND origin = 'asked' AND decision <> 'small_talk' ORDER BY id DESC LIMIT $3) recent",
            sums.concat()
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(AnswerId::first_at(since).to_string())
            .bind(language.code())
            .bind(MOST_COUNTED);
        for confidence in confidences {
            query = query.bind(f64::from(*confidence));
        }
        let row = query.fetch_one(&self.pool).await?;
        let counts = (0..confidences.len())
            .map(|place| Ok(row.try_get(format!("c{place}").as_str())?))
            .collect::<Result<Vec<i64>, StoreError>>()?;
        Ok((row.try_get("asked")?, counts))
    }

    /// Finds answers since a moment that nobody has judged. Of few all; of many those of some pieces of time, drawn by
    /// `draw`, which returns a number below the given one: each answer is as likely to be among them as any other.
    pub async fn judgeable(
        &self,
        since: Timestamp,
        now: Timestamp,
        mut draw: impl FnMut(u64) -> u64,
    ) -> Result<Vec<Judgeable>, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS count FROM daily_outcomes WHERE day >= $1 AND outcome = 'asked'",
        )
        .bind(since.day())
        .fetch_one(&self.pool)
        .await?;
        let asked: i64 = row.try_get("count")?;
        let whole = now.as_millis() - since.as_millis();
        if asked <= MOST_LOOKED_AT {
            return self.judgeable_between(since, now.later_by(1)).await;
        }
        let piece = (whole / asked * (MOST_LOOKED_AT / PIECES)).max(1);
        let pieces = u64::try_from(whole / piece).unwrap_or(1).max(1);
        let mut found = Vec::new();
        let mut drawn = std::collections::HashSet::new();
        while drawn.len() < (PIECES as u64).min(pieces) as usize {
            let place = draw(pieces);
            if drawn.insert(place) {
                let from = since.later_by(place as i64 * piece);
                found.extend(self.judgeable_between(from, from.later_by(piece)).await?);
            }
        }
        Ok(found)
    }

    async fn judgeable_between(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Judgeable>, StoreError> {
        let rows = sqlx::query(JUDGEABLE)
            .bind(AnswerId::first_at(from).to_string())
            .bind(AnswerId::first_at(until).to_string())
            .bind(NEAR)
            .bind(MOST_LOOKED_AT * 4)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(judgeable_from).collect()
    }

    /// Reads what was said of answers since a moment, the newest first.
    pub async fn judged(&self, since: Timestamp) -> Result<Vec<Judged>, StoreError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM judgements WHERE created >= $1 ORDER BY created DESC, answer DESC"
        )))
        .bind(since.as_millis())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(judged_from).collect()
    }

    /// Reads what the visitor had asked before a question that says nothing by itself; nothing where it does, or where
    /// nothing was.
    pub async fn asked_before(&self, answer: &AnswerId) -> Result<Option<String>, StoreError> {
        let mut connection = self.connection().await?;
        let row = sqlx::query(
            "SELECT a.outcome, b.question_sealed FROM answers a JOIN answers b ON b.conversation = a.conversation AND b.id < a.id \
             WHERE a.id = $1 ORDER BY b.id DESC LIMIT 1",
        )
        .bind(answer.to_string())
        .row_if_any(&mut connection)
        .await?;
        match row {
            Some(row) if leans(&row)? => Ok(Some(row.open("question_sealed")?)),
            _ => Ok(None),
        }
    }
}

fn judgeable_from(row: &PlainRow) -> Result<Judgeable, StoreError> {
    let (origin, decision): (String, String) = (row.try_get("origin")?, row.try_get("decision")?);
    let (confidence, threshold): (f64, f64) =
        (row.try_get("confidence")?, row.try_get("threshold")?);
    Ok(Judgeable {
        answer: parse("answer id", row.try_get("id")?)?,
        pick: match (origin.as_str(), decision.as_str()) {
            ("brought", _) => Pick::Brought,
            (_, "answer") => Pick::Given,
            _ => Pick::Near,
        },
        language: parse("language", row.try_get("language")?)?,
        confidence: confidence as f32,
        threshold: threshold as f32,
    })
}

fn judged_from(row: &PlainRow) -> Result<Judged, StoreError> {
    let better: Option<String> = row.try_get("better")?;
    Ok(Judged {
        answer: parse("answer id", row.try_get("answer")?)?,
        language: parse("language", row.try_get("language")?)?,
        article: ArticleId::new(row.try_get::<String, _>("article")?),
        better: better.map(ArticleId::new),
        pick: parse("pick", row.try_get("pick")?)?,
        confidence: row.try_get::<f64, _>("confidence")? as f32,
        judgement: parse("judgement", row.try_get("judgement")?)?,
        created: Timestamp::from_millis(row.try_get("created")?),
    })
}

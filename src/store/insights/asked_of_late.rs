//! What visitors asked of late: which matters most often, and which after which.

use std::collections::{HashMap, HashSet};

use sqlx::Row as _;

use crate::ids::AnswerId;
use crate::knowledge::ArticleId;
use crate::language::Language;
use crate::store::codes::parse;
use crate::store::error::StoreError;
use crate::store::reader::Reader;
use crate::time::Timestamp;

/// Days looked back at.
const DAYS: u32 = 30;

/// Most answers looked at, the newest; more would tell the same.
const MOST_ANSWERS: i64 = 20_000;

/// Conversations in which a matter must have come up to be offered to others: what one visitor asks is theirs.
const LEAST: usize = 3;

/// What visitors asked of late.
#[derive(Debug, Clone, Default)]
pub struct AskedOfLate {
    next: HashMap<ArticleId, Vec<ArticleId>>,
    most: HashMap<Language, Vec<ArticleId>>,
}

impl AskedOfLate {
    /// Returns what others were given after an article in the same conversation, the most frequent first.
    pub fn next(&self, article: &ArticleId) -> &[ArticleId] {
        self.next.get(article).map_or(&[], Vec::as_slice)
    }

    /// Returns what those who speak a language were given most often, the most frequent first.
    pub fn most(&self, language: Language) -> &[ArticleId] {
        self.most.get(&language).map_or(&[], Vec::as_slice)
    }

    /// Counts what was given, the newest first, each with its conversation.
    fn of(given: &[(String, Language, ArticleId)]) -> Self {
        let mut next: HashMap<&ArticleId, HashMap<&ArticleId, HashSet<&str>>> = HashMap::new();
        let mut most: HashMap<Language, HashMap<&ArticleId, HashSet<&str>>> = HashMap::new();
        let mut later: HashMap<&str, &ArticleId> = HashMap::new();
        for (conversation, language, article) in given {
            let of_language = most.entry(*language).or_default();
            of_language.entry(article).or_default().insert(conversation);
            if let Some(after) = later.insert(conversation, article)
                && after != article
            {
                let of_article = next.entry(article).or_default();
                of_article.entry(after).or_default().insert(conversation);
            }
        }
        Self {
            next: next
                .into_iter()
                .map(|(article, counts)| (article.clone(), by_count(counts)))
                .collect(),
            most: most
                .into_iter()
                .map(|(language, counts)| (language, by_count(counts)))
                .collect(),
        }
    }
}

/// Sorts articles by the number of conversations, then by name; those with too few are left out.
fn by_count(counts: HashMap<&ArticleId, HashSet<&str>>) -> Vec<ArticleId> {
    let mut counts: Vec<(usize, &ArticleId)> = counts
        .into_iter()
        .map(|(article, conversations)| (conversations.len(), article))
        .filter(|(count, _)| *count >= LEAST)
        .collect();
    counts.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(other.1)));
    counts
        .into_iter()
        .map(|(_, article)| article.clone())
        .collect()
}

impl Reader {
    /// Reads what visitors asked in the last thirty days, or the newest 20,000 answers of them.
    pub async fn asked_of_late(&self, now: Timestamp) -> Result<AskedOfLate, StoreError> {
        let rows = sqlx::query(
            "SELECT conversation, language, article FROM answers WHERE id >= $1 AND decision = 'answer' \
             AND origin <> 'brought' AND conversation IS NOT NULL AND article IS NOT NULL ORDER BY id DESC LIMIT $2",
        )
        .bind(AnswerId::first_at(now.days_earlier(DAYS)).to_string())
        .bind(MOST_ANSWERS)
        .fetch_all(&self.pool)
        .await?;
        let given = rows
            .iter()
            .map(|row| {
                Ok((
                    row.try_get("conversation")?,
                    parse("language", row.try_get("language")?)?,
                    ArticleId::new(row.try_get::<String, _>("article")?),
                ))
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(AskedOfLate::of(&given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_three_visitors_asked_next_is_offered_and_what_one_asked_is_not() {
        let talk = |number: usize, articles: &[&str]| -> Vec<(String, Language, ArticleId)> {
            let newest_first = articles.iter().rev();
            newest_first
                .map(|article| {
                    (
                        number.to_string(),
                        Language::Korean,
                        ArticleId::new(*article),
                    )
                })
                .collect()
        };
        let given = [
            talk(1, &["withdraw", "fees", "limits"]),
            talk(2, &["withdraw", "fees"]),
            talk(3, &["withdraw", "withdraw", "fees"]),
            talk(
                4,
                &[
                    "withdraw", "secret", "withdraw", "secret", "withdraw", "secret",
                ],
            ),
        ]
        .concat();
        let told = AskedOfLate::of(&given);
        assert_eq!(
            told.next(&ArticleId::new("withdraw")),
            [ArticleId::new("fees")]
        );
        assert!(told.next(&ArticleId::new("fees")).is_empty());
        let most = told.most(Language::Korean);
        assert_eq!(most, [ArticleId::new("withdraw"), ArticleId::new("fees")]);
        assert!(told.most(Language::English).is_empty());
    }
}

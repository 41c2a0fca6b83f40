//! Questions that are offered before anybody has asked, and after an answer: by page, by incident, and by what others asked.

use std::collections::HashSet;

use super::VisitorDesk;
use crate::conversation::BotDecision;
use crate::knowledge::{Article, ArticleId, KnowledgeBase, Readership};
use crate::language::{ChineseScript, Language};
use crate::pipeline::ClarifyOption;
use crate::store::AskedOfLate;
use crate::time::Timestamp;

/// Most questions offered before anything is asked.
const MOST_STARTERS: usize = 4;

/// Most of them about incidents.
const MOST_OF_INCIDENTS: usize = 2;

/// Most questions offered after an answer.
const MOST_NEXT: usize = 2;

/// Who is offered something.
#[derive(Debug, Clone, Copy)]
pub struct OfferedTo<'a> {
    /// The language they read.
    pub language: Language,
    /// How they are written Chinese.
    pub script: ChineseScript,
    /// Which articles are for them.
    pub readership: &'a Readership,
}

impl VisitorDesk {
    /// Returns questions to begin with: about incidents that are on, what belongs to the article that is read, what the
    /// operator has chosen; where nobody has chosen any, what others ask most, and one article of each category.
    pub async fn starters(
        &self,
        reading: Option<&ArticleId>,
        chosen: &[ArticleId],
        to: OfferedTo<'_>,
        now: Timestamp,
    ) -> Vec<ClarifyOption> {
        let lately = self.lately.read(&self.store, now).await;
        let snapshot = self.room.snapshot();
        let knowledge = snapshot.knowledge();
        let mut wanted = self.of_incidents(knowledge, &lately, to.language, now);
        if let Some(article) = reading.and_then(|id| knowledge.article(id)) {
            wanted.extend(article.follow_ups.iter().cloned());
            wanted.extend(lately.next(&article.id).iter().cloned());
        }
        match chosen.is_empty() {
            true => {
                wanted.extend(lately.most(to.language).iter().cloned());
                wanted.extend(first_of_categories(knowledge));
            }
            false => wanted.extend(chosen.iter().cloned()),
        }
        offered(knowledge, wanted, reading, to, now, MOST_STARTERS)
    }

    /// Offers what others asked next beside an answer whose author has named nothing.
    pub(super) async fn suggest_next(
        &self,
        decision: &mut BotDecision,
        to: OfferedTo<'_>,
        now: Timestamp,
    ) {
        let BotDecision::Answer { answer, .. } = decision else {
            return;
        };
        if !answer.follow_ups.is_empty() {
            return;
        }
        let lately = self.lately.read(&self.store, now).await;
        let wanted = lately.next(&answer.article).to_vec();
        if !wanted.is_empty() {
            let snapshot = self.room.snapshot();
            let reading = Some(&answer.article);
            answer.follow_ups = offered(snapshot.knowledge(), wanted, reading, to, now, MOST_NEXT);
        }
    }

    /// Articles of the categories that incidents affect, those that are asked most first.
    fn of_incidents(
        &self,
        knowledge: &KnowledgeBase,
        lately: &AskedOfLate,
        language: Language,
        now: Timestamp,
    ) -> Vec<ArticleId> {
        let surges = self.surges(now);
        let categories: HashSet<&str> = surges
            .iter()
            .filter_map(|surge| surge.categories.as_ref())
            .flatten()
            .map(String::as_str)
            .collect();
        if categories.is_empty() {
            return Vec::new();
        }
        let most = lately.most(language).iter();
        let most = most.filter_map(|id| knowledge.article(id));
        let mut affected: Vec<&Article> = most
            .chain(&knowledge.articles)
            .filter(|article| categories.contains(article.category.as_str()))
            .collect();
        let mut seen = HashSet::new();
        affected.retain(|article| seen.insert(&article.id));
        // What was asked most stays first; of the rest, what does most harm if it is answered late.
        let asked = affected
            .iter()
            .take_while(|article| lately.most(language).contains(&article.id))
            .count();
        affected[asked..].sort_by_key(|article| std::cmp::Reverse(article.severity));
        affected
            .into_iter()
            .take(MOST_OF_INCIDENTS)
            .map(|article| article.id.clone())
            .collect()
    }
}

/// Those that may be given and that the visitor can read, each once, without the one they have before them.
fn offered(
    knowledge: &KnowledgeBase,
    wanted: Vec<ArticleId>,
    reading: Option<&ArticleId>,
    to: OfferedTo<'_>,
    now: Timestamp,
    most: usize,
) -> Vec<ClarifyOption> {
    let day = now.day();
    let mut seen: HashSet<ArticleId> = reading.into_iter().cloned().collect();
    wanted
        .into_iter()
        .filter(|id| seen.insert(id.clone()))
        .filter_map(|id| {
            let article = knowledge.article(&id)?;
            // An offer in a language the visitor does not read is none.
            let wording = article.translations.get(&to.language)?;
            article
                .may_be_given(&day, to.readership)
                .then(|| ClarifyOption {
                    article: id,
                    title: article.written(wording, to.script).title.clone(),
                })
        })
        .take(most)
        .collect()
}

/// One article of each category, those first where a late answer does most harm.
fn first_of_categories(knowledge: &KnowledgeBase) -> Vec<ArticleId> {
    let mut articles: Vec<&Article> = knowledge.articles.iter().collect();
    articles.sort_by(|left, right| {
        let harm = right.severity.cmp(&left.severity);
        harm.then_with(|| (&left.category, &left.id).cmp(&(&right.category, &right.id)))
    });
    let mut seen = HashSet::new();
    articles
        .into_iter()
        .filter(|article| seen.insert(article.category.as_str()))
        .map(|article| article.id.clone())
        .collect()
}

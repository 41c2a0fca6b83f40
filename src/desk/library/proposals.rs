//! Proposals: what authors learn from what agents send.

use super::LibraryDesk;
use super::editing::{Draft, Edit, Follows};
use super::folder::ArticleFile;
use crate::desk::error::DeskError;
use crate::knowledge::{ArticleId, Wording};
use crate::language::Language;
use crate::staff::Agent;
use crate::store::{Proposal, ProposalVerdict, TextOrigin};
use crate::time::Timestamp;

/// What an author takes over from what visitors and agents say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenOver {
    /// The visitor's question becomes another wording of the article's.
    Alternate(String),
    /// What the agent sent becomes the short answer.
    Answer(String),
}

impl LibraryDesk {
    /// Takes something of a proposal over into its article, and closes the proposal.
    pub async fn accept_proposal(
        &self,
        id: &str,
        taken: TakenOver,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let open = self.store.reader().open_proposals().await?;
        let Proposal {
            article, language, ..
        } = open
            .into_iter()
            .find(|proposal| proposal.id == id)
            .ok_or(DeskError::UnknownProposal)?;
        self.take_over(article, language, taken, by, now).await?;
        let verdict = ProposalVerdict::Accepted;
        self.store
            .decide_proposal(id.to_owned(), verdict, by.id, now)
            .await?;
        Ok(())
    }

    /// Takes words of visitors or agents over into an article that has the language.
    pub async fn take_over(
        &self,
        article: ArticleId,
        language: Language,
        taken: TakenOver,
        by: &Agent,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        let files = self.article_files(&article).await?;
        let file = ArticleFile::Wording(language);
        let lying = files.get(&file).ok_or(DeskError::UnknownText)?;
        let mut wording = Wording::read(&lying.text)?;
        match taken {
            TakenOver::Alternate(question) => {
                let question = one_line(&question);
                if !question.is_empty() && !wording.alternates.contains(&question) {
                    wording.alternates.push(question);
                }
            }
            TakenOver::Answer(answer) => wording.summary = answer.trim().to_owned(),
        }
        let edit = Edit {
            article,
            file,
            draft: Draft::Wording(wording, Follows::AsBefore),
            read: Some(lying.hash.clone()),
        };
        self.save_article(edit, TextOrigin::Accepted, by, now)
            .await?;
        Ok(())
    }

    /// Lists the proposals nobody has decided about.
    pub async fn open_proposals(&self) -> Result<Vec<Proposal>, DeskError> {
        Ok(self.store.reader().open_proposals().await?)
    }

    /// Decides about a proposal; `false` when there is no such open one.
    pub async fn decide_proposal(
        &self,
        id: String,
        verdict: ProposalVerdict,
        by: &Agent,
        now: Timestamp,
    ) -> Result<bool, DeskError> {
        Ok(self.store.decide_proposal(id, verdict, by.id, now).await?)
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! Rules that people set, at work and in a trial.

use super::Workplace;
use crate::conversation::{Rule, RuleAct, RuleTrigger};
use crate::desk::DeskError;
use crate::desk::limits::MAX_RULES;
use crate::desk::principal::speaker;
use crate::ids::EndpointId;
use crate::staff::{Agent, Permission, Reach};
use crate::store::{ListedTicket, NewStaffAct, StaffAct, TicketFilter};
use crate::time::Timestamp;

/// Days that a trial looks back.
pub const TRIAL_DAYS: u32 = 7;

/// Tickets that a trial looks at, at most.
const MAX_TRIED: usize = 5_000;

/// What a rule would have met.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTrial {
    /// Tickets that were looked at.
    pub tried: usize,
    /// Those it fits, the newest change first.
    pub fitting: Vec<ListedTicket>,
}

impl Workplace {
    /// Lists the rules in the order in which they are applied.
    pub async fn rules(&self) -> Result<Vec<Rule>, DeskError> {
        let kept = self.store.reader().kept_rules().await?;
        Ok(kept.into_iter().map(|(rule, _)| rule).collect())
    }

    /// Keeps a rule, whose acts have to be possible.
    pub async fn put_rule(
        &self,
        rule: Rule,
        by: &Agent,
        now: Timestamp,
    ) -> Result<Rule, DeskError> {
        if rule.acts.is_empty() {
            return Err(DeskError::RuleWithoutActs);
        }
        if rule.id.is_empty() && self.rules().await?.len() >= MAX_RULES {
            return Err(DeskError::TooManyRules);
        }
        for act in &rule.acts {
            self.check(act, now).await?;
        }
        let kept = self.store.put_rule(rule, by.id, now).await?;
        kept.ok_or(DeskError::UnknownRule)
    }

    async fn check(&self, act: &RuleAct, now: Timestamp) -> Result<(), DeskError> {
        match act {
            RuleAct::Assign(agent) => {
                let agent = self.store.reader().agent(agent).await?;
                let may = agent.active && agent.role.may(Permission::WorkConversations);
                may.then_some(()).ok_or(DeskError::CannotWork(agent.id))
            }
            RuleAct::Say(named) => {
                let is_known = self.macros().await?.iter().any(|known| known.id == *named);
                let unknown = || DeskError::UnknownMacro(named.chars().take(40).collect());
                is_known.then_some(()).ok_or_else(unknown)
            }
            RuleAct::Tell(endpoint) => self.knows_endpoint(*endpoint, now).await,
            RuleAct::AddTags(_) | RuleAct::Team(_) | RuleAct::Priority(_) | RuleAct::Level(_) => {
                Ok(())
            }
        }
    }

    async fn knows_endpoint(&self, id: EndpointId, now: Timestamp) -> Result<(), DeskError> {
        let known = self.store.reader().endpoints(now).await?;
        let is_known = known.iter().any(|endpoint| endpoint.id == id);
        is_known.then_some(()).ok_or(DeskError::UnknownEndpoint(id))
    }

    /// Forgets a rule.
    pub async fn forget_rule(&self, id: &str, by: &Agent, now: Timestamp) -> Result<(), DeskError> {
        let known = self.store.forget_rule(id.to_owned(), by.id, now).await?;
        known.then_some(()).ok_or(DeskError::UnknownRule)
    }

    /// Tells which tickets of the last week a rule fits; nothing is done to them.
    pub async fn try_rule(&self, rule: &Rule, now: Timestamp) -> Result<RuleTrial, DeskError> {
        let filter = TicketFilter {
            any_status: true,
            opened_since: Some(now.days_earlier(TRIAL_DAYS)),
            ..TicketFilter::default()
        };
        let listed = self.list_tickets(&filter, MAX_TRIED).await?;
        let tried = listed.len();
        let condition = &rule.condition;
        let happened = |one: &ListedTicket| match condition.trigger {
            RuleTrigger::Opened => true,
            RuleTrigger::Breached => one.breached,
        };
        let fitting = listed
            .into_iter()
            .filter(|one| happened(one) && condition.fits(&one.ticket))
            .collect();
        Ok(RuleTrial { tried, fitting })
    }

    /// Lets rules look at what has happened, and counts the tickets that something was done to.
    pub async fn run_rules(&self, now: Timestamp) -> Result<usize, DeskError> {
        let reader = self.store.reader();
        let mut active = reader.kept_rules().await?;
        active.retain(|(rule, _)| rule.is_active);
        let mut done = 0;
        for trigger in RuleTrigger::ALL {
            let waiting: Vec<&(Rule, Timestamp)> = active
                .iter()
                .filter(|(rule, _)| rule.condition.trigger == trigger)
                .collect();
            let Some(since) = waiting.iter().map(|(_, since)| *since).min() else {
                continue;
            };
            for (ticket, happened) in reader.unruled(trigger, since).await? {
                let over = waiting.iter().filter(|(_, since)| *since <= happened);
                let over = over.map(|(rule, _)| rule.clone()).collect();
                let fallback = self.settings.fallback;
                let ruled = self.store.rule_over(trigger, ticket, over, fallback, now);
                let Some(ruled) = ruled.await? else { continue };
                self.bus.changed(ruled.conversation, ruled.sequence);
                done += 1;
                if let Some(agent) = ruled.assign {
                    let to = reader.agent(&agent).await?;
                    let act = NewStaffAct {
                        conversation: ruled.conversation,
                        by: speaker(&to),
                        reach: Reach::Own,
                        act: StaffAct::Assign(speaker(&to)),
                        fallback,
                        request: None,
                        now,
                    };
                    // Somebody may have taken it meanwhile.
                    if let Ok(written) = self.store.act(act).await
                        && let Some(sequence) = written.last_sequence
                    {
                        self.bus.changed(ruled.conversation, sequence);
                    }
                }
            }
        }
        Ok(done)
    }
}

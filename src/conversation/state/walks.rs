//! Random walks over the states: visitors, the bot, agents, leads and timers in any order.

use proptest::prelude::*;

use super::*;
use crate::time::Timestamp;

fn fresh() -> TicketId {
    TicketId::generate(Timestamp::from_millis(0))
}

/// Three agents; the last of them is a lead.
fn agent(number: usize) -> AgentId {
    use std::sync::OnceLock;
    static AGENTS: OnceLock<[AgentId; 3]> = OnceLock::new();
    AGENTS.get_or_init(|| [(); 3].map(|()| AgentId::generate(Timestamp::from_millis(0))))[number]
}

fn staff_steps() -> impl Strategy<Value = StaffStep> {
    prop_oneof![
        3 => Just(()).prop_map(|()| StaffStep::Claim { fresh: fresh() }),
        1 => (0_usize..3).prop_map(|to| StaffStep::Assign { to: agent(to), fresh: fresh() }),
        2 => Just(StaffStep::Write),
        1 => Just(StaffStep::Requeue),
        1 => Just(StaffStep::Return),
        1 => Just(StaffStep::Close),
        1 => Just(()).prop_map(|()| StaffStep::Reopen { earlier: None, fresh: fresh() }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any_step = prop_oneof![
        3 => Just(Step::VisitorWrites),
        2 => Just(()).prop_map(|()| Step::BotEscalates { fresh: fresh() }),
        2 => Just(()).prop_map(|()| Step::VisitorEscalates { fresh: fresh() }),
        8 => ((0_usize..3), staff_steps()).prop_map(|(number, step)| Step::Staff {
            by: agent(number),
            reach: if number == 2 { Reach::All } else { Reach::Own },
            step,
        }),
        1 => Just(Step::Timer(TimerStep::AgentAway)),
        1 => Just(Step::Timer(TimerStep::VisitorGone)),
    ];
    proptest::collection::vec(any_step, 0..60)
}

/// The closed ticket of the episode goes back into a step that reopens.
fn with_earlier(step: Step, last_ticket: Option<TicketId>) -> Step {
    match step {
        Step::Staff {
            by,
            reach,
            step: StaffStep::Reopen { fresh, .. },
        } => Step::Staff {
            by,
            reach,
            step: StaffStep::Reopen {
                earlier: last_ticket,
                fresh,
            },
        },
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_walk_keeps_the_invariants(steps in steps()) {
        let mut standing = Standing::OPENED;
        let mut automatic_in_episode = 0;
        let mut last_ticket = None;
        for next in steps {
            let next = with_earlier(next, last_ticket);
            let before = standing;
            let Ok(moved) = step(standing, next) else {
                let is_visitors = matches!(next, Step::VisitorWrites | Step::VisitorEscalates { .. });
                prop_assert!(!is_visitors, "a visitor is never refused");
                continue;
            };
            standing = moved.standing;
            if standing.episode != before.episode {
                prop_assert_eq!((before.state, standing.episode), (ConversationState::Closed, before.episode + 1));
                automatic_in_episode = 0;
                last_ticket = None;
            }
            if matches!(next, Step::BotEscalates { .. }) {
                prop_assert_eq!(before.state, ConversationState::Bot, "only the responder acts");
                automatic_in_episode += 1;
            }
            prop_assert!(automatic_in_episode <= 1, "at most one automatic escalation an episode");
            prop_assert_eq!(
                standing.agent.is_some(),
                standing.state == ConversationState::Agent,
                "an agent holds it exactly while a person answers"
            );
            if let Step::Staff { by, reach, step: staff_step } = next {
                check_staff(before, standing, by, reach, staff_step)?;
            }
            if let Some(ticket) = moved.opened {
                let had_one = before.episode == standing.episode && last_ticket.is_some();
                prop_assert!(!had_one || before.open_ticket.is_none(), "two open tickets in an episode");
                prop_assert_eq!(Some(ticket), standing.open_ticket);
            }
            if let Some(ticket) = moved.reopened {
                prop_assert_eq!(Some(ticket), last_ticket, "only the episode's own ticket is opened again");
                prop_assert_eq!(Some(ticket), standing.open_ticket);
            }
            if standing.open_ticket.is_some() {
                last_ticket = standing.open_ticket;
            }
            let waits_for_person = standing.state.responder() == Responder::Person;
            prop_assert!(!waits_for_person || standing.open_ticket.is_some(), "a person has a ticket to work on");
            prop_assert!(standing.state != ConversationState::Closed || standing.open_ticket.is_none());
        }
    }
}

fn check_staff(
    before: Standing,
    after: Standing,
    by: AgentId,
    reach: Reach,
    step: StaffStep,
) -> Result<(), TestCaseError> {
    let was_anothers = before.agent.is_some_and(|holder| holder != by);
    prop_assert!(
        !was_anothers || reach == Reach::All,
        "nobody but a lead touches a colleague's conversation"
    );
    match step {
        StaffStep::Claim { .. } => {
            prop_assert!(!was_anothers, "a claim never robs anybody");
            prop_assert_eq!(after.agent, Some(by));
        }
        StaffStep::Assign { to, .. } => prop_assert_eq!(after.agent, Some(to)),
        StaffStep::Write => {
            prop_assert_eq!(before.agent, Some(by), "only the responder speaks");
            prop_assert_eq!(before, after);
        }
        StaffStep::Requeue | StaffStep::Return | StaffStep::Close => {
            prop_assert_eq!(after.agent, None);
        }
        StaffStep::Reopen { .. } => {
            prop_assert_eq!(
                (before.state, after.agent),
                (ConversationState::Closed, Some(by))
            );
            prop_assert_eq!(before.episode, after.episode);
        }
    }
    Ok(())
}

//! The figures of a month, as they were counted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::month::Month;
use super::shares::{GaugeFigure, ShareFigure};
use crate::insights::{Scores, Share, TargetSettings, TargetStanding, tally};
use crate::language::Language;
use crate::store::{
    DailyCount, DailyPart, MonthRecord, OutcomeKind, Part, Satisfaction, TicketTimes,
};
use crate::time::Timestamp;

/// The form of what is written for programs.
pub const FORMAT: &str = "mondo-report-1";

/// Articles named.
const MOST_ARTICLES: usize = 20;

/// Fewer than so many are not told to the public: they may be known by name.
const FEWEST_PUBLIC: i64 = 10;

/// Whom a report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Those who run the desk.
    House,
    /// Everybody: without articles and channels, and without counts so small that people could be known by them.
    Public,
}

/// Everything a report tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The form, [`FORMAT`].
    pub format: &'static str,
    /// Whose month, as its operator calls themselves; `mondo` where they have not said.
    pub name: String,
    /// The month, such as `2026-11`.
    pub month: String,
    /// Whether it is for everybody.
    pub is_public: bool,
    /// When it was made.
    pub made: String,
    /// What became of the questions.
    pub outcomes: Vec<OutcomeFigure>,
    /// What was answered and settled, against what the operator aims at.
    pub gauges: Vec<GaugeFigure>,
    /// What was asked and answered on each day.
    pub days: Vec<DayFigure>,
    /// How many answers are right, as far as they were judged, by language.
    pub precision: Vec<PrecisionFigure>,
    /// Tickets that were opened in the month.
    pub tickets: TicketFigures,
    /// How satisfied visitors were.
    pub satisfaction: SatisfactionFigures,
    /// The articles that were given most.
    pub articles: Vec<ArticleFigure>,
    /// Where questions came from.
    pub channels: Vec<ChannelFigure>,
}

/// How often something became of a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutcomeFigure {
    /// What.
    pub outcome: OutcomeKind,
    /// How often; nothing where that is so rare that it is not told.
    pub count: Option<i64>,
    /// Its share, and the interval in which the true one lies nineteen times out of twenty.
    pub share: Option<ShareFigure>,
    /// The counts of each language.
    pub languages: BTreeMap<&'static str, Option<i64>>,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayFigure {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Questions asked.
    pub asked: i64,
    /// Those that were answered.
    pub answered: i64,
}

/// How many answers are right in a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrecisionFigure {
    /// Code of the language.
    pub language: &'static str,
    /// Answers that were judged, at the last look in the month.
    pub judged: i64,
    /// Those that were right.
    pub right: i64,
    /// What the share of all is at least.
    pub bound: f64,
    /// `held`, `unproved` or `broken`.
    pub keeping: String,
    /// Times at which the threshold rose in the month.
    pub raised: usize,
}

/// Tickets that were opened in the month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TicketFigures {
    /// How many.
    pub opened: i64,
    /// Those that a person has answered.
    pub answered: i64,
    /// Those that are solved.
    pub solved: i64,
    /// Minutes within which half of them were answered.
    pub half_minutes: Option<i64>,
    /// Minutes within which nine in ten were.
    pub most_minutes: Option<i64>,
    /// Share whose promised times were all kept.
    pub kept: Option<ShareFigure>,
}

/// How satisfied visitors were.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SatisfactionFigures {
    /// How many said so.
    pub count: i64,
    /// The mean score, of 1 to 5.
    pub mean: Option<f64>,
    /// Why answers did not help, by what visitors chose; `none` where they chose nothing.
    pub complaints: BTreeMap<String, i64>,
}

/// How often an article was given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleFigure {
    /// Its id.
    pub article: String,
    /// How often it was given.
    pub given: i64,
    /// How often a visitor said that it helped.
    pub helpful: i64,
    /// How often one said that it did not.
    pub not_helpful: i64,
}

/// How many questions came from a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChannelFigure {
    /// Its code; `ask` for questions outside of conversations.
    pub channel: String,
    /// Questions asked.
    pub asked: i64,
    /// Those that were answered.
    pub answered: i64,
}

impl Figures {
    /// Works out the figures of a month for those who run the desk.
    pub fn of(
        record: &MonthRecord,
        month: Month,
        name: &str,
        targets: &TargetSettings,
        now: Timestamp,
    ) -> Self {
        let MonthRecord {
            counts,
            parts,
            tickets,
            satisfaction,
            reviews,
        } = record;
        let precision = Language::ALL.into_iter().filter_map(|language| {
            let own: Vec<_> = reviews
                .iter()
                .filter(|review| review.language == language)
                .collect();
            let newest = own.first()?;
            Some(PrecisionFigure {
                language: language.code(),
                judged: newest.judged,
                right: newest.right,
                bound: newest.bound,
                keeping: newest.keeping.clone(),
                raised: own
                    .iter()
                    .filter(|review| review.changed_to.is_some())
                    .count(),
            })
        });
        Self {
            format: FORMAT,
            name: match name.trim() {
                "" => "mondo".to_owned(),
                name => name.to_owned(),
            },
            month: month.to_string(),
            is_public: false,
            made: now.to_string(),
            outcomes: outcomes_of(counts),
            gauges: GaugeFigure::of(counts, targets),
            days: days_of(month, counts),
            precision: precision.collect(),
            tickets: TicketFigures::of(tickets),
            satisfaction: SatisfactionFigures::of(satisfaction),
            articles: articles_of(parts),
            channels: channels_of(parts),
        }
    }

    /// Leaves out what is for those who run the desk alone.
    #[must_use]
    pub fn for_audience(mut self, audience: Audience) -> Self {
        if audience == Audience::House {
            return self;
        }
        let told = |count: Option<i64>| count.filter(|count| *count >= FEWEST_PUBLIC);
        self.is_public = true;
        self.articles.clear();
        self.channels.clear();
        self.satisfaction.complaints.clear();
        if self.satisfaction.count < FEWEST_PUBLIC {
            self.satisfaction.mean = None;
        }
        for outcome in &mut self.outcomes {
            outcome.count = told(outcome.count);
            if outcome.count.is_none() {
                outcome.share = None;
            }
            for count in outcome.languages.values_mut() {
                *count = told(*count);
            }
        }
        for gauge in &mut self.gauges {
            let mut outcomes = self.outcomes.iter();
            let counted = outcomes.find(|one| one.outcome == gauge.outcome());
            if counted.is_none_or(|one| one.count.is_none()) {
                gauge.share = None;
                gauge.standing = TargetStanding::Unsure;
            }
        }
        self
    }
}

fn outcomes_of(counts: &[DailyCount]) -> Vec<OutcomeFigure> {
    let languages = Language::ALL.map(|language| (language, tally(counts, Some(language))));
    let all = tally(counts, None).into_iter().enumerate();
    all.map(|(place, one)| OutcomeFigure {
        outcome: one.kind,
        count: Some(one.count),
        share: one.share.map(ShareFigure::from),
        languages: languages
            .iter()
            .map(|(language, told)| (language.code(), Some(told[place].count)))
            .collect(),
    })
    .collect()
}

fn days_of(month: Month, counts: &[DailyCount]) -> Vec<DayFigure> {
    let mut found: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for one in counts {
        let day = found.entry(&one.day).or_default();
        match one.kind {
            OutcomeKind::Asked => day.0 += one.count,
            OutcomeKind::Answered => day.1 += one.count,
            _ => {}
        }
    }
    let days = month.days().into_iter().map(|day| {
        let (asked, answered) = found.get(day.as_str()).copied().unwrap_or_default();
        DayFigure {
            day,
            asked,
            answered,
        }
    });
    days.collect()
}

impl TicketFigures {
    /// Sums up when things happened to tickets.
    pub fn of(tickets: &[TicketTimes]) -> Self {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let mut waits: Vec<i64> = tickets
            .iter()
            .filter_map(|ticket| Some(ticket.first_responded?.millis_since(ticket.opened) / 60_000))
            .collect();
        waits.sort_unstable();
        let at = |share: usize| waits.get(waits.len() * share / 100).copied();
        let opened = count(tickets.len());
        let kept = tickets.iter().filter(|ticket| !ticket.is_breached).count();
        Self {
            opened,
            answered: count(waits.len()),
            solved: count(tickets.iter().filter(|one| one.solved.is_some()).count()),
            half_minutes: at(50),
            most_minutes: at(90),
            kept: Share::of(count(kept), opened).map(ShareFigure::from),
        }
    }
}

impl SatisfactionFigures {
    /// Works out how satisfied visitors were.
    pub fn of(found: &Satisfaction) -> Self {
        let scores = Scores::all(&found.scores);
        Self {
            count: scores.count(),
            mean: scores.mean(),
            complaints: found
                .complaints
                .iter()
                .map(|(reason, count)| {
                    let reason = reason.map_or("none", |reason| reason.code());
                    (reason.to_owned(), *count)
                })
                .collect(),
        }
    }
}

fn articles_of(parts: &[DailyPart]) -> Vec<ArticleFigure> {
    let mut found: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    for one in parts.iter().filter(|one| one.part == Part::Article) {
        let place = match one.kind {
            OutcomeKind::Answered => 0,
            OutcomeKind::Helpful => 1,
            OutcomeKind::NotHelpful => 2,
            _ => continue,
        };
        found.entry(&one.name).or_default()[place] += one.count;
    }
    let mut articles: Vec<ArticleFigure> = found
        .into_iter()
        .map(|(article, [given, helpful, not_helpful])| ArticleFigure {
            article: article.to_owned(),
            given,
            helpful,
            not_helpful,
        })
        .collect();
    articles.sort_by(|one, other| (other.given, &one.article).cmp(&(one.given, &other.article)));
    articles.truncate(MOST_ARTICLES);
    articles
}

fn channels_of(parts: &[DailyPart]) -> Vec<ChannelFigure> {
    let mut found: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for one in parts.iter().filter(|one| one.part == Part::Channel) {
        let channel = found.entry(&one.name).or_default();
        match one.kind {
            OutcomeKind::Asked => channel.0 += one.count,
            OutcomeKind::Answered => channel.1 += one.count,
            _ => {}
        }
    }
    let channels = found
        .into_iter()
        .map(|(channel, (asked, answered))| ChannelFigure {
            channel: channel.to_owned(),
            asked,
            answered,
        });
    channels.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(opened: i64, answered: Option<i64>, is_breached: bool) -> TicketTimes {
        let at = |minute: i64| Timestamp::from_millis(minute * 60_000);
        TicketTimes {
            language: Language::English,
            opened: at(opened),
            first_responded: answered.map(at),
            solved: None,
            is_breached,
        }
    }

    #[test]
    fn waits_and_promises_are_those_of_the_tickets() {
        let tickets: Vec<TicketTimes> = (0..10)
            .map(|number| minutes(number, Some(number * 2), number == 9))
            .chain([minutes(20, None, false)])
            .collect();
        let told = TicketFigures::of(&tickets);
        assert_eq!((told.opened, told.answered, told.solved), (11, 10, 0));
        assert_eq!((told.half_minutes, told.most_minutes), (Some(5), Some(9)));
        let kept = told.kept.unwrap();
        assert!((kept.value - 10.0 / 11.0).abs() < 1e-4, "{kept:?}");
        assert_eq!(TicketFigures::of(&[]).kept, None);
    }

    #[test]
    fn the_public_is_told_nothing_that_could_name_somebody() {
        let counted = |kind, count| DailyCount {
            day: "2026-11-02".to_owned(),
            language: Some(Language::Korean),
            kind,
            count,
        };
        let counts = [
            counted(OutcomeKind::Asked, 40),
            counted(OutcomeKind::Answered, 31),
            counted(OutcomeKind::Resolved, 4),
            counted(OutcomeKind::HandedOverByVisitor, 3),
        ];
        let month: Month = "2026-11".parse().unwrap();
        let figures = Figures {
            format: FORMAT,
            name: "Tea".to_owned(),
            month: month.to_string(),
            is_public: false,
            made: String::new(),
            outcomes: outcomes_of(&counts),
            gauges: GaugeFigure::of(&counts, &TargetSettings::default()),
            days: days_of(month, &counts),
            precision: Vec::new(),
            tickets: TicketFigures::of(&[]),
            satisfaction: SatisfactionFigures {
                count: 2,
                mean: Some(5.0),
                complaints: BTreeMap::from([("none".to_owned(), 1)]),
            },
            articles: vec![ArticleFigure {
                article: "secret-plan".to_owned(),
                given: 30,
                helpful: 0,
                not_helpful: 0,
            }],
            channels: Vec::new(),
        };
        let told = serde_json::to_string(&figures.clone().for_audience(Audience::Public)).unwrap();
        assert!(!told.contains("secret-plan"), "{told}");
        let public = figures.for_audience(Audience::Public);
        let of = |kind| {
            let mut all = public.outcomes.iter();
            all.find(|one| one.outcome == kind).unwrap().clone()
        };
        assert_eq!(of(OutcomeKind::Answered).count, Some(31));
        let few = of(OutcomeKind::HandedOverByVisitor);
        assert_eq!(
            (few.count, few.share, few.languages["ko"]),
            (None, None, None)
        );
        assert_eq!(public.satisfaction.mean, None);
        let shares = public.gauges.iter().map(|gauge| gauge.share.is_some());
        assert_eq!(shares.collect::<Vec<_>>(), [true, false]);
    }
}

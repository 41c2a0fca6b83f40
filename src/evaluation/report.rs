//! The figures of one or many sets, as a table for people and as data for programs.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::metrics::Metrics;
use super::prediction::{AskedQuestion, Prediction};
use super::questions::LabelledQuestion;
use super::set_folder::EvaluationSet;
use super::timing::Timings;

/// Everything measured in one run.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Sets of questions, in the order given.
    pub sets: Vec<SetReport>,
    /// Sets of sentence pairs, in the order given.
    pub pairs: Vec<PairReport>,
    /// Mean over the sets of each figure that a set has; filled by [`Report::with_mean`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mean: BTreeMap<&'static str, f64>,
}

/// Figures of one set of questions.
#[derive(Debug, Serialize)]
pub struct SetReport {
    /// Name of the set.
    pub set: String,
    /// Articles in its knowledge base.
    pub articles: usize,
    /// Figures over all questions.
    pub all: Metrics,
    /// Figures by the language the questions are labelled with.
    pub languages: BTreeMap<String, Metrics>,
    /// Time per question.
    pub timings: Option<Timings>,
}

/// Figures of one set of sentence pairs.
#[derive(Debug, Serialize)]
pub struct PairReport {
    /// Name of the set.
    pub set: String,
    /// Number of pairs.
    pub pairs: usize,
    /// Rank correlation of the encoder's cosine with the scores people gave.
    pub spearman: Option<f64>,
}

impl SetReport {
    /// Computes the figures of a set from what its questions were met with, in the same order.
    pub fn of(set: &EvaluationSet, asked: &[AskedQuestion]) -> Self {
        let pairs = || {
            set.questions
                .iter()
                .zip(asked.iter().map(|asked| &asked.prediction))
        };
        let mut by_language: BTreeMap<String, (Vec<&LabelledQuestion>, Vec<&Prediction>)> =
            BTreeMap::new();
        for (question, prediction) in pairs() {
            let group = by_language.entry(question.language.clone()).or_default();
            group.0.push(question);
            group.1.push(prediction);
        }
        let (questions, predictions): (Vec<_>, Vec<_>) = pairs().unzip();
        let times: Vec<Duration> = asked.iter().map(|asked| asked.took).collect();
        Self {
            set: set.name.clone(),
            articles: set.knowledge.articles.len(),
            all: Metrics::of(&questions, &predictions),
            languages: by_language
                .into_iter()
                .map(|(language, (questions, predictions))| {
                    (language, Metrics::of(&questions, &predictions))
                })
                .collect(),
            timings: Timings::of(&times),
        }
    }
}

/// A column of the table: its heading, its digits after the point, and its figure.
struct Column {
    name: &'static str,
    digits: usize,
    figure: fn(&Metrics, Option<&Timings>) -> Option<f64>,
}

const COLUMNS: [Column; 14] = [
    column("acc@1", |metrics, _| metrics.accuracy_at_1),
    column("acc@3", |metrics, _| metrics.accuracy_at_3),
    column("mrr@10", |metrics, _| metrics.mrr_at_10),
    column("cov@P95", |metrics, _| {
        metrics.coverage_at_95.map(|found| found.coverage)
    }),
    column("cov@P90", |metrics, _| {
        metrics.coverage_at_90.map(|found| found.coverage)
    }),
    column("auroc", |metrics, _| metrics.auroc),
    column("aurc", |metrics, _| metrics.aurc),
    column("prec@.95", |metrics, _| metrics.fixed.precision),
    column("cov@.95", |metrics, _| metrics.fixed.coverage),
    column("answered", |metrics, _| Some(metrics.decisions.answered)),
    column("dec_prec", |metrics, _| metrics.decisions.answer_precision),
    column("oos_answ", |metrics, _| {
        metrics.decisions.out_of_scope_answered
    }),
    Column {
        name: "median_ms",
        digits: 3,
        figure: |_, timings| timings.map(|timings| timings.median_ms),
    },
    Column {
        name: "p99_ms",
        digits: 3,
        figure: |_, timings| timings.map(|timings| timings.p99_ms),
    },
];

impl Report {
    /// Fills the mean over the sets; a figure that only some sets have is averaged over those.
    pub fn with_mean(mut self) -> Self {
        if self.sets.len() < 2 {
            return self;
        }
        for column in &COLUMNS {
            let figures: Vec<f64> = self
                .sets
                .iter()
                .filter_map(|set| (column.figure)(&set.all, set.timings.as_ref()))
                .collect();
            if !figures.is_empty() {
                let mean = figures.iter().sum::<f64>() / figures.len() as f64;
                self.mean.insert(column.name, mean);
            }
        }
        self
    }

    /// Renders a table: one row a set and their mean, or one row a language when there is one set.
    pub fn table(&self) -> String {
        let mut rows: Vec<Vec<String>> = Vec::new();
        for set in &self.sets {
            rows.push(row(&set.set, &set.all, set.timings.as_ref()));
        }
        if let [only] = self.sets.as_slice() {
            for (language, metrics) in &only.languages {
                rows.push(row(&format!("  {language}"), metrics, None));
            }
        }
        if !self.mean.is_empty() {
            let mut mean = vec!["mean".to_owned(), String::new(), String::new()];
            mean.extend(
                COLUMNS
                    .iter()
                    .map(|column| number(self.mean.get(column.name).copied(), column.digits)),
            );
            rows.push(mean);
        }
        let mut text = String::new();
        if !rows.is_empty() {
            let mut heading: Vec<String> = ["set", "n_in", "n_oos"].map(str::to_owned).to_vec();
            heading.extend(COLUMNS.iter().map(|column| column.name.to_owned()));
            rows.insert(0, heading);
            text.push_str(&aligned(&rows));
        }
        if !self.pairs.is_empty() {
            let mut rows = vec![["pairs", "n", "spearman"].map(str::to_owned).to_vec()];
            rows.extend(self.pairs.iter().map(|pairs| {
                vec![
                    pairs.set.clone(),
                    pairs.pairs.to_string(),
                    number(pairs.spearman, 4),
                ]
            }));
            text.push_str(&aligned(&rows));
        }
        text
    }
}

const fn column(
    name: &'static str,
    figure: fn(&Metrics, Option<&Timings>) -> Option<f64>,
) -> Column {
    Column {
        name,
        digits: 4,
        figure,
    }
}

fn row(name: &str, metrics: &Metrics, timings: Option<&Timings>) -> Vec<String> {
    let mut cells = vec![
        name.to_owned(),
        metrics.in_scope.to_string(),
        metrics.out_of_scope.to_string(),
    ];
    cells.extend(
        COLUMNS
            .iter()
            .map(|column| number((column.figure)(metrics, timings), column.digits)),
    );
    cells
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

/// Pads cells to columns: the first to the left, figures to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (position, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if position == 0 {
                text.push_str(&format!("{cell:<width$}"));
            } else {
                text.push_str(&format!("  {cell:>width$}"));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str) -> SetReport {
        SetReport {
            set: name.to_owned(),
            articles: 1,
            all: Metrics::of(&[], &[]),
            languages: BTreeMap::from([("ko".to_owned(), Metrics::of(&[], &[]))]),
            timings: Timings::of(&[Duration::from_millis(2)]),
        }
    }

    #[test]
    fn one_set_shows_its_languages_and_several_their_mean() {
        let one = Report {
            sets: vec![set("a")],
            ..Report::default()
        };
        let table = one.with_mean().table();
        assert!(
            table.contains("\n  ko") && !table.contains("mean"),
            "{table}"
        );

        let two = Report {
            sets: vec![set("a"), set("b")],
            ..Report::default()
        };
        let two = two.with_mean();
        assert_eq!(two.mean.get("median_ms"), Some(&2.0));
        assert_eq!(two.mean.get("acc@1"), None);
        let table = two.table();
        assert!(table.contains("\nmean") && !table.contains("ko"), "{table}");
    }

    #[test]
    fn pairs_have_a_table_of_their_own() {
        let report = Report {
            pairs: vec![PairReport {
                set: "p".to_owned(),
                pairs: 3,
                spearman: Some(0.5),
            }],
            ..Report::default()
        };
        assert_eq!(report.table(), "pairs  n  spearman\np      3    0.5000\n");
    }
}

//! Measures the engine on labelled questions: how often it is right, how often it answers, and how sure it may be.
//!
//! Reading order: an [`EvaluationSet`] holds a knowledge base and labelled questions, [`predict`] asks them,
//! [`Metrics`] judge the predictions, [`calibrate`] turns judged answers into thresholds. All but `predict` are pure.

mod calibration;
mod comparison;
mod contract;
mod contract_settings;
mod curves;
mod error;
mod evidence_lines;
mod metrics;
mod precision_bound;
mod prediction;
mod questions;
mod report;
mod sentence_pairs;
mod set_folder;
mod slices;
mod timing;
mod without_labels;

pub use calibration::{
    CalibrationRow, CalibrationTarget, THRESHOLD_GRID, ThresholdChoice, Verdict, calibrate,
};
pub use comparison::{Change, ComparedQuestion, Difference, Told, compare};
pub use contract::{JudgedAnswer, Keeping, Proof, Standing, proofs_from, standing};
pub use contract_settings::{ContractSettings, NoProbability, Probability};
pub use curves::{Coverage, Judged, area_under_risk_coverage, auroc, best_coverage};
pub use error::EvaluationError;
pub use evidence_lines::{EvidenceLine, evidence_line};
pub use metrics::{DecisionRates, FixedThreshold, Metrics, judge};
pub use precision_bound::lower_precision_bound;
pub use prediction::{AskedQuestion, PredictedDecision, Prediction, predict};
pub use questions::{LabelledQuestion, check_labels, read_questions, read_served_questions};
pub use report::{PairReport, Report, SetReport};
pub use sentence_pairs::{SentencePair, pair_similarities, read_pairs, spearman};
pub use set_folder::{EvaluationSet, is_pair_set, set_name};
pub use slices::{FOUR_KINDS, Slice, SliceRow, slices};
pub use timing::Timings;
pub use without_labels::{WithoutLabels, without_labels};

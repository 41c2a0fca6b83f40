//! Counts and times for Prometheus, with labels from small fixed sets only.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

use crate::conversation::BotReply;
use crate::desk::{Backlog, LetterOutcome, Performance};
use crate::insights::Gauge;
use crate::schedule::Priority;
use crate::time::durations::{BOUNDS, CountedDurations};

const REQUESTS: &str = "mondo_requests_total";
const REQUEST_SECONDS: &str = "mondo_request_seconds";
const ANSWER_SECONDS: &str = "mondo_answer_seconds";
const DECISIONS: &str = "mondo_decisions_total";
const IN_FLIGHT: &str = "mondo_in_flight";
const STREAMS: &str = "mondo_streams";
const QUEUE: &str = "mondo_queue";
const MAILS: &str = "mondo_mails";
const LETTERS: &str = "mondo_letters";
const MAILBOXES: &str = "mondo_mailboxes";
const DELIVERIES: &str = "mondo_deliveries_pending";
const SHARES: &str = "mondo_questions_share";
const TARGETS: &str = "mondo_questions_target";
const DATABASE_BYTES: &str = "mondo_database_bytes";
const INDEX_BYTES: &str = "mondo_index_bytes";
const OUTCOMES: &str = "mondo_outcomes_total";
const WRITER_SECONDS: &str = "mondo_writer_seconds";
const ENCODER_SECONDS: &str = "mondo_encoder_seconds";
const ARTICLES: &str = "mondo_articles";
/// The name that other programs give it too.
const MEMORY_BYTES: &str = "process_resident_memory_bytes";

/// What is counted by one server; not global, so that servers in one process do not mix.
pub(in crate::http) struct Metrics {
    recorder: PrometheusRecorder,
}

impl Metrics {
    pub(in crate::http) fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BOUNDS)
            .expect("the buckets are not empty")
            .build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe_counter!(REQUESTS, "Requests answered, by route and status.");
            describe_histogram!(REQUEST_SECONDS, "Time from request to reply, by route.");
            describe_histogram!(ANSWER_SECONDS, "Time from question to recorded answer.");
            describe_counter!(DECISIONS, "Decisions of the bot, by kind and language.");
            describe_gauge!(IN_FLIGHT, "Requests being worked on.");
            describe_gauge!(STREAMS, "Conversations followed live.");
            describe_gauge!(QUEUE, "Conversations that wait for a person, by priority.");
            describe_gauge!(MAILS, "Mails that have not left yet, or were given up.");
            describe_gauge!(
                LETTERS,
                "Mails that came in since the database was made, by what became of them."
            );
            describe_gauge!(
                MAILBOXES,
                "Mailboxes that are read, by whether they can be."
            );
            describe_gauge!(
                DELIVERIES,
                "Requests to webhooks and help desks to be made."
            );
            describe_gauge!(
                SHARES,
                "Shares of the questions of the last 30 whole days; NaN where nothing was asked."
            );
            describe_gauge!(
                TARGETS,
                "What those shares are to reach; 0 where nothing is aimed at."
            );
            describe_gauge!(DATABASE_BYTES, "Size of the database.");
            describe_gauge!(INDEX_BYTES, "Size of the search index with its vectors.");
            describe_counter!(
                OUTCOMES,
                "Questions, by whether their outcome was remembered or decided."
            );
            describe_gauge!(ARTICLES, "Articles being served.");
            describe_gauge!(MEMORY_BYTES, "Memory of the process that is in use.");
        });
        Self { recorder }
    }

    /// Counts a decision and the time it took.
    pub(in crate::http) fn answered(&self, reply: &BotReply, since: Instant) {
        let (decision, language) = (reply.decision.code(), reply.language.code());
        metrics::with_local_recorder(&self.recorder, || {
            counter!(DECISIONS, "decision" => decision, "language" => language).increment(1);
            histogram!(ANSWER_SECONDS).record(since.elapsed());
        });
    }

    /// Empties the buffers of histograms, which otherwise grow until the next scrape.
    pub(in crate::http) fn upkeep(&self) {
        self.recorder.handle().run_upkeep();
    }

    /// Counts a reply and the time it took.
    pub(in crate::http) fn replied(&self, route: String, status: u16, took: Duration) {
        metrics::with_local_recorder(&self.recorder, || {
            counter!(REQUESTS, "route" => route.clone(), "status" => status.to_string())
                .increment(1);
            histogram!(REQUEST_SECONDS, "route" => route).record(took);
        });
    }

    /// Keeps what waits to be done; the same for every process that shares a database.
    pub(in crate::http) fn waits(&self, backlog: &Backlog) {
        metrics::with_local_recorder(&self.recorder, || {
            // A priority that nobody waits with is a nought and not a gap.
            for priority in Priority::ALL {
                let waiting = backlog.queue.iter().find(|(of, _)| *of == priority);
                let waiting = waiting.map_or(0, |(_, waiting)| *waiting);
                gauge!(QUEUE, "priority" => priority.code()).set(waiting as f64);
            }
            gauge!(MAILS, "state" => "waiting").set(backlog.mails_waiting as f64);
            gauge!(MAILS, "state" => "failed").set(backlog.mails_failed as f64);
            for outcome in LetterOutcome::ALL {
                let count = backlog.letters.iter().find(|(of, _)| *of == outcome);
                let count = count.map_or(0, |(_, count)| *count);
                gauge!(LETTERS, "outcome" => outcome.code()).set(count as f64);
            }
            let (mailboxes, failing) = backlog.mailboxes;
            gauge!(MAILBOXES, "state" => "ok").set((mailboxes - failing) as f64);
            gauge!(MAILBOXES, "state" => "failing").set(failing as f64);
            gauge!(DELIVERIES).set(backlog.deliveries as f64);
            gauge!(DATABASE_BYTES).set(backlog.database_bytes as f64);
        });
    }

    /// Keeps how the last days stand to what is aimed at.
    pub(in crate::http) fn stands(&self, gauges: &[Gauge]) {
        metrics::with_local_recorder(&self.recorder, || {
            for one in gauges {
                let share = one.share.map_or(f64::NAN, |share| share.share);
                gauge!(SHARES, "share" => one.kind.code()).set(share);
                gauge!(TARGETS, "share" => one.kind.code()).set(one.target.unwrap_or(0.0));
            }
        });
    }

    /// Keeps the size of what is served and of the process.
    pub(in crate::http) fn measures(&self, articles: usize) {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!(ARTICLES).set(articles as f64);
            if let Some(bytes) = resident_bytes() {
                gauge!(MEMORY_BYTES).set(bytes as f64);
            }
        });
    }

    /// Writes everything counted so far as Prometheus reads it.
    pub(in crate::http) fn render(
        &self,
        in_flight: usize,
        streams: usize,
        performance: &Performance,
    ) -> String {
        metrics::with_local_recorder(&self.recorder, || {
            gauge!(IN_FLIGHT).set(in_flight as f64);
            gauge!(STREAMS).set(streams as f64);
            gauge!(INDEX_BYTES).set(performance.index_bytes as f64);
            counter!(OUTCOMES, "from" => "memory").absolute(performance.remembered);
            counter!(OUTCOMES, "from" => "engine").absolute(performance.decided);
        });
        let mut text = self.recorder.handle().render();
        let writing = [(String::new(), performance.writing)];
        let help = "Time of a commit, with all changes that waited for it.";
        append_histogram(&mut text, WRITER_SECONDS, help, &writing);
        let places = ["first", "second"];
        let encoding: Vec<_> = places
            .iter()
            .map(|place| format!("encoder=\"{place}\""))
            .zip(performance.encoding.iter().copied())
            .collect();
        let help = "Time of a question in an encoder.";
        append_histogram(&mut text, ENCODER_SECONDS, help, &encoding);
        text
    }
}

/// Appends a histogram that was counted elsewhere, for each of its labels; a label is empty where there is but one.
fn append_histogram(
    text: &mut String,
    name: &str,
    help: &str,
    rows: &[(String, CountedDurations)],
) {
    let mut line = |line: std::fmt::Arguments<'_>| {
        text.write_fmt(line)
            .expect("a string takes whatever is written");
        text.push('\n');
    };
    line(format_args!("# HELP {name} {help}"));
    line(format_args!("# TYPE {name} histogram"));
    for (label, counted) in rows {
        let (comma, braced) = match label.as_str() {
            "" => ("", String::new()),
            label => (",", format!("{{{label}}}")),
        };
        for (bound, within) in BOUNDS.iter().zip(counted.within) {
            line(format_args!(
                "{name}_bucket{{{label}{comma}le=\"{bound}\"}} {within}"
            ));
        }
        let CountedDurations { count, seconds, .. } = counted;
        line(format_args!(
            "{name}_bucket{{{label}{comma}le=\"+Inf\"}} {count}"
        ));
        line(format_args!("{name}_sum{braced} {seconds}"));
        line(format_args!("{name}_count{braced} {count}"));
    }
}

/// Returns the memory of this process that is in use, where the system says it as Linux does.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

//! Counts what sqlx sends: it logs every statement once it is done.

use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Everything sent since the count began.
#[derive(Clone, Default)]
pub struct Counter(Arc<Mutex<Vec<String>>>);

/// What was sent.
pub struct Count(Vec<String>);

impl Counter {
    /// Listens to every thread of this process; once.
    pub fn start() -> Self {
        let counter = Self::default();
        let listening = tracing_subscriber::registry().with(counter.clone());
        tracing::subscriber::set_global_default(listening).unwrap();
        counter
    }

    pub fn begin(&self) {
        self.0.lock().unwrap().clear();
    }

    pub fn end(&self) -> Count {
        Count(std::mem::take(&mut self.0.lock().unwrap()))
    }
}

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            let text = statement.text();
            // Settings of a connection that is opened; how many are open depends on what ran before.
            if !text.starts_with("PRAGMA") {
                self.0.lock().unwrap().push(text);
            }
        }
    }
}

/// A statement as the driver logs it: in short, and whole when that is longer.
#[derive(Default)]
struct Statement {
    short: String,
    whole: String,
}

impl Statement {
    fn text(&self) -> String {
        let text = match self.whole.trim() {
            "" => &self.short,
            whole => whole,
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.short),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}

fn is_of_transaction(statement: &str) -> bool {
    ["BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"]
        .iter()
        .any(|word| statement.starts_with(word))
}

impl Count {
    /// Returns each statement, as often as it was sent.
    pub fn into_statements(self) -> impl Iterator<Item = String> {
        self.0.into_iter()
    }

    /// Statements beside those of transactions.
    pub fn statements(&self) -> usize {
        self.0.len() - self.of_transactions()
    }

    /// Statements that begin or end a transaction or a savepoint.
    pub fn of_transactions(&self) -> usize {
        self.0
            .iter()
            .filter(|statement| is_of_transaction(statement))
            .count()
    }
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (statements, others) = (self.statements(), self.of_transactions());
        writeln!(formatter, "{statements}, and {others} of transactions")?;
        self.0.iter().try_for_each(|statement| {
            let shown: String = statement.chars().take(100).collect();
            writeln!(formatter, "  {shown}")
        })
    }
}

//! What differs from database to database beside the types of `dialect`: how a transaction begins, what an error means.
//!
//! Everything else is SQL that SQLite and Postgres read alike.

use sqlx::postgres::PgDatabaseError;

/// A database that mondo can be kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    Sqlite,
    Postgres,
}

/// What an error of the database means to whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Trouble {
    /// The database cannot be reached or opened.
    CannotOpen,
    /// It may not be written.
    ReadOnly,
    /// No room is left.
    DiskFull,
    /// Somebody else holds it, or it took too long.
    Locked,
    /// It is something else, or damaged.
    Damaged,
    /// The change contradicts what is kept, such as a second row of one name, or a row about one that is not there.
    Constraint,
    /// Another change came in between; the same change may well succeed when it is made again.
    Retry,
    /// The change holds something that cannot be kept, such as a text with a NUL.
    Malformed,
    /// Anything else.
    Other,
}

impl Dialect {
    /// Returns the statement that begins a transaction that is going to write.
    pub(in crate::store) fn begin(self) -> &'static str {
        match self {
            // The write lock is taken at once: a transaction that reads first could not wait for another program's.
            Self::Sqlite => "BEGIN IMMEDIATE",
            // Rows are locked one by one; see the lock that every transcript takes.
            Self::Postgres => "BEGIN",
        }
    }

    /// Reads an error code.
    pub(in crate::store) fn trouble(self, code: &str) -> Trouble {
        match self {
            Self::Sqlite => code.parse().map_or(Trouble::Other, of_sqlite),
            Self::Postgres => of_postgres(code),
        }
    }
}

impl Trouble {
    /// Reads what an error of the driver means.
    pub(in crate::store) fn of(error: &sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls};
        let Some(error) = error.as_database_error() else {
            // A file has no line that could break.
            return match error {
                Io(_) | Tls(_) | Protocol(_) | PoolClosed => Self::CannotOpen,
                PoolTimedOut => Self::Locked,
                _ => Self::Other,
            };
        };
        let dialect = match error.try_downcast_ref::<PgDatabaseError>() {
            Some(_) => Dialect::Postgres,
            None => Dialect::Sqlite,
        };
        error
            .code()
            .map_or(Self::Other, |code| dialect.trouble(&code))
    }
}

/// Reads SQLite's extended result code; <https://sqlite.org/rescode.html>.
fn of_sqlite(extended: i32) -> Trouble {
    // A file-size limit or quota shows as a failed write, truncation or growth of the shared memory file.
    const FAILED_GROWTH: [i32; 4] = [778, 1_546, 1_034, 4_874];
    match extended & 0xff {
        5 | 6 => Trouble::Locked,
        8 => Trouble::ReadOnly,
        10 if FAILED_GROWTH.contains(&extended) => Trouble::DiskFull,
        11 | 26 => Trouble::Damaged,
        13 => Trouble::DiskFull,
        14 => Trouble::CannotOpen,
        18 => Trouble::Malformed,
        19 => Trouble::Constraint,
        _ => Trouble::Other,
    }
}

/// Reads an SQLSTATE: two characters of class, three of detail.
fn of_postgres(state: &str) -> Trouble {
    match state {
        // Serialization failure and deadlock: one of two had to give way.
        "40001" | "40P01" => Trouble::Retry,
        "53100" => Trouble::DiskFull,
        // Out of memory, too many connections, lock not available, cancelled by its time-out.
        "53200" | "53300" | "55P03" | "57014" => Trouble::Locked,
        // Read-only transaction, such as on a standby; no right to write.
        "25006" | "42501" => Trouble::ReadOnly,
        // No such database; it starts or stops.
        "3D000" | "57P01" | "57P02" | "57P03" => Trouble::CannotOpen,
        _ => match state.get(..2) {
            // The words cannot be kept: 22021 is a byte that is no text, 22001 one that is too long.
            Some("22") => Trouble::Malformed,
            // 23505 unique, 23503 foreign key, 23502 not null, 23514 check.
            Some("23") => Trouble::Constraint,
            // Connections and passwords.
            Some("08" | "28") => Trouble::CannotOpen,
            Some("XX") => Trouble::Damaged,
            _ => Trouble::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dialect: Dialect, codes: &[(&str, Trouble)]) {
        for (code, meant) in codes {
            assert_eq!(dialect.trouble(code), *meant, "{dialect:?} {code}");
        }
    }

    #[test]
    fn codes_of_sqlite_are_read() {
        let codes = [
            ("5", Trouble::Locked),
            ("261", Trouble::Locked),
            ("517", Trouble::Locked),
            ("6", Trouble::Locked),
            ("262", Trouble::Locked),
            ("8", Trouble::ReadOnly),
            ("1032", Trouble::ReadOnly),
            ("10", Trouble::Other),
            ("266", Trouble::Other),
            ("778", Trouble::DiskFull),
            ("1546", Trouble::DiskFull),
            ("1034", Trouble::DiskFull),
            ("4874", Trouble::DiskFull),
            ("11", Trouble::Damaged),
            ("267", Trouble::Damaged),
            ("13", Trouble::DiskFull),
            ("14", Trouble::CannotOpen),
            ("18", Trouble::Malformed),
            ("26", Trouble::Damaged),
            ("275", Trouble::Constraint),
            ("787", Trouble::Constraint),
            ("1299", Trouble::Constraint),
            ("1555", Trouble::Constraint),
            ("2067", Trouble::Constraint),
            ("1", Trouble::Other),
            ("", Trouble::Other),
            ("no number", Trouble::Other),
        ];
        check(Dialect::Sqlite, &codes);
    }

    #[test]
    fn codes_of_postgres_are_read_and_not_as_numbers() {
        let codes = [
            ("23505", Trouble::Constraint),
            ("23503", Trouble::Constraint),
            ("23502", Trouble::Constraint),
            ("23514", Trouble::Constraint),
            ("40001", Trouble::Retry),
            ("40P01", Trouble::Retry),
            ("22021", Trouble::Malformed),
            ("22001", Trouble::Malformed),
            ("22P05", Trouble::Malformed),
            ("53100", Trouble::DiskFull),
            ("53200", Trouble::Locked),
            ("53300", Trouble::Locked),
            ("55P03", Trouble::Locked),
            ("57014", Trouble::Locked),
            ("25006", Trouble::ReadOnly),
            ("42501", Trouble::ReadOnly),
            ("57P03", Trouble::CannotOpen),
            ("08006", Trouble::CannotOpen),
            ("28P01", Trouble::CannotOpen),
            ("3D000", Trouble::CannotOpen),
            ("XX001", Trouble::Damaged),
            ("25P02", Trouble::Other),
            ("42601", Trouble::Other),
            ("", Trouble::Other),
        ];
        check(Dialect::Postgres, &codes);
    }

    #[test]
    fn a_transaction_that_writes_begins_as_each_database_needs() {
        assert_eq!(Dialect::Sqlite.begin(), "BEGIN IMMEDIATE");
        assert_eq!(Dialect::Postgres.begin(), "BEGIN");
    }
}

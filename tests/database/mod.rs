//! Where a test keeps its store: in a file of its folder, or, with `MONDO_TEST_POSTGRES`, in a database of its own on
//! that server; `tests/postgres/run` starts one and sets it.

use std::path::Path;

use mondo::sealing::SealingSettings;
use mondo::signing::Secret;
use mondo::store::{Store, StoreSettings};
use mondo::time::Timestamp;
use sqlx::{Connection as _, Executor as _, PgConnection};

/// Opens the store of a folder; the same one whenever it is opened again.
pub async fn store_in(folder: &Path, now: Timestamp) -> Store {
    let settings = StoreSettings {
        url: match std::env::var("MONDO_TEST_POSTGRES") {
            Ok(server) => Secret::new(database_of(&server, folder).await),
            Err(_) => Secret::default(),
        },
    };
    Store::open_with(folder, &settings, &SealingSettings::default(), now)
        .await
        .expect("the place can be written")
}

/// Makes a database that is named by a digest of the folder, unless it is there.
async fn database_of(server: &str, folder: &Path) -> String {
    let mark = folder.to_string_lossy().bytes().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let name = format!("t{mark:x}");
    let mut connection = PgConnection::connect(&format!("{server}/postgres"))
        .await
        .expect("the server of MONDO_TEST_POSTGRES lets us in");
    let make = format!("CREATE DATABASE {name}");
    // It is there when the test stops a server and starts it again.
    let made = connection.execute(sqlx::AssertSqlSafe(make)).await;
    if let Err(error) = made {
        let code = error.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("42P04"), "{error}");
    }
    format!("{server}/{name}")
}

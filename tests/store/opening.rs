//! What can be wrong with a data folder, and that the error says what to do.

use mondo::store::{OpenError, Reader, Store, StoreError};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::{Fixture, now, record};

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_named() {
    let place = tempfile::NamedTempFile::new().expect("a temporary file can be made");
    let error = Store::open(&place.path().join("data"), now())
        .await
        .expect_err("not a folder");
    assert!(matches!(error, OpenError::Folder { .. }), "{error:?}");
    assert!(error.to_string().contains("--data"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_data_folder_is_nobody_elses_to_look_into() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let data = place.path().join("data");
    let store = Store::open(&data, now()).await.expect("it opens");
    let mode = std::fs::metadata(&data)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    drop(store);
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_is_gone() {
    let Fixture { store, folder } = Fixture::new().await;
    store.check().await.expect("it is there");
    let (path, away) = (
        folder.path().join("mondo.sqlite"),
        folder.path().join("away"),
    );
    std::fs::rename(&path, &away).expect("it is moved");
    let gone = store.check().await.expect_err("it is gone");
    assert!(matches!(gone, StoreError::FileGone { .. }), "{gone:?}");
    assert!(gone.to_string().contains("put the file back"), "{gone}");
    std::fs::write(&path, "another file").expect("something else has its name");
    store.check().await.expect_err("it is another file");
    std::fs::rename(&away, &path).expect("it is put back");
    store.check().await.expect("it is there again");
}

#[tokio::test]
async fn whether_anything_can_be_kept_is_found_out_by_keeping_something() {
    let Fixture {
        store,
        folder: _folder,
    } = Fixture::new().await;
    for _ in 0..3 {
        store.check().await.expect("all is well");
    }
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(store.path())
        .connect()
        .await
        .expect("the file is there");
    let checks: i64 = sqlx::query_scalar("SELECT value FROM counters WHERE name = 'checks'")
        .fetch_one(&mut connection)
        .await
        .expect("it counts");
    // Once a second, and three may fall into two.
    assert!((1..=2).contains(&checks), "{checks}");
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn another_kind_of_file_is_not_touched() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("mondo.sqlite");
    let notes = "my shopping list, certainly not a database\n".repeat(100);
    std::fs::write(&path, &notes).expect("the folder is writable");
    let error = Store::open(folder.path(), now())
        .await
        .expect_err("not a database");
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), notes);
}

#[tokio::test]
async fn a_database_of_another_program_is_not_touched() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("mondo.sqlite");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .connect()
        .await
        .expect("the folder is writable");
    sqlx::query("CREATE TABLE notes (text TEXT)")
        .execute(&mut connection)
        .await
        .expect("a table");
    let error = Store::open(folder.path(), now())
        .await
        .expect_err("it is another program's");
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    let tables = sqlx::query("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&mut connection)
        .await
        .expect("still there");
    assert_eq!(tables.len(), 1);
}

#[tokio::test]
async fn a_newer_schema_is_refused_for_writing_and_reading() {
    let Fixture { store, folder } = Fixture::new().await;
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(store.path())
        .connect()
        .await
        .expect("the file is there");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (999, 'from the future', 1, X'00', 0)",
    )
    .execute(&mut connection)
    .await
    .expect("the table of migrations is there");
    connection.close().await.expect("closes");
    drop(store);

    let writing = Store::open(folder.path(), now())
        .await
        .expect_err("too new");
    let reading = Reader::open(folder.path()).await.expect_err("too new");
    for error in [writing, reading] {
        assert!(
            matches!(error, OpenError::NewerSchema { found: 999, .. }),
            "{error:?}"
        );
        assert!(
            error.to_string().contains("install that version"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_missing_migration_is_noticed_though_later_ones_are_there() {
    let Fixture { store, folder } = Fixture::new().await;
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(store.path())
        .connect()
        .await
        .expect("the file is there");
    for lacking in [76, 61, 11] {
        sqlx::query("DELETE FROM _sqlx_migrations WHERE version = $1")
            .bind(lacking)
            .execute(&mut connection)
            .await
            .expect("the table of migrations is there");
        let error = Reader::open(folder.path()).await.expect_err("a hole");
        assert!(
            matches!(error, OpenError::OlderSchema { missing, .. } if missing == lacking),
            "{error:?}"
        );
        assert!(error.to_string().contains("`mondo serve`"), "{error}");
    }
    connection.close().await.expect("closes");
    drop(store);
}

#[tokio::test]
async fn a_folder_without_a_record_is_not_filled_by_reading() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let error = Reader::open(folder.path())
        .await
        .expect_err("nothing there");
    assert!(matches!(error, OpenError::NotThere { .. }), "{error:?}");
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("readable").count(),
        0
    );
}

#[tokio::test]
async fn a_reader_sees_what_a_running_store_writes() {
    let fixture = Fixture::new().await;
    let reader = Reader::open(fixture.folder.path())
        .await
        .expect("the schema is current");
    let record = record("출금이 안 돼요");
    fixture
        .store
        .record_answer(record.clone())
        .await
        .expect("recorded");
    assert_eq!(reader.answer(&record.id).await.expect("there"), record);
}

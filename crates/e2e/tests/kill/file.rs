//! The proxy's database as a kill, or a stop, has left it.

use proxy::store::{Store as _, sqlite::SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Right after a kill: the file and its write-ahead log, nobody else's to read, whole together.
pub(crate) async fn check_killed(database: &Path) {
    assert_eq!(beside(database), ["proxy.db", "proxy.db-wal"], "after a kill");
    check(database).await;
}

/// After an orderly stop: everything is in the one file.
pub(crate) async fn check_stopped(database: &Path) {
    assert_eq!(beside(database), ["proxy.db"], "after a stop");
    check(database).await;
}

/// Looks at a copy: to open the file is to change it.
async fn check(database: &Path) {
    let copies = database.with_file_name("copy");
    let _ = fs::remove_dir_all(&copies);
    fs::create_dir(&copies).unwrap();
    for name in beside(database) {
        let file = database.with_file_name(&name);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        fs::copy(&file, copies.join(&name)).unwrap();
    }
    let copy = copies.join("proxy.db");
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(&copy)).await.unwrap();
    let said: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&pool).await.unwrap();
    assert_eq!(said, ["ok"]);
    assert!(sqlx::query("PRAGMA foreign_key_check").fetch_all(&pool).await.unwrap().is_empty());
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM attempts").fetch_all(&pool).await.unwrap();
    pool.close().await;

    let store = SqliteStore::open(&copy).await.unwrap();
    for id in &ids {
        let found = store.find(&id.parse().unwrap()).await;
        assert!(matches!(found, Ok(Some(_))), "{id}: {found:?}");
    }
    store.followed().await.unwrap();
    store.close().await;
    fs::remove_dir_all(copies).unwrap();
}

/// The names of the database's files.
fn beside(database: &Path) -> Vec<String> {
    let name = |path: PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    let all = fs::read_dir(database.parent().unwrap()).unwrap().map(|entry| name(entry.unwrap().path()));
    let mut names: Vec<_> = all.filter(|other| other.starts_with(&name(database.to_path_buf()))).collect();
    names.sort();
    names
}

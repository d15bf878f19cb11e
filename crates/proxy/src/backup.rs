//! Backups of the database: made while the proxy runs, put back while it does not. What a proxy over a store that was put
//! back cannot know is in docs/reliability.md.

use crate::beside::{beside, folder};
use crate::clock;
use crate::config::{ConfigError, Settings};
use crate::running::{self, CommandError};
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreError};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use time::macros::format_description;

/// What SQLite keeps beside a database that was not closed in order.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a backup is not put back. The database is where it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The settings file is wrong.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Another program has the database.
    #[error("stop the proxy first: it has {database} open", database = .0.display())]
    InUse(PathBuf),
    /// The file is none of a proxy's.
    #[error("{file} is no backup of a proxy", file = .0.display())]
    Foreign(PathBuf),
    /// The backup is one that this program cannot open.
    #[error("{backup} cannot be put back: {why}", backup = .0.display(), why = .1)]
    Unreadable(PathBuf, StoreError),
    /// The backup is damaged.
    #[error("{backup} is damaged: SQLite does not find it whole", backup = .0.display())]
    Damaged(PathBuf),
    /// A file cannot be written.
    #[error("{file}: {why}", file = .0.display(), why = .1)]
    File(PathBuf, io::Error),
}

/// Asks the running proxy for a backup; answers the line that says where it is.
///
/// # Errors
/// [`CommandError`]
pub async fn back_up(config: &Path) -> Result<String, CommandError> {
    running::post(running::address(config)?, "/backup").await
}

/// Makes a backup beside the database, `NAME-backup-TIME.sqlite`, mode 0600, and answers where it is. Nothing else is stored
/// meanwhile.
pub(crate) async fn make(store: &dyn Store, database: &Path, now: u64) -> Result<PathBuf, StoreError> {
    let path = dated(database, "backup", now);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    let copied = match store.copy_into(&path).await {
        Ok(()) => synced(&path),
        Err(error) => Err(error),
    };
    if copied.is_err() {
        // A backup that is not whole must not be taken for one.
        let _ = fs::remove_file(&path);
    }
    copied?;
    Ok(path.canonicalize()?)
}

/// Puts a backup in the place of the database, which is kept beside it, and answers where. The proxy must be stopped.
///
/// # Errors
/// [`RestoreError`]
pub async fn restore(config: &Path, backup: &Path) -> Result<Option<PathBuf>, RestoreError> {
    let database = Settings::read(config)?.database;
    let known = database.exists();
    if known {
        match SqliteStore::open(&database).await {
            Ok(store) => store.close().await,
            Err(error) if error.is_in_use() => return Err(RestoreError::InUse(database)),
            // A damaged database is what a backup is for.
            Err(_) => {}
        }
    }
    let draft = checked_copy(backup, &database).await?;
    let replaced = known.then(|| dated(&database, "replaced", clock::unix_ms()));
    put(&draft, &database, replaced.as_deref()).map_err(|why| RestoreError::File(database, why))?;
    Ok(replaced)
}

/// A copy of the backup beside the database, which this program can open and SQLite finds whole.
async fn checked_copy(backup: &Path, database: &Path) -> Result<PathBuf, RestoreError> {
    let unread = |why| RestoreError::File(backup.to_owned(), why);
    // An empty file, or an empty database, would be opened as a shop that has never sold.
    if !is_a_proxys(backup).map_err(unread)? {
        return Err(RestoreError::Foreign(backup.to_owned()));
    }
    let draft = with(database, ".restoring");
    let unwritten = |why| RestoreError::File(draft.clone(), why);
    remove(&draft).map_err(unwritten)?;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(unwritten)?;
    fs::copy(backup, &draft).map_err(unread)?;
    let whole = match SqliteStore::open(&draft).await {
        Ok(store) => {
            let whole = store.is_whole().await;
            store.close().await;
            whole
        }
        Err(error) => Err(error),
    };
    let refused = match whole {
        Ok(true) => return Ok(draft),
        Ok(false) => RestoreError::Damaged(backup.to_owned()),
        Err(error) => RestoreError::Unreadable(backup.to_owned(), error),
    };
    remove(&draft).map_err(unwritten)?;
    Err(refused)
}

/// Puts the draft in the place of the database, which stays as `replaced`. At no moment is there none.
fn put(draft: &Path, database: &Path, replaced: Option<&Path>) -> io::Result<()> {
    if let Some(replaced) = replaced {
        for end in BESIDE {
            let from = with(database, end);
            if from.exists() {
                fs::rename(from, with(replaced, end))?;
            }
        }
        fs::hard_link(database, replaced)?;
    }
    fs::rename(draft, database)?;
    File::open(folder(database))?.sync_all()
}

/// Whether a file begins as SQLite's do (<https://www.sqlite.org/fileformat.html>, 1.3), with the version of a proxy's tables.
fn is_a_proxys(file: &Path) -> io::Result<bool> {
    let mut header = Vec::new();
    File::open(file)?.take(64).read_to_end(&mut header)?;
    let version = header.get(60..64);
    Ok(header.starts_with(b"SQLite format 3\0") && version.is_some_and(|version| version != [0; 4]))
}

/// A file and its place in the folder survive the loss of power.
fn synced(path: &Path) -> Result<(), StoreError> {
    File::open(path)?.sync_all()?;
    Ok(File::open(folder(path))?.sync_all()?)
}

/// `NAME-WHAT-20260131T235959Z.sqlite` beside the database.
fn dated(database: &Path, what: &str, now: u64) -> PathBuf {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let at = clock::utc(now).format(format).unwrap_or_default();
    beside(database, &format!("{what}-{at}.sqlite"))
}

/// The file whose name ends with more.
fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// Removes a draft that a cut left behind.
fn remove(draft: &Path) -> io::Result<()> {
    for end in BESIDE.iter().chain(&[""]) {
        match fs::remove_file(with(draft, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

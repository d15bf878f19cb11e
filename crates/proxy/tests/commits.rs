//! Writes that share a commit, and commits that fail.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::http::StatusCode;
use payment::attempt::AttemptId;
use payment::order::{Order, Status};
use proxy::store::{Attempt, Claim, Store, StoreError, sqlite::SqliteStore};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use support::{BLOB, Fake, ID, call, get, outcome, payment, post, proxy, says, terms, until};
use tokio::task::JoinSet;

const PAYMENTS: &str = "/api/v1/payments";

/// The commit of a transaction that writes the attempt `ID` fails.
const TRAP: &str = "
    CREATE TABLE good (id INTEGER PRIMARY KEY);
    CREATE TABLE trap (id INTEGER REFERENCES good (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER trap AFTER INSERT ON attempts WHEN NEW.id = 'AAAAAAAAAAAAAAAAAAAA'
        BEGIN INSERT INTO trap VALUES (1); END;";

/// The statement that writes it fails.
const REFUSAL: &str = "CREATE TRIGGER refusal BEFORE INSERT ON attempts WHEN NEW.id = 'AAAAAAAAAAAAAAAAAAAA'
    BEGIN SELECT RAISE(ABORT, 'refused'); END;";

/// It fails and takes the whole transaction with it, as on a full disk.
const COLLAPSE: &str =
    "CREATE TRIGGER collapse BEFORE INSERT ON attempts WHEN NEW.id = 'AAAAAAAAAAAAAAAAAAAA'
    BEGIN SELECT RAISE(ROLLBACK, 'collapsed'); END;";

/// A store whose database was changed beforehand.
async fn with(path: &Path, change: &'static str) -> SqliteStore {
    SqliteStore::open(path).await.unwrap().close().await;
    let options = SqliteConnectOptions::new().filename(path);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(change).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    SqliteStore::open(path).await.unwrap()
}

fn id(n: u8) -> AttemptId {
    let mut bytes = [n % 32; 20];
    bytes[0] = n / 32;
    AttemptId::from_random(bytes)
}

/// Claims all of them at once: on one thread, all of them wait before the store gets to work.
async fn claim(
    store: &Arc<SqliteStore>,
    ids: impl Iterator<Item = AttemptId>,
) -> Vec<Result<Claim, StoreError>> {
    let claim = |id: AttemptId| {
        let store = store.clone();
        tokio::spawn(async move { store.claim(&id, &Attempt::Abandoned, 1).await })
    };
    let mut answers = vec![];
    for claim in ids.map(claim).collect::<Vec<_>>() {
        answers.push(claim.await.unwrap());
    }
    answers
}

/// How many commits the write-ahead log holds. <https://sqlite.org/fileformat2.html#walformat>: the header has 32 bytes;
/// each frame a header of 24, whose second word is nonzero for the last frame of a commit, and a page.
fn commits(path: &Path) -> usize {
    let log = std::fs::read(path.with_extension("db-wal")).unwrap();
    let word = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let frame = 24 + word(8) as usize;
    (32..log.len()).step_by(frame).filter(|at| word(at + 4) > 0).count()
}

#[tokio::test]
async fn what_waits_at_the_same_time_shares_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("orders.db");
    let store = Arc::new(SqliteStore::open(&path).await.unwrap());
    let before = commits(&path);
    for n in 0..3 {
        claim(&store, [id(n)].into_iter()).await;
    }
    assert_eq!(commits(&path) - before, 3, "nothing waits for others to come");
    let answers = claim(&store, (3..103).map(id)).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Claim::Won))));
    assert_eq!(commits(&path) - before, 4);
}

#[tokio::test]
async fn a_write_that_is_refused_fails_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(with(&dir.path().join("orders.db"), REFUSAL).await);
    let trapped: AttemptId = ID.parse().unwrap();
    let answers = claim(&store, [id(1), trapped.clone(), id(2), id(1)].into_iter()).await;
    let [Ok(Claim::Won), Err(StoreError::Database(_)), Ok(Claim::Won), Ok(Claim::Known(known))] =
        &answers[..]
    else {
        panic!("{answers:?}")
    };
    assert_eq!(**known, Attempt::Abandoned);
    assert_eq!(store.find(&id(2)).await.unwrap(), Some(Attempt::Abandoned));
    assert_eq!(store.find(&trapped).await.unwrap(), None);
}

#[tokio::test]
async fn a_commit_that_fails_fails_for_all_and_leaves_nothing() {
    for change in [TRAP, COLLAPSE] {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(with(&dir.path().join("orders.db"), change).await);
        let ids = [id(1), ID.parse().unwrap(), id(2)];
        let answers = claim(&store, ids.clone().into_iter()).await;
        assert!(answers.iter().all(Result::is_err), "{answers:?}");
        assert!(matches!(answers[0], Err(StoreError::Commit(_))));
        for id in &ids {
            assert_eq!(store.find(id).await.unwrap(), None);
        }
        let answers = claim(&store, [id(1), id(2)].into_iter()).await;
        assert!(answers.iter().all(|answer| matches!(answer, Ok(Claim::Won))), "{answers:?}");
    }
}

#[tokio::test]
async fn a_payment_whose_commit_fails_is_not_taken_and_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let store = with(&dir.path().join("orders.db"), TRAP).await;
    let gateway = Fake::default().answering(says(Status::Approved));
    let (router, desk) = proxy(store, gateway.clone()).await;
    let payments = [(ID.to_owned(), BLOB), (id(1).to_string(), "E401"), (id(2).to_string(), "E402")];
    let mut calls = JoinSet::new();
    for (id, blob) in payments.clone() {
        let router = router.clone();
        let mut request = post(PAYMENTS, &payment(&id, blob));
        // Nobody is looked up for it, so that all of them wait for the same commit.
        request.headers_mut().insert("cookie", "none".parse().unwrap());
        calls.spawn(async move { call(&router, request).await });
    }
    for (status, problem) in calls.join_all().await {
        assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &"store".into()));
    }
    assert_eq!(call(&router, get(PAYMENTS)).await.1, serde_json::json!([]));
    assert_eq!((gateway.submits(), desk.workload()), (0, (0, 0)));
    // A page may post its bytes again; the trap is for one id only.
    for (id, blob) in payments {
        let (status, _) = call(&router, post(PAYMENTS, &payment(&id, blob))).await;
        assert_eq!(status == StatusCode::ACCEPTED, id != ID);
    }
    for id in [id(1), id(2)] {
        until(&router, id.as_str(), |view| outcome(view) == Some("approved")).await;
    }
    assert_eq!(gateway.submits(), 2);
}

#[tokio::test]
async fn an_update_of_what_is_not_known_fails() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&dir.path().join("orders.db")).await.unwrap();
    let (order, _) = Order::accept(serde_json::from_value(terms(ID)).unwrap(), 1);
    assert!(matches!(store.update(&order, &[]).await, Err(StoreError::Database(sqlx::Error::RowNotFound))));
}

//! The two stores that the router is tested over.

/// Runs each of these tests over SQLite, and over memory.
macro_rules! over_every_store {
    ($($name:ident)*) => {
        mod over_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let dir = tempfile::tempdir().unwrap();
                let store = proxy::store::sqlite::SqliteStore::open(&dir.path().join("db")).await.unwrap();
                super::$name(store).await;
            })*
        }
        mod over_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(crate::support::memory::Memory::new()).await;
            })*
        }
    };
}
pub(crate) use over_every_store;

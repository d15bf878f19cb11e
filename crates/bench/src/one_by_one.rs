//! The baseline of group commit.

use payment::{attempt::AttemptId, order::Order};
use paynet::Callback;
use proxy::fingerprint::CardKey;
use proxy::store::{Attempt, Claim, Reply, Store, sqlite::SqliteStore};
use tokio::sync::Mutex;

/// A store each of whose writes waits until the one before it is on the disk.
pub(crate) struct OneByOne {
    store: SqliteStore,
    turn: Mutex<()>,
}

impl OneByOne {
    pub(crate) fn new(store: SqliteStore) -> Self {
        Self { store, turn: Mutex::new(()) }
    }

    fn write<'a, T>(&'a self, write: Reply<'a, T>) -> Reply<'a, T>
    where
        T: Send + 'a,
    {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            write.await
        })
    }
}

impl Store for OneByOne {
    fn claim<'a>(&'a self, id: &'a AttemptId, attempt: &'a Attempt, now: u64) -> Reply<'a, Claim> {
        self.write(self.store.claim(id, attempt, now))
    }

    fn find<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Option<Attempt>> {
        self.store.find(id)
    }

    fn update<'a>(&'a self, order: &'a Order) -> Reply<'a, ()> {
        self.write(self.store.update(order))
    }

    fn followed(&self) -> Reply<'_, Vec<Order>> {
        self.store.followed()
    }

    fn recent(&self, limit: u32) -> Reply<'_, Vec<Order>> {
        self.store.recent(limit)
    }

    fn remember<'a>(&'a self, callback: &'a Callback, now: u64) -> Reply<'a, ()> {
        self.write(self.store.remember(callback, now))
    }

    fn card_key(&self) -> &CardKey {
        self.store.card_key()
    }

    fn open_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool> {
        self.write(self.store.open_session(token, session))
    }

    fn has_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool> {
        self.store.has_session(token, session)
    }
}

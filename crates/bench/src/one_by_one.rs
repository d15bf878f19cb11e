//! The baseline of group commit.

use payment::api::{Copy, Deed, Happened, Notice};
use payment::settlement::{Closing, Report};
use payment::{attempt::AttemptId, order::Order};
use proxy::fingerprint::CardKey;
use proxy::staff::Tries;
use proxy::store::closings::Closings;
use proxy::store::history::{History, Place, Search};
use proxy::store::ledger::{Heard, Ledger, Raised, Run};
use proxy::store::operators::{Digest, Operator, Operators};
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

    fn update<'a>(&'a self, order: &'a Order, steps: &'a [Happened]) -> Reply<'a, ()> {
        self.write(self.store.update(order, steps))
    }

    fn followed(&self) -> Reply<'_, Vec<Order>> {
        self.store.followed()
    }

    fn recent(&self, limit: u32) -> Reply<'_, Vec<Order>> {
        self.store.recent(limit)
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

impl Closings for OneByOne {
    fn save_closing<'a>(&'a self, closing: &'a Closing, notice: Option<&'a Raised>) -> Reply<'a, ()> {
        self.write(self.store.save_closing(closing, notice))
    }

    fn last_closing(&self) -> Reply<'_, Option<Closing>> {
        self.store.last_closing()
    }

    fn last_closed(&self) -> Reply<'_, Option<Closing>> {
        self.store.last_closed()
    }

    fn save_report<'a>(&'a self, report: &'a Report) -> Reply<'a, ()> {
        self.write(self.store.save_report(report))
    }

    fn report(&self, number: Option<u64>) -> Reply<'_, Option<Report>> {
        self.store.report(number)
    }

    fn moved(&self, from: u64, until: u64, limit: u32) -> Reply<'_, Vec<Order>> {
        self.store.moved(from, until, limit)
    }

    fn raise<'a>(&'a self, notice: &'a Raised, now: u64) -> Reply<'a, ()> {
        self.write(self.store.raise(notice, now))
    }
}

impl History for OneByOne {
    fn page<'a>(&'a self, search: &'a Search, after: Option<&'a Place>, limit: u32) -> Reply<'a, Vec<Order>> {
        self.store.page(search, after, limit)
    }

    fn unsettled(&self) -> Reply<'_, Vec<Order>> {
        self.store.unsettled()
    }

    fn steps<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Vec<Happened>> {
        self.store.steps(id)
    }

    fn printed<'a>(&'a self, id: &'a AttemptId, nth: u32, copy: Copy, step: &'a Happened) -> Reply<'a, u32> {
        self.write(self.store.printed(id, nth, copy, step))
    }

    fn scrub(&self) -> Reply<'_, ()> {
        self.write(self.store.scrub())
    }
}

impl Ledger for OneByOne {
    fn remember<'a>(
        &'a self,
        client_orderid: &'a str,
        heard: &'a Heard,
        notice: Option<&'a Raised>,
    ) -> Reply<'a, ()> {
        self.write(self.store.remember(client_orderid, heard, notice))
    }

    fn heard<'a>(&'a self, client_orderid: &'a str) -> Reply<'a, Vec<Heard>> {
        self.store.heard(client_orderid)
    }

    fn notices(&self, limit: u32) -> Reply<'_, Vec<Notice>> {
        self.store.notices(limit)
    }

    fn acknowledge(&self, id: u64, now: u64) -> Reply<'_, ()> {
        self.write(self.store.acknowledge(id, now))
    }

    fn taken(&self, from: u64, to: u64, limit: u32) -> Reply<'_, Vec<Order>> {
        self.store.taken(from, to, limit)
    }

    fn reconciled<'a>(&'a self, run: &'a Run, notice: Option<&'a Raised>) -> Reply<'a, ()> {
        self.write(self.store.reconciled(run, notice))
    }

    fn last_run(&self) -> Reply<'_, Option<Run>> {
        self.store.last_run()
    }
}

impl Operators for OneByOne {
    fn operators(&self) -> Reply<'_, Vec<(Operator, Tries)>> {
        self.store.operators()
    }

    fn keep_operator<'a>(&'a self, operator: &'a Operator, deed: &'a Deed) -> Reply<'a, ()> {
        self.write(self.store.keep_operator(operator, deed))
    }

    fn tries<'a>(&'a self, name: &'a str) -> Reply<'a, Tries> {
        self.store.tries(name)
    }

    fn keep_tries<'a>(&'a self, name: &'a str, tries: Tries, deed: Option<&'a Deed>) -> Reply<'a, ()> {
        self.write(self.store.keep_tries(name, tries, deed))
    }

    fn sign_in<'a>(
        &'a self,
        session: &'a Digest,
        name: &'a str,
        stale: u64,
        deed: &'a Deed,
    ) -> Reply<'a, ()> {
        self.write(self.store.sign_in(session, name, stale, deed))
    }

    fn signed_in<'a>(&'a self, session: &'a Digest) -> Reply<'a, Option<(Operator, u64)>> {
        self.store.signed_in(session)
    }

    fn use_session<'a>(&'a self, session: &'a Digest, now: u64) -> Reply<'a, ()> {
        self.write(self.store.use_session(session, now))
    }

    fn sign_out<'a>(&'a self, session: &'a Digest, deed: &'a Deed) -> Reply<'a, ()> {
        self.write(self.store.sign_out(session, deed))
    }

    fn deeds(&self, limit: u32) -> Reply<'_, Vec<Deed>> {
        self.store.deeds(limit)
    }
}

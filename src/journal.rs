//! The page's journal: attempts in IndexedDB, each durable before anything that follows it happens.

use js_sys::{Array, Function, Object, Promise, Reflect};
use payment::{attempt::AttemptId, till::Attempt};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbRequest, IdbTransaction, IdbTransactionMode};

/// Name of the till's journal, and of the lock of the page that pays.
pub const NAME: &str = "mpos-terminal";
const STORE: &str = "attempts";

/// The journal cannot be opened, read or written: storage is full, blocked or broken. Nothing may be paid then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CannotSave;

impl From<JsValue> for CannotSave {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// The open journal.
pub struct Journal(IdbDatabase);

#[wasm_bindgen]
extern "C" {
    /// `IDBDatabase` with the options of `transaction`.
    type Database;

    #[wasm_bindgen(catch, method, js_name = transaction)]
    fn strict_transaction(
        this: &Database,
        store: &str,
        mode: IdbTransactionMode,
        options: &Object,
    ) -> Result<IdbTransaction, JsValue>;
}

impl Journal {
    /// Opens the journal of this name, and makes it if there is none.
    ///
    /// # Errors
    /// [`CannotSave`].
    pub async fn open(name: &str) -> Result<Self, CannotSave> {
        let factory = web_sys::window().ok_or(CannotSave)?.indexed_db()?.ok_or(CannotSave)?;
        let request = factory.open_with_u32(name, 1)?;
        let make = Closure::once_into_js({
            let request = request.clone();
            move || {
                if let Ok(database) = request.result().map(JsCast::unchecked_into::<IdbDatabase>) {
                    // A store that cannot be made fails the opening.
                    let _ = database.create_object_store(STORE);
                }
            }
        });
        request.set_onupgradeneeded(Some(make.unchecked_ref()));
        Ok(Self(answered(&request).await?.unchecked_into()))
    }

    /// Stores the attempt; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`CannotSave`].
    pub async fn write(&self, attempt: &Attempt) -> Result<(), CannotSave> {
        let json = serde_json::to_string(attempt).map_err(|_| CannotSave)?;
        self.change(|store| {
            store.put_with_key(&json.into(), &attempt.draft.attempt.as_str().into()).map(drop)
        })
        .await
    }

    /// Forgets an attempt.
    ///
    /// # Errors
    /// [`CannotSave`].
    pub async fn remove(&self, attempt: &AttemptId) -> Result<(), CannotSave> {
        self.change(|store| store.delete(&attempt.as_str().into()).map(drop)).await
    }

    /// All attempts, in the order in which they were begun. One that cannot be read any more is left out: if it was ever sent, the proxy still lists it.
    ///
    /// # Errors
    /// [`CannotSave`].
    pub async fn read(&self) -> Result<Vec<Attempt>, CannotSave> {
        let request = self.0.transaction_with_str(STORE)?.object_store(STORE)?.get_all()?;
        let all = Array::from(&answered(&request).await?);
        let mut attempts: Vec<Attempt> = Vec::new();
        for attempt in all.iter().filter_map(|json| payment::json::read::<Attempt>(&json.as_string()?)) {
            // A sorting algorithm would be larger than everything else here.
            let at = attempts.partition_point(|earlier| earlier.draft.paid_at <= attempt.draft.paid_at);
            attempts.insert(at, attempt);
        }
        Ok(attempts)
    }

    async fn change(
        &self,
        change: impl FnOnce(&web_sys::IdbObjectStore) -> Result<(), JsValue>,
    ) -> Result<(), CannotSave> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let database: &Database = self.0.unchecked_ref();
        let transaction = database.strict_transaction(STORE, IdbTransactionMode::Readwrite, &options)?;
        change(&transaction.object_store(STORE)?)?;
        settled(|resolve, reject| {
            transaction.set_oncomplete(Some(resolve));
            transaction.set_onerror(Some(reject));
            transaction.set_onabort(Some(reject));
        })
        .await
    }
}

async fn settled(subscribe: impl Fn(&Function, &Function)) -> Result<(), CannotSave> {
    let promise = Promise::new(&mut |resolve, reject| subscribe(&resolve, &reject));
    JsFuture::from(promise).await?;
    Ok(())
}

async fn answered(request: &IdbRequest) -> Result<JsValue, CannotSave> {
    settled(|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    })
    .await?;
    Ok(request.result()?)
}

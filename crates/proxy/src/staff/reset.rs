//! `mpos-proxy operators reset-manager`: the way back in for a shop whose managers have lost their PINs.
//!
//! It needs the database to itself, so only whoever may stop the proxy and read its files can do it. The running proxy
//! does not offer it: its operations listener is open to everything on the machine.

use super::{CannotHash, PinHash, Rules, Tries};
use crate::clock;
use crate::config::{ConfigError, Settings};
use crate::store::operators::{Operator, Operators};
use crate::store::{StoreError, sqlite::SqliteStore};
use payment::api::{Deed, Did};
use payment::pin::Pin;
use payment::role::Role;
use std::path::Path;

/// The fewest digits of the PIN that is drawn.
const DIGITS: u32 = 8;

/// Why it cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The settings file is wrong.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The database cannot be opened.
    #[error("stop the proxy first, as one program at a time may open its database: {0}")]
    Store(#[from] StoreError),
    /// The till waits for its first manager.
    #[error("there is no manager yet: the page asks for the first one's PIN")]
    Nobody,
    /// It is not clear whom.
    #[error("say whom by --name; the managers are {0}")]
    Whom(String),
    /// The machine could not hash.
    #[error("{0}")]
    Hash(#[from] CannotHash),
}

/// Gives a manager a new PIN that is drawn by lot, unlocks and enables them, and answers the name and the PIN.
///
/// # Errors
/// [`ResetError`]
pub async fn reset_manager(config: &Path, name: Option<&str>) -> Result<(String, Pin), ResetError> {
    let settings = Settings::read(config)?;
    let store = SqliteStore::open(&settings.database).await?;
    let done = reset(&store, settings.operators, name).await;
    store.close().await;
    done
}

async fn reset(store: &dyn Operators, rules: Rules, name: Option<&str>) -> Result<(String, Pin), ResetError> {
    let all = store.operators().await?.into_iter().map(|(operator, _)| operator);
    let managers: Vec<Operator> = all.filter(|operator| operator.role == Role::Manager).collect();
    let manager = match (managers.as_slice(), name) {
        ([], _) => return Err(ResetError::Nobody),
        ([only], None) => Some(only),
        (managers, name) => managers.iter().find(|manager| Some(manager.name.as_str()) == name),
    };
    let names = || managers.iter().map(|manager| manager.name.as_str()).collect::<Vec<_>>().join(", ");
    let manager = manager.ok_or_else(|| ResetError::Whom(names()))?;
    let pin = draw(rules.manager_pin_digits.max(DIGITS))?;
    let changed = Operator { pin: PinHash::of(&pin)?, disabled: false, ..manager.clone() };
    let deed = Deed { at: clock::unix_ms(), who: None, did: Did::ResetPin, whom: Some(manager.name.clone()) };
    store.keep_tries(&manager.name, Tries::default(), None).await?;
    store.keep_operator(&changed, &deed).await?;
    Ok((changed.name, pin))
}

fn draw(digits: u32) -> Result<Pin, CannotHash> {
    loop {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|_| CannotHash)?;
        // Of 128 bits the rest is as good as even.
        let number = u128::from_le_bytes(random) % 10_u128.pow(digits.min(12));
        let width = usize::try_from(digits).unwrap_or(Pin::LONGEST).min(Pin::LONGEST);
        let pin = Pin::new(format!("{number:0width$}")).map_err(|_| CannotHash)?;
        if !pin.is_trivial() {
            return Ok(pin);
        }
    }
}

//! The people at the till: who is signed in, and who may do what.

mod pin_hash;
pub mod reset;
mod tries;

use crate::config::Settings;
use crate::desk::{Desk, detached};
use crate::problem::Problem;
use crate::store::operators::Operator;
use crate::store::{Store, StoreError};
use crate::{clock, cookie};
use payment::api::{self, AddOperator, Change, ChangeOperator, Deed, Did, Door, SignIn, Tile};
use payment::pin::Pin;
use payment::role::{ManagersOnly, Right, Rights, Role};
pub use pin_hash::{CannotHash, PinHash};
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
pub use tries::Tries;

/// As many characters as a tile shows.
const LONGEST_NAME: usize = 30;
/// That a session is used is written down so often at most.
const WRITTEN_MS: u64 = 5_000;
/// How much of the trail is shown.
const DEEDS: u32 = 500;

/// What is asked of people's PINs and sessions.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// The fewest digits of a PIN.
    pub pin_digits: u32,
    /// The fewest digits of a manager's PIN.
    pub manager_pin_digits: u32,
    /// So many seconds after a person's last call the till locks.
    pub idle_s: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self { pin_digits: 4, manager_pin_digits: 6, idle_s: 300 }
    }
}

impl Rules {
    fn idle_ms(self) -> u64 {
        u64::from(self.idle_s) * 1_000
    }

    fn least(self, role: Role) -> u32 {
        if role == Role::Manager { self.manager_pin_digits } else { self.pin_digits }
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What the person is at the till.
    pub role: Role,
}

/// Decides about them. A clone decides about the same people.
#[derive(Debug, Clone)]
pub struct Staff {
    desk: Desk,
    rules: Rules,
    rights: Arc<Rights>,
    /// One change, and one hash, at a time: PINs cannot be tried side by side, and take the memory of one.
    turn: Arc<Mutex<()>>,
}

impl Staff {
    /// The people of this till, whose rights are set up like this.
    ///
    /// # Errors
    /// [`ManagersOnly`]
    pub(crate) fn new(settings: &Settings, desk: Desk) -> Result<Self, ManagersOnly> {
        let rights = Arc::new(Rights::with(&settings.rights)?);
        Ok(Self { desk, rules: settings.operators, rights, turn: Arc::default() })
    }

    fn store(&self) -> &dyn Store {
        self.desk.store()
    }

    /// Whether the till waits for its first manager.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.store().operators().await?.is_empty())
    }

    /// Whether a person has this right.
    ///
    /// # Errors
    /// [`Problem::Role`] names the role that has it.
    pub(crate) fn allow(&self, person: &Person, right: Right) -> Result<(), Problem> {
        if self.may(person, right) { Ok(()) } else { Err(Problem::Role(self.rights.least(right))) }
    }

    pub(crate) fn may(&self, person: &Person, right: Right) -> bool {
        self.rights.has(person.role, right)
    }

    /// Everything that a person may do.
    pub(crate) fn rights(&self, person: &Person) -> Vec<Right> {
        self.rights.of(person.role)
    }

    /// What is shown before anybody has signed in.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn door(&self) -> Result<Door, StoreError> {
        let now = clock::unix_ms();
        let all = self.store().operators().await?.into_iter().filter(|(operator, _)| !operator.disabled);
        let tile = |(operator, tries): (Operator, Tries)| Tile {
            name: operator.name,
            locked_until: tries.locked(now),
        };
        Ok(Door {
            people: all.map(tile).collect(),
            unresolved: self.desk.unresolved(),
            pin_digits: self.rules.pin_digits,
            manager_pin_digits: self.rules.manager_pin_digits,
        })
    }

    /// Whose session this is, if it has not ended. `used` says that the person has just done something.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn signed_in(&self, session: &str, used: bool) -> Result<Option<Person>, StoreError> {
        let (now, session) = (clock::unix_ms(), cookie::digest(session));
        let Some((operator, last_used)) = self.store().signed_in(&session).await? else { return Ok(None) };
        let idle = now.saturating_sub(last_used);
        if idle >= self.rules.idle_ms() {
            return Ok(None);
        }
        if used && idle >= WRITTEN_MS {
            self.store().use_session(&session, now).await?;
        }
        Ok(Some(operator.person()))
    }

    /// Takes a PIN, and answers the person and what the browser has to hold. A wrong one is counted before it is looked
    /// at, and whether or not anybody waits for the answer.
    ///
    /// # Errors
    /// [`Problem::WrongPin`], for a name that is nobody's as well; [`Problem::PinLocked`] after too many.
    pub(crate) async fn sign_in(&self, asked: SignIn) -> Result<(Person, String), Problem> {
        let staff = self.clone();
        detached(async move {
            let _turn = staff.turn.lock().await;
            let (now, SignIn { name, pin }) = (clock::unix_ms(), asked);
            let name = checked(&name)?;
            let tries = staff.store().tries(&name).await?;
            if let Some(until) = tries.locked(now) {
                return Err(Problem::PinLocked { ms: until - now });
            }
            let operator = staff.find(&name).await?.filter(|operator| !operator.disabled);
            let tries = tries.after_wrong(now);
            staff.store().keep_tries(&name, tries, None).await?;
            let hash = operator.as_ref().map_or_else(PinHash::nobodys, |operator| operator.pin.clone());
            let fits = spawn_blocking(move || hash.is_of(&pin)).await.map_err(|_| Problem::Internal)?;
            if let Some(operator) = operator.as_ref().filter(|_| fits) {
                return staff.open(operator).await;
            }
            let locked = tries.locked(now);
            let did = if locked.is_some() { Did::LockedOut } else { Did::WrongPin };
            let deed = operator.map(|operator| Deed { at: now, who: Some(operator.name), did, whom: None });
            // Written again for a name that is nobody's, so that it takes as long.
            staff.store().keep_tries(&name, tries, deed.as_ref()).await?;
            Err(match locked {
                Some(until) => Problem::PinLocked { ms: until - now },
                None => Problem::WrongPin { left: tries.left() },
            })
        })
        .await
    }

    async fn open(&self, operator: &Operator) -> Result<(Person, String), Problem> {
        let (session, now) = (cookie::draw()?, clock::unix_ms());
        let stale = now.saturating_sub(self.rules.idle_ms());
        let deed = Deed { at: now, who: Some(operator.name.clone()), did: Did::SignedIn, whom: None };
        self.store().sign_in(&cookie::digest(&session), &operator.name, stale, &deed).await?;
        Ok((operator.person(), session))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn sign_out(&self, person: Person, session: &str) -> Result<(), StoreError> {
        let deed = Deed { at: clock::unix_ms(), who: Some(person.name), did: Did::SignedOut, whom: None };
        self.store().sign_out(&cookie::digest(session), &deed).await
    }

    /// Adds a person. Without anybody who does it, it makes the first manager and signs them in.
    ///
    /// # Errors
    /// [`Problem`] for a name that is taken or too long, and for a weak PIN.
    pub(crate) async fn add(
        &self,
        by: Option<Person>,
        new: AddOperator,
    ) -> Result<Option<(Person, String)>, Problem> {
        let staff = self.clone();
        detached(async move {
            let _turn = staff.turn.lock().await;
            let AddOperator { name, role, pin } = new;
            let name = checked(&name)?;
            let all = staff.store().operators().await?;
            let first = all.is_empty();
            let by = match by {
                Some(by) => Some(staff.still(by).await?),
                None if first => None,
                None => return Err(Problem::SignIn),
            };
            let is_taken = |known: &str| known.to_lowercase() == name.to_lowercase();
            if all.iter().any(|(operator, _)| is_taken(&operator.name)) {
                return Err(Problem::NameTaken);
            }
            let role = if first { Role::Manager } else { role };
            let pin = staff.hash(pin, role).await?;
            let who = by.map_or_else(|| name.clone(), |by| by.name);
            let whom = Some(name.clone()).filter(|name| *name != who);
            let operator = Operator { name, role, pin, disabled: false, last_seen: None };
            let deed = Deed { at: clock::unix_ms(), who: Some(who), did: Did::made(role), whom };
            staff.store().keep_operator(&operator, &deed).await?;
            if first { staff.open(&operator).await.map(Some) } else { Ok(None) }
        })
        .await
    }

    /// Changes something about a person.
    ///
    /// # Errors
    /// [`Problem`]: nobody takes their own rights away, so that there is always a manager.
    pub(crate) async fn change(&self, by: Person, asked: ChangeOperator) -> Result<(), Problem> {
        let staff = self.clone();
        detached(async move {
            let _turn = staff.turn.lock().await;
            let by = staff.still(by).await?;
            let mut operator = staff.find(&asked.name).await?.ok_or(Problem::UnknownOperator)?;
            let is_other = || if by.name == asked.name { Err(Problem::Oneself) } else { Ok(()) };
            let did = match asked.change {
                Change::Role { role, pin } => {
                    is_other()?;
                    match pin {
                        Some(pin) => operator.pin = staff.hash(pin, role).await?,
                        None if role == Role::Manager && operator.role != role => {
                            return Err(Problem::ShortPin(staff.rules.least(role)));
                        }
                        None => {}
                    }
                    operator.role = role;
                    Did::made(role)
                }
                Change::Pin { pin } => {
                    operator.pin = staff.hash(pin, operator.role).await?;
                    Did::ResetPin
                }
                Change::Unlock => Did::Unlocked,
                Change::Disable => {
                    is_other()?;
                    operator.disabled = true;
                    Did::Disabled
                }
                Change::Enable => {
                    operator.disabled = false;
                    Did::Enabled
                }
            };
            let whom = Some(asked.name).filter(|name| *name != by.name);
            let deed = Deed { at: clock::unix_ms(), who: Some(by.name), did, whom };
            if matches!(did, Did::Unlocked | Did::ResetPin) {
                let deed = Some(&deed).filter(|_| did == Did::Unlocked);
                staff.store().keep_tries(&operator.name, Tries::default(), deed).await?;
            }
            if did != Did::Unlocked {
                staff.store().keep_operator(&operator, &deed).await?;
            }
            Ok(())
        })
        .await
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn list(&self) -> Result<Vec<api::Operator>, StoreError> {
        let now = clock::unix_ms();
        let told = |(operator, tries): (Operator, Tries)| api::Operator {
            name: operator.name,
            role: operator.role,
            disabled: operator.disabled,
            locked_until: tries.locked(now),
            last_seen: operator.last_seen,
        };
        Ok(self.store().operators().await?.into_iter().map(told).collect())
    }

    /// Who did what, the latest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn deeds(&self) -> Result<Vec<Deed>, StoreError> {
        self.store().deeds(DEEDS).await
    }

    async fn find(&self, name: &str) -> Result<Option<Operator>, StoreError> {
        let all = self.store().operators().await?;
        Ok(all.into_iter().map(|(operator, _)| operator).find(|operator| operator.name == name))
    }

    /// The person as they are now, in their turn: a change before may have taken the right away.
    async fn still(&self, person: Person) -> Result<Person, Problem> {
        let now = self.find(&person.name).await?.filter(|operator| !operator.disabled);
        let person = now.ok_or(Problem::SignIn)?.person();
        self.allow(&person, Right::Operators)?;
        Ok(person)
    }

    async fn hash(&self, pin: Pin, role: Role) -> Result<PinHash, Problem> {
        let least = self.rules.least(role);
        if usize::try_from(least).is_ok_and(|least| pin.digits() < least) {
            return Err(Problem::ShortPin(least));
        }
        if pin.is_trivial() {
            return Err(Problem::TrivialPin);
        }
        let hashed = spawn_blocking(move || PinHash::of(&pin)).await;
        hashed.map_err(|_| Problem::Internal)?.map_err(|_| Problem::Internal)
    }
}

impl Operator {
    fn person(&self) -> Person {
        Person { name: self.name.clone(), role: self.role }
    }
}

/// A name that can be somebody's.
fn checked(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.contains(char::is_control);
    if fits { Ok(name.to_owned()) } else { Err(Problem::BadName) }
}

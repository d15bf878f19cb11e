//! Values that screens watch.

use super::state::DeskState;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Where watched values live together.
pub(super) type Shared = StoredValue<Rc<RefCell<DeskState>>, LocalStorage>;

/// One value of the desk's state, watched by screens as leptos' `RwSignal` is. The compiler makes two kilobytes of those
/// anew for each type of value, and next to nothing of this. A handle: all copies are the same value.
pub struct Watched<T: 'static> {
    state: Shared,
    changed: Trigger,
    of: fn(&DeskState) -> &T,
    of_mut: fn(&mut DeskState) -> &mut T,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Watched<T> {}

/// A field of the desk's state, to be watched.
macro_rules! watched {
    ($state:ident.$field:ident) => {
        $crate::desk::watched::Watched::new($state, |state| &state.$field, |state| &mut state.$field)
    };
}

pub(super) use watched;

impl<T> Watched<T> {
    /// Watches what `of` and `of_mut` point to.
    pub(super) fn new(state: Shared, of: fn(&DeskState) -> &T, of_mut: fn(&mut DeskState) -> &mut T) -> Self {
        Self { state, changed: Trigger::new(), of, of_mut }
    }

    /// Looks at the value, and must change nothing meanwhile. Whoever renders by it is called again when it changes.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        self.with_untracked(look)
    }

    /// Looks at the value once, and must change nothing meanwhile.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look((self.of)(&self.state.get_value().borrow()))
    }

    /// Changes the value.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        change((self.of_mut)(&mut self.state.get_value().borrow_mut()));
        self.changed.notify();
    }

    /// Replaces the value.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: Clone> Watched<T> {
    /// The value. Whoever renders by it is called again when it changes.
    #[must_use]
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, once.
    #[must_use]
    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

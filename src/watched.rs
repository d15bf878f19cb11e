//! Values that screens watch.

use leptos::prelude::*;

/// A value that screens watch, as leptos' `RwSignal`, of which the compiler makes two kilobytes anew for each type of
/// value. A handle: all copies are the same value.
pub struct Watched<T: 'static> {
    value: StoredValue<T, LocalStorage>,
    changed: Trigger,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Watched<T> {}

impl<T> Watched<T> {
    /// Starts with this value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { value: StoredValue::new_local(value), changed: Trigger::new() }
    }

    /// Looks at the value. Whoever renders by it is called again when it changes.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        self.value.with_value(look)
    }

    /// Looks at the value once.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.value.with_value(look)
    }

    /// Changes the value.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.value.update_value(change);
        self.changed.notify();
    }

    /// Replaces the value.
    pub fn set(self, value: T) {
        self.value.set_value(value);
        self.changed.notify();
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
        self.value.with_value(T::clone)
    }
}

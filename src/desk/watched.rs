use leptos::prelude::*;

use std::sync::{PoisonError, RwLock};

/// A value that screens watch, as leptos' `RwSignal`, of which the compiler makes two kilobytes anew for each type of
/// value and next to nothing of this.
pub struct Watched<T> {
    value: RwLock<T>,
    changed: ArcTrigger,
}

impl<T> Watched<T> {
    /// Starts with this value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self { value: RwLock::new(value), changed: ArcTrigger::new() }
    }

    /// Looks at the value, and must not change it meanwhile. Whoever renders by it is called again when it changes.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.changed.track();
        self.with_untracked(look)
    }

    /// Looks at the value once, and must not change it meanwhile.
    pub fn with_untracked<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the value.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.write().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify();
    }

    /// Replaces the value.
    pub fn set(&self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: PartialEq> Watched<T> {
    /// Replaces the value by another one; the same one again calls nobody. Whether it was another.
    pub fn renew(&self, value: T) -> bool {
        let is_new = self.with_untracked(|old| *old != value);
        if is_new {
            self.set(value);
        }
        is_new
    }
}

impl<T: Clone> Watched<T> {
    /// The value. Whoever renders by it is called again when it changes.
    #[must_use]
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    /// The value, once.
    #[must_use]
    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

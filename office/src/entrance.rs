use crate::Office;
use mpos_terminal::desk::Watched;
use mpos_terminal::proxy;
use payment::api::Door;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// After so many seconds without a touch the names go away again.
const STAND_BY_S: u32 = 60;

/// What signing in shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// Nobody is here.
    StandBy,
    /// Who may sign in.
    Names,
    /// The PIN of this person.
    Pin(String),
}

/// Signing in, before anybody has.
pub struct Entrance {
    /// Who may sign in, once the proxy has said so.
    pub door: Watched<Option<Door>>,
    /// What is shown.
    pub face: Watched<Face>,
    untouched_s: AtomicU32,
}

impl Default for Entrance {
    fn default() -> Self {
        let (door, face) = (Watched::new(None), Watched::new(Face::StandBy));
        Self { door, face, untouched_s: AtomicU32::new(0) }
    }
}

impl Entrance {
    /// Asks who may sign in.
    pub(crate) async fn look(&self, office: Office) {
        let door = office.heard(proxy::call("GET", "operators/names".to_owned(), None).await);
        if door.is_some() {
            self.door.renew(door);
        }
    }

    /// Shows this from now on.
    pub fn turn(&self, face: Face) {
        self.untouched_s.store(0, Relaxed);
        self.face.set(face);
    }

    /// Whether nobody has been here for as long as it takes to stand by.
    pub(crate) fn is_left(&self) -> bool {
        self.untouched_s.load(Relaxed) >= STAND_BY_S
    }

    /// A second has passed, with somebody here or without.
    pub fn beat(&self, somebody: bool) {
        let untouched = if somebody { 0 } else { self.untouched_s.load(Relaxed).saturating_add(1) };
        self.untouched_s.store(untouched, Relaxed);
        if self.is_left() && self.face.get_untracked() != Face::StandBy {
            self.face.set(Face::StandBy);
        }
    }
}

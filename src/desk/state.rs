//! What the desk knows: what screens watch, and what it keeps to itself.

use crate::device::Device;
use crate::device::search::{Candidate, Watch};
use crate::{entry::Entry, journal::Journal};
use payment::api::{Kind, Terminal};
use payment::attempt::AttemptId;
use payment::till::{Attempt, CardRead, Effect};
use reader::{Identity, Prompt};
use std::collections::VecDeque;

/// What the page can do at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Being found out.
    Starting,
    /// Another tab owns the till.
    OtherTab,
    /// The journal does not work: nothing may be paid, and nothing more of an open payment happens on this page.
    CannotSave,
    /// All is well.
    Ready,
}

/// What is known of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// This browser reaches none.
    Unsupported,
    /// None was ever chosen or granted.
    None,
    /// Being asked who it is.
    Connecting,
    /// Ready, with its charge in percent if it has a battery.
    Ready(Option<u8>),
    /// It does not encrypt card data.
    NotSecure,
    /// It has used up its keys.
    KeysUsedUp,
    /// It is not the till's own.
    Different {
        /// Serial number of the till's own.
        expected: String,
        /// Serial number of this one.
        found: String,
    },
    /// The cable was pulled, or it went out of reach.
    Unplugged,
    /// Another program has it, or this user may not use it.
    InUse,
    /// It does not answer, or what it says is damaged.
    Lost,
}

/// What is known of the way to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Not asked yet.
    Unknown,
    /// Proxy and gateway answer.
    Online,
    /// The proxy does not answer.
    ProxyAway,
    /// The proxy answers, the gateway does not.
    GatewayAway,
}

/// What screens watch.
pub struct DeskState {
    pub(super) readiness: Readiness,
    pub(super) now: u64,
    pub(super) terminal: Option<Terminal>,
    pub(super) network: Network,
    pub(super) reader: Reader,
    pub(super) reader_busy: bool,
    pub(super) prompt: Option<Prompt>,
    pub(super) card_in: bool,
    pub(super) entry: Option<Entry>,
    pub(super) current: Option<Attempt>,
    pub(super) parked: Vec<Attempt>,
    pub(super) list_open: bool,
    pub(super) repeated: Option<CardRead>,
    pub(super) resumed: bool,
    pub(super) less_kept: bool,
    pub(super) status: String,
    pub(super) alert: String,
    pub(super) identity: Option<Identity>,
    pub(super) kind: Kind,
    pub(super) email: String,
    pub(super) refused: String,
    pub(super) settled: bool,
}

impl DeskState {
    pub(super) fn new() -> Self {
        Self {
            readiness: Readiness::Starting,
            now: 0,
            terminal: None,
            network: Network::Unknown,
            reader: Reader::None,
            reader_busy: false,
            prompt: None,
            card_in: false,
            entry: None,
            current: None,
            parked: Vec::new(),
            list_open: false,
            repeated: None,
            resumed: false,
            less_kept: false,
            status: String::new(),
            alert: String::new(),
            identity: None,
            kind: Kind::Sale,
            email: String::new(),
            refused: String::new(),
            settled: false,
        }
    }
}

/// What the desk keeps to itself.
#[derive(Default)]
pub(super) struct Own {
    /// Payments of the last minutes whose end was seen.
    pub(super) recent: Vec<Attempt>,
    pub(super) next_id: Option<AttemptId>,
    /// The payment that the reader works for.
    pub(super) session: Option<AttemptId>,
    pub(super) device: Option<Device>,
    pub(super) candidate: Option<Candidate>,
    pub(super) watch: Option<Watch>,
    pub(super) journal: Option<Journal>,
    pub(super) work: VecDeque<Work>,
    pub(super) working: bool,
}

/// An attempt and the effects of its last step, in their order.
pub(super) struct Work {
    pub(super) attempt: Attempt,
    pub(super) effects: Vec<Effect>,
}

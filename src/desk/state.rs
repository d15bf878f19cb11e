use super::listening::Listening;
use super::{LinkLog, Question, Screen, Watched};
use crate::device::Device;
use crate::device::search::{Candidate, Watch};
use crate::entry::{Entry, scan::Burst};
use crate::journal::Journal;
use leptos::prelude::TimeoutHandle;
use payment::api::{Kind, Terminal};
use payment::attempt::AttemptId;
use payment::till::{Attempt, CardRead, Effect};
use reader::{Identity, Prompt};
use send_wrapper::SendWrapper;
use std::cell::RefCell;
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
    /// The gateway is closing the day.
    GateClosing,
}

/// What the desk knows: what screens watch, and what it keeps to itself.
pub struct DeskState {
    /// What the page can do.
    pub readiness: Watched<Readiness>,
    /// Which screen is to be seen.
    pub screen: Watched<Screen>,
    /// Unix milliseconds, once a second.
    pub now: Watched<u64>,
    /// What this till may do, once the proxy has said so.
    pub terminal: Watched<Option<Terminal>>,
    /// The way to the gateway.
    pub network: Watched<Network>,
    /// The reader.
    pub reader: Watched<Reader>,
    /// The reader is occupied with a card session.
    pub reader_busy: Watched<bool>,
    /// What the reader asks the customer for.
    pub prompt: Watched<Option<Prompt>>,
    /// A card has to be taken out.
    pub card_in: Watched<bool>,
    /// The amount being keyed.
    pub entry: Watched<Option<Entry>>,
    /// The payment on screen.
    pub current: Watched<Option<Attempt>>,
    /// Payments that are not on screen and that nobody has seen the end of.
    pub parked: Watched<Vec<Attempt>>,
    /// The list of parked payments is open.
    pub list_open: Watched<bool>,
    /// A card that has paid this amount before: it waits for the cashier's word, and nothing is sent.
    pub repeated: Watched<Option<CardRead>>,
    /// The payment on screen was found in the journal.
    pub resumed: Watched<bool>,
    /// An approval for less than was asked for is kept.
    pub less_kept: Watched<bool>,
    /// What the polite live region says.
    pub status: Watched<String>,
    /// What the assertive live region says.
    pub alert: Watched<String>,
    /// Who the reader says it is.
    pub identity: Watched<Option<Identity>>,
    /// How the link to it does.
    pub link: Watched<LinkLog>,
    /// The reader page is open.
    pub reader_open: Watched<bool>,
    /// Sale or preauthorisation, as chosen on the keypad.
    pub kind: Watched<Kind>,
    /// The note keyed for the order.
    pub note: Watched<String>,
    /// The order reference, keyed or scanned.
    pub reference: Watched<String>,
    /// What is asked between keying and the card.
    pub question: Watched<Option<Question>>,
    /// Another tip, being keyed.
    pub tip: Watched<Option<Entry>>,
    /// At a kiosk: somebody has come.
    pub begun: Watched<bool>,
    /// At a kiosk: in so many milliseconds the screen is left, unless somebody touches it.
    pub leaves_in: Watched<Option<u64>>,
    /// At a kiosk: what is said for screen readers is said aloud.
    pub aloud: Watched<bool>,
    /// At a kiosk: the text is larger.
    pub larger: Watched<bool>,
    /// The screen is turned round to the customer.
    pub flipped: Watched<bool>,
    /// The e-mail keyed for the receipt.
    pub email: Watched<String>,
    /// Why the last key was refused.
    pub refused: Watched<String>,
    /// Another version of the page waits, and nobody would be disturbed by it.
    pub update_ready: Watched<bool>,
    /// The filled button has been there long enough to be pressed.
    pub settled: Watched<bool>,
    /// What the customer's own screen shows.
    pub(crate) customer_sees: SendWrapper<RefCell<String>>,
    pub(super) own: SendWrapper<RefCell<Own>>,
}

impl Default for DeskState {
    fn default() -> Self {
        Self {
            readiness: Watched::new(Readiness::Starting),
            screen: Watched::new(Screen::Starting),
            now: Watched::new(0),
            terminal: Watched::new(None),
            network: Watched::new(Network::Unknown),
            reader: Watched::new(Reader::None),
            reader_busy: Watched::new(false),
            prompt: Watched::new(None),
            card_in: Watched::new(false),
            entry: Watched::new(None),
            current: Watched::new(None),
            parked: Watched::new(Vec::new()),
            list_open: Watched::new(false),
            repeated: Watched::new(None),
            resumed: Watched::new(false),
            less_kept: Watched::new(false),
            status: Watched::new(String::new()),
            alert: Watched::new(String::new()),
            identity: Watched::new(None),
            link: Watched::new(LinkLog::default()),
            reader_open: Watched::new(false),
            kind: Watched::new(Kind::Sale),
            note: Watched::new(String::new()),
            reference: Watched::new(String::new()),
            question: Watched::new(None),
            tip: Watched::new(None),
            begun: Watched::new(false),
            leaves_in: Watched::new(None),
            aloud: Watched::new(false),
            larger: Watched::new(false),
            flipped: Watched::new(false),
            email: Watched::new(String::new()),
            refused: Watched::new(String::new()),
            update_ready: Watched::new(false),
            settled: Watched::new(false),
            customer_sees: SendWrapper::new(RefCell::default()),
            own: SendWrapper::new(RefCell::default()),
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
    pub(super) listening: Listening,
    pub(super) burst: Burst,
    /// Somebody has pressed something since the proxy was last told.
    pub(super) touched: bool,
    /// Nothing may be changed under somebody's hands before then.
    pub(super) busy_until: u64,
    /// At a kiosk: the screen that nobody has touched, and since when.
    pub(super) alone_with: Option<Screen>,
    pub(super) alone_since: u64,
    /// Until the amount is spoken.
    pub(super) speaking: Option<TimeoutHandle>,
}

/// An attempt and the effects of its last step, in their order.
pub(super) struct Work {
    pub(super) attempt: Attempt,
    pub(super) effects: Vec<Effect>,
}

//! Messages on their way, and the queue of everything that is going to happen.

use crate::gateway::Call;
use payment::api::{PaymentView, TillView};
use payment::order;
use payment::settlement::ClosingEvent;
use payment::till;
use std::collections::BTreeMap;

/// Something that will happen.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    /// Page → proxy.
    Request {
        tab: u32,
        call: u64,
        which: usize,
        effect: Box<till::Effect>,
    },
    /// Proxy → page; or, from the page's own clock, that no answer came in time.
    Answer {
        tab: u32,
        call: u64,
        which: usize,
        event: Box<till::Event>,
        again: bool,
    },
    /// The page asks for the payments that the proxy follows.
    AskList {
        tab: u32,
    },
    List {
        tab: u32,
        views: Vec<(usize, TillView)>,
    },
    /// Proxy → gateway, by one life of the proxy.
    Call {
        proxy: u32,
        call: u64,
        which: usize,
        what: Call,
    },
    /// Gateway → proxy; or, from the proxy's own clock, that no answer came in time.
    Reply {
        proxy: u32,
        call: u64,
        which: usize,
        reply: Box<Reach>,
    },
    /// What the gateway said could not be stored, and is tried again.
    Again {
        proxy: u32,
        which: usize,
        event: Box<order::Event>,
    },
    Callback {
        which: usize,
        query: String,
        tries: u8,
    },
    /// An order at the gateway takes its next step.
    Progress {
        which: usize,
    },
    /// What the reader says to one session with it.
    Reader {
        session: u32,
        event: Box<till::Event>,
    },
    Customer {
        which: usize,
        tries: u32,
    },
    /// Staff look at a payment and do what the screen asks for.
    Staff {
        which: usize,
    },
    /// Staff want something of a payment that is over.
    Wish {
        which: usize,
        tries: u32,
    },
    /// Page → proxy: a request after the sale.
    Ask {
        job: usize,
        which: usize,
    },
    /// The page posts a request again that was not answered.
    AskAgain {
        job: usize,
        tries: u32,
    },
    /// Proxy → page: how the payment stands, or that the request is refused.
    Asked {
        job: usize,
        which: usize,
        view: Option<Box<PaymentView>>,
    },
    /// Staff close the day; the last one until it is closed.
    CloseDay {
        last: bool,
        tries: u32,
    },
    /// Proxy → gateway.
    CallToClose {
        proxy: u32,
        call: u64,
        id: String,
    },
    /// Gateway → proxy; or, from the proxy's own clock, that no answer came in time.
    Closed {
        proxy: u32,
        call: u64,
        reply: Box<Reach>,
    },
    /// What the gateway said of the day could not be stored, and is tried again.
    CloseAgain {
        proxy: u32,
        event: Box<ClosingEvent>,
    },
    PageUp,
    ProxyUp,
    BackUp,
}

/// What came of a call to the gateway.
#[derive(Debug, Clone)]
pub(crate) enum Reach {
    Reply(proxy::gateway::Reply),
    NoConnection,
    Silence,
}

/// What messages about the closing of the day are about, where others are about a payment.
pub(crate) const DAY: usize = usize::MAX - 1;

/// When, and in which order within a millisecond.
pub(crate) type Key = (u64, u64);

/// Everything to come, in order.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    all: BTreeMap<Key, Happening>,
    next: u64,
}

impl Queue {
    pub(crate) fn put(&mut self, at: u64, happening: Happening) {
        self.next += 1;
        self.all.insert((at, self.next), happening);
    }

    pub(crate) fn first_at(&self) -> Option<u64> {
        self.all.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn pop(&mut self) -> Option<Happening> {
        self.all.pop_first().map(|(_, happening)| happening)
    }

    pub(crate) fn take(&mut self, key: Key) -> Option<Happening> {
        self.all.remove(&key)
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut Happening> {
        self.all.get_mut(&key)
    }

    pub(crate) fn drop_if(&mut self, gone: impl Fn(&Happening) -> bool) {
        self.all.retain(|_, happening| !gone(happening));
    }

    /// The first of what `wanted` picks: about `which` if there is one, else about any payment.
    pub(crate) fn find(&self, which: usize, wanted: impl Fn(&Happening) -> Option<usize>) -> Option<Key> {
        let mut other = None;
        for (key, happening) in &self.all {
            match wanted(happening) {
                Some(about) if about == which => return Some(*key),
                Some(_) => other = other.or(Some(*key)),
                None => {}
            }
        }
        other
    }
}

impl Happening {
    /// Whose request to the proxy this is.
    pub(crate) fn request(&self) -> Option<usize> {
        match self {
            Self::Request { which, .. } | Self::Ask { which, .. } => Some(*which),
            Self::AskList { .. } => Some(usize::MAX),
            _ => None,
        }
    }

    /// Whose answer from the proxy this is. The page's own "no answer" is none.
    pub(crate) fn answer(&self) -> Option<usize> {
        match self {
            Self::Answer { which, event, .. } if !is_silence(event) => Some(*which),
            Self::Asked { which, .. } => Some(*which),
            _ => None,
        }
    }

    pub(crate) fn call(&self) -> Option<usize> {
        match self {
            Self::Call { which, .. } => Some(*which),
            Self::CallToClose { .. } => Some(DAY),
            _ => None,
        }
    }

    /// Whose reply from the gateway this is. The proxy's own "no answer" is none.
    pub(crate) fn reply(&self) -> Option<usize> {
        match self {
            Self::Reply { which, reply, .. } if matches!(**reply, Reach::Reply(_)) => Some(*which),
            Self::Closed { reply, .. } if matches!(**reply, Reach::Reply(_)) => Some(DAY),
            _ => None,
        }
    }

    /// The reply itself.
    pub(crate) fn reply_mut(&mut self) -> Option<&mut proxy::gateway::Reply> {
        match self {
            Self::Reply { reply, .. } | Self::Closed { reply, .. } => match &mut **reply {
                Reach::Reply(reply) => Some(reply),
                Reach::NoConnection | Reach::Silence => None,
            },
            _ => None,
        }
    }
}

fn is_silence(event: &till::Event) -> bool {
    matches!(
        event,
        till::Event::Told(None) | till::Event::Abandoned(None) | till::Event::Posted(till::Posted::NoAnswer)
    )
}

//! One shop: a page, its proxy with its store, the gateway and the networks between them, one seed and one clock.

use crate::afterwards::After;
use crate::day::Days;
use crate::faults::{self, Fault, Planned, Step};
use crate::gateway::{Fate, Gateway};
use crate::network::{Happening, Queue};
use crate::office::Office;
use crate::page::Page;
use crate::protections::{Protection, Setting};
use crate::proxy::Proxy;
use crate::random::Random;
use payment::api::{Kind, Outcome};
use payment::attempt::AttemptId;
use payment::money::{Amount, Currency};
use payment::till::{Draft, End};
use std::cell::Cell;
use std::fmt::Debug;

/// When every world begins.
pub(crate) const START: u64 = 1_800_000_000_000;
const DAY_MS: u64 = 24 * 3_600_000;
/// Then faults stop, and staff ask for nothing more.
const CALM_MS: u64 = 20 * DAY_MS;
/// By then everything is final or a person's: the gateway works for days, orders are followed for 14, a shop is closed
/// for 16. The last day is closed.
pub(crate) const REST_MS: u64 = 80 * DAY_MS;
/// By then it is closed.
const END_MS: u64 = 100 * DAY_MS;
/// A world that takes more steps than this never comes to rest.
const MOST_STEPS: u32 = 100_000;

/// One customer's payment, and what really happened in it.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) draft: Draft,
    /// Pay was pressed.
    pub(crate) begun: bool,
    /// The reading of the card; another payment's where the reader gave an old one.
    pub(crate) blob: Option<String>,
    pub(crate) posted: bool,
    /// The proxy has seen the gateway wait for the card.
    pub(crate) card_asked: bool,
    pub(crate) card_said: Option<bool>,
    /// Staff pressed Keep.
    pub(crate) kept: bool,
    /// The gateway denied the order longer than anybody waits, or the proxy's clock was moved on: it may be reported
    /// as never arrived and turn up.
    pub(crate) may_turn_up: bool,
    /// The proxy has lost what it knew.
    pub(crate) restored: bool,
    /// The page has lost what it knew.
    pub(crate) wiped: bool,
    pub(crate) returned_elsewhere: bool,
    /// Staff asked for a return or void of it.
    pub(crate) returned_in_office: bool,
    pub(crate) submissions: u32,
    /// How often each later transaction was sent.
    pub(crate) sent_later: Vec<u32>,
    pub(crate) shown: Option<End>,
    pub(crate) order_final: Option<Outcome>,
}

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) random: Random,
    pub(crate) setting: Setting,
    pub(crate) office: Office,
    pub(crate) payments: Vec<Payment>,
    pub(crate) queue: Queue,
    pub(crate) page: Page,
    pub(crate) proxy: Proxy,
    pub(crate) gateway: Gateway,
    pub(crate) plan: Vec<Planned>,
    /// What struck, and where the till stood.
    pub(crate) struck: Vec<(Fault, Step)>,
    /// Payments shown as approved that a kiosk's proxy gave back after its store was put back.
    pub(crate) reversed: Cell<u64>,
    /// Payments that only the gateway knows: the proxy's store was put back and the page's profile wiped.
    pub(crate) unknown: Cell<u64>,
    /// Returns that a put-back store has forgotten.
    pub(crate) forgotten: Cell<u64>,
    pub(crate) failure: Option<String>,
    pub(crate) trace: Option<Vec<String>>,
}

/// What is drawn before anything happens: a run is its seed and, where it was shrunk, the faults that are left.
pub(crate) fn draw_plan(seed: u64, setting: Setting) -> Vec<Planned> {
    let mut random = Random::new(seed ^ 0xFA17);
    let payments = random.between(1, 3) as usize;
    let mut planned = faults::plan(&mut random, payments);
    if setting.all {
        planned.extend(faults::plan_afterwards(&mut random, payments));
    }
    planned
}

/// A line of a story is cut off after so many characters.
const LONGEST_LINE: usize = 240;

/// How many payments the world of this seed has.
pub(crate) fn payments_of(seed: u64) -> usize {
    Random::new(seed ^ 0xFA17).between(1, 3) as usize
}

impl World {
    pub(crate) fn new(seed: u64, plan: Vec<Planned>, setting: Setting) -> Self {
        let mut random = Random::new(seed);
        let count = payments_of(seed);
        let payments = (0..count).map(|which| payment(which, &mut random)).collect();
        let mut fates: Vec<_> = (0..count).map(|_| Fate::draw(&mut random)).collect();
        let attended = random.percent(70);
        if setting.all {
            let after = After::draw(&mut random);
            fates.iter_mut().for_each(|fate| fate.after = Some(after.clone().with_fates(&mut random)));
        }
        let days = Days::draw(&mut Random::new(seed ^ 0xDA1));
        let mut world = Self {
            now: START,
            setting,
            office: Office::default(),
            payments,
            queue: Queue::default(),
            page: Page::default(),
            proxy: Proxy::new(attended),
            gateway: Gateway::new(fates, days),
            plan,
            struck: vec![],
            reversed: Cell::new(0),
            unknown: Cell::new(0),
            forgotten: Cell::new(0),
            failure: None,
            trace: None,
            random,
        };
        for at in [4_000, 20_000, 70_000, 300_000] {
            let at = START + world.random.between(at / 4, at);
            world.queue.put(at, Happening::BackUp);
        }
        world.start_page();
        let mut at = START;
        for which in 0..count {
            at += world.random.between(50, 30_000);
            world.queue.put(at, Happening::Customer { which, tries: 0 });
            if setting.all {
                world.wishes(which, at);
            }
        }
        if setting.all {
            world.closing_hours();
        }
        world
    }

    /// Lives to the end, or to the first lie.
    pub(crate) fn run(&mut self) {
        for _ in 0..MOST_STEPS {
            if !self.step() {
                self.verdict();
                return;
            }
            if !self.is_calm() {
                self.strike();
            }
            self.check();
            if self.failure.is_some() {
                return;
            }
        }
        self.fail(|| "the world never comes to rest".to_owned());
    }

    pub(crate) fn is_without(&self, protection: Protection) -> bool {
        self.setting.without == Some(protection)
    }

    pub(crate) fn fail(&mut self, what: impl FnOnce() -> String) {
        if self.failure.is_none() {
            self.failure = Some(what());
        }
    }

    pub(crate) fn note(&mut self, what: &str, about: &dyn Debug) {
        let now = self.now - START;
        if let Some(trace) = &mut self.trace {
            let line = format!("{:>9}.{:03} s  {what}: {about:?}", now / 1_000, now % 1_000);
            trace.push(line.chars().take(LONGEST_LINE).collect());
        }
    }

    /// How long people and sleeping tablets wait: `least`, and longer the longer it has taken already.
    pub(crate) fn patience(&self, least: u64) -> u64 {
        let age = self.now - START;
        if age < 600_000 { least } else { least.max(age / 4) }
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.now >= START + CALM_MS
    }

    fn step(&mut self) -> bool {
        let due = [self.queue.first_at(), self.page_due(), self.proxy_due()];
        let Some(at) = due.iter().flatten().min().copied().filter(|at| at - START < END_MS) else {
            return false;
        };
        self.now = self.now.max(at);
        if due[0] == Some(at) {
            let Some(happening) = self.queue.pop() else { return false };
            self.happen(happening);
        } else if due[1] == Some(at) {
            self.tick_page();
        } else {
            self.wake_proxy();
        }
        true
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Request { tab, call, which, effect } => self.at_proxy(tab, call, which, *effect),
            Happening::AskList { tab } => self.list_at_proxy(tab),
            Happening::Answer { tab, call, which, event, again } => {
                self.answered(tab, call, which, *event, again);
            }
            Happening::List { tab, views } => self.listed(tab, views),
            Happening::Call { proxy, call, which, what } => self.at_gateway(proxy, call, which, &what),
            Happening::Reply { proxy, call, which, reply } => self.replied(proxy, call, which, *reply),
            Happening::Again { proxy, which, event } if proxy == self.proxy.life => {
                self.tell_order(which, *event);
            }
            Happening::Again { .. } => {}
            Happening::Callback { which, query, tries } => self.called_back(which, query, tries),
            Happening::Progress { which } => self.progress(which),
            Happening::Reader { session, event } => self.read(session, *event),
            Happening::Customer { which, tries } => self.next_customer(which, tries),
            Happening::Staff { which } => self.staff(which),
            Happening::Wish { which, tries } => self.wish(which, tries),
            Happening::Ask { job, .. } => self.ask_at_proxy(job),
            Happening::AskAgain { job, tries } => self.ask_again(job, tries),
            Happening::Asked { job, view, .. } => self.asked(job, view),
            Happening::CloseDay { last, tries } => self.press_close_day(last, tries),
            Happening::CallToClose { proxy, call, id } => self.close_at_gateway(proxy, call, id),
            Happening::Closed { proxy, call, reply } => self.closed(proxy, call, *reply),
            Happening::CloseAgain { proxy, event } if proxy == self.proxy.life => self.tell_closing(*event),
            Happening::CloseAgain { .. } => {}
            Happening::PageUp => self.start_page(),
            Happening::ProxyUp => self.start_proxy(),
            Happening::BackUp => self.proxy.store.back_up(),
        }
    }

    fn at_gateway(&mut self, proxy: u32, call: u64, which: usize, what: &crate::gateway::Call) {
        if self.gateway.down_until > self.now {
            // The connection was begun and nobody is there any more: the proxy's own limit will tell.
            return;
        }
        let terms = self.proxy.terms[&which].clone();
        let reply = self.gateway.handle(which, &terms, what, self.now);
        self.note("gateway took", &(which, what));
        self.schedule_progress(which);
        let at = self.now + self.random.between(20, 300);
        let reply = Box::new(crate::network::Reach::Reply(reply));
        self.queue.put(at, Happening::Reply { proxy, call, which, reply });
    }

    fn schedule_progress(&mut self, which: usize) {
        if let Some(at) = self.gateway.orders.get_mut(&which).and_then(|order| order.next_at.take()) {
            self.queue.put(at, Happening::Progress { which });
        }
    }

    fn progress(&mut self, which: usize) {
        if self.gateway.down_until > self.now {
            let at = self.gateway.down_until;
            return self.queue.put(at, Happening::Progress { which });
        }
        let ended = self.gateway.progress(which, self.now);
        self.schedule_progress(which);
        let latest = self.gateway.orders.get(&which).map(|order| (order.latest(), order.awaits_card));
        self.note("gateway’s order moves", &(which, latest));
        if ended && let Some(query) = self.callback_query(which, None) {
            let at = self.now + self.random.between(30, 10_000);
            self.queue.put(at, Happening::Callback { which, query, tries: 0 });
        }
    }
}

/// What every shop takes.
pub(crate) fn euro() -> Currency {
    Currency::from_code("EUR").expect("the euro is a currency")
}

fn payment(which: usize, random: &mut Random) -> Payment {
    let mut bytes = [which as u8; AttemptId::LEN];
    bytes[1..9].copy_from_slice(&random.draw().to_le_bytes());
    let draft = Draft {
        attempt: AttemptId::from_random(bytes),
        kind: if random.percent(70) { Kind::Sale } else { Kind::Preauth },
        amount: Amount::new(2_000 + 100 * which as u64, euro()),
        tip: None,
        reference: None,
        description: None,
        email: None,
        paid_at: START,
    };
    Payment {
        draft,
        begun: false,
        blob: None,
        posted: false,
        card_asked: false,
        card_said: None,
        kept: false,
        may_turn_up: false,
        restored: false,
        wiped: false,
        returned_elsewhere: false,
        returned_in_office: false,
        submissions: 0,
        sent_later: vec![],
        shown: None,
        order_final: None,
    }
}

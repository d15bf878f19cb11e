use crate::desk::{Desk, Readiness};
use crate::device::Device;
use crate::parts::{element, line, live_regions, part, status_strip};
use crate::screens::{
    WaitingFor, approved_for_less, keypad, notice, outcome_screen, parked_list, present, repeated,
    unresolved, waiting,
};
use leptos::prelude::*;
use payment::api::Outcome;
use payment::attempt::AttemptId;
use payment::till::{Attempt, End, State};

/// Which screen is to be seen. A screen is built anew when this changes, and only then.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Screen {
    Starting,
    OtherTab,
    CannotSave,
    Keypad,
    List,
    Present,
    Repeated,
    Waiting(WaitingFor),
    ApprovedForLess(AttemptId),
    Outcome(AttemptId),
    Unresolved(AttemptId),
}

impl Screen {
    fn of(desk: Desk) -> Self {
        match desk.readiness.get() {
            Readiness::OtherTab => return Self::OtherTab,
            Readiness::CannotSave => return Self::CannotSave,
            Readiness::Starting => return Self::Starting,
            Readiness::Ready => {}
        }
        if desk.repeated.with(Option::is_some) {
            return Self::Repeated;
        }
        desk.current.with(|attempt| match attempt {
            Some(attempt) => Self::of_attempt(attempt, desk.less_kept.get()),
            None if desk.list_open.get() => Self::List,
            None if desk.entry.with(Option::is_none) => Self::Starting,
            None => Self::Keypad,
        })
    }

    fn of_attempt(attempt: &Attempt, less_kept: bool) -> Self {
        let id = attempt.draft.attempt.clone();
        match &attempt.state {
            State::AwaitCard { .. } => Self::Present,
            State::Cancelling { .. } => Self::Waiting(WaitingFor::Reader),
            State::AwaitAcceptance(_) => Self::Waiting(WaitingFor::Proxy),
            State::AwaitFinal(_) => Self::Waiting(WaitingFor::Bank),
            State::AwaitCardDecision(_) => Self::Waiting(WaitingFor::Card),
            State::AwaitAdvice(_) => Self::Waiting(WaitingFor::Bank),
            State::Unresolved(..) => Self::Unresolved(id),
            State::Finished(_, End::Result(Outcome::Approved { amount }))
                if amount.minor < attempt.draft.amount.minor && !less_kept =>
            {
                Self::ApprovedForLess(id)
            }
            State::Finished(..) => Self::Outcome(id),
        }
    }
}

/// The terminal.
#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    let (device, drawn) = reader();
    desk.start(device);
    let screen = Memo::new(move |_| Screen::of(desk));
    let main = element("main").child(part(move || show(screen.get()))).view();
    let continued = part(move || continued(desk).map(|text| line("continued", text)));
    let terminal = element("div").class("terminal").children([status_strip(), continued, main]).view();
    let both = element("div").class("till-and-reader").children([terminal, drawn]).view();
    vec![live_regions(), both]
}

/// Said above the screen of a payment that an earlier page began.
fn continued(desk: Desk) -> Option<String> {
    let paid_at = desk.current.with(|attempt| attempt.as_ref().map(|attempt| attempt.draft.paid_at))?;
    desk.resumed.get().then(|| format!("Continued from {}", crate::browser::hh_mm(paid_at)))
}

fn show(screen: Screen) -> Option<AnyView> {
    match screen {
        Screen::Starting => notice("Starting", "Checking journal, reader and network."),
        Screen::OtherTab => notice(
            "Open in another tab",
            "Nothing was sent. No payment is open here. Cashier: use the other tab.",
        ),
        Screen::CannotSave => notice(
            "Till cannot save",
            "Nothing more is sent from here. Manager: free storage, then restart; an open payment is found again.",
        ),
        Screen::Keypad => keypad(),
        Screen::List => parked_list(),
        Screen::Present => present(),
        Screen::Repeated => repeated(),
        Screen::Waiting(whom) => waiting(whom),
        Screen::ApprovedForLess(_) => approved_for_less(),
        Screen::Outcome(_) => outcome_screen(),
        Screen::Unresolved(_) => unresolved(),
    }
}

/// The reader, and its picture if it is the virtual one.
#[cfg(feature = "demo")]
fn reader() -> (Option<Device>, AnyView) {
    use crate::device::virtual_reader::{Pipe, emulator};
    let emulator = emulator();
    let driver = (reader::miura::FAMILY.driver)(reader::Link::Serial, reader::Setup::default());
    let device = Device::new(driver, Box::new(Pipe::new(emulator.clone())));
    (Some(device), view! { <crate::screens::VirtualReader emulator /> }.into_any())
}

#[cfg(not(feature = "demo"))]
fn reader() -> (Option<Device>, AnyView) {
    (None, ().into_any())
}

use crate::desk::{Desk, Readiness};
use crate::device::Device;
use crate::parts::{LiveRegions, StatusStrip};
use crate::screens::{
    ApprovedForLess, Keypad, Notice, OutcomeScreen, ParkedList, Present, Repeated, Unresolved, Waiting,
    WaitingFor,
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
    view! {
        <LiveRegions />
        <div class="till-and-reader">
            <div class="terminal">
                <StatusStrip />
                {move || continued(desk).map(|text| view! { <p class="continued">{text}</p> })}
                <main>{move || show(screen.get())}</main>
            </div>
            {drawn}
        </div>
    }
}

/// Said above the screen of a payment that an earlier page began.
fn continued(desk: Desk) -> Option<String> {
    let paid_at = desk.current.with(|attempt| attempt.as_ref().map(|attempt| attempt.draft.paid_at))?;
    desk.resumed.get().then(|| format!("Continued from {}", crate::browser::hh_mm(paid_at)))
}

fn show(screen: Screen) -> AnyView {
    match screen {
        Screen::Starting => view! { <Notice title="Starting" text="Checking journal, reader and network." /> }.into_any(),
        Screen::OtherTab => view! {
            <Notice title="Open in another tab" text="Nothing was sent. No payment is open here. Cashier: use the other tab." />
        }.into_any(),
        Screen::CannotSave => view! {
            <Notice title="Till cannot save" text="Nothing more is sent from here. Manager: free storage, then restart; an open payment is found again." />
        }.into_any(),
        Screen::Keypad => view! { <Keypad /> }.into_any(),
        Screen::List => view! { <ParkedList /> }.into_any(),
        Screen::Present => view! { <Present /> }.into_any(),
        Screen::Repeated => view! { <Repeated /> }.into_any(),
        Screen::Waiting(whom) => view! { <Waiting whom /> }.into_any(),
        Screen::ApprovedForLess(_) => view! { <ApprovedForLess /> }.into_any(),
        Screen::Outcome(_) => view! { <OutcomeScreen /> }.into_any(),
        Screen::Unresolved(_) => view! { <Unresolved /> }.into_any(),
    }
}

/// The reader, and its picture if it is the virtual one.
#[cfg(feature = "demo")]
fn reader() -> (Option<Device>, AnyView) {
    use crate::device::virtual_reader::{Pipe, emulator};
    let emulator = emulator();
    let driver = (reader::miura::FAMILY.driver)(reader::Link::Serial, reader::Setup::default());
    let device = Device::new(driver, Box::new(Pipe(emulator.clone())));
    (Some(device), view! { <crate::screens::VirtualReader emulator /> }.into_any())
}

#[cfg(not(feature = "demo"))]
fn reader() -> (Option<Device>, AnyView) {
    (None, ().into_any())
}

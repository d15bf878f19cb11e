use crate::desk::{Desk, Screen};
use crate::device::Device;
use crate::parts::{element, follow, help_bar, line, live_regions, part, status_strip, text};
use crate::screens::{
    approved_for_less, attract, keypad, notice, offline, outcome_screen, parked_list, present, question,
    reader_page, repeated, unresolved, update, waiting,
};
use crate::{shell, speech};
use language::say;
use leptos::prelude::*;

/// The terminal.
#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::new();
    let (device, drawn) = reader(desk);
    desk.start(device);
    follow(move || {
        let next = Screen::of(desk);
        let shown = desk.screen.get_untracked();
        if shown == Screen::Starting && shown != next {
            // All of it anew: what was there before it was known what is shown has no place to keep.
            speech::again();
        }
        if desk.screen.renew(next) {
            desk.look_for_customer(crate::browser::now());
        }
        // Not over a payment: that is seen to its end first.
        let locked = desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.locked));
        if locked && desk.current.with(Option::is_none) {
            crate::browser::go("/office/#sign-in");
        }
    });
    follow(move || say_aloud(desk, &desk.status.get()));
    follow(move || say_aloud(desk, &desk.alert.get()));
    let terminal = part(move || {
        speech::follow();
        shell::entitle(say::page_name());
        Some(terminal(desk))
    });
    let both = element("div").class("till-and-reader").children([terminal, drawn]).view();
    vec![live_regions(desk), both]
}

fn say_aloud(desk: Desk, text: &str) {
    if desk.aloud.get() {
        shell::speak(text);
    }
}

/// What changes with the language.
fn terminal(desk: Desk) -> AnyView {
    let flipped = text(move || if desk.flipped.get() { "flipped" } else { "" }.to_owned());
    let shown = part(move || {
        let screen = desk.screen.get();
        // Made once, and changed in its parts only: a screen made anew would lose focus, and what is half keyed.
        untrack(|| show(desk, screen))
    });
    let main = element("main").live_attr("class", flipped).child(shown).view();
    let continued = part(move || continued(desk).map(|text| line("continued", text)));
    let class = text(move || {
        let larger = if desk.larger.get() { " larger" } else { "" };
        if desk.is_self_service() { format!("terminal self-service{larger}") } else { "terminal".to_owned() }
    });
    let help = part(move || desk.is_self_service().then(|| help_bar(desk)));
    let terminal = element("div").live_attr("class", class);
    // No menu leads out of a kiosk.
    let terminal = terminal.on("contextmenu", move |event| {
        if desk.is_self_service() {
            event.prevent_default();
        }
    });
    terminal.children([status_strip(desk), continued, main, help]).view()
}

/// Said above the screen of a payment that an earlier page began.
fn continued(desk: Desk) -> Option<String> {
    let paid_at = desk.current.with(|attempt| attempt.as_ref().map(|attempt| attempt.draft.paid_at))?;
    desk.resumed.get().then(|| say::continued_from(&crate::browser::hh_mm(paid_at)))
}

fn show(desk: Desk, screen: Screen) -> Option<AnyView> {
    match screen {
        Screen::Starting => notice(say::starting(), say::starting_checks(&shell::version())),
        Screen::OtherTab => notice(say::other_tab(), say::other_tab_next().to_owned()),
        Screen::CannotSave => notice(say::cannot_save(), say::cannot_save_next().to_owned()),
        Screen::Offline => Some(offline(desk)),
        Screen::Attract => Some(attract(desk)),
        Screen::Keypad => keypad(desk),
        Screen::Update => Some(update(desk)),
        Screen::Question(asked) => Some(question(desk, asked)),
        Screen::List => parked_list(desk),
        Screen::Reader => reader_page(desk),
        Screen::Present => present(desk),
        Screen::Repeated => repeated(desk),
        Screen::Waiting(whom) => waiting(desk, whom),
        Screen::ApprovedForLess(_) => approved_for_less(desk),
        Screen::Outcome(_) => outcome_screen(desk),
        Screen::Unresolved(_, unsure) => unresolved(desk, &unsure),
    }
}

/// The reader, and its picture if it is the virtual one.
#[cfg(feature = "demo")]
fn reader(desk: Desk) -> (Option<Device>, AnyView) {
    use crate::device::virtual_reader::{Pipe, emulator};
    let emulator = emulator();
    let driver = (reader::miura::FAMILY.driver)(reader::Link::Serial, reader::Setup::default());
    let device = Device::new(driver, Box::new(Pipe::new(emulator.clone())));
    (Some(device), view! { <crate::screens::VirtualReader desk emulator /> }.into_any())
}

#[cfg(not(feature = "demo"))]
fn reader(_: Desk) -> (Option<Device>, AnyView) {
    (None, ().into_any())
}

use crate::browser;
use crate::desk::Desk;
use crate::device::virtual_reader::SharedEmulator;
use leptos::prelude::*;
use reader_sim::{Card, Emulator, Faults, Hand, Key, cards};
use std::time::Duration;

/// A fault's label, and its switch.
type Fault = (&'static str, fn(&mut Faults, bool));

const FAULTS: [Fault; 18] = [
    ("Silent", |f, on| f.silent = on),
    ("Slow", |f, on| f.slow_ms = if on { 500 } else { 0 }),
    ("Cut the next frame", |f, on| f.cut_frame = on),
    ("Wrong checksum in the next frame", |f, on| f.wrong_checksum = on),
    ("No key for card data", |f, on| f.not_secure = on),
    ("Battery almost empty", |f, on| f.low_battery = on),
    ("Chip and tap unreadable", |f, on| f.read_error = on),
    ("Card approves by itself", |f, on| f.approves_offline = on),
    ("Card declines by itself", |f, on| f.declines_offline = on),
    ("Card declines after the bank approved", |f, on| f.declines_after_issuer = on),
    ("Customer chooses the application", |f, on| f.choose_application = on),
    ("One PIN try left", |f, on| f.last_pin_try = on),
    ("Clear card number", |f, on| f.clear_data = on),
    ("Card signs another amount", |f, on| f.other_amount = on),
    ("Next message comes twice", |f, on| f.duplicate = on),
    ("Restart once", |f, on| f.restart = on),
    ("Keys used up", |f, on| f.keys_exhausted = on),
    ("Cancel comes too late", |f, on| f.cancel_race = on),
];

/// The keys in rows of four: what is on them, their name.
const PIN_PAD: [(&str, &str, Key); 13] = [
    ("1", "PIN 1", Key::Digit(1)),
    ("2", "PIN 2", Key::Digit(2)),
    ("3", "PIN 3", Key::Digit(3)),
    ("\u{d7}", "PIN cancel", Key::Cancel),
    ("4", "PIN 4", Key::Digit(4)),
    ("5", "PIN 5", Key::Digit(5)),
    ("6", "PIN 6", Key::Digit(6)),
    ("<", "PIN clear", Key::Clear),
    ("7", "PIN 7", Key::Digit(7)),
    ("8", "PIN 8", Key::Digit(8)),
    ("9", "PIN 9", Key::Digit(9)),
    ("\u{25cb}", "PIN enter", Key::Enter),
    ("0", "PIN 0", Key::Digit(0)),
];

/// The virtual reader, drawn as the little device that it emulates.
#[component]
pub fn VirtualReader(
    /// The till's desk.
    desk: Desk,
    /// What it is.
    emulator: SharedEmulator,
) -> impl IntoView {
    let emulator = StoredValue::new_local(emulator);
    let screen = RwSignal::new(emulator.with_value(|e| e.borrow().screen()));
    let slot = RwSignal::new(None::<&'static str>);
    let look = move || {
        let (shown, card) = emulator.with_value(|e| {
            let emulator = e.borrow();
            (emulator.screen(), emulator.card_in_slot().map(|card| card.name))
        });
        if screen.with_untracked(|s| *s != shown) {
            screen.set(shown);
        }
        if slot.get_untracked() != card {
            slot.set(card);
        }
    };
    set_interval(look, Duration::from_millis(100));
    let act = move |act: &dyn Fn(&mut dyn Emulator, u64)| {
        emulator.with_value(|e| act(&mut *e.borrow_mut(), browser::now()));
        desk.pump();
        look();
    };
    let chosen = RwSignal::new(0_usize);
    let card = move || cards().get(chosen.get()).or(cards().first());
    let key = move |(label, name, key): (&'static str, &'static str, Key)| {
        view! {
            <button type="button" aria-label=name on:click=move |_| act(&|e, now| e.hand(now, Hand::Press(key)))>{label}</button>
        }
    };
    view! {
        <aside class="virtual-reader" aria-label="Virtual reader">
            <div class="device">
                <div class="lights" class:on=move || screen.with(|s| s.contactless) aria-hidden="true">
                    <i></i><i></i><i></i><i></i>
                </div>
                <pre role="group" aria-label="Reader display">{move || screen.with(|s| s.rows.join("\n"))}</pre>
                <div class="pins">
                    {PIN_PAD.map(key).collect_view()}
                </div>
                <div class="slot" class:taken=move || slot.get().is_some()>
                    {move || slot.get().unwrap_or("Card slot")}
                </div>
            </div>
            <label class="field">
                <span>"Card"</span>
                <select on:change=move |event| chosen.set(event_target_value(&event).parse().unwrap_or_default())>
                    {cards().iter().enumerate().map(|(at, card)| view! {
                        <option value=at.to_string()>{card.name}</option>
                    }).collect_view()}
                </select>
            </label>
            <div class="hand">
                {move || card().map(|card| hand(card, act))}
                <button type="button" on:click=move |_| act(&|e, now| e.hand(now, Hand::Remove))>"Remove card"</button>
            </div>
            <details>
                <summary>"Faults"</summary>
                {FAULTS.map(|(label, switch)| view! {
                    <label class="fault">
                        <input type="checkbox" on:change=move |event| {
                            let on = event_target_checked(&event);
                            act(&|e, _| switch(e.faults(), on));
                        } />
                        <span>{label}</span>
                    </label>
                }).collect_view()}
            </details>
        </aside>
    }
}

/// What can be done with this card.
fn hand(
    card: &'static Card,
    act: impl Fn(&dyn Fn(&mut dyn Emulator, u64)) + Copy + 'static,
) -> impl IntoView {
    let button = move |offered: bool, verb: &str, how: fn(Card) -> Hand| {
        offered.then(|| {
            let label = format!("{verb} {}", card.name);
            view! {
                <button type="button" on:click=move |_| act(&|e, now| e.hand(now, how(*card)))>{label}</button>
            }
        })
    };
    view! {
        {button(card.chip.is_some(), "Insert", Hand::Insert)}
        {button(card.contactless, "Tap", Hand::Tap)}
        {button(card.stripe, "Swipe", Hand::Swipe)}
    }
}

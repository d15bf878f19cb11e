use crate::desk::{Desk, Network, Reader};
use crate::entry::{Key, Refused};
use crate::parts::Filled;
use crate::sound::{self, Sound};
use crate::words;
use leptos::ev::{self, KeyboardEvent};
use leptos::html::H1;
use leptos::prelude::*;
use payment::api::Kind;
use payment::money::Amount;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The amount is spoken so long after the last key.
const SPEAK_AFTER: Duration = Duration::from_millis(500);

/// The keys in their rows: label, name, what it does.
const KEYS: [(&str, &str, Key); 12] = [
    ("1", "1", Key::Digit(1)),
    ("2", "2", Key::Digit(2)),
    ("3", "3", Key::Digit(3)),
    ("4", "4", Key::Digit(4)),
    ("5", "5", Key::Digit(5)),
    ("6", "6", Key::Digit(6)),
    ("7", "7", Key::Digit(7)),
    ("8", "8", Key::Digit(8)),
    ("9", "9", Key::Digit(9)),
    ("00", "double zero", Key::Zeros),
    ("0", "0", Key::Digit(0)),
    ("DEL", "delete", Key::Delete),
];

/// Keying an amount, choosing the kind, pressing Pay.
#[component]
pub fn Keypad() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let kind = RwSignal::new(Kind::Sale);
    let email = RwSignal::new(String::new());
    let notice = RwSignal::new(String::new());
    let amount = Memo::new(move |_| desk.entry.get().map(|entry| entry.amount()));
    let spoken = StoredValue::new(None::<TimeoutHandle>);

    let press = move |key: Key| {
        let mut refused = None;
        desk.entry.update(|entry| refused = entry.as_mut().and_then(|entry| entry.press(key).err()));
        notice.set(refused.map(refusal).unwrap_or_default());
        match refused {
            Some(refused) => {
                sound::play(Sound::Attention);
                desk.alert.set(refusal(refused));
            }
            None => sound::play(Sound::Key),
        }
        spoken.update_value(|timer| {
            if let Some(timer) = timer.take() {
                timer.clear();
            }
            // The desk's own entry: this screen may be gone by then.
            let speak = move || {
                let keyed = desk.entry.with_untracked(|entry| entry.map(|entry| entry.amount()));
                desk.say(keyed.map(words::spoken).unwrap_or_default());
            };
            *timer = set_timeout_with_handle(speak, SPEAK_AFTER).ok();
        });
    };
    let pay = move || {
        let Some(amount) = amount.get_untracked() else { return };
        if amount.minor == 0 {
            return notice.set("Key an amount first".into());
        }
        let email = Some(email.get_untracked().trim().to_owned()).filter(|email| !email.is_empty());
        desk.pay(kind.get_untracked(), amount, email);
    };

    let keys = window_event_listener(ev::keydown, move |event| hardware_key(&event, press, pay));
    on_cleanup(move || keys.remove());

    let preauth = move || desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.preauth));
    let pay_label = Signal::derive(move || {
        let figures = amount.get().map(words::figures).unwrap_or_default();
        match kind.get() {
            Kind::Sale => format!("Pay {figures}"),
            Kind::Preauth => format!("Reserve {figures}"),
        }
    });
    let enabled = Signal::derive(move || desk.can_pay() && amount.get().is_some_and(|a| a.minor > 0));
    view! {
        <section class="keypad">
            <div class="entry">
                <Show when=preauth>
                    <fieldset class="kinds">
                        <legend class="heard">"Kind"</legend>
                        {[Kind::Sale, Kind::Preauth].map(|each| view! {
                            <label>
                                <input
                                    type="radio" name="kind"
                                    prop:checked=move || kind.get() == each
                                    on:change=move |_| kind.set(each)
                                />
                                <span>{words::kind(each)}</span>
                            </label>
                        }).collect_view()}
                    </fieldset>
                </Show>
                <div class="keyed">
                    <KeyedAmount amount />
                    <button type="button" class="clear" aria-label="clear" on:click=move |_| press(Key::Clear)>"C"</button>
                </div>
                <p class="refused">{move || notice.get()}</p>
                <label class="field">
                    <span>"E-mail for the receipt (optional)"</span>
                    <input
                        type="email" autocomplete="off" maxlength="100"
                        prop:value=move || email.get()
                        on:input=move |event| email.set(event_target_value(&event))
                    />
                </label>
            </div>
            <div class="keys" dir="ltr" role="group" aria-label="Keypad">
                {KEYS.map(|(label, name, key)| view! {
                    <button type="button" class="key" aria-label=name
                        on:pointerdown=move |event| if event.button() == 0 { press(key) }
                        // A press that is no pointer: keyboard or assistive technology.
                        on:click=move |event| if event.detail() == 0 { press(key) }
                    >{label}</button>
                }).collect_view()}
                <Filled label=pay_label enabled on_press=pay />
                <p class="why-not">{move || why_not(desk)}</p>
            </div>
        </section>
    }
}

/// The amount is the heading of this screen: it has the focus when the screen comes, so that Enter can mean Pay.
#[component]
fn KeyedAmount(amount: Memo<Option<Amount>>) -> impl IntoView {
    let node = NodeRef::<H1>::new();
    Effect::new(move || {
        if let Some(heading) = node.get() {
            let _ = heading.focus();
        }
    });
    view! {
        <h1 class="amount" tabindex="-1" node_ref=node data-testid="amount">
            <bdi>{move || amount.get().map(words::amount).unwrap_or_default()}</bdi>
        </h1>
    }
}

/// A key of the hardware keyboard, unless it belongs to a field or a button that has the focus.
fn hardware_key(event: &KeyboardEvent, press: impl Fn(Key), pay: impl Fn()) {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let tag = target.map(|target| target.tag_name()).unwrap_or_default();
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    if modified || tag == "INPUT" {
        return;
    }
    let name = event.key();
    let key = match (name.as_str(), name.as_bytes()) {
        ("Backspace", _) => Key::Delete,
        ("Delete", _) => Key::Clear,
        ("." | ",", _) => Key::Point,
        (_, [digit @ b'0'..=b'9']) if !event.repeat() => Key::Digit(digit - b'0'),
        ("Enter", _) if !event.repeat() && tag != "BUTTON" => return pay(),
        _ => return,
    };
    event.prevent_default();
    press(key);
}

fn refusal(refused: Refused) -> String {
    match refused {
        Refused::OverLimit(limit) => format!("The limit is {}", words::amount(limit)),
        Refused::TooManyDecimals => "This currency has no further decimals".to_owned(),
    }
}

/// Why Pay cannot be pressed, if it is not the amount.
fn why_not(desk: Desk) -> &'static str {
    if desk.network.get() == Network::ProxyAway {
        return "No connection. Nothing will be charged later.";
    }
    if desk.card_in.get() {
        return "Remove the card first";
    }
    match desk.reader.get() {
        Reader::None => "Connect a card reader",
        Reader::Connecting => "The reader is being connected",
        Reader::NotSecure => "This reader is not allowed: no card data was taken",
        Reader::Lost => "Check cable and power of the reader; it reconnects by itself",
        Reader::Ready(_) if desk.reader_busy.get() => "The reader is finishing",
        Reader::Ready(_) => "",
    }
}

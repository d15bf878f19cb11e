use crate::desk::{Desk, Network, Reader};
use crate::device::search;
use crate::entry::{Key, Refused};
use crate::parts::{
    amount_size, button, element, filled, flag, focus_heading, live_line, part, press as pressed, row, text,
};
use crate::sound::{self, Sound};
use crate::words;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use payment::api::Kind;
use reader::{FAMILIES, Family};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, PointerEvent};

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
pub fn keypad(desk: Desk) -> Option<AnyView> {
    let amount = move || desk.entry.get().map(|entry| entry.amount());

    let press = move |key: Key| {
        let refused = desk.key(key).err();
        desk.refused.set(refused.map(refusal).unwrap_or_default());
        match refused {
            Some(refused) => {
                sound::play(Sound::Attention);
                desk.alert.set(refusal(refused));
            }
            None => sound::play(Sound::Key),
        }
        desk.speak_amount();
    };
    let pay = move || {
        let Some(amount) = desk.entry.with_untracked(|entry| entry.map(|entry| entry.amount())) else {
            return;
        };
        if amount.minor == 0 {
            return desk.refused.set("Key an amount first".into());
        }
        let email = Some(desk.email.get_untracked().trim().to_owned()).filter(|email| !email.is_empty());
        desk.pay(desk.kind.get_untracked(), amount, email);
    };

    let keys = window_event_listener(ev::keydown, move |event| hardware_key(&event, press, pay));
    on_cleanup(move || keys.remove());

    let preauth = move || desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.preauth));
    let pay_label = text(move || {
        let figures = amount().map(words::figures).unwrap_or_default();
        match desk.kind.get() {
            Kind::Sale => format!("Pay {figures}"),
            Kind::Preauth => format!("Reserve {figures}"),
        }
    });
    let kinds = part(move || {
        let choice = |kind| kind_choice(desk, kind);
        let legend = element("legend").class("heard").text("Kind").view();
        let field = || element("fieldset").class("kinds").child(legend);
        preauth().then(|| field().children([Kind::Sale, Kind::Preauth].map(choice)).view())
    });
    let clear = element("button").attr("type", "button").class("clear").attr("aria-label", "clear");
    let clear = clear.on("click", move |_| press(Key::Clear)).text("C");
    let keyed = element("div").class("keyed").child(keyed_amount(desk)).child(clear.view());
    let entry = element("div").class("entry").children([
        kinds,
        keyed.view(),
        live_line("refused", text(move || desk.refused.get())),
        email_field(desk),
    ]);
    let keys = element("div").class("keys").attr("dir", "ltr").attr("role", "group");
    let keys = keys.attr("aria-label", "Keypad").children(KEYS.map(|(label, name, key)| {
        let button = element("button").attr("type", "button").class("key").attr("aria-label", name);
        let button = button.on("pointerdown", move |event| {
            if event.unchecked_ref::<PointerEvent>().button() == 0 {
                press(key);
            }
        });
        // A press that is no pointer: keyboard or assistive technology.
        let button = button.on("click", move |event| {
            if event.unchecked_ref::<PointerEvent>().detail() == 0 {
                press(key);
            }
        });
        button.text(label).view()
    }));
    let keys = keys.children([
        filled(desk, pay_label, can_pay, pressed(pay)),
        live_line("why-not", text(move || why_not(desk))),
        part(move || reader_choice(desk)),
    ]);
    Some(element("section").class("keypad").child(entry.view()).child(keys.view()).view())
}

/// One of the kinds to choose from.
fn kind_choice(desk: Desk, kind: Kind) -> AnyView {
    let radio = element("input").attr("type", "radio").attr("name", "kind");
    let radio = radio.prop("checked", flag(move || desk.kind.get() == kind));
    let radio = radio.on("change", move |_| desk.kind.set(kind));
    element("label").child(radio.view()).child(element("span").text(words::kind(kind)).view()).view()
}

fn email_field(desk: Desk) -> AnyView {
    const NAME: &str = "E-mail for the receipt";
    let input = element("input").attr("type", "email").attr("autocomplete", "off").attr("maxlength", "100");
    let input = input.attr("aria-label", NAME).live_attr("value", text(move || desk.email.get()));
    let input = input.on("input", move |event| desk.email.set(event_target_value(&event)));
    let summary = element("summary").text(NAME).view();
    element("details").class("email").child(summary).child(input.view()).view()
}

/// Whether Pay can be pressed.
fn can_pay(desk: Desk) -> bool {
    desk.can_pay() && desk.entry.with(|entry| entry.is_some_and(|entry| entry.amount().minor > 0))
}

/// The amount is the heading of this screen: it has the focus when the screen comes, so that Enter can mean Pay.
fn keyed_amount(desk: Desk) -> AnyView {
    focus_heading();
    let amount = move || desk.entry.get().map(|entry| words::amount(entry.amount())).unwrap_or_default();
    let heading = element("h1").attr("tabindex", "-1").attr("data-testid", "amount");
    let heading = heading.live_attr("class", text(move || amount_size(&amount()).to_owned()));
    heading.child(element("bdi").live_text(text(amount)).view()).view()
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
fn why_not(desk: Desk) -> String {
    if desk.network.get() == Network::ProxyAway {
        return "No connection. Nothing will be charged later.".into();
    }
    if desk.network.get() == Network::GateClosing {
        let asked = desk.terminal.with(|t| t.as_ref().and_then(|t| t.gate_closing)).unwrap_or_default();
        return format!("Bank is closing the day, asked {}. Wait.", crate::browser::hh_mm(asked));
    }
    if desk.card_in.get() {
        return "Remove the card first".into();
    }
    let reader = desk.reader.get();
    if matches!(reader, Reader::Ready(_)) {
        let finishing = desk.reader_busy.get();
        return if finishing { "The reader is finishing".to_owned() } else { String::new() };
    }
    words::reader_help(&reader)
}

/// What can be done here about a reader that cannot take cards.
fn reader_choice(desk: Desk) -> Option<AnyView> {
    match desk.reader.get() {
        Reader::None | Reader::Unplugged => {
            let usable =
                |family: &&&'static Family| desk.may_take_cards(family) && search::is_supported(family);
            let families = FAMILIES.iter().filter(usable);
            let buttons = families.map(|family| {
                let label = format!("Choose reader: {}", family.title);
                button(label, pressed(move || desk.choose_reader(family)))
            });
            Some(row(buttons.collect()))
        }
        Reader::Different { .. } => {
            Some(button("Use this reader".to_owned(), pressed(move || desk.bind_reader())))
        }
        _ => None,
    }
}

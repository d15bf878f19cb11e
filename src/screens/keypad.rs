use crate::desk::{Desk, Network, Reader, Watched};
use crate::device::search;
use crate::entry::{Entry, Key};
use crate::parts::{
    Press, amount_size, button, element, filled, flag, focus_heading, hear_here, language_choice, live_line,
    part, press, row, text,
};
use crate::{shell, words};
use language::say;
use leptos::prelude::*;
use payment::api::Kind;
use payment::money::Amount;
use reader::{FAMILIES, Family};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Event, HtmlElement, KeyboardEvent, PointerEvent};

/// The digits with their names, which are what a screen reader says.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Keying an amount, choosing the kind, pressing Pay.
pub fn keypad(desk: Desk) -> Option<AnyView> {
    let keying = desk.keying();
    hardware_keys(desk, Desk::charge);
    hear_here("paste", move |event| {
        let data = event.unchecked_ref::<ClipboardEvent>().clipboard_data();
        if let Some(text) = data.filter(|_| !is_in_field(event)).and_then(|data| data.get_data("text").ok()) {
            desk.paste(&text);
        }
    });

    let pay_label = text(move || {
        let figures = desk.bill().map(words::figures).unwrap_or_default();
        match desk.kind.get() {
            Kind::Sale => say::pay(&figures),
            Kind::Preauth => say::reserve(&figures),
        }
    });
    let mut keyed = element("div").class("keyed").child(keyed_amount(desk));
    if !keying.sums {
        keyed = keyed.child(key_button(desk, "clear", "C", say::key_clear(), Key::Clear));
    }
    let entry = element("div").class("entry").children([
        part(move || choices(desk)),
        sum_line(desk),
        keyed.view(),
        quick(desk),
        more(desk),
    ]);
    let class = if keying.sums { "keys sums" } else { "keys" };
    let keys = element("div").class(class).attr("dir", "ltr").attr("role", "group");
    let keys = keys.attr("aria-label", say::keypad()).children(key_buttons(desk, keying.sums)).children([
        filled(desk, pay_label, can_pay, press(move || desk.charge())),
        live_line("why-not", text(move || why_not(desk))),
        part(move || reader_choice(desk)),
    ]);
    Some(element("section").class("keypad").child(entry.view()).child(keys.view()).view())
}

/// The keys in their rows, with a column of their own for those of a sum.
pub(super) fn key_buttons(desk: Desk, sums: bool) -> Vec<AnyView> {
    let mut rows = [1_u8, 4, 7];
    if desk.keying().calculator {
        rows.reverse();
    }
    let columns = [
        ("C", say::key_clear(), Key::Clear),
        ("\u{d7}", say::key_times(), Key::Times),
        ("+", say::key_plus(), Key::Plus),
    ];
    let mut keys = Vec::new();
    for (first, (label, name, key)) in rows.into_iter().zip(columns) {
        keys.extend((first..first + 3).map(|digit| digit_button(desk, digit)));
        if sums {
            keys.push(key_button(desk, if label == "+" { "key tall" } else { "key" }, label, name, key));
        }
    }
    keys.push(key_button(desk, "key", "00", "00", Key::Zeros));
    keys.push(digit_button(desk, 0));
    keys.push(key_button(desk, "key", "\u{232b}", say::key_delete(), Key::Delete));
    keys
}

fn digit_button(desk: Desk, digit: u8) -> AnyView {
    let label = DIGITS.get(usize::from(digit)).copied().unwrap_or_default();
    key_button(desk, "key", label, label, Key::Digit(digit))
}

/// A key. It acts when it is touched, not when it is let go.
#[inline(never)]
fn key_button(desk: Desk, class: &'static str, label: &'static str, name: &'static str, key: Key) -> AnyView {
    let button = element("button").attr("type", "button").class(class).attr("aria-label", name);
    let button = button.on("pointerdown", move |event| {
        if event.unchecked_ref::<PointerEvent>().button() == 0 {
            desk.key(key);
        }
    });
    // A press that is no pointer: keyboard or assistive technology.
    let button = button.on("click", move |event| {
        if event.unchecked_ref::<PointerEvent>().detail() == 0 {
            desk.key(key);
        }
    });
    button.text(label).view()
}

/// Sale or preauthorisation, and the currency, where there is a choice.
fn choices(desk: Desk) -> Option<AnyView> {
    let preauth = desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.preauth));
    let limits = desk.limits();
    let mut fields = Vec::new();
    if preauth {
        let choice = |kind| {
            let is_chosen = flag(move || desk.kind.get() == kind);
            radio("kind", words::kind(kind), is_chosen, press(move || desk.kind.set(kind)))
        };
        fields.push(fieldset(say::choice_kind(), [Kind::Sale, Kind::Preauth].map(choice).into()));
    }
    if limits.len() > 1 {
        let choice = |limit: Amount| {
            let is_chosen = flag(move || {
                desk.entry.with(|entry| entry.as_ref().is_some_and(|e| e.limit().currency == limit.currency))
            });
            radio("currency", limit.currency.code(), is_chosen, press(move || desk.choose_currency(limit)))
        };
        fields.push(fieldset(say::choice_currency(), limits.into_iter().map(choice).collect()));
    }
    (!fields.is_empty()).then(|| element("div").class("choices").children(fields).view())
}

fn fieldset(legend: &'static str, choices: Vec<AnyView>) -> AnyView {
    let legend = element("legend").class("heard").text(legend).view();
    element("fieldset").class("kinds").child(legend).children(choices).view()
}

/// One of the things to choose from.
fn radio(
    group: &'static str,
    label: &'static str,
    is_chosen: Box<dyn FnMut() -> bool + Send>,
    mut choose: Press,
) -> AnyView {
    let radio = element("input").attr("type", "radio").attr("name", group).prop("checked", is_chosen);
    let radio = radio.on("change", move |_| choose());
    element("label").child(radio.view()).child(element("span").text(label).view()).view()
}

/// The terms of a sum, with the one that is being keyed in bold. Its place is kept while there is none.
fn sum_line(desk: Desk) -> AnyView {
    let sum = move || desk.entry.with(|entry| entry.as_ref().map(words::sum)).unwrap_or_default();
    let now = element("b").live_text(text(move || sum().1));
    let line = element("p")
        .class("sum")
        .child(element("bdi").live_text(text(move || sum().0)).child(now.view()).view());
    line.view()
}

/// Presets and the last amounts; and the way to what is keyed seldom.
fn quick(desk: Desk) -> AnyView {
    let amounts = part(move || {
        let (presets, last) = desk.offered();
        let mut buttons = Vec::new();
        for (is_last, amounts) in [(false, presets), (true, last)] {
            let label = move |amount: String| if is_last { say::last_amount(&amount) } else { amount };
            for amount in amounts {
                // A digit's key has the same short word.
                let name = text(move || label(words::amount(amount)));
                let button = element("button").attr("type", "button").live_attr("aria-label", name);
                let button = button.on("click", move |_| desk.key(Key::Amount(amount.minor)));
                buttons.push(button.text(label(words::short(amount))).view());
            }
        }
        Some(element("div").class("amounts").children(buttons).view())
    });
    let label = text(move || match desk.reference.get() {
        reference if reference.is_empty() => say::more().to_owned(),
        reference => say::short_reference(&reference),
    });
    let more = element("button").attr("type", "button").class("to-more").attr("popovertarget", "more");
    element("div").class("quick").child(amounts).child(more.live_text(label).view()).view()
}

/// What is keyed seldom: beside the keys where there is room, else behind a button.
fn more(desk: Desk) -> AnyView {
    let keying = desk.keying();
    let mut fields = Vec::new();
    let is_staff = !desk.is_self_service();
    if keying.reference && is_staff {
        fields.push(field(say::order_reference(), "text", "64", &desk.state().reference));
    }
    if keying.note && is_staff {
        fields.push(field(say::note(), "text", "128", &desk.state().note));
    }
    fields.push(field(say::receipt_email(), "email", "50", &desk.state().email));
    let window = element("a").attr("href", "/customer/").attr("target", "customer").attr("role", "button");
    let done = element("button").attr("type", "button").attr("popovertarget", "more").class("to-more");
    let install = element("button").attr("type", "button").class("install").on("click", |_| shell::install());
    let done = done.text(say::done()).view();
    if is_staff {
        fields.push(language_choice());
        let (window, install) = (window.text(say::customers_screen()), install.text(say::install()));
        fields.push(row(vec![window.view(), install.view(), done]));
    } else {
        fields.push(row(vec![done]));
    }
    element("div").class("more").attr("id", "more").attr("popover", "").children(fields).view()
}

fn field(
    name: &'static str,
    kind: &'static str,
    longest: &'static str,
    value: &'static Watched<String>,
) -> AnyView {
    let input = element("input").attr("type", kind).attr("autocomplete", "off").attr("maxlength", longest);
    let input = input.live_attr("value", text(move || value.get()));
    let input = input.on("input", move |event| value.set(event_target_value(&event)));
    element("label").class("field").text(name).child(input.view()).view()
}

/// Whether Pay can be pressed.
fn can_pay(desk: Desk) -> bool {
    desk.can_pay() && desk.bill().is_some_and(|bill| bill.minor > 0)
}

/// The amount is the heading of this screen: it has the focus when the screen comes, so that Enter can mean Pay.
fn keyed_amount(desk: Desk) -> AnyView {
    focus_heading();
    let amount = move || desk.bill().map(words::amount).unwrap_or_default();
    let is_sum = move || desk.entry.with(|entry| entry.as_ref().is_some_and(Entry::is_sum));
    let total = text(move || if is_sum() { say::total() } else { "" }.to_owned());
    let heading = element("h1").attr("tabindex", "-1").attr("data-testid", "amount");
    let heading = heading.live_attr("class", text(move || amount_size(&amount()).to_owned()));
    let heading = heading.child(element("small").live_text(total).view());
    heading.child(element("bdi").live_text(text(amount)).view()).view()
}

/// Hears the hardware keyboard as long as the screen is there, where no field has the focus.
pub(super) fn hardware_keys(desk: Desk, enter: fn(Desk)) {
    hear_here("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if !modified && !is_in_field(event) && hardware_key(desk, event, enter) {
            event.prevent_default();
        }
    });
}

/// A key of the hardware keyboard; whether it meant something here.
fn hardware_key(desk: Desk, event: &KeyboardEvent, enter: fn(Desk)) -> bool {
    let name = event.key();
    let at = at(event);
    let mut letters = name.chars();
    if let (Some(letter), None, false) = (letters.next(), letters.next(), event.repeat())
        && desk.scanned(letter, at)
    {
        return true;
    }
    desk.key(match (name.as_str(), name.as_bytes()) {
        ("Backspace", _) => Key::Delete,
        ("Delete", _) => Key::Clear,
        ("." | ",", _) => Key::Point,
        ("*", _) if desk.keying().sums => Key::Times,
        ("+", _) if desk.keying().sums => Key::Plus,
        (_, [digit @ b'0'..=b'9']) if !event.repeat() => Key::Digit(digit - b'0'),
        // What ends a scanner's code does not pay.
        ("Enter", _) if desk.is_scanning(at) => return true,
        ("Enter", _) if !event.repeat() && tag(event) != "BUTTON" => {
            enter(desk);
            return true;
        }
        _ => return false,
    });
    true
}

/// When the event was, in milliseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time since the page began")]
fn at(event: &Event) -> u64 {
    event.time_stamp() as u64
}

/// Whether a field of the page has the event.
fn is_in_field(event: &Event) -> bool {
    tag(event) == "INPUT"
}

fn tag(event: &Event) -> String {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.map(|target| target.tag_name()).unwrap_or_default()
}

/// Why Pay cannot be pressed, or the last key was refused.
pub(super) fn why_not(desk: Desk) -> String {
    let refused = desk.refused.get();
    if !refused.is_empty() {
        return refused;
    }
    if desk.network.get() == Network::ProxyAway {
        return say::nothing_charged_later().into();
    }
    if desk.network.get() == Network::GateClosing {
        let asked = desk.terminal.with(|t| t.as_ref().and_then(|t| t.gate_closing)).unwrap_or_default();
        return say::closing_asked(&crate::browser::hh_mm(asked));
    }
    if desk.card_in.get() {
        return say::remove_card_first().into();
    }
    let reader = desk.reader.get();
    if matches!(reader, Reader::Ready(_)) {
        let finishing = desk.reader_busy.get();
        return if finishing { say::reader_finishing().to_owned() } else { String::new() };
    }
    words::reader_help(&reader)
}

/// What can be done here about a reader that cannot take cards.
pub(super) fn reader_choice(desk: Desk) -> Option<AnyView> {
    match desk.reader.get() {
        Reader::None | Reader::Unplugged => {
            let usable =
                |family: &&&'static Family| desk.may_take_cards(family) && search::is_supported(family);
            let families = FAMILIES.iter().filter(usable);
            let buttons = families.map(|family| {
                let label = say::choose_reader(family.title);
                button(label, press(move || desk.choose_reader(family)))
            });
            Some(row(buttons.collect()))
        }
        Reader::Different { .. } => {
            Some(button(say::use_this_reader().to_owned(), press(move || desk.bind_reader())))
        }
        _ => None,
    }
}

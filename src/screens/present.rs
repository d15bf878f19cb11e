use crate::desk::Desk;
use crate::parts::{Button, Heading, part, text};
use crate::sound::{self, Sound};
use crate::words;
use leptos::ev;
use leptos::prelude::*;
use payment::till::{CARD_WAIT_MS, Event, State};
use reader::Prompt;

/// From here on the screen offers to keep waiting.
const ASK_AFTER_MS: u64 = 30_000;

/// Before anything is sent: the customer presents the card and does what the reader asks for.
#[component]
pub fn Present() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let amount = move || desk.amount_asked();
    let asked = Memo::new(move |_| words::prompt(desk.prompt.get()));
    let waits = move || {
        desk.current.with(|a| match a.as_ref().map(|a| &a.state) {
            Some(State::AwaitCard { since, card_seen: false }) => Some(*since),
            _ => None,
        })
    };
    let waited = move || waits().map(|since| desk.now.get().saturating_sub(since).min(CARD_WAIT_MS));
    let dots = move || match desk.prompt.get() {
        Some(Prompt::EnterPin { digits }) => "\u{25cf}".repeat(usize::from(digits)),
        _ => String::new(),
    };
    Effect::new(move || {
        let (title, what) = asked.get();
        sound::play(Sound::Prompt);
        desk.say(format!("{title}. {what}"));
    });
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" && !event.repeat() {
            desk.feed_current(Event::Cancel);
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <section class="present">
            <p class="amount"><bdi>{text(amount)}</bdi></p>
            <Heading text=text(move || asked.get().0.to_owned()) />
            <p class="next">{text(move || asked.get().1.to_owned())}</p>
            <p class="dots" aria-hidden="true">{text(dots)}</p>
            <p class="wait">
                <span class="ring" aria-hidden="true"></span>
                {text(move || match waited() {
                    Some(ms) => format!("Waiting for card {}", words::minutes(ms)),
                    None => "The card is being read".to_owned(),
                })}
            </p>
            <p class="money">"Nothing charged yet."</p>
            <div class="row">
                <Button label="Cancel" on_press=move || desk.feed_current(Event::Cancel) />
                {part(move || waited().is_some_and(|ms| ms >= ASK_AFTER_MS).then(|| view! {
                    <Button label="Keep waiting" on_press=move || desk.feed_current(Event::KeepWaiting) />
                }.into_any()))}
            </div>
        </section>
    }
}

use crate::browser;
use crate::desk::Desk;
use crate::parts::{Button, Filled, ResultFrame, part, text};
use crate::sound::{self, Sound};
use crate::words;
use leptos::prelude::*;
use payment::till::{Event, State, Unsure};
use std::time::Duration;

/// The attention sound comes again each so often, so many times.
const AGAIN: Duration = Duration::from_secs(30);
const TIMES: u8 = 4;
/// The gateway is not asked more often than this by hand.
const ASK_MS: u64 = 5_000;

/// Sent, and not known: what is known, that it is asked for, and that nobody charges it again.
#[component]
pub fn Unresolved() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let unsure = Memo::new(move |_| {
        desk.current.with(|a| match a.as_ref().map(|a| &a.state) {
            Some(State::Unresolved(_, unsure)) => Some(unsure.clone()),
            _ => None,
        })
    });
    attention();
    let asked_at = StoredValue::new(0);
    view! {
        {part(move || {
            let unsure = unsure.get()?;
            let attempt = desk.current.get_untracked()?;
            let followed = attempt.followed()?;
            let since = followed.since;
            let words = words::unresolved(&attempt, &browser::hh_mm(since));
            let order = followed.view.as_ref().and_then(|view| view.order_id.clone());
            let missing = followed.view.as_ref().and_then(|view| view.needs_person.clone());
            let codes = match order {
                Some(order) => format!("Order {order}"),
                None => format!("Reference {}", attempt.draft.attempt),
            };
            desk.alert.set(format!("{}. {}", words.title, words.money));
            Some(view! {
                <ResultFrame words amount=attempt.draft.amount>
                    <p class="wait">
                        <span class="ring" aria-hidden="true"></span>
                        {text(move || format!("Asking\u{2026} {}", words::minutes(desk.now.get().saturating_sub(since))))}
                    </p>
                    <p class="next">{missing}</p>
                    <div class="actions">
                        {if unsure == Unsure::KeepOrGiveBack {
                            let keep = format!("Keep {}", words::figures(attempt.draft.amount));
                            view! {
                                <Button label=keep on_press=move || desk.feed_current(Event::Keep) />
                                <Button label="Give back" on_press=move || desk.feed_current(Event::GiveBack) />
                                <Button label="Serve next customer" on_press=move || desk.leave() />
                            }.into_any()
                        } else {
                            view! {
                                <Filled label=text(|| "Serve next customer".to_owned()) on_press=move || desk.leave() />
                                <Button label="Ask now" on_press=move || {
                                    let now = browser::now();
                                    if now.saturating_sub(asked_at.get_value()) >= ASK_MS {
                                        asked_at.set_value(now);
                                        desk.feed_current(Event::AskNow);
                                    }
                                } />
                            }.into_any()
                        }}
                    </div>
                    <p class="codes">{codes}</p>
                </ResultFrame>
            }.into_any())
        })}
    }
}

fn attention() {
    sound::play(Sound::Attention);
    let left = StoredValue::new(TIMES);
    let again = set_interval_with_handle(
        move || {
            if left.get_value() > 0 {
                left.update_value(|left| *left -= 1);
                sound::play(Sound::Attention);
            }
        },
        AGAIN,
    );
    if let Ok(again) = again {
        on_cleanup(move || again.clear());
    }
}

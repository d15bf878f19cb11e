use crate::desk::{Desk, Network, Reader};
use crate::words;
use leptos::prelude::*;

/// Till, reader and network in words, always there; the ribbon where no money moves; the bar while a result is open.
#[component]
pub fn StatusStrip() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let till = move || desk.terminal.with(|t| t.as_ref().map(|t| t.till.clone()));
    let sandbox = move || desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.sandbox));
    let reader_bad = move || !matches!(desk.reader.get(), Reader::Ready(_));
    let network_bad = move || desk.network.get() != Network::Online;
    let open = Memo::new(move |_| desk.parked.with(|all| all.iter().filter(|a| !a.is_finished()).count()));
    let ended = Memo::new(move |_| desk.parked.with(|all| all.iter().filter(|a| a.is_finished()).count()));
    let bar = move || match (open.get(), ended.get()) {
        (0, 0) => None,
        (0, ended) => Some(words::came_in_count(ended)),
        (open, _) => Some(words::not_known_count(open)),
    };
    view! {
        <header>
            <div class="strip">
                <span class="till">{till}</span>
                <span class="chip" class:bad=reader_bad data-testid="reader-state">
                    {move || words::reader(&desk.reader.get())}
                </span>
                <span class="chip" class:bad=network_bad data-testid="network-state">
                    {move || words::network(desk.network.get())}
                </span>
                <time>{move || crate::browser::hh_mm(desk.now.get())}</time>
            </div>
            <Show when=sandbox>
                <p class="ribbon">{words::TEST}</p>
            </Show>
            {move || bar().map(|text| view! {
                <button type="button" class="bar" class:hatched=move || open.get() != 0 on:click=move |_| desk.list_open.set(true)>
                    <span>{text}</span>
                </button>
            })}
        </header>
    }
}

/// The two live regions: there from the start, filled later.
#[component]
pub fn LiveRegions() -> impl IntoView {
    let desk = expect_context::<Desk>();
    view! {
        <p class="heard" role="status" aria-live="polite" aria-atomic="true">{move || desk.status.get()}</p>
        <p class="heard" role="alert" aria-live="assertive" aria-atomic="true">{move || desk.alert.get()}</p>
    }
}

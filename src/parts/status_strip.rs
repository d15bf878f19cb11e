use super::{flag, line, part, text};
use crate::desk::{Desk, Network, Reader};
use crate::words;
use leptos::prelude::*;

/// Till, reader and network in words, always there; the ribbon where no money moves; the bar while a result is open.
pub fn status_strip() -> AnyView {
    let desk = expect_context::<Desk>();
    let till = move || desk.terminal.with(|t| t.as_ref().map(|t| t.till.clone()).unwrap_or_default());
    let sandbox = move || desk.terminal.with(|t| t.as_ref().is_some_and(|t| t.sandbox));
    let reader_bad = move || !matches!(desk.reader.get(), Reader::Ready(_));
    let network_bad = move || desk.network.get() != Network::Online;
    let open = move || desk.parked.with(|all| all.iter().filter(|a| !a.is_finished()).count());
    let parked = move || desk.parked.with(Vec::len);
    let bar = move || match (open(), parked()) {
        (0, 0) => None,
        (0, ended) => Some(words::came_in_count(ended)),
        (open, _) => Some(words::not_known_count(open)),
    };
    view! {
        <header>
            <div class="strip">
                <span class="till">{text(till)}</span>
                <span class="chip" class:bad=flag(reader_bad) data-testid="reader-state">
                    {text(move || words::reader(&desk.reader.get()))}
                </span>
                <span class="chip" class:bad=flag(network_bad) data-testid="network-state">
                    {text(move || words::network(desk.network.get()).to_owned())}
                </span>
                <time>{text(move || crate::browser::hh_mm(desk.now.get()))}</time>
            </div>
            {part(move || sandbox().then(|| line("ribbon", words::TEST.to_owned())))}
            {part(move || {
                let words = bar()?;
                Some(view! {
                    <button type="button" class="bar" class:hatched=flag(move || open() != 0) on:click=move |_| desk.list_open.set(true)>
                        <span>{words}</span>
                    </button>
                }.into_any())
            })}
        </header>
    }    .into_any()
}

/// The two live regions: there from the start, filled later.
pub fn live_regions() -> AnyView {
    let desk = expect_context::<Desk>();
    view! {
        <p class="heard" role="status" aria-live="polite" aria-atomic="true">{text(move || desk.status.get())}</p>
        <p class="heard" role="alert" aria-live="assertive" aria-atomic="true">{text(move || desk.alert.get())}</p>
    }    .into_any()
}

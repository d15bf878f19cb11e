//! Hearing from the proxy, with a proxy that the test plays.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod shell;

use mpos_terminal::desk::{Desk, Readiness};
use payment::api::TillView;
use payment::attempt::AttemptId;
use payment::till::{Attempt, Event, State};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A proxy that answers no question and says what the test says. Counts questions, and streams begun and ended.
const PROXY: &str = "
    window.asked = window.begun = window.ended = 0;
    window.seen = [];
    window.fetch = async (url, init) => {
        if (!url.endsWith('/events')) {
            window.asked += 1;
            return new Response('', { status: 500 });
        }
        window.begun += 1;
        window.seen.push(new Headers(init.headers).get('last-event-id'));
        return new Response(new ReadableStream({ start: stream => {
            window.say = text => stream.enqueue(new TextEncoder().encode(text));
            window.cut = () => stream.close();
            init.signal.addEventListener('abort', () => { window.ended += 1; stream.error('aborted'); });
        } }));
    };";

/// Runs a script in the page, after everything that is due, and lets happen what is due then.
async fn run(script: &str) -> JsValue {
    settle().await;
    let value = js_sys::eval(script).unwrap();
    settle().await;
    value
}

async fn settle() {
    for _ in 0..20 {
        JsFuture::from(js_sys::Promise::resolve(&JsValue::NULL)).await.unwrap();
    }
    leptos::task::tick().await;
}

async fn counts() -> String {
    run("`${asked} asked, ${begun} begun, ${ended} ended`").await.as_string().unwrap()
}

fn view(id: &AttemptId, state: &str) -> String {
    let mut view = json!({
        "terms": {
            "attempt": id, "kind": "sale", "amount": {"minor": 2000, "currency": "EUR"}, "entry": "contactless",
            "reader": {"family": "miura", "serial": "000123"}, "card": {"last4": "0119"},
        },
        "state": state, "unknown": false, "online_check": false, "accepted_at": 0, "next_poll_ms": 0,
    });
    if state == "final" {
        view["outcome"] = json!({"outcome": "approved", "amount": {"minor": 2000, "currency": "EUR"}});
    }
    view.to_string()
}

async fn say(id: &AttemptId, state: &str, event: &str) {
    let event = format!("data: {}\nid: {event}\n\n", view(id, state));
    // In two halves, as a network cuts it.
    for half in [event.get(..100).unwrap(), event.get(100..).unwrap()] {
        run(&format!("say({})", serde_json::to_string(half).unwrap())).await;
    }
}

/// A desk with a payment on screen that the bank thinks about, and that is due to be asked for.
async fn following(letter: u8) -> (Desk, AttemptId) {
    // Leptos has no executor before it has mounted something.
    leptos::mount::mount_to_body(|| ());
    shell::put_in_place();
    run(PROXY).await;
    let id = AttemptId::from_random([letter; 20]);
    let known: TillView = serde_json::from_str(&view(&id, "processing")).unwrap();
    let desk = Desk::new();
    desk.readiness.set(Readiness::Ready);
    desk.current.set(Some(Attempt::adopt(known, 0).0));
    desk.feed(&id, Event::Tick);
    (desk, id)
}

fn is_finished(desk: Desk) -> bool {
    desk.current.with_untracked(|at| matches!(at.as_ref().unwrap().state, State::Finished(..)))
}

#[wasm_bindgen_test]
async fn what_is_heard_is_not_asked_for_and_the_end_ends_the_stream() {
    let (desk, id) = following(1).await;
    assert_eq!(counts().await, "1 asked, 1 begun, 0 ended");
    say(&id, "processing", "a").await;
    desk.feed(&id, Event::Tick);
    run("say(':\\n\\n')").await;
    desk.feed(&id, Event::Tick);
    assert_eq!(counts().await, "1 asked, 1 begun, 0 ended");
    say(&id, "final", "b").await;
    assert!(is_finished(desk));
    assert_eq!(counts().await, "1 asked, 1 begun, 1 ended");
}

#[wasm_bindgen_test]
async fn a_stream_that_is_cut_is_opened_again_from_its_last_whole_event() {
    let (desk, id) = following(2).await;
    say(&id, "processing", "a").await;
    run(&format!(
        "say({}); cut()",
        serde_json::to_string(&format!("data: {}\n", view(&id, "processing"))).unwrap()
    ))
    .await;
    desk.feed(&id, Event::Tick);
    assert_eq!(counts().await, "2 asked, 2 begun, 1 ended");
    assert_eq!(run("seen.join()").await, ",a");
}

#[wasm_bindgen_test]
async fn leaving_the_payment_ends_its_stream() {
    let (desk, id) = following(3).await;
    say(&id, "processing", "a").await;
    desk.leave();
    assert_eq!(counts().await, "1 asked, 1 begun, 1 ended");
    desk.feed(&id, Event::Tick);
    assert_eq!(counts().await, "2 asked, 1 begun, 1 ended", "off the screen it is asked for");
}

#[wasm_bindgen_test]
async fn half_a_view_is_none_and_is_asked_for() {
    let (desk, id) = following(4).await;
    run("say('data: {\"state\":\"final\"}\\nid: a\\n\\n')").await;
    assert!(!is_finished(desk));
    desk.feed_current(Event::AskNow);
    desk.feed(&id, Event::Tick);
    assert_eq!(counts().await, "3 asked, 1 begun, 0 ended", "to have the gateway asked, and how it stands");
}

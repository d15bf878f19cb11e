//! The least page of the till's kind: Leptos in the browser, one thing to press, one thing to ask the server it came from.
#![allow(unreachable_pub, reason = "the component macro hides from the lint that components are exported")]

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;
use web_sys::wasm_bindgen::{JsCast, JsValue};

fn main() {
    leptos::mount::mount_to_body(BarePage);
}

#[component]
fn BarePage() -> impl IntoView {
    let count = RwSignal::new(0_u32);
    let answer = RwSignal::new(String::new());
    let ask = move |_| {
        answer.set(String::new());
        spawn_local(async move { answer.set(call().await.unwrap_or_default()) });
    };
    view! {
        <h1>{count}</h1>
        <button on:pointerdown=move |_| count.update(|count| *count += 1)>"Count"</button>
        <button on:click=ask>"Ask"</button>
        <output>{answer}</output>
    }
}

/// What the proxy says of itself.
async fn call() -> Result<String, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response =
        JsFuture::from(window.fetch_with_str("/api/v1/terminal")).await?.unchecked_into();
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

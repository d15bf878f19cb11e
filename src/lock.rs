//! One tab owns the till: a Web Lock, given back by the browser when the tab is gone.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, options: &Object, granted: &Function) -> Result<Promise, JsValue>;
}

/// Whether this tab now owns `name`, which it then keeps for as long as it lives. With `wait`, answers once it does.
/// A browser without Web Locks owns nothing.
pub async fn own(name: &str, wait: bool) -> bool {
    let options = Object::new();
    if !wait && Reflect::set(&options, &"ifAvailable".into(), &true.into()).is_err() {
        return false;
    }
    let answer = Promise::new(&mut |resolve, _| {
        let asked = resolve.clone();
        let granted = Closure::once_into_js(move |lock: JsValue| {
            let owned = !lock.is_null();
            let _ = asked.call1(&JsValue::NULL, &owned.into());
            // The lock is held until this promise is settled: never.
            if owned { Promise::new(&mut |_, _| ()) } else { Promise::resolve(&JsValue::NULL) }
        });
        if request_lock(name, &options, granted.unchecked_ref()).is_err() {
            let _ = resolve.call1(&JsValue::NULL, &false.into());
        }
    });
    JsFuture::from(answer).await.is_ok_and(|owned| owned.is_truthy())
}

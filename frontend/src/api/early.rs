//! What `early.js` has asked the API while the storefront was still on its way.

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The global object that the script leaves behind.
const EARLY: &str = "early";

/// The questions by their addresses.
fn questions() -> Option<Object> {
    field(&field(&window(), EARLY)?, "questions")?.dyn_into().ok()
}

fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined())
}

/// The answers that are there already, with their addresses.
pub fn answered() -> Vec<(String, String)> {
    let Some(questions) = questions() else { return Vec::new() };
    let answered = |address: JsValue| {
        let address = address.as_string()?;
        let text = field(&field(&questions, &address)?, "text")?.as_string()?;
        Some((address, text))
    };
    Object::keys(&questions).iter().filter_map(answered).collect()
}

/// The answer at an address, if it has been asked for: to the first who wants it, since the next one wants a fresh one.
/// `None` when it has not been asked for, or when asking failed.
pub async fn take(address: &str) -> Option<String> {
    let questions = questions()?;
    let answer: Promise = field(&field(&questions, address)?, "answer")?.dyn_into().ok()?;
    let _ = Reflect::delete_property(&questions, &address.into());
    JsFuture::from(answer).await.ok()?.as_string()
}

/// Forgets what nobody has wanted, once the first page is there.
pub fn forget() {
    let _ = Reflect::delete_property(&window(), &EARLY.into());
}

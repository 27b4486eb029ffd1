//! Moments in the browser's language and time zone.

use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::window;
use shared_types::Timestamp;
use wasm_bindgen::JsValue;

/// The day, for example `31 Jan 2026`.
pub fn day(moment: &Timestamp) -> String {
    format(moment, &[("dateStyle", "medium")])
}

/// Day and time of day.
pub fn day_and_time(moment: &Timestamp) -> String {
    format(moment, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

fn format(moment: &Timestamp, options: &[(&str, &str)]) -> String {
    let settings = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object can't fail.
        let _ = Reflect::set(&settings, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let locales: Array = window().navigator().language().into_iter().map(JsValue::from).collect();
    let date = Date::new(&JsValue::from_str(moment.as_str()));
    Intl::DateTimeFormat::new(&locales, &settings)
        .format()
        .call1(&JsValue::UNDEFINED, &date)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| moment.as_str().to_owned())
}

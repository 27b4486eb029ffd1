//! A labelled input with its hint and its message.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::icon::{Glyph, Icon};
use crate::state::{form::Form, reactive::memo};

/// A labelled input bound to a path of a form.
#[component]
pub fn Field(
    /// The form.
    form: Form,
    /// Dot path of the value.
    path: &'static str,
    /// The label.
    label: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Which keyboard a phone shows.
    #[prop(default = "text")]
    inputmode: &'static str,
    /// An example, where the label alone is not enough.
    #[prop(optional)]
    placeholder: &'static str,
    /// A sentence under the input.
    #[prop(optional)]
    hint: &'static str,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Tidies what is typed, for example into groups of digits.
    #[prop(optional)]
    tidy: Option<fn(&str) -> String>,
) -> impl IntoView {
    let id = path.replace('.', "-");
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let is_password = kind == "password";
    let shown = RwSignal::new(false);
    let message = memo(move || form.message(path));
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || {
            let mut ids = Vec::new();
            if message.with(Option::is_some) {
                ids.push(error_id.clone());
            }
            if !hint.is_empty() {
                ids.push(hint_id.clone());
            }
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let typed = move |ev| {
        let text = event_target_value(&ev);
        form.set(path, tidy.map_or_else(|| text.clone(), |tidy| tidy(&text)));
    };
    let left = move |ev: web_sys::FocusEvent| {
        let next = ev.related_target().and_then(|next| next.dyn_into::<Element>().ok());
        // A message that appears now would push a button away from under the pointer that presses it, and the press would
        // be lost. Sending the form shows every message anyway.
        if !next.is_some_and(|next| next.matches("a, button").unwrap_or_default()) {
            form.leave(path);
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>
                {label}
                {optional.then(|| view! { <span class="field-optional">" (optional)"</span> })}
            </label>
            <div class="field-box">
                <input
                    id=id.clone()
                    name=id
                    type=move || if shown.get() { "text" } else { kind }
                    autocomplete=autocomplete
                    inputmode=inputmode
                    placeholder=(!placeholder.is_empty()).then_some(placeholder)
                    autocapitalize=matches!(kind, "email" | "password").then_some("none")
                    spellcheck=matches!(kind, "email" | "password").then_some("false")
                    aria-required=(!optional).then_some("true")
                    aria-invalid=move || message.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    prop:value=move || form.value(path)
                    on:input=typed
                    on:blur=left
                />
                {is_password
                    .then(|| {
                        view! {
                            <button
                                class="icon-button field-reveal"
                                type="button"
                                aria-pressed=move || shown.get().to_string()
                                aria-label="Show password"
                                on:click=move |_| shown.update(|shown| *shown = !*shown)
                            >
                                {move || {
                                    let glyph = if shown.get() { Glyph::EyeOff } else { Glyph::Eye };
                                    view! { <Icon glyph size=20 /> }.into_any()
                                }}
                            </button>
                        }
                    })}
            </div>
            {(!hint.is_empty()).then(|| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            <p class="field-error" id=error_id hidden=move || message.with(Option::is_none)>
                {move || message.get()}
            </p>
        </div>
    }
}

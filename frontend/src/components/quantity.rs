//! A number of units with a step down and a step up.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Chooses a number of units from 1 to `most`.
#[component]
pub fn Quantity(
    /// What is counted, for screen readers.
    #[prop(into)]
    of: String,
    /// The number chosen.
    #[prop(into)]
    value: Signal<u32>,
    /// The largest number.
    #[prop(into)]
    most: Signal<u32>,
    /// Takes the next number.
    #[prop(into)]
    change: Callback<u32>,
) -> impl IntoView {
    let step = move |next: u32| change.run(next.clamp(1, most.get_untracked().max(1)));
    let typed = move |ev| {
        let text = event_target_value(&ev);
        match text.trim().parse::<u32>() {
            Ok(number) => {
                let next = number.clamp(1, most.get_untracked().max(1));
                // The signal may not change when the number is cut to what it was: put it back by hand.
                event_target::<web_sys::HtmlInputElement>(&ev).set_value(&next.to_string());
                step(next);
            }
            Err(_) => {
                event_target::<web_sys::HtmlInputElement>(&ev).set_value(&value.get_untracked().to_string())
            }
        }
    };
    view! {
        <div class="quantity" role="group" aria-label=format!("Quantity of {of}")>
            <button
                type="button"
                class="icon-button"
                aria-label="Decrease quantity"
                disabled=move || value.get() <= 1
                on:click=move |_| step(value.get_untracked().saturating_sub(1))
            >
                <Icon glyph=Glyph::Minus size=18 />
            </button>
            <input
                class="quantity-number amount"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                aria-label="Quantity"
                prop:value=move || value.get().to_string()
                on:change=typed
            />
            <button
                type="button"
                class="icon-button"
                aria-label="Increase quantity"
                disabled=move || most.get() <= value.get()
                on:click=move |_| step(value.get_untracked().saturating_add(1))
            >
                <Icon glyph=Glyph::Plus size=18 />
            </button>
        </div>
    }
}

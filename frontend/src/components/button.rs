//! A button that says when it is being worked on.

use leptos::prelude::*;

/// A button that can be busy. It is never `disabled`: that would take the focus away from somebody who works with the
/// keyboard. Presses are ignored while it is busy.
#[component]
pub fn Button(
    /// How it looks.
    class: &'static str,
    /// Whether what it does is under way, or can't be done now.
    #[prop(into)]
    busy: Signal<bool>,
    /// What a press does. Without it the button sends its form, which is guarded by whoever receives it as well, because
    /// the Enter key in a field sends it, too.
    #[prop(optional, into)]
    press: Option<Callback<()>>,
    /// What it is called, where its words are not enough.
    #[prop(optional, into)]
    label: Option<String>,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let pressed = move |event: web_sys::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        } else if let Some(press) = press {
            press.run(());
        }
    };
    let words = children().into_any();
    view! {
        <button
            class=class
            type=if press.is_some() { "button" } else { "submit" }
            aria-label=label
            aria-disabled=move || busy.get().then_some("true")
            on:click=pressed
        >
            {words}
        </button>
    }
}

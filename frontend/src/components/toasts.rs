//! Shows the short messages.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::state::toasts::{Toast, use_toasts};

/// The short messages, in a region that screen readers announce.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    let line = move |toast: Toast| {
        let id = toast.id;
        let action = toast.action.map(|action| {
            view! {
                <button
                    class="toast-action"
                    type="button"
                    on:click=move |_| {
                        (action.run)();
                        toasts.close(id);
                    }
                >
                    {action.label}
                </button>
            }
        });
        view! {
            <div class="toast" class:toast-alarm=toast.is_error>
                <span>{toast.text}</span>
                {action}
                <button
                    class="icon-button toast-close"
                    type="button"
                    aria-label="Close message"
                    on:click=move |_| toasts.close(id)
                >
                    <Icon glyph=Glyph::Close size=16 />
                </button>
            </div>
        }
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.list() key=|toast| toast.id children=line />
        </div>
    }
}

//! A question that must be answered before something final happens.

use crate::state::reactive::effect;
use leptos::{html, prelude::*};

/// A modal question. It opens when `open` becomes true; Escape and the first button close it.
#[component]
pub fn ConfirmDialog(
    /// Whether it is open; set to false when it closes.
    open: RwSignal<bool>,
    /// The question.
    title: &'static str,
    /// What will happen.
    #[prop(into)]
    text: String,
    /// The button that leaves everything as it is.
    keep: &'static str,
    /// The button that does it.
    confirm: &'static str,
    /// Does it.
    #[prop(into)]
    run: Callback<()>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby="dialog-title" on:close=move |_| open.set(false)>
            <h2 id="dialog-title" class="dialog-title">{title}</h2>
            <p class="soft">{text}</p>
            <div class="row dialog-actions">
                <button class="button button-quiet" type="button" on:click=move |_| open.set(false)>
                    {keep}
                </button>
                <button
                    class="button button-alarm"
                    type="button"
                    on:click=move |_| {
                        open.set(false);
                        run.run(());
                    }
                >
                    {confirm}
                </button>
            </div>
        </dialog>
    }
}

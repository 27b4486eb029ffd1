//! What must be answered before the page goes on.

use crate::state::reactive::effect;
use leptos::{html, prelude::*};

/// A modal window. It opens when `open` becomes true; Escape closes it.
#[component]
pub fn Modal(
    /// Whether it is open; set to false when it closes.
    open: RwSignal<bool>,
    /// Names it within its page.
    id: &'static str,
    /// Its heading.
    title: &'static str,
    /// What is in it.
    children: Children,
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
    let content = children().into_any();
    view! {
        <dialog class="dialog" node_ref=dialog aria-labelledby=id on:close=move |_| open.set(false)>
            <h2 id=id class="dialog-title">{title}</h2>
            {content}
        </dialog>
    }
}

/// A question about something final. Escape and the first button leave everything as it is.
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
    view! {
        <Modal open id="question" title>
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
        </Modal>
    }
}

//! Short messages at the edge of the page, also read aloud.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

/// How long a message stays, and how long one with a button stays.
const STAYS: Duration = Duration::from_secs(5);
const STAYS_WITH_ACTION: Duration = Duration::from_secs(9);

/// A button within a message.
#[derive(Clone)]
pub struct ToastAction {
    /// Its words.
    pub label: &'static str,
    /// What it does; the message closes by itself. It outlives the component that offered it.
    pub run: Arc<dyn Fn() + Send + Sync>,
}

/// One message.
#[derive(Clone)]
pub struct Toast {
    /// Tells messages apart.
    pub id: u32,
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
    /// A button.
    pub action: Option<ToastAction>,
}

/// The messages on show.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u32>,
}

/// Makes messages available below.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts { list: RwSignal::new(Vec::new()), next_id: StoredValue::new(0) };
    provide_context(toasts);
    toasts
}

/// The messages.
pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// Those on show.
    pub fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    /// Says something.
    pub fn say(self, text: impl Into<String>) {
        self.push(text.into(), false, None);
    }

    /// Says that something went wrong.
    pub fn warn(self, text: impl Into<String>) {
        self.push(text.into(), true, None);
    }

    /// Says something and offers a button.
    pub fn offer(self, text: impl Into<String>, label: &'static str, run: impl Fn() + Send + Sync + 'static) {
        self.push(text.into(), false, Some(ToastAction { label, run: Arc::new(run) }));
    }

    /// Takes a message away.
    pub fn close(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    fn push(self, text: String, is_error: bool, action: Option<ToastAction>) {
        let id = self.next_id.get_value();
        self.next_id.set_value(id.wrapping_add(1));
        let stays = if action.is_some() { STAYS_WITH_ACTION } else { STAYS };
        self.list.update(|list| {
            // Three at a time are enough; the oldest gives way.
            if list.len() >= 3 {
                list.remove(0);
            }
            list.push(Toast { id, text, is_error, action });
        });
        set_timeout(move || self.close(id), stays);
    }
}

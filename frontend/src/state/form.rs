//! A form's values and messages: checked while typing, shown once a field has been left.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared_types::FieldErrors;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::reactive::memo;
use crate::logic::form::Values;

/// A form. A handle.
#[derive(Clone, Copy)]
pub struct Form {
    values: RwSignal<Values>,
    left: RwSignal<BTreeSet<String>>,
    submitted: RwSignal<bool>,
    found: Memo<FieldErrors>,
    refused: RwSignal<FieldErrors>,
}

impl Form {
    /// A form with its first values and its rule.
    pub fn new(values: Values, check: impl Fn(&Values) -> FieldErrors + Send + Sync + 'static) -> Self {
        let values = RwSignal::new(values);
        Self {
            values,
            left: RwSignal::new(BTreeSet::new()),
            submitted: RwSignal::new(false),
            found: memo(move || values.with(|values| check(values))),
            refused: RwSignal::new(FieldErrors::default()),
        }
    }

    /// What is typed at a path. Reactive.
    pub fn value(self, path: &str) -> String {
        self.values.with(|values| values.get(path).cloned().unwrap_or_default())
    }

    /// Everything that is typed. Reactive.
    pub fn values(self) -> Values {
        self.values.get()
    }

    /// Everything that is typed, without following it.
    pub fn values_now(self) -> Values {
        self.values.get_untracked()
    }

    /// Takes what is typed at a path.
    pub fn set(self, path: &str, text: String) {
        if self.refused.with_untracked(|refused| refused.first(path).is_some()) {
            // What the server said was about the old text.
            self.refused.set(FieldErrors::default());
        }
        self.values.update(|values| {
            values.insert(path.to_owned(), text);
        });
    }

    /// Takes several values, for example a remembered address.
    pub fn fill(self, filled: Values) {
        self.values.update(|values| values.extend(filled));
    }

    /// Whether nothing has been typed at the paths under a prefix.
    pub fn is_blank(self, prefix: &str) -> bool {
        self.values.with_untracked(|values| {
            values.iter().all(|(path, text)| !path.starts_with(prefix) || text.trim().is_empty())
        })
    }

    /// Starts over with other values and without a message.
    pub fn reset(self, values: Values) {
        self.submitted.set(false);
        self.left.update(BTreeSet::clear);
        self.refused.set(FieldErrors::default());
        self.values.set(values);
    }

    /// The field was left: from now on its message shows.
    pub fn leave(self, path: &str) {
        self.left.update(|left| {
            left.insert(path.to_owned());
        });
    }

    /// The message to show at a path. Reactive.
    pub fn message(self, path: &str) -> Option<String> {
        if let Some(message) = self.refused.with(|refused| refused.first(path).map(str::to_owned)) {
            return Some(message);
        }
        let shown = self.submitted.get() || self.left.with(|left| left.contains(path));
        shown.then(|| self.found.with(|found| found.first(path).map(str::to_owned))).flatten()
    }

    /// Shows every message; answers whether there is none. The focus goes to the first field that has one.
    pub fn submit(self) -> bool {
        self.submitted.set(true);
        let good = self.found.with_untracked(FieldErrors::is_empty);
        if !good {
            focus_first_mistake();
        }
        good
    }

    /// Takes over the server's messages.
    pub fn refuse(self, errors: FieldErrors) {
        self.refused.set(errors);
        focus_first_mistake();
    }
}

/// Moves the focus to the first field that is marked as wrong.
fn focus_first_mistake() {
    request_animation_frame(|| {
        let field = document()
            .query_selector("main [aria-invalid=true]")
            .ok()
            .flatten()
            .and_then(|field| field.dyn_into::<HtmlElement>().ok());
        if let Some(field) = field {
            let _ = field.focus();
        }
    });
}

//! The search field in the header and the list under it.

use leptos::{html, prelude::*};

use super::page::use_query_text;
use crate::logic::combobox::Combobox;

/// The search field and its list. A handle.
#[derive(Clone, Copy)]
pub struct SearchBox {
    /// What is in the field.
    pub text: RwSignal<String>,
    /// What the page in sight has been searched for.
    pub query: Memo<Option<String>>,
    /// The list under it.
    pub list: RwSignal<Combobox>,
    /// What is read aloud about the list.
    pub told: RwSignal<String>,
    /// The field.
    pub input: NodeRef<html::Input>,
}

/// Makes it available below.
pub fn provide_search() -> SearchBox {
    let search = SearchBox {
        text: RwSignal::new(String::new()),
        query: use_query_text(),
        list: RwSignal::new(Combobox::default()),
        told: RwSignal::new(String::new()),
        input: NodeRef::new(),
    };
    provide_context(search);
    search
}

/// The search field and its list.
pub fn use_search() -> SearchBox {
    expect_context()
}

impl SearchBox {
    /// Takes the list away.
    pub fn close(self) {
        if self.list.with_untracked(Combobox::is_open) {
            self.list.update(Combobox::close);
        }
    }

    /// Somebody goes on to a suggestion: what was typed has served its purpose.
    pub fn chosen(self) {
        self.text.set(self.query.get_untracked().unwrap_or_default());
        self.leave();
    }

    /// The field is left, which also puts a phone's keyboard away.
    pub fn leave(self) {
        self.close();
        if let Some(input) = self.input.get_untracked() {
            let _ = input.blur();
        }
    }
}

//! Browser storage that never fails: where it is blocked or full, the shop remembers until its page is left.

use std::{cell::RefCell, collections::HashMap};

use leptos::prelude::window;
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

use crate::logic::json::read;

/// Every key of the shop begins with this.
pub const PREFIX: &str = "alder.";
/// The chosen theme; it is nobody's secret and survives signing out.
pub const THEME: &str = "alder.theme";
/// Says who was signed in here, so that a renewal is worth a try and their cart shows at once. An id, no secret.
pub const WAS_SIGNED_IN: &str = "alder.session";

thread_local! {
    /// What could not be stored.
    static UNSTORED: RefCell<HashMap<String, String>> = RefCell::default();
}

/// Which storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// Survives the browser.
    Local,
    /// Survives a reload, not the tab.
    Session,
}

impl Area {
    fn open(self) -> Option<Storage> {
        match self {
            Self::Local => window().local_storage(),
            Self::Session => window().session_storage(),
        }
        .ok()
        .flatten()
    }

    /// The text under a key.
    pub fn text(self, key: &str) -> Option<String> {
        let unstored = UNSTORED.with_borrow(|unstored| unstored.get(key).cloned());
        unstored.or_else(|| self.open()?.get_item(key).ok().flatten())
    }

    /// Stores a text.
    pub fn set_text(self, key: &str, text: &str) {
        let is_stored = self.open().is_some_and(|storage| storage.set_item(key, text).is_ok());
        UNSTORED.with_borrow_mut(|unstored| {
            if is_stored {
                unstored.remove(key);
            } else {
                unstored.insert(key.to_owned(), text.to_owned());
            }
        });
    }

    /// Reads a value; one that does not parse (an older version's) counts as absent.
    pub fn read<T: DeserializeOwned>(self, key: &str) -> Option<T> {
        read(&self.text(key)?).ok()
    }

    /// Stores a value.
    pub fn write<T: Serialize>(self, key: &str, value: &T) {
        if let Ok(text) = serde_json::to_string(value) {
            self.set_text(key, &text);
        }
    }

    /// Forgets a key.
    pub fn remove(self, key: &str) {
        UNSTORED.with_borrow_mut(|unstored| unstored.remove(key));
        if let Some(storage) = self.open() {
            let _ = storage.remove_item(key);
        }
    }

    /// Forgets every key of the shop except those in `kept`.
    pub fn clear_except(self, kept: &[&str]) {
        UNSTORED.with_borrow_mut(|unstored| unstored.retain(|key, _| kept.contains(&key.as_str())));
        let Some(storage) = self.open() else { return };
        let keys: Vec<String> = (0..storage.length().unwrap_or(0))
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|key| key.starts_with(PREFIX) && !kept.contains(&key.as_str()))
            .collect();
        for key in keys {
            self.remove(&key);
        }
    }
}

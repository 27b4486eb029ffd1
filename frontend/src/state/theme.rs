//! Light or dark: the system's choice until the shopper makes another.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    browser::media_matches,
    storage::{Area, THEME},
};

/// The paper colour of the two themes, for the browser's own bars. The same as `--paper` in `style/tokens.css`.
const PAPER: [(&str, &str); 2] = [("light", "#faf7f1"), ("dark", "#141917")];

/// The theme in force.
#[derive(Clone, Copy)]
pub struct Theme {
    dark: RwSignal<bool>,
}

/// Makes the theme available below.
pub fn provide_theme() -> Theme {
    let dark = match Area::Local.text(THEME).as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => media_matches("(prefers-color-scheme: dark)"),
    };
    let theme = Theme { dark: RwSignal::new(dark) };
    provide_context(theme);
    theme
}

/// The theme.
pub fn use_theme() -> Theme {
    expect_context()
}

impl Theme {
    /// Whether it is dark.
    pub fn is_dark(self) -> bool {
        self.dark.get()
    }

    /// Changes to the other theme and remembers it.
    pub fn toggle(self) {
        let dark = !self.dark.get_untracked();
        self.dark.set(dark);
        let name = if dark { "dark" } else { "light" };
        Area::Local.set_text(THEME, name);
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", name);
        }
        let paper = PAPER.iter().find(|(theme, _)| *theme == name).map(|(_, colour)| *colour);
        if let (Some(paper), Ok(metas)) = (paper, document().query_selector_all("meta[name=theme-color]")) {
            for index in 0..metas.length() {
                if let Some(meta) = metas.item(index).and_then(|node| node.dyn_into::<Element>().ok()) {
                    let _ = meta.set_attribute("content", paper);
                }
            }
        }
    }
}

//! Small services of the browser.

use leptos::prelude::window;

/// A fresh idempotency key from the browser's secure random source.
pub fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        // Available in every browser that runs WebAssembly, in insecure contexts too.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    crate::logic::checkout::key_from(bytes)
}

/// Whether a media query holds, for example that the system asks for a dark theme.
pub fn media_matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

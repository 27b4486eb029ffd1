//! The shop's mark and name. The same drawing is in `index.html`, which shows it before the shop has loaded.

use leptos::prelude::*;

use crate::routes;

/// The logo, a link to the front page.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <a class="logo" href=routes::HOME aria-label="Alder, front page">
            <svg viewBox="40 0 310 112" width="94" height="34" aria-hidden="true">
                <g transform="translate(68 56)rotate(12)scale(.48)">
                    <path
                        class="logo-leaf"
                        d="M-5 98V57C-38 48-66 20-70-24-73-62-46-94-14-98-7-99-3-95 0-88V57H5V98z"
                    />
                    <path class="logo-half" d="M0 58L5 57C38 48 66 20 70-24 73-62 46-94 14-98 7-99 3-95 0-88z" />
                </g>
                <g class="logo-word" transform="translate(122 86)scale(.43)">
                    <path d="M100-50a50 50 0 1 1-100 0a50 50 0 1 1 100 0zM100-104V4" />
                    <path d="M140-168V4" />
                    <path d="M280-50a50 50 0 1 1-100 0a50 50 0 1 1 100 0zM280-168V4" />
                    <path d="M321-50H420A50 50 0 1 0 402-12" />
                    <path d="M456-104V4M456-40C456-84 478-98 512-96" />
                </g>
            </svg>
        </a>
    }
}

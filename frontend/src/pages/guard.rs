//! Pages for somebody who is signed in.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use shared_types::auth::UserSummary;

use crate::{
    components::skeleton,
    logic::redirect::sign_in_then,
    state::{
        reactive::{effect, memo},
        session::{Person, use_session},
    },
};

/// Shows a page to somebody who is signed in; everybody else is led to the sign-in page and back.
pub fn for_customer(page: impl Fn(UserSummary) -> AnyView + Send + 'static) -> impl IntoView {
    let session = use_session();
    // Whose page it is: a changed name must not build it anew under the hands that changed it.
    let standing = memo(move || match session.person() {
        Person::Customer(user) => Standing::Customer(user.id),
        Person::Guest => Standing::Guest,
        Person::Restoring => Standing::Unknown,
    });
    let navigate = use_navigate();
    let location = use_location();
    effect(move || {
        if standing.with(|standing| *standing == Standing::Guest) {
            let options = NavigateOptions { replace: true, ..Default::default() };
            // The browser's own address changes only after the page is there: the router knows where this is.
            let here = location.pathname.get_untracked()
                + &location.query.with_untracked(|query| query.to_query_string());
            navigate(&sign_in_then(&here), options);
        }
    });
    move || {
        standing.track();
        match untrack(|| session.customer()) {
            Some(user) => page(user),
            None => {
                view! { <div class="container page" aria-busy="true">{skeleton::text()}</div> }.into_any()
            }
        }
    }
}

#[derive(PartialEq)]
enum Standing {
    Unknown,
    Guest,
    /// By id.
    Customer(String),
}

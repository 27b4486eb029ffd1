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
    let person = memo(move || session.person());
    let navigate = use_navigate();
    let location = use_location();
    effect(move || {
        if person.get() == Person::Guest {
            let options = NavigateOptions { replace: true, ..Default::default() };
            // The browser's own address changes only after the page is there: the router knows where this is.
            let here = location.pathname.get_untracked()
                + &location.query.with_untracked(|query| query.to_query_string());
            navigate(&sign_in_then(&here), options);
        }
    });
    move || match person.get() {
        Person::Customer(user) => page(user),
        Person::Restoring | Person::Guest => {
            view! { <div class="container page" aria-busy="true">{skeleton::text()}</div> }.into_any()
        }
    }
}

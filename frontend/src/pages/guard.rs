//! Pages for somebody who is signed in.

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use shared_types::auth::UserSummary;

use crate::{
    components::skeleton,
    logic::redirect::sign_in_then,
    state::{
        browser::current_address,
        session::{Person, use_session},
    },
};

/// Shows a page to somebody who is signed in; everybody else is led to the sign-in page and back.
pub fn for_customer(page: impl Fn(UserSummary) -> AnyView + Send + 'static) -> impl IntoView {
    let session = use_session();
    let person = Memo::new(move |_| session.person());
    let navigate = use_navigate();
    Effect::new(move |_| {
        if person.get() == Person::Guest {
            let options = NavigateOptions { replace: true, ..Default::default() };
            navigate(&sign_in_then(&current_address()), options);
        }
    });
    move || match person.get() {
        Person::Customer(user) => page(user),
        Person::Restoring | Person::Guest => {
            view! { <div class="container page" aria-busy="true">{skeleton::text()}</div> }.into_any()
        }
    }
}

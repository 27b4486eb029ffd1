//! Registration.

use leptos::prelude::*;
use shared_types::{auth::Register, validate};

use super::{leave_when_signed_in, login::refused, redirect_target};
use crate::{
    api::{self, use_api},
    components::{button::Button, field::Field, problem::FormProblem},
    logic::{
        form::{Values, to_json},
        redirect::sign_in_then,
    },
    routes,
    state::{form::Form, page::use_page, reactive::write, session::use_session, toasts::use_toasts},
};

const OPTIONAL: [&str; 2] = ["firstName", "lastName"];

/// Registration.
#[component]
pub fn RegisterPage() -> impl IntoView {
    use_page(
        || "Create an account".into(),
        || "Create an account to order and to follow your orders.".into(),
    );
    leave_when_signed_in();
    let api = use_api();
    let session = use_session();
    let toasts = use_toasts();
    let target = redirect_target();
    let problem = RwSignal::new(None::<String>);
    let form = Form::new(Values::new(), |values| {
        validate::<Register>(Some(&to_json(values, &OPTIONAL))).err().unwrap_or_default()
    });
    let register = write(move || async move {
        let Ok(request) = validate::<Register>(Some(&to_json(&form.values_now(), &OPTIONAL))) else { return };
        problem.set(None);
        match api.send(&api::auth::register(&request)).await {
            Ok(answer) => {
                toasts.say("Welcome to Alder");
                session.registered(answer);
            }
            Err(error) => refused(form, problem, &error),
        }
    });
    let busy = register.pending();
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if !busy.get_untracked() && form.submit() {
            register.dispatch(());
        }
    };
    let sign_in =
        move || target.get().map_or_else(|| routes::LOGIN.to_owned(), |target| sign_in_then(&target));
    view! {
        <div class="container page auth">
            <header class="page-head">
                <h1>"Create an account"</h1>
                <p class="soft">"Already have one? " <a href=sign_in>"Sign in"</a></p>
            </header>
            <form class="stack" on:submit=submit novalidate>
                <FormProblem problem />
                <div class="fields fields-two">
                    <Field form path="firstName" label="First name" autocomplete="given-name" optional=true />
                    <Field form path="lastName" label="Last name" autocomplete="family-name" optional=true />
                </div>
                <Field form path="email" label="Email" kind="email" inputmode="email" autocomplete="username" />
                <Field
                    form
                    path="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    hint="At least 8 characters. A few words that only you would put together are best."
                />
                <Button class="button button-wide" busy>
                    {move || if busy.get() { "Creating your account…" } else { "Create account" }}
                </Button>
            </form>
        </div>
    }
}

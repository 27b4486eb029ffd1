//! Sign-in.

use leptos::prelude::*;
use shared_types::{auth::Login, validate};

use super::{leave_when_signed_in, redirect_target};
use crate::{
    api::{self, ApiError, use_api},
    components::{button::Button, field::Field, problem::FormProblem},
    logic::{
        form::{Values, to_json},
        redirect::register_then,
    },
    routes,
    state::{
        form::Form,
        page::use_page,
        reactive::write,
        session::{display_name, use_session},
        toasts::use_toasts,
    },
};

/// The accounts of the demo shop and their password.
const DEMO: [(&str, &str); 2] = [("John", "john@example.com"), ("Jane", "jane@example.com")];
const DEMO_PASSWORD: &str = "password123";

/// Sign-in.
#[component]
pub fn LoginPage() -> impl IntoView {
    use_page(|| "Sign in".into(), || "Sign in to your account.".into());
    leave_when_signed_in();
    let api = use_api();
    let session = use_session();
    let toasts = use_toasts();
    let target = redirect_target();
    let problem = RwSignal::new(None::<String>);
    let form = Form::new(Values::new(), |values| {
        validate::<Login>(Some(&to_json(values, &[]))).err().unwrap_or_default()
    });
    let sign_in = write(move || async move {
        let Ok(request) = validate::<Login>(Some(&to_json(&form.values_now(), &[]))) else { return };
        problem.set(None);
        match api.send(&api::auth::login(&request)).await {
            Ok(answer) => {
                toasts.say(format!("Welcome back, {}", display_name(&answer.user)));
                session.signed_in(answer);
            }
            Err(error) => refused(form, problem, &error),
        }
    });
    let busy = sign_in.pending();
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if !busy.get_untracked() && form.submit() {
            sign_in.dispatch(());
        }
    };
    let register =
        move || target.get().map_or_else(|| routes::REGISTER.to_owned(), |target| register_then(&target));
    let demo = |(name, email): (&'static str, &'static str)| {
        view! {
            <button
                class="button button-quiet button-small"
                type="button"
                on:click=move |_| {
                    form.set("email", email.to_owned());
                    form.set("password", DEMO_PASSWORD.to_owned());
                }
            >
                {format!("Use {name}’s account")}
            </button>
        }
    };
    view! {
        <div class="container page auth">
            <header class="page-head">
                <h1>"Sign in"</h1>
                <p class="soft">"New here? " <a href=register>"Create an account"</a></p>
            </header>
            <form class="stack" on:submit=submit novalidate>
                <FormProblem problem />
                <Field form path="email" label="Email" kind="email" inputmode="email" autocomplete="username" />
                <Field form path="password" label="Password" kind="password" autocomplete="current-password" />
                <Button class="button button-wide" busy>
                    {move || if busy.get() { "Signing in…" } else { "Sign in" }}
                </Button>
            </form>
            <section class="note auth-demo" aria-labelledby="demo">
                <strong id="demo">"Just looking around?"</strong>
                <p>"The demo shop has accounts you may use, with some orders in them: john@example.com, password password123."</p>
                <div class="row">{DEMO.into_iter().map(demo).collect_view()}</div>
            </section>
        </div>
    }
}

/// Shows the server's refusal: beside the fields when it names them, else above the form.
pub fn refused(form: Form, problem: RwSignal<Option<String>>, error: &ApiError) {
    match error.fields() {
        Some(fields) => form.refuse(fields.clone()),
        None => problem.set(Some(error.message())),
    }
}

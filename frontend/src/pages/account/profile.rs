//! The profile.

use leptos::prelude::*;
use shared_types::{
    auth::{UpdateProfile, UserProfile, UserSummary},
    validate,
};

use super::AccountFrame;
use crate::{
    api::{self, ApiError, use_api},
    components::{
        button::Button,
        field::Field,
        problem::{FormProblem, loaded},
        skeleton,
    },
    logic::{
        form::Values,
        profile::{CURRENT_PASSWORD, changes, changes_email, refusal},
    },
    pages::guard::for_customer,
    state::{
        dates,
        form::Form,
        page::use_page,
        reactive::{memo, write},
        read::use_read,
        session::use_session,
        toasts::use_toasts,
    },
};

/// The profile.
#[component]
pub fn ProfilePage() -> impl IntoView {
    use_page(|| "Your account".into(), || "Your name and e-mail address.".into());
    for_customer(|_| {
        let read = use_read(api::auth::me);
        let show = |profile: UserProfile| view! { <ProfileForm profile /> }.into_any();
        view! {
            <AccountFrame title="Your account">
                {loaded(read, || skeleton::form(3), None, show)}
            </AccountFrame>
        }
        .into_any()
    })
}

fn values(first_name: Option<String>, last_name: Option<String>, email: String) -> Values {
    [
        ("firstName", first_name.unwrap_or_default()),
        ("lastName", last_name.unwrap_or_default()),
        ("email", email),
        (CURRENT_PASSWORD, String::new()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into()
}

#[component]
fn ProfileForm(
    /// The account as it is saved.
    profile: UserProfile,
) -> impl IntoView {
    let api = use_api();
    let session = use_session();
    let toasts = use_toasts();
    let user = profile.user;
    let problem = RwSignal::new(None::<String>);
    let saved = RwSignal::new(values(user.first_name, user.last_name, user.email));
    let form = Form::new(saved.get_untracked(), move |typed| {
        saved.with(|saved| validate::<UpdateProfile>(Some(&changes(saved, typed)))).err().unwrap_or_default()
    });
    let needs_password = memo(move || saved.with(|saved| changes_email(saved, &form.values())));
    let save = write(move || async move {
        let change = saved.with_untracked(|saved| changes(saved, &form.values_now()));
        let Ok(request) = validate::<UpdateProfile>(Some(&change)) else { return };
        problem.set(None);
        match api.send(&api::auth::update_me(&request)).await {
            Ok(answer) => {
                let UserSummary { first_name, last_name, email, .. } = answer.user.clone();
                saved.set(values(first_name, last_name, email));
                form.reset(saved.get_untracked());
                // What is remembered of the account is no longer true.
                api.forget();
                session.changed(answer.user);
                toasts.say("Your profile is saved");
            }
            Err(error) => match error.fields().cloned().or_else(|| beside_field(&error)) {
                Some(fields) => form.refuse(fields),
                None => problem.set(Some(error.message())),
            },
        }
    });
    let busy = save.pending();
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if !busy.get_untracked() && form.submit() {
            save.dispatch(());
        }
    };
    view! {
        <form class="panel stack account-form" on:submit=submit novalidate>
            <FormProblem problem />
            <div class="fields fields-two">
                <Field form path="firstName" label="First name" autocomplete="given-name" />
                <Field form path="lastName" label="Last name" autocomplete="family-name" />
            </div>
            <Field form path="email" label="Email" kind="email" inputmode="email" autocomplete="email" />
            {move || {
                needs_password
                    .get()
                    .then(|| {
                        view! {
                            <Field
                                form
                                path=CURRENT_PASSWORD
                                label="Current password"
                                kind="password"
                                autocomplete="current-password"
                                hint="You sign in with your e-mail address, so changing it needs your password."
                            />
                        }
                            .into_any()
                    })
            }}
            <Button class="button" busy>{move || if busy.get() { "Saving…" } else { "Save changes" }}</Button>
        </form>
        <p class="soft small">"Customer since " {dates::day(&user.created_at)}</p>
    }
}

fn beside_field(error: &ApiError) -> Option<shared_types::FieldErrors> {
    match error {
        ApiError::Refused { status, info } => refusal(*status, &info.message),
        _ => None,
    }
}

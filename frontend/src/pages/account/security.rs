//! Password and devices.

use leptos::prelude::*;
use shared_types::{
    FieldErrors,
    auth::{ChangePassword, SessionInfo, UserSummary},
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
        device::device,
        form::{Values, to_json},
    },
    pages::guard::for_customer,
    state::{
        dates,
        form::Form,
        page::use_page,
        reactive::write,
        read::{Read, use_read},
        toasts::use_toasts,
    },
};

/// Password and devices.
#[component]
pub fn SecurityPage() -> impl IntoView {
    use_page(|| "Security".into(), || "Your password, and the devices that are signed in.".into());
    for_customer(|user| {
        let read = use_read(api::auth::sessions);
        view! {
            <AccountFrame title="Security">
                <PasswordForm user read />
                <section class="stack" aria-labelledby="devices">
                    <h2 class="panel-title" id="devices">"Where you are signed in"</h2>
                    {loaded(read, || skeleton::rows(2), None, move |list| view! { <Devices list read /> }.into_any())}
                </section>
            </AccountFrame>
        }
        .into_any()
    })
}

#[component]
fn PasswordForm(
    /// Whose password.
    user: UserSummary,
    /// The devices: changing the password signs the others out.
    read: Read<Vec<SessionInfo>>,
) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let problem = RwSignal::new(None::<String>);
    let form = Form::new(Values::new(), |values| check(values).err().unwrap_or_default());
    let change = write(move || async move {
        let Ok(request) = check(&form.values_now()) else { return };
        problem.set(None);
        match api.send(&api::auth::change_password(&request)).await {
            Ok(_) => {
                form.reset(Values::new());
                toasts.say("Your password is changed, and your other devices are signed out");
                read.retry();
            }
            Err(ApiError::Refused { status: 400, info }) => {
                form.refuse(FieldErrors::single("currentPassword", info.message));
            }
            Err(error) => match error.fields() {
                Some(fields) => form.refuse(fields.clone()),
                None => problem.set(Some(error.message())),
            },
        }
    });
    let busy = change.pending();
    let submit = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if !busy.get_untracked() && form.submit() {
            change.dispatch(());
        }
    };
    view! {
        <form class="panel stack account-form" on:submit=submit novalidate aria-labelledby="password">
            <h2 class="panel-title" id="password">"Change your password"</h2>
            <FormProblem problem />
            // Tells password managers whose password it is.
            <input type="email" autocomplete="username" value=user.email readonly hidden />
            <Field
                form
                path="currentPassword"
                label="Current password"
                kind="password"
                autocomplete="current-password"
            />
            <Field
                form
                path="newPassword"
                label="New password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters. A few words that only you would put together are best."
            />
            <p class="soft small">"Changing it signs you out everywhere but here."</p>
            <Button class="button" busy>{move || if busy.get() { "Changing…" } else { "Change password" }}</Button>
        </form>
    }
}

fn check(values: &Values) -> Result<ChangePassword, FieldErrors> {
    validate(Some(&to_json(values, &[])))
}

#[component]
fn Devices(
    /// The devices, last used first.
    list: Vec<SessionInfo>,
    /// Reads them again.
    read: Read<Vec<SessionInfo>>,
) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let others = list.iter().filter(|session| !session.is_current).count();
    let end_others = write(move || async move {
        match api.send(&api::auth::end_other_sessions()).await {
            Ok(_) => toasts.say("All other devices are signed out"),
            Err(error) => toasts.warn(error.message()),
        }
        read.retry();
    });
    let busy = end_others.pending();
    let all = (others > 1).then(|| {
        view! {
            <Button
                class="button button-quiet"
                busy
                press=move |()| {
                    end_others.dispatch(());
                }
            >
                "Sign out all other devices"
            </Button>
        }
    });
    view! {
        <ul class="devices">
            {list.into_iter().map(|session| view! { <Device session read /> }).collect_view()}
        </ul>
        {all}
    }
}

#[component]
fn Device(
    /// The device.
    session: SessionInfo,
    /// Reads the devices again.
    read: Read<Vec<SessionInfo>>,
) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let name = device(session.device.as_deref());
    let label = format!("Sign out {name}, last used {}", dates::day_and_time(&session.last_used_at));
    let id = StoredValue::new(session.id);
    let end = write(move || async move {
        let endpoint = id.with_value(|id| api::auth::end_session(id));
        match api.send(&endpoint).await {
            Ok(_) => toasts.say("The device is signed out"),
            // It ended by itself meanwhile, which is what was wanted.
            Err(error) if error.is_not_found() => {}
            Err(error) => toasts.warn(error.message()),
        }
        read.retry();
    });
    let busy = end.pending();
    let tool = if session.is_current {
        view! { <span class="badge badge-good">"This device"</span> }.into_any()
    } else {
        view! {
            <Button
                class="button button-quiet button-small"
                busy
                label
                press=move |()| {
                    end.dispatch(());
                }
            >
                "Sign out"
            </Button>
        }
        .into_any()
    };
    view! {
        <li class="device">
            <div>
                <p class="device-name">{name}</p>
                <p class="soft small">
                    {session.address.map(|address| view! { <span class="device-address">{address}</span> " · " })}
                    "Last used " {dates::day_and_time(&session.last_used_at)}
                </p>
                <p class="soft small">"Signed in " {dates::day_and_time(&session.created_at)}</p>
            </div>
            {tool}
        </li>
    }
}

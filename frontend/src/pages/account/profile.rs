//! The profile.

use leptos::prelude::*;
use shared_types::auth::UserProfile;

use super::AccountFrame;
use crate::{
    api,
    components::{problem::loaded, skeleton},
    pages::guard::for_customer,
    state::{dates, page::use_page, read::use_read},
};

/// The profile.
#[component]
pub fn ProfilePage() -> impl IntoView {
    use_page(|| "Your account".into(), || "Your name and e-mail address.".into());
    for_customer(|_| {
        let read = use_read(api::auth::me);
        let show = |profile: UserProfile| {
            let user = profile.user;
            let given = |name: Option<String>| name.unwrap_or_else(|| "Not given".into());
            view! {
                <dl class="facts panel">
                    <div><dt>"First name"</dt><dd>{given(user.first_name)}</dd></div>
                    <div><dt>"Last name"</dt><dd>{given(user.last_name)}</dd></div>
                    <div><dt>"Email"</dt><dd>{user.email}</dd></div>
                    <div><dt>"Customer since"</dt><dd>{dates::day(&user.created_at)}</dd></div>
                </dl>
            }
            .into_any()
        };
        view! {
            <AccountFrame title="Your account">{loaded(read, || skeleton::rows(2), None, show)}</AccountFrame>
        }
        .into_any()
    })
}

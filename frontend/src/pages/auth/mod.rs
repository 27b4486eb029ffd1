//! Sign-in and registration.

mod login;
mod register;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

pub use self::{login::LoginPage, register::RegisterPage};
use crate::{
    logic::redirect::landing,
    state::{
        reactive::{effect, memo},
        session::{Person, use_session},
    },
};

/// The raw `?redirect=` of the present page.
fn redirect_target() -> Memo<Option<String>> {
    let query = use_query_map();
    memo(move || query.read().get("redirect"))
}

/// Leaves the page as soon as somebody is signed in.
fn leave_when_signed_in() {
    let session = use_session();
    let navigate = use_navigate();
    let target = redirect_target();
    effect(move || {
        if matches!(session.person(), Person::Customer(_)) {
            let options = NavigateOptions { replace: true, ..Default::default() };
            navigate(&landing(target.get_untracked().as_deref()), options);
        }
    });
}

//! Who is signed in.

use leptos::{prelude::*, task::spawn_local};
use shared_types::auth::{LoggedIn, Registered, UserProfile, UserPublic, UserSummary};

use super::{
    cart::Carts,
    storage::{Area, THEME, WAS_SIGNED_IN},
    toasts::Toasts,
};
use crate::{
    api::{self, Api, ApiError},
    logic::tabs::Notice,
};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// Not known yet: somebody was, and the session is being renewed.
    Restoring,
    /// Nobody.
    Guest,
    /// Somebody.
    Customer(UserSummary),
}

/// The session. A handle.
#[derive(Clone, Copy)]
pub struct Session {
    person: RwSignal<Person>,
    api: Api,
    carts: Carts,
    toasts: Toasts,
}

/// Makes the session available below, and picks up the previous one if there seems to be one.
pub fn provide_session(api: Api, carts: Carts, toasts: Toasts) -> Session {
    let was_signed_in = Area::Local.text(WAS_SIGNED_IN).is_some();
    let start = if was_signed_in { Person::Restoring } else { Person::Guest };
    let session = Session { person: RwSignal::new(start), api, carts, toasts };
    provide_context(session);
    if was_signed_in {
        session.restore();
    }
    Effect::new(move |before: Option<u32>| {
        let lost = api.lost_sessions().get();
        if before.is_some_and(|before| before != lost) {
            session.ended();
        }
        lost
    });
    api.tabs().listen(move |notice| session.hear(notice));
    session
}

/// The session.
pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Who is signed in.
    pub fn person(self) -> Person {
        self.person.get()
    }

    /// The customer, if one is signed in.
    pub fn customer(self) -> Option<UserSummary> {
        match self.person.get() {
            Person::Customer(user) => Some(user),
            Person::Restoring | Person::Guest => None,
        }
    }

    /// Takes over a fresh sign-in.
    pub fn signed_in(self, answer: LoggedIn) {
        self.api.set_token(Some(answer.token.clone()));
        self.enter(answer.user);
        self.api.tabs().tell(&Notice::SignedIn(answer.token));
    }

    /// Takes over a changed name or e-mail address.
    pub fn changed(self, user: UserSummary) {
        self.person.set(Person::Customer(user));
    }

    /// Takes over a fresh account.
    pub fn registered(self, answer: Registered) {
        self.signed_in(LoggedIn { user: summary(answer.user), token: answer.token });
    }

    /// Picks up a session after a reload.
    fn restore(self) {
        spawn_local(async move {
            match self.api.send(&api::auth::me()).await {
                Ok(UserProfile { user, .. }) => self.enter(summary(user)),
                // An ended session was handled where it was noticed. Otherwise the server is out of reach: shop on as a
                // guest and keep the hint, so that the next visit tries again.
                Err(ApiError::Refused { .. }) => self.shop_on_as_guest(),
                Err(error) => {
                    self.shop_on_as_guest();
                    self.toasts.warn(format!("You could not be signed in again. {}", error.message()));
                }
            }
        });
    }

    /// Signs out, here at once and on the server as soon as it answers.
    pub fn sign_out(self) {
        let api = self.api;
        spawn_local(async move {
            // The server's session ends by itself if this does not get through; here it has ended already.
            let _ = api.send(&api::auth::logout()).await;
            api.set_token(None);
        });
        self.forget();
        self.api.tabs().tell(&Notice::SignedOut);
        self.toasts.say("You are signed out");
    }

    /// Follows what another tab tells.
    fn hear(self, notice: Notice) {
        match (notice, self.person.get_untracked()) {
            (Notice::Renewed(token), Person::Customer(_) | Person::Restoring) => {
                self.api.set_token(Some(token));
            }
            (Notice::SignedIn(token), _) => {
                // All tabs share one cookie, so whoever was here is here no more.
                self.api.forget();
                self.api.set_token(Some(token));
                self.carts.leave();
                self.person.set(Person::Restoring);
                self.restore();
            }
            (Notice::SignedOut, Person::Customer(_) | Person::Restoring) => {
                self.api.set_token(None);
                self.forget();
                self.toasts.say("You signed out in another tab");
            }
            (Notice::Renewed(_) | Notice::SignedOut, Person::Guest) => {}
        }
    }

    fn shop_on_as_guest(self) {
        self.carts.leave();
        self.person.set(Person::Guest);
    }

    fn enter(self, user: UserSummary) {
        Area::Local.set_text(WAS_SIGNED_IN, &user.id);
        self.carts.enter(&user.id);
        self.person.set(Person::Customer(user));
    }

    fn ended(self) {
        let was_signed_in = matches!(self.person.get_untracked(), Person::Customer(_));
        self.api.set_token(None);
        self.api.forget();
        Area::Local.remove(WAS_SIGNED_IN);
        self.carts.forget();
        if was_signed_in {
            self.toasts.warn("Your session has ended. Please sign in again.");
        }
        self.person.set(Person::Guest);
    }

    /// Removes every trace of the person from this browser.
    fn forget(self) {
        self.api.forget();
        Area::Local.clear_except(&[THEME]);
        Area::Session.clear_except(&[]);
        self.carts.leave();
        self.person.set(Person::Guest);
    }
}

fn summary(user: UserPublic) -> UserSummary {
    UserSummary {
        id: user.id,
        email: user.email,
        first_name: user.first_name,
        last_name: user.last_name,
        role: user.role,
    }
}

/// What to call somebody: the given name, or the address before the at sign.
pub fn display_name(user: &UserSummary) -> String {
    user.first_name.clone().unwrap_or_else(|| user.email.split('@').next().unwrap_or_default().to_owned())
}

/// Given and family name, or the e-mail address.
pub fn full_name(user: &UserSummary) -> String {
    let names: Vec<_> =
        [&user.first_name, &user.last_name].into_iter().flatten().map(String::as_str).collect();
    if names.is_empty() { user.email.clone() } else { names.join(" ") }
}

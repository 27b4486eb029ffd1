//! How long a refused sign-in takes says nothing about the account.

use std::time::{Duration, Instant};

use serde_json::json;
use shared_types::paths;

use crate::support::{Content, PASSWORD, TestApp};

/// The time that a quarter of the attempts stay below. What disturbs a measurement only ever adds to it, so the lower
/// quarter is the part of the distribution that other work on the machine moves least.
fn lower_quartile(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 4]
}

/// Lower quartiles of refused sign-ins to a known, an unknown and a disabled account, tried in turn.
fn measure(bcrypt_cost: u32, rounds: usize) -> [Duration; 3] {
    let app = TestApp::builder(Content::Demo).set("BCRYPT_SALT_ROUNDS", bcrypt_cost).alone().start();
    // Accounts of this server, whose hashes have its cost.
    let (known, disabled) = (app.register("known@example.com"), app.register("disabled@example.com"));
    app.database.set_active(disabled.id(), false);
    let emails = [known.email(), "unknown@example.com", disabled.email()];
    let refuse = |email: &str| {
        let started = Instant::now();
        app.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": "a wrong one"})).expect(401);
        started.elapsed()
    };
    // The first refusals are slower: connections are opened, the hash that stands in for a missing one is made.
    for email in emails {
        refuse(email);
    }
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        for (times, email) in times.iter_mut().zip(emails) {
            times.push(refuse(email));
        }
    }
    // The measurement is about refusals: with the right password the known account does come in.
    assert_eq!(app.login(known.email()).id(), known.id());
    let right = json!({"email": disabled.email(), "password": PASSWORD});
    app.anon().post(paths::auth::LOGIN, &right).expect(401);
    times.map(lower_quartile)
}

/// Measurements until one is undisturbed. Other work on the machine falls on one account now and on another one then; a
/// difference that is the server's own is there each time.
const MEASUREMENTS: usize = 3;

/// Without the hash that stands in for a missing one, the unknown account takes a fifth of the time or less.
fn assert_alike(bcrypt_cost: u32, rounds: usize) {
    let is_alike = |times: &[Duration; 3]| {
        let [known, unknown, disabled] = times.map(|time| time.as_secs_f64());
        [unknown / known, disabled / known].iter().all(|ratio| (0.5..2.0).contains(ratio))
    };
    let mut found = Vec::new();
    while !found.last().is_some_and(is_alike) {
        assert!(found.len() < MEASUREMENTS, "known, unknown, disabled: {found:?}");
        found.push(measure(bcrypt_cost, rounds));
    }
}

#[test]
fn a_refusal_takes_as_long_for_an_unknown_or_disabled_account_as_for_a_known_one() {
    // Not at the lowest cost: there the hash is a small part of the time, and so would its absence be.
    assert_alike(7, 40);
}

#[test]
fn it_does_so_at_the_cost_that_shops_run_with() {
    assert_alike(10, 12);
}

//! What is stored of secrets: nothing that could be used.

use serde_json::json;
use shared_types::paths;

use crate::support::TestApp;

#[test]
fn passwords_and_refresh_tokens_are_not_stored() {
    let app = TestApp::start();
    let password = "correct horse battery";
    let body = json!({"email": "stored@example.com", "password": password});
    let reply = app.anon().post(paths::auth::REGISTER, &body);
    let (cookie, _) = reply.refresh_cookie().unwrap();
    let token = reply.value(201)["token"].as_str().unwrap().to_owned();
    let next =
        app.anon().request("POST", paths::auth::REFRESH).header("cookie", &format!("refresh_token={cookie}"));
    let (next_cookie, _) = next.send().refresh_cookie().unwrap();

    let stored = app.database.text();
    assert!(stored.contains("stored@example.com"), "the search finds what is there");
    for secret in [password, &cookie, &next_cookie, &token] {
        assert!(!stored.contains(secret), "{secret} is stored");
    }
}

#[test]
fn passwords_are_stored_as_bcrypt_hashes_that_differ_for_the_same_password() {
    let app = TestApp::start();
    let (one, two) = (app.customer(), app.customer());
    let hash = |id: &str| app.database.password_hash(id);
    let hashes = [hash(one.id()), hash(two.id())];
    assert_ne!(hashes[0], hashes[1]);
    for hash in hashes {
        assert!(hash.starts_with("$2") && hash.len() == 60, "{hash}");
    }
}

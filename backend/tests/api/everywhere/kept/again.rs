//! Whoever asks what was asked a moment ago is answered without the way through the routes, and does not notice.

use serde_json::{Value, json};
use shared_types::paths;

use super::{all, counted, warm_up};
use crate::support::{Content, Reply, TestApp, TestDatabase, binary::ServerProcess};

/// Longer than a worker goes on without going the whole way.
const OFTEN: usize = 120;

/// What does not differ from request to request.
fn lasting(reply: &Reply) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let changing = ["date", "x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset"];
    let mut headers: Vec<_> =
        reply.all_headers().into_iter().filter(|(name, _)| !changing.contains(&name.as_str())).collect();
    headers.sort();
    (reply.status, headers, reply.bytes().to_vec())
}

#[test]
fn every_time_it_is_the_same_answer_with_the_same_headers_and_counts_as_found() {
    let app = TestApp::builder(Content::Demo).alone().start();
    warm_up(&app.anon());
    for path in all() {
        let first = lasting(&app.anon().get(&path));
        let found = counted(&app.anon(), || {
            for _ in 0..OFTEN {
                assert_eq!(lasting(&app.anon().get(&path)), first, "{path}");
            }
        });
        assert_eq!(found, (u64::try_from(OFTEN).unwrap(), 0), "{path}");
    }
}

#[test]
fn a_change_is_seen_by_whoever_asks_next_however_often_it_was_asked_before() {
    let app = TestApp::start();
    let admin = app.admin();
    let mat = admin.get(&paths::catalog::product("yoga-mat-pro")).value(200)["id"].clone();
    let path = paths::catalog::product(mat.as_str().unwrap());
    for name in ["First Mat", "Second Mat", "Third Mat"] {
        admin.request("PATCH", &path).json(&json!({"name": name})).send().expect(200);
        for _ in 0..10 {
            let shown = app.anon().get(&paths::catalog::product("yoga-mat-pro")).value(200);
            assert_eq!(shown["name"], name);
        }
    }
    admin.request("DELETE", &path).send().expect(200);
    app.anon().get(&paths::catalog::product("yoga-mat-pro")).expect(404);
}

#[test]
fn every_request_has_its_line_with_its_route() {
    let database = TestDatabase::with(Content::Demo);
    let server = ServerProcess::start(&database, &[]);
    let path = paths::catalog::product("yoga-mat-pro");
    let replies: Vec<Reply> = (0..20).map(|_| server.anon().get(&path)).collect();
    let ids: Vec<String> =
        replies.iter().map(|reply| reply.header("x-request-id").unwrap().to_owned()).collect();
    let log = server.log_after_stopping();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for id in ids {
        let of_request: Vec<_> = lines.iter().filter(|line| line["request_id"] == id.as_str()).collect();
        assert_eq!(of_request.len(), 1, "{log}");
        assert_eq!(of_request[0]["route"], "/api/catalog/products/{key}");
        assert_eq!(of_request[0]["status"], 200);
    }
}

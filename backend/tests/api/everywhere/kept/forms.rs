//! Tags, codings and how long others may keep an answer.

use std::io::Read;

use shared_types::paths;

use super::{all, counted, warm_up};
use crate::support::{Actor, Content, Reply, TestApp};

fn ask(actor: &Actor, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = actor.request(method, path);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
}

fn unpacked(reply: &Reply) -> Vec<u8> {
    let mut plain = Vec::new();
    match reply.header("content-encoding") {
        Some("gzip") => flate2::read::GzDecoder::new(reply.bytes()).read_to_end(&mut plain).map(drop),
        Some("br") => brotli::BrotliDecompress(&mut reply.bytes(), &mut plain),
        Some(other) => panic!("{other}"),
        None => return reply.bytes().to_vec(),
    }
    .unwrap();
    plain
}

#[test]
fn every_coding_holds_the_same_answer_under_a_tag_of_its_own() {
    let app = TestApp::start();
    for path in all() {
        let plain = app.anon().get(&path);
        let tag = plain.header("etag").unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
        assert_eq!(plain.header("content-encoding"), None);
        for coding in ["gzip", "br"] {
            let reply = ask(&app.anon(), "GET", &path, &[("accept-encoding", coding)]);
            assert_eq!(unpacked(&reply), plain.bytes(), "{path}");
            let is_large = plain.bytes().len() >= 1_024;
            assert_eq!(reply.header("content-encoding"), is_large.then_some(coding), "{path}");
            let expected =
                if is_large { format!("{}-{coding}\"", &tag[..tag.len() - 1]) } else { tag.clone() };
            assert_eq!(reply.header("etag"), Some(expected.as_str()), "{path}");
            let vary = reply.headers("vary").join(",").to_lowercase();
            assert!(vary.contains("accept-encoding"), "{vary}");
        }
    }
}

#[test]
fn who_has_an_answer_already_is_not_sent_it_again_and_a_head_has_no_body() {
    let app = TestApp::start();
    for path in all() {
        for coding in ["identity", "gzip", "br"] {
            let coding = ("accept-encoding", coding);
            let full = ask(&app.anon(), "GET", &path, &[coding]);
            let tag = full.header("etag").unwrap();
            for method in ["GET", "HEAD"] {
                let known = ask(&app.anon(), method, &path, &[coding, ("if-none-match", tag)]);
                assert_eq!((known.expect(304).bytes().len(), known.header("etag")), (0, Some(tag)));
                assert_eq!(known.header("cache-control"), full.header("cache-control"));
                ask(&app.anon(), method, &path, &[coding, ("if-none-match", "\"other\"")]).expect(200);
            }
            let head = ask(&app.anon(), "HEAD", &path, &[coding]);
            assert_eq!((head.expect(200).bytes().len(), head.header("etag")), (0, Some(tag)));
            let length = full.bytes().len().to_string();
            assert_eq!(head.header("content-length"), Some(length.as_str()), "{path}");
        }
    }
}

#[test]
fn others_may_keep_what_is_the_same_for_everybody_for_a_second_and_nothing_else() {
    let app = TestApp::start();
    let customer = app.customer();
    let public = "public, max-age=0, s-maxage=1, stale-while-revalidate=1";
    for path in all() {
        assert_eq!(app.anon().get(&path).header("cache-control"), Some(public), "{path}");
        // An answer to somebody who is signed in may be an administrator's.
        assert_eq!(customer.get(&path).header("cache-control"), Some("private, no-cache"), "{path}");
    }
    for path in [paths::catalog::PRODUCTS, &paths::catalog::category("books")] {
        let vary = app.anon().get(path).headers("vary").join(",").to_lowercase();
        assert!(vary.contains("authorization") && vary.contains("origin"), "{vary}");
    }
    for path in [paths::system::HEALTH, paths::system::READY, paths::system::CACHE_METRICS, "/api/nothing"] {
        let control = app.anon().get(path).header("cache-control").map(str::to_owned);
        assert_eq!(control.as_deref(), Some("private, no-store"), "{path}");
    }
    let refused = app.anon().get(&paths::catalog::product("nothing"));
    assert_eq!(refused.expect(404).header("cache-control"), Some("private, no-store"));
}

#[test]
fn an_answer_that_is_known_or_only_looked_at_counts_as_found() {
    let app = TestApp::builder(Content::Demo).alone().start();
    warm_up(&app.anon());
    for path in all() {
        let tag = app.anon().get(&path).header("etag").unwrap().to_owned();
        let found = counted(&app.anon(), || {
            ask(&app.anon(), "GET", &path, &[("if-none-match", &tag)]).expect(304);
            ask(&app.anon(), "HEAD", &path, &[]).expect(200);
            ask(&app.anon(), "GET", &path, &[("accept-encoding", "gzip")]).expect(200);
        });
        assert_eq!(found, (3, 0), "{path}");
    }
}

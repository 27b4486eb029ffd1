//! `POST /api/payments/webhook`: how many requests are listened to. The provider's own are, however many come.

use shared_types::{ErrorCode, paths};

use crate::support::{
    Content, Reply, TestApp,
    app::WEBHOOK_SECRET,
    sign,
    visitor::{Visitor, limited},
};

const BODY: &[u8] = br#"{"id":"evt-1","type":"payout.paid"}"#;

fn send(client: &Visitor, signature: &str, body: &[u8]) -> Reply {
    let request = client.request("POST", paths::payments::WEBHOOK);
    request.header(paths::PAYMENT_SIGNATURE, signature).body("application/json", body).send()
}

fn assert_over(reply: &Reply) {
    reply.refused(429, ErrorCode::RateLimited, "Rate limit exceeded, retry in 1 minute");
    assert!(reply.header("retry-after").is_some());
}

#[test]
fn a_burst_of_the_providers_events_is_received() {
    let app = limited().set("RATE_LIMIT_MAX", 5).start();
    let provider = Visitor::new(&app);
    for _ in 0..20 {
        let reply = send(&provider, &sign(WEBHOOK_SECRET, 0, BODY), BODY);
        reply.says("Event ignored");
        assert_eq!(reply.header("x-ratelimit-limit"), None);
    }
    // Nor do events count against what else its address asks for.
    for _ in 0..5 {
        provider.get(paths::catalog::CATEGORIES).expect(200);
    }
    provider.get(paths::catalog::CATEGORIES).expect(429);
    send(&provider, &sign(WEBHOOK_SECRET, 0, BODY), BODY).says("Event ignored");
}

#[test]
fn who_is_not_the_provider_is_counted_whatever_is_wrong_with_the_request() {
    let app = limited().set("RATE_LIMIT_MAX", 5).start();
    let (client, provider) = (Visitor::new(&app), Visitor::new(&app));
    let good = || sign(WEBHOOK_SECRET, 0, BODY);
    send(&client, "", BODY).expect(401);
    send(&client, "t=1,v1=00", BODY).expect(401);
    send(&client, &sign(WEBHOOK_SECRET, -3_600, BODY), BODY).expect(401);
    send(&client, &good(), b"{").expect(400);
    send(&client, &good(), &vec![b' '; 1_048_577]).expect(413);
    for path in [paths::payments::WEBHOOK, "/api/payments/webhook/", "/api/payments/w%65bhook?x=1"] {
        assert_over(&client.request("POST", path).body("application/json", BODY).send());
    }
    // Even with the right signature: before the window ends nothing of theirs is read.
    assert_over(&send(&client, &good(), BODY));
    send(&provider, &good(), BODY).says("Event ignored");
}

#[test]
fn unsigned_events_count_apart_from_everything_else() {
    let app = limited().set("RATE_LIMIT_MAX", 2).start();
    let client = Visitor::new(&app);
    for status in [401, 401, 429] {
        send(&client, "", BODY).expect(status);
    }
    client.get(paths::catalog::CATEGORIES).expect(200);
}

#[test]
fn without_limits_nothing_is_counted() {
    let app = TestApp::builder(Content::Demo).set("RATE_LIMIT_MAX", 1).start();
    let client = Visitor::new(&app);
    for _ in 0..5 {
        send(&client, "", BODY).expect(401);
    }
}

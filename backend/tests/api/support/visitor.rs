//! Clients that a trusted proxy tells apart, for a server that counts requests.

use std::{
    net::Ipv4Addr,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use serde_json::json;
use shared_types::paths;

use super::{
    actor::{Actor, Request},
    app::{Builder, PASSWORD, TestApp},
    database::Content,
    reply::Reply,
};

/// A demo shop that counts requests, behind one proxy.
pub fn limited() -> Builder {
    TestApp::builder(Content::Demo).set("ENABLE_RATE_LIMITING", true).set("TRUSTED_PROXY_HOPS", 1)
}

/// Somebody with an address that no other test uses, nor an earlier run: the counters in Redis belong to all of them.
#[derive(Clone)]
pub struct Visitor {
    pub address: String,
    port: u16,
}

impl Visitor {
    pub fn new(app: &TestApp) -> Self {
        Self::at(app.port)
    }

    pub fn at(port: u16) -> Self {
        static NEXT: LazyLock<AtomicU32> =
            LazyLock::new(|| AtomicU32::new(uuid::Uuid::new_v4().as_fields().0));
        let address = Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed));
        Self { address: address.to_string(), port }
    }

    /// The same client, asking another server.
    pub fn asking(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        Actor::anon(self.port).request(method, path).header("x-forwarded-for", &self.address)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path).send()
    }

    pub fn login(&self, email: &str, password: &str) -> Reply {
        self.request("POST", paths::auth::LOGIN).json(&json!({"email": email, "password": password})).send()
    }

    /// Opens an account with an address that nobody has.
    pub fn register(&self) -> Reply {
        let body = json!({"email": fresh_email(), "password": PASSWORD});
        self.request("POST", paths::auth::REGISTER).json(&body).send()
    }
}

impl TestApp {
    /// Opens an account that no other test knows, and answers its address.
    pub fn register_fresh(&self) -> String {
        let email = fresh_email();
        let body = json!({"email": email, "password": PASSWORD});
        Visitor::new(self).request("POST", paths::auth::REGISTER).json(&body).send().expect(201);
        email
    }
}

/// An address of nobody.
pub fn fresh_email() -> String {
    format!("{}@example.com", uuid::Uuid::new_v4())
}

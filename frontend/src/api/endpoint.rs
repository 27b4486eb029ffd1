//! An endpoint with its arguments: plain data, so that what is sent can be tested without a browser.

use serde::{Serialize, de::DeserializeOwned};
use shared_types::{Message, Page, paths};

use crate::logic::json::{read, read_field};

/// How an answer's text becomes a value.
type Decode<T> = fn(&str) -> serde_json::Result<T>;

/// One request to the API, and how to read its answer.
#[derive(Debug, Clone)]
pub struct Endpoint<T> {
    /// What goes over the wire.
    pub request: Request,
    /// Reads the answer.
    pub decode: Decode<T>,
}

/// What goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// Path without query.
    pub path: String,
    /// Query pairs.
    pub query: Vec<(&'static str, String)>,
    /// JSON text.
    pub body: Option<String>,
    /// Makes a `POST` safe to repeat.
    pub idempotency_key: Option<String>,
    /// Whether it is answered only to somebody who is signed in.
    pub private: bool,
    /// Whether it goes on when its page is left: what it changes must not be lost half-way.
    pub outlives_page: bool,
}

impl Request {
    /// Path and query: names an answer in memory.
    pub fn address(&self) -> String {
        paths::with_query(&self.path, &self.query)
    }
}

impl<T> Endpoint<T> {
    /// A public `GET`.
    pub fn get(path: impl Into<String>, query: Vec<(&'static str, String)>, decode: Decode<T>) -> Self {
        Self::new("GET", path.into(), query, None, decode)
    }

    /// A public `POST` of a JSON body.
    pub fn post<B: Serialize>(path: impl Into<String>, body: &B, decode: Decode<T>) -> Self {
        Self::new("POST", path.into(), Vec::new(), serde_json::to_string(body).ok(), decode)
    }

    /// A public `PATCH` of a JSON body.
    pub fn patch<B: Serialize>(path: impl Into<String>, body: &B, decode: Decode<T>) -> Self {
        Self::new("PATCH", path.into(), Vec::new(), serde_json::to_string(body).ok(), decode)
    }

    /// A public `PUT` of a JSON body.
    pub fn put<B: Serialize>(path: impl Into<String>, body: &B, decode: Decode<T>) -> Self {
        Self::new("PUT", path.into(), Vec::new(), serde_json::to_string(body).ok(), decode)
    }

    /// A public `DELETE`.
    pub fn delete(path: impl Into<String>, decode: Decode<T>) -> Self {
        Self::new("DELETE", path.into(), Vec::new(), None, decode)
    }

    /// A public `POST` without a body.
    pub fn post_empty(path: impl Into<String>, decode: Decode<T>) -> Self {
        Self::new("POST", path.into(), Vec::new(), None, decode)
    }

    /// The same for somebody who is signed in.
    pub fn private(mut self) -> Self {
        self.request.private = true;
        self
    }

    /// The same, even when its page is left meanwhile.
    pub fn outliving_page(mut self) -> Self {
        self.request.outlives_page = true;
        self
    }

    /// The same under an idempotency key.
    pub fn once(mut self, key: &str) -> Self {
        self.request.idempotency_key = Some(key.to_owned());
        self
    }

    fn new(
        method: &'static str,
        path: String,
        query: Vec<(&'static str, String)>,
        body: Option<String>,
        decode: Decode<T>,
    ) -> Self {
        let request = Request {
            method,
            path,
            query,
            body,
            idempotency_key: None,
            private: false,
            outlives_page: false,
        };
        Self { request, decode }
    }
}

/// Reads `{success, data}`.
pub fn data<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    read_field(text, "data")
}

/// Reads `{success, data, meta}`.
pub fn page<T: DeserializeOwned>(text: &str) -> serde_json::Result<Page<T>> {
    read(text)
}

/// Reads `{success, message}`.
pub fn message(text: &str) -> serde_json::Result<Message> {
    read(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_carries_what_it_sends() {
        let endpoint = Endpoint::post("/api/x", &serde_json::json!({"a": 1}), message).private().once("key");
        assert_eq!(endpoint.request.body.as_deref(), Some("{\"a\":1}"));
        assert_eq!(endpoint.request.idempotency_key.as_deref(), Some("key"));
        assert!(endpoint.request.private);
    }

    #[test]
    fn envelopes_are_taken_off() {
        assert_eq!(data::<u8>("{\"success\":true,\"data\":7}").unwrap(), 7);
        assert!(data::<u8>("<html>").is_err());
    }
}

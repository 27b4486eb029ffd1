//! Every request has an id: in the log, in the answer's `x-request-id`, in the error envelope.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use uuid::Uuid;

/// The header that carries the id, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: HeaderValue;
}

/// The id of the request that is being served; empty outside of one.
pub fn current() -> String {
    CURRENT.try_with(|id| id.to_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

/// Whether somebody waits for an answer to what is being done.
pub fn is_request() -> bool {
    CURRENT.try_with(|_| ()).is_ok()
}

/// The id a proxy gave, or a new one.
pub fn given_or_new(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(&HEADER).filter(|value| is_id(value.as_bytes())).cloned();
    given.unwrap_or_else(new_id)
}

/// Serves a request under this id. What serves it is large, and `async` would keep room for it twice.
pub fn scope<T>(id: HeaderValue, serving: impl Future<Output = T>) -> impl Future<Output = T> {
    CURRENT.scope(id, serving)
}

/// This process, and a number. Nobody guards anything by it, so it needs no randomness of its own for each request.
fn new_id() -> HeaderValue {
    static PROCESS: LazyLock<String> = LazyLock::new(|| Uuid::new_v4().simple().to_string());
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = format!("{}-{:08x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::from_maybe_shared(Bytes::from(id)).unwrap_or(HeaderValue::from_static("unnamed-request"))
}

/// Foreign ids end up in the log: only short, plain ones are taken over.
fn is_id(text: &[u8]) -> bool {
    (8..=64).contains(&text.len())
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::{is_id, new_id};

    #[test]
    fn plain_ids_are_taken_over_and_others_are_not() {
        assert!(is_id(b"0198c1a2-7e4f-7000-8000-abcdef012345"));
        assert!(!is_id(b"short") && !is_id(b"with spaces in it") && !is_id(&[b'x'; 65]));
    }

    #[test]
    fn every_request_has_an_id_of_its_own_that_is_one() {
        let ids = [(); 3].map(|()| new_id());
        assert!(ids.iter().all(|id| is_id(id.as_bytes())));
        assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    }
}

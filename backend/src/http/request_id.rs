//! Every request has an id: in the log, in the answer's `x-request-id`, in the error envelope.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

/// The header that carries the id, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being served; empty outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Takes the id a proxy gave, or makes one.
pub async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let given =
        request.headers().get(&HEADER).and_then(|value| value.to_str().ok()).filter(|text| is_id(text));
    let id = given.map_or_else(crate::db::new_id, str::to_owned);
    let mut response = CURRENT.scope(id.clone(), next.call(request)).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}

/// Foreign ids end up in the log: only short, plain ones are taken over.
fn is_id(text: &str) -> bool {
    (8..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn plain_ids_are_taken_over_and_others_are_not() {
        assert!(is_id("0198c1a2-7e4f-7000-8000-abcdef012345"));
        assert!(!is_id("short") && !is_id("with spaces in it") && !is_id(&"x".repeat(65)));
    }
}

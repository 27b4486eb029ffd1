//! One exchange with the server over `fetch`, with a time limit.

use std::{cell::Cell, rc::Rc};

use gloo_net::http::{Headers, Method, RequestBuilder};
use gloo_timers::callback::Timeout;
use shared_types::paths::IDEMPOTENCY_KEY;
use web_sys::{AbortController, RequestCredentials};

use super::{ApiError, endpoint::Request};

/// Longest wait for an answer, in milliseconds.
const TIME_LIMIT: u32 = 20_000;

/// Sends a request and answers the text of a success. Aborting `controller` cancels it.
pub async fn exchange(
    request: &Request,
    token: Option<&str>,
    controller: Option<AbortController>,
) -> Result<String, ApiError> {
    let controller = match controller {
        Some(controller) => controller,
        None => AbortController::new().map_err(|_| ApiError::Offline)?,
    };
    let headers = Headers::new();
    headers.set("Accept", "application/json");
    if let Some(token) = token {
        headers.set("Authorization", &format!("Bearer {token}"));
    }
    if let Some(key) = &request.idempotency_key {
        headers.set(IDEMPOTENCY_KEY, key);
    }
    if request.body.is_some() {
        headers.set("Content-Type", "application/json");
    }
    let method = if request.method == "POST" { Method::POST } else { Method::GET };
    let builder = RequestBuilder::new(&request.path)
        .method(method)
        .query(request.query.iter().map(|(name, value)| (*name, value.as_str())))
        .headers(headers)
        .credentials(RequestCredentials::SameOrigin)
        .abort_signal(Some(&controller.signal()));
    let built = match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    };

    let late = Rc::new(Cell::new(false));
    let limit = Timeout::new(TIME_LIMIT, {
        let (late, controller) = (Rc::clone(&late), controller.clone());
        move || {
            late.set(true);
            controller.abort();
        }
    });
    let failure = |_| match (late.get(), controller.signal().aborted()) {
        (true, _) => ApiError::Timeout,
        (false, true) => ApiError::Cancelled,
        (false, false) => ApiError::Offline,
    };
    let response = built.map_err(&failure)?.send().await.map_err(&failure)?;
    let text = response.text().await.map_err(&failure)?;
    drop(limit);
    if response.ok() {
        return Ok(text);
    }
    let headers = response.headers();
    let retry_after = headers.get("retry-after");
    Err(ApiError::from_answer(response.status(), &text, retry_after.as_deref(), headers.get("x-request-id")))
}

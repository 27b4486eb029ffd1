//! One exchange with the server over `fetch`, with a time limit.

use std::{cell::Cell, rc::Rc};

use gloo_net::http::{Headers, Request as Outgoing, Response};
use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use shared_types::paths::IDEMPOTENCY_KEY;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, RequestCache, RequestCredentials, RequestInit};

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
    let late = Rc::new(Cell::new(false));
    let limit = Timeout::new(TIME_LIMIT, {
        let (late, controller) = (Rc::clone(&late), controller.clone());
        move || {
            late.set(true);
            controller.abort();
        }
    });
    let failure = |()| match (late.get(), controller.signal().aborted()) {
        (true, _) => ApiError::Timeout,
        (false, true) => ApiError::Cancelled,
        (false, false) => ApiError::Offline,
    };
    let (response, text) = fetch(request, token, &controller).await.map_err(failure)?;
    drop(limit);
    if response.ok() {
        return Ok(text);
    }
    let header = |name| response.headers().get(name);
    Err(ApiError::from_answer(
        response.status(),
        &text,
        header("retry-after").as_deref(),
        header("x-request-id"),
    ))
}

/// Why the browser gave up is not told to scripts.
async fn fetch(
    request: &Request,
    token: Option<&str>,
    controller: &AbortController,
) -> Result<(Response, String), ()> {
    let outgoing = outgoing(request, token, controller).map_err(drop)?;
    let response = outgoing.send().await.map_err(drop)?;
    let text = response.text().await.map_err(drop)?;
    Ok((response, text))
}

/// Put together without gloo-net's builder, which has no word for `keepalive`.
fn outgoing(
    request: &Request,
    token: Option<&str>,
    controller: &AbortController,
) -> Result<Outgoing, JsValue> {
    let headers = Headers::new();
    headers.set("Accept", "application/json");
    if let Some(token) = token {
        headers.set("Authorization", &format!("Bearer {token}"));
    }
    if let Some(key) = &request.idempotency_key {
        headers.set(IDEMPOTENCY_KEY, key);
    }
    let settings = RequestInit::new();
    if let Some(body) = &request.body {
        headers.set("Content-Type", "application/json");
        settings.set_body_opt_str(Some(body));
    }
    settings.set_method(request.method);
    settings.set_headers_headers(&headers.into_raw());
    settings.set_credentials(RequestCredentials::SameOrigin);
    // Asks the server each time, which mostly answers that nothing has changed: what this visitor has just done shows.
    settings.set_cache(RequestCache::NoCache);
    settings.set_signal(Some(&controller.signal()));
    if request.outlives_page {
        Reflect::set(&settings, &"keepalive".into(), &JsValue::TRUE)?;
    }
    Ok(web_sys::Request::new_with_str_and_init(&request.address(), &settings)?.into())
}

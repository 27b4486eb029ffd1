//! One exchange with the server over `fetch`, with a time limit.

use std::{cell::Cell, rc::Rc};

use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use leptos::prelude::window;
use shared_types::paths::IDEMPOTENCY_KEY;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCredentials, RequestInit, Response};

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
    let failure = |_: JsValue| match (late.get(), controller.signal().aborted()) {
        (true, _) => ApiError::Timeout,
        (false, true) => ApiError::Cancelled,
        (false, false) => ApiError::Offline,
    };
    let (response, text) = fetch(request, token, &controller).await.map_err(failure)?;
    drop(limit);
    if response.ok() {
        return Ok(text);
    }
    let header = |name| response.headers().get(name).ok().flatten();
    Err(ApiError::from_answer(
        response.status(),
        &text,
        header("retry-after").as_deref(),
        header("x-request-id"),
    ))
}

async fn fetch(
    request: &Request,
    token: Option<&str>,
    controller: &AbortController,
) -> Result<(Response, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    if let Some(token) = token {
        headers.set("Authorization", &format!("Bearer {token}"))?;
    }
    if let Some(key) = &request.idempotency_key {
        headers.set(IDEMPOTENCY_KEY, key)?;
    }
    let settings = RequestInit::new();
    if let Some(body) = &request.body {
        headers.set("Content-Type", "application/json")?;
        settings.set_body_opt_str(Some(body));
    }
    settings.set_method(request.method);
    settings.set_headers_headers(&headers);
    settings.set_credentials(RequestCredentials::SameOrigin);
    settings.set_signal(Some(&controller.signal()));
    if request.outlives_page {
        Reflect::set(&settings, &"keepalive".into(), &JsValue::TRUE)?;
    }
    let answer = JsFuture::from(window().fetch_with_str_and_init(&request.address(), &settings)).await?;
    let response: Response = answer.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response, text))
}

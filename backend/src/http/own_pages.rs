//! Whether a page of the shop itself sends a request.
//!
//! Browsers add cookies to requests whoever makes them. `SameSite=Strict` keeps the cookie from other sites, but not from
//! another host of the same domain, and depends on the browser alone. So a cookie counts only when the browser says that
//! the request comes from here or from an origin in `CORS_ORIGINS`. Programs that are no browsers say nothing of the kind,
//! and nobody can make them send somebody's cookie.

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};

use super::input::header_text;
use crate::config::ServerConfig;

/// Browsers write it themselves; no script can (Fetch Metadata, section 2.3). Only sent over TLS and to this machine.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The value of a cookie, unless a page of somebody else makes the browser send it.
pub fn cookie(request: &HttpRequest, name: &str, server: &ServerConfig) -> Option<String> {
    let cookie = request.cookie(name)?;
    if is_ours(request, server) {
        return Some(cookie.value().to_owned());
    }
    tracing::warn!(event = "foreign_page_refused", "a cookie came with a request of somebody else's page");
    None
}

fn is_ours(request: &HttpRequest, server: &ServerConfig) -> bool {
    let origin = header_text(request, header::ORIGIN);
    let is_allowed = |origin: &String| server.cors_origins.iter().any(|rule| rule.allows(origin));
    if origin.as_ref().is_some_and(is_allowed) {
        return true;
    }
    match (request.headers().get(FETCH_SITE), origin) {
        (Some(site), _) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        (None, Some(origin)) => is_own(request, &origin, server),
        (None, None) => !request.headers().contains_key(header::ORIGIN),
    }
}

/// An origin that is the configured one, or that of the host that was asked.
fn is_own(request: &HttpRequest, origin: &str, server: &ServerConfig) -> bool {
    let host = header_text(request, header::HOST);
    let (_, named) = origin.split_once("://").unwrap_or_default();
    let is_host = host.is_some_and(|host| !host.is_empty() && named.eq_ignore_ascii_case(&host));
    is_host || server.public_url.as_ref().is_some_and(|url| origin.eq_ignore_ascii_case(url))
}

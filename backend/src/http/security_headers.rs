//! Headers that tell browsers what this site never does, and search engines what they never list.

use actix_web::{
    dev::ServiceResponse,
    http::header::{self, HeaderName, HeaderValue},
};

/// The API never answers with anything a browser should run or load.
const API_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);
/// Swagger UI's scripts and styles are the server's own, but for one style sheet that its script writes into the page. It is
/// allowed by its hash, which a browser names in its console when another version writes another one.
const DOCS_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
     img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// Crawlers read the API for the pages that are made of it, and list those pages instead.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

const ALWAYS: [(HeaderName, HeaderValue); 7] = [
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()"),
    ),
];

/// Adds what is missing; the storefront's pages bring their own content security policy.
pub fn add(response: &mut ServiceResponse) {
    let path = response.request().path();
    let (is_api, is_docs) = (path.starts_with("/api/"), path.starts_with("/api/docs/"));
    let policy = if is_docs { DOCS_POLICY } else { API_POLICY };
    let headers = response.headers_mut();
    if is_api {
        headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
}

//! `Accept-Encoding`, where it asks for the impossible, and what compressing does to an entity tag.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptEncoding, Encoding, Header, HeaderMap, HeaderValue},
    middleware::Next,
};

use super::conditional::tag_in_coding;

/// Everything the server can send: `Compress` chooses among these.
const CODINGS: [Encoding; 3] = [Encoding::identity(), Encoding::brotli(), Encoding::gzip()];

/// Ignores a header that accepts nothing, plain text included: an answer the client did not wish for beats none (RFC 9110,
/// section 12.5.3 leaves the choice to the server).
pub async fn middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let accepts_nothing =
        AcceptEncoding::parse(&request).is_ok_and(|header| header.negotiate(CODINGS.iter()).is_none());
    if accepts_nothing {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let is_api = request.path().starts_with("/api/");
    let mut response = next.call(request).await?;
    if is_api {
        tell_codings_apart(response.headers_mut());
    }
    Ok(response)
}

/// A strong tag names bytes, so the compressed answer can't have the plain one's (RFC 9110, section 8.8.3.3).
fn tell_codings_apart(headers: &mut HeaderMap) {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (Some(coding), Some(tag)) = (text(header::CONTENT_ENCODING), text(header::ETAG)) else { return };
    let tag = tag_in_coding(tag, coding).and_then(|tag| HeaderValue::from_str(&tag).ok());
    if let Some(tag) = tag {
        headers.insert(header::ETAG, tag);
    }
}

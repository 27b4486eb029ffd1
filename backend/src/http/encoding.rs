//! `Accept-Encoding`, where it asks for the impossible.

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptEncoding, Encoding, Header},
    middleware::Next,
};

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
    next.call(request).await
}

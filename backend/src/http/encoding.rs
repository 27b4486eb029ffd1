//! `Accept-Encoding`: which coding an answer is sent in, and what compressing does to an entity tag.

use actix_http::encoding::Encoder;
use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::ServiceResponse,
    http::header::{self, ContentEncoding, HeaderMap, HeaderValue},
};

use super::conditional::tag_in_coding;
use crate::cache::entry::{Coding, WORTH_COMPRESSING};

/// The coding that the client likes best of those that the server has (RFC 9110, section 12.5.3). Who accepts nothing, plain
/// text included, gets plain text: an answer the client did not wish for beats none, and the choice is the server's.
pub fn wanted(headers: &HeaderMap) -> Coding {
    let (mut brotli, mut gzip, mut plain, mut rest) = (None, None, None, None);
    for line in headers.get_all(header::ACCEPT_ENCODING) {
        for item in line.to_str().unwrap_or_default().split(',') {
            let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
            let place = match name.trim() {
                name if name.eq_ignore_ascii_case("br") => &mut brotli,
                name if name.eq_ignore_ascii_case("gzip") => &mut gzip,
                name if name.eq_ignore_ascii_case("identity") => &mut plain,
                "*" => &mut rest,
                _ => continue,
            };
            *place = Some(weight(parameters));
        }
    }
    let best = [(brotli, Coding::Brotli), (gzip, Coding::Gzip)]
        .map(|(weight, coding)| (weight.or(rest).unwrap_or(0), coding))
        .into_iter()
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    match best {
        Some((weight, coding)) if weight > 0 && weight >= plain.unwrap_or(0) => coding,
        _ => Coding::Plain,
    }
}

/// `q=0.5` in thousandths; 1000 when it is not given or can't be read.
fn weight(parameters: &str) -> u32 {
    let given = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let Some(value) = given else { return 1_000 };
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let thousandths = decimals.chars().chain("000".chars()).take(3).collect::<String>();
    match (whole.parse::<u32>(), thousandths.parse::<u32>()) {
        (Ok(0), Ok(thousandths)) => thousandths,
        _ => 1_000,
    }
}

/// Compresses what is not compressed yet and large enough to be worth it.
pub fn compress(response: ServiceResponse) -> ServiceResponse {
    let is_compressible = is_worth_compressing(response.response().body().size())
        && !response.headers().contains_key(header::CONTENT_ENCODING)
        && !response.headers().get(header::CONTENT_TYPE).is_some_and(is_compressed_by_nature);
    let coding = match is_compressible.then(|| wanted(response.request().headers())) {
        Some(Coding::Brotli) => ContentEncoding::Brotli,
        Some(Coding::Gzip) => ContentEncoding::Gzip,
        Some(Coding::Plain) | None => return response,
    };
    response.map_body(|head, body| {
        let body = Encoder::response(coding, head, body);
        tell_codings_apart(head.headers_mut());
        BoxBody::new(body)
    })
}

fn is_worth_compressing(size: BodySize) -> bool {
    match size {
        BodySize::None => false,
        BodySize::Sized(size) => usize::try_from(size).is_ok_and(|size| size >= WORTH_COMPRESSING),
        BodySize::Stream => true,
    }
}

fn is_compressed_by_nature(content_type: &HeaderValue) -> bool {
    let name = content_type.as_bytes();
    (name.starts_with(b"image/") && name != b"image/svg+xml")
        || name.starts_with(b"video/")
        || name.starts_with(b"font/")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_chooses_among_what_there_is() {
        for (header, coding) in [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip, deflate", Coding::Gzip),
            ("GZIP;Q=1.0, br;q=0.8", Coding::Gzip),
            ("br;q=0, *", Coding::Gzip),
            ("*", Coding::Brotli),
            ("identity, br;q=0.5", Coding::Plain),
            ("identity;q=0.5, br;q=0.5", Coding::Brotli),
            ("br;q=0, gzip;q=0", Coding::Plain),
            ("*;q=0", Coding::Plain),
            ("identity;q=0", Coding::Plain),
            ("deflate", Coding::Plain),
            ("gzip;q=5, ;;;", Coding::Gzip),
            ("", Coding::Plain),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(header));
            assert_eq!(wanted(&headers), coding, "{header}");
        }
        assert_eq!(wanted(&HeaderMap::new()), Coding::Plain);
    }
}

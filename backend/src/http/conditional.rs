//! Conditional requests (RFC 9110, section 13): `ETag`, `If-None-Match` on reads, `If-Match` on writes.
//!
//! A tag is `"<editions>.<hash>"`. The hash is of the answer's body, so a tag is strong: whatever changes in the answer
//! changes it, and a read that is not modified is decided by the whole tag. The editions before it name the parts of an
//! entity that people edit, and a write is decided by those that it would overwrite: an administrator who rewrites a
//! description is stopped by another one who edited the product, and not by a shopper who bought one.

use std::future::{Future, ready};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::header::{self, HeaderName},
};
use serde::Serialize;
use shared_types::Data;

use super::{answer::bytes_of_json, input::Input};
use crate::{digest::short_hash, error::AppError};

/// What a compressed answer's tag ends with: another coding is another representation, and has a tag of its own.
const CODINGS: [&str; 2] = ["-br", "-gzip"];

/// `If-Match`, `If-None-Match`: the tags of a header, as the client sent them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Tags {
    /// Whether the header is there at all.
    is_given: bool,
    /// `*`: anything that exists.
    any: bool,
    tags: Vec<Tag>,
}

/// One tag of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    /// What is between the quotes.
    sent: String,
    /// The same without the coding at its end.
    plain: String,
    is_weak: bool,
}

impl Tags {
    fn of(request: &HttpRequest, name: HeaderName) -> Self {
        let mut found = Self { is_given: request.headers().contains_key(&name), ..Self::default() };
        for value in request.headers().get_all(name) {
            match value.to_str() {
                Ok(text) if text.trim() == "*" => found.any = true,
                Ok(text) => found.tags.extend(tags(text)),
                // What can't be read matches nothing.
                Err(_) => {}
            }
        }
        found
    }
}

/// The entity tags in a list. They may contain commas, so a comma separates only outside of quotes.
fn tags(mut text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches([' ', '\t', ',']);
        let (is_weak, quoted) = text.strip_prefix("W/").map_or((false, text), |rest| (true, rest));
        let Some((tag, rest)) = quoted.strip_prefix('"').and_then(|rest| rest.split_once('"')) else {
            return found;
        };
        let plain = CODINGS.iter().find_map(|coding| tag.strip_suffix(coding)).unwrap_or(tag);
        found.push(Tag { sent: tag.to_owned(), plain: plain.to_owned(), is_weak });
        text = rest;
    }
}

/// A write's condition: only if the entity is still what the client has read.
#[derive(Debug, Clone, Default)]
pub struct IfMatch(Tags);

impl IfMatch {
    /// Refuses with 412 unless there is no condition, or a strong tag of it begins with these editions.
    pub fn check(&self, editions: &str) -> Result<(), AppError> {
        let is_same = |tag: &str| tag.strip_prefix(editions).is_some_and(|rest| rest.starts_with('.'));
        let holds = !self.0.is_given
            || self.0.any
            || self.0.tags.iter().any(|tag| !tag.is_weak && is_same(&tag.plain));
        if holds { Ok(()) } else { Err(AppError::precondition_failed()) }
    }
}

impl Input for IfMatch {
    type Raw = Self;

    fn receive(
        request: &HttpRequest,
        _: &mut Payload,
    ) -> impl Future<Output = Result<Self::Raw, AppError>> + use<> {
        ready(Ok(Self(Tags::of(request, header::IF_MATCH))))
    }

    fn check(raw: Self::Raw) -> Result<Self, AppError> {
        Ok(raw)
    }
}

/// A read's condition: only if it is not what the client has already.
#[derive(Debug, Clone, Default)]
pub struct IfNoneMatch(Tags);

impl IfNoneMatch {
    /// The condition of a request.
    pub fn of(request: &HttpRequest) -> Self {
        Self(Tags::of(request, header::IF_NONE_MATCH))
    }

    /// The tag under which the client has this answer, in whatever coding. Weak comparison, as reads may (section 13.1.2).
    pub fn known<'t>(&'t self, tag: &'t str) -> Option<&'t str> {
        let found = self.0.tags.iter().find(|known| known.plain == tag);
        found.map(|known| known.sent.as_str()).or(self.0.any.then_some(tag))
    }
}

/// `{success, data}` of a write, with the tag that a read gives now.
pub fn tagged<T: Serialize>(
    response: HttpResponseBuilder,
    editions: &str,
    data: T,
) -> Result<HttpResponse, AppError> {
    let (body, tag) = body_and_tag(editions, data)?;
    Ok(with_tag(response, &tag, body))
}

fn with_tag(mut response: HttpResponseBuilder, tag: &str, body: Vec<u8>) -> HttpResponse {
    response.insert_header((header::ETAG, quoted(tag)));
    bytes_of_json(response, body)
}

fn body_and_tag<T: Serialize>(editions: &str, data: T) -> Result<(Vec<u8>, String), AppError> {
    let body = serde_json::to_vec(&Data::new(data))
        .map_err(|error| AppError::Internal(format!("writing an answer: {error}")))?;
    let tag = format!("{editions}.{}", short_hash(&body));
    Ok((body, tag))
}

/// The tag of an answer after it was compressed.
pub fn tag_in_coding(tag: &str, coding: &str) -> Option<String> {
    let ending = CODINGS.iter().find(|ending| ending.strip_prefix('-') == Some(coding))?;
    tag.strip_suffix('"').map(|open| format!("{open}{ending}\""))
}

fn quoted(tag: &str) -> String {
    format!("\"{tag}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(text: &str) -> IfMatch {
        IfMatch(Tags { is_given: true, any: text == "*", tags: tags(text) })
    }

    #[test]
    fn lists_weak_tags_and_commas_inside_of_tags_are_read() {
        let found = tags(r#" "a", W/"b" ,,"c,d""e-gzip" nonsense "f""#);
        let found: Vec<_> = found.iter().map(|tag| (tag.plain.as_str(), tag.is_weak)).collect();
        assert_eq!(found, [("a", false), ("b", true), ("c,d", false), ("e", false)]);
        assert_eq!(tags("unquoted"), []);
        assert_eq!(tags("\"open"), []);
    }

    #[test]
    fn a_write_compares_the_editions_that_it_names() {
        for holds in [r#""e.5.h""#, r#""x", "e.5.other""#, "*", r#""e.5.h-br""#] {
            assert!(if_match(holds).check("e.5").is_ok(), "{holds}");
        }
        for fails in [r#""e.50.h""#, r#"W/"e.5.h""#, r#""e.5""#, "e.5.h", "", r#""f.5.h""#] {
            assert!(if_match(fails).check("e.5").is_err(), "{fails}");
        }
        assert!(if_match(r#""e.50.h""#).check("e").is_ok());
        assert!(IfMatch::default().check("e").is_ok());
    }
}

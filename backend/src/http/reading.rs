//! Answers to public reads, as the cache keeps them: conditional, in the coding that the client likes, and fit to be kept
//! by a content delivery network for a moment.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, HeaderValue},
};

use super::{answer::JSON, conditional::IfNoneMatch, encoding, recent::Given};
use crate::cache::entry::{Coding, Entry};

/// Browsers ask each time whether it is still true. A network in front of the shop keeps it for a second, which spares the
/// shop a rush, and for another one while it asks. A shopper is never shown more than that: stock is part of these answers.
const ANYBODY: HeaderValue =
    HeaderValue::from_static("public, max-age=0, s-maxage=1, stale-while-revalidate=1");
/// A browser may keep it for itself, and asks each time whether it is still true.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
const BY_CODING: HeaderValue = HeaderValue::from_static("accept-encoding");
const BY_CODING_AND_CALLER: HeaderValue = HeaderValue::from_static("accept-encoding, authorization");

/// For whom an answer was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// It is the same for everybody.
    Anybody,
    /// Administrators are shown more than others.
    WhoAsks,
}

/// How somebody wants an answer.
#[derive(Debug, Clone)]
pub struct Asked {
    known: IfNoneMatch,
    coding: Coding,
    /// Whether the request carries a token, so that the answer may be one person's.
    is_signed: bool,
}

impl FromRequest for Asked {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        ready(Ok(Self {
            known: IfNoneMatch::of(request),
            coding: encoding::wanted(headers),
            is_signed: headers.contains_key(header::AUTHORIZATION),
        }))
    }
}

impl Asked {
    /// Sends an answer, or 304 when the client has exactly this.
    pub async fn answer(&self, entry: &Arc<Entry>, whom: For) -> HttpResponse {
        let cache_control = if self.is_signed { ASK_AGAIN } else { ANYBODY };
        let vary = match whom {
            For::Anybody => BY_CODING,
            For::WhoAsks => BY_CODING_AND_CALLER,
        };
        let known = self.known.known(entry.tag());
        let mut response = match known {
            Some(tag) => {
                let mut response = HttpResponse::NotModified();
                response.insert_header((header::ETAG, format!("\"{tag}\"")));
                response
            }
            None => HttpResponse::Ok(),
        };
        response.insert_header((header::CACHE_CONTROL, cache_control));
        response.insert_header((header::VARY, vary));
        if known.is_some() {
            return response.finish();
        }
        let form = entry.form(self.coding).await;
        if let Ok(tag) = HeaderValue::from_maybe_shared(form.tag.clone()) {
            response.insert_header((header::ETAG, tag));
        }
        if let Some(name) = form.coding.name() {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(name)));
        }
        response.insert_header((header::CONTENT_TYPE, JSON));
        response.body(form.bytes.clone())
    }

    /// Like [`Self::answer`], from a handler: the next one who asks the same may get the same.
    pub async fn answer_and_remember(&self, entry: &Arc<Entry>, whom: For) -> HttpResponse {
        let mut response = self.answer(entry, whom).await;
        if !self.is_signed {
            response.extensions_mut().insert(Given { entry: Arc::downgrade(entry), whom });
        }
        response
    }
}

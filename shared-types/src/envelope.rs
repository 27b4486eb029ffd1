//! The envelopes around every answer.

use serde::{Deserialize, Serialize};

use crate::{text_enum::text_enum, validation::FieldErrors};

/// `{success: true, data}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Data<T> {
    /// Always `true`.
    pub success: bool,
    /// The answer.
    pub data: T,
}

impl<T> Data<T> {
    /// Wraps an answer.
    pub fn new(data: T) -> Self {
        Self { success: true, data }
    }
}

/// `{success: true, data: […], meta}`: one page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Always `true`.
    pub success: bool,
    /// The rows of this page; empty past the end.
    pub data: Vec<T>,
    /// Where this page stands.
    pub meta: PageMeta,
}

impl<T> Page<T> {
    /// Wraps the rows of page `page` (from 1) out of `total` rows at `limit` a page.
    pub fn new(data: Vec<T>, page: i64, limit: i64, total: i64) -> Self {
        Self { success: true, data, meta: PageMeta::new(page, limit, total) }
    }
}

/// Position of a page in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageMeta {
    /// This page's number, from 1.
    pub page: i64,
    /// Rows a page.
    pub limit: i64,
    /// Rows in all.
    pub total: i64,
    /// Pages in all; 0 when there are no rows.
    pub total_pages: i64,
}

impl PageMeta {
    /// Computes `total_pages`; `limit` is at least 1.
    pub fn new(page: i64, limit: i64, total: i64) -> Self {
        let limit = limit.max(1);
        Self { page, limit, total, total_pages: total.saturating_add(limit - 1) / limit }
    }
}

/// `{success: true, message}`: an action that has nothing else to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Always `true`.
    pub success: bool,
    /// A sentence for people.
    pub message: String,
}

impl Message {
    /// Wraps a sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self { success: true, message: message.into() }
    }
}

/// `{success: false, error}`: every refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// Always `false`.
    pub success: bool,
    /// What went wrong.
    pub error: ErrorInfo,
}

/// What went wrong, for programs (`code`) and for people (`message`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErrorInfo {
    /// The kind of refusal.
    pub code: ErrorCode,
    /// A sentence that may be shown as it is.
    pub message: String,
    /// Names this request in the server's log.
    pub request_id: String,
    /// Messages by dot path (`items.0.quantity`); only for `VALIDATION_ERROR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<std::collections::BTreeMap<String, Vec<String>>>, nullable = false))]
    pub errors: Option<FieldErrors>,
}

text_enum! {
    /// The kinds of refusal.
    ErrorCode {
        /// 400: malformed JSON, or a business rule said no.
        BadRequest = "BAD_REQUEST",
        /// 401: no valid credentials.
        Unauthorized = "UNAUTHORIZED",
        /// 402: the payment provider declined.
        PaymentDeclined = "PAYMENT_DECLINED",
        /// 403: signed in, but not allowed.
        Forbidden = "FORBIDDEN",
        /// 404: no such thing, or not yours.
        NotFound = "NOT_FOUND",
        /// 409: in conflict with the present state.
        Conflict = "CONFLICT",
        /// 412: a stale `If-Match`.
        PreconditionFailed = "PRECONDITION_FAILED",
        /// 413: the body is over the limit.
        PayloadTooLarge = "PAYLOAD_TOO_LARGE",
        /// 415: the body is not JSON.
        UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE",
        /// 422: a field is missing or wrong.
        ValidationError = "VALIDATION_ERROR",
        /// 429: too many requests.
        RateLimited = "RATE_LIMITED",
        /// 500: our fault.
        InternalError = "INTERNAL_ERROR",
        /// 503: a dependency is out of reach; retry later.
        Unavailable = "UNAVAILABLE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rows_make_no_pages_and_a_remainder_makes_one_more() {
        assert_eq!(PageMeta::new(1, 20, 0).total_pages, 0);
        assert_eq!(PageMeta::new(1, 20, 20).total_pages, 1);
        assert_eq!(PageMeta::new(1, 20, 21).total_pages, 2);
    }
}

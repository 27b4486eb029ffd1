//! Why a request did not give an answer, and how each case is told to a shopper.

use shared_types::{ErrorCode, ErrorInfo, FieldErrors};

use crate::logic::json::read_field;

/// Why a request did not give an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The server could not be reached.
    Offline,
    /// The server did not answer in time.
    Timeout,
    /// Nobody waits for the answer any more.
    Cancelled,
    /// Too many requests; `retry` is the server's `Retry-After` in seconds.
    RateLimited {
        /// Seconds to wait.
        retry: Option<u32>,
        /// The server's words.
        message: String,
    },
    /// The server failed, or answered with something that is not the API's.
    Server {
        /// Names the request in the server's log.
        request_id: Option<String>,
    },
    /// The server said no and why.
    Refused {
        /// HTTP status.
        status: u16,
        /// Code, message and, for forms, messages by field.
        info: ErrorInfo,
    },
}

impl ApiError {
    /// Reads a refusal. `retry_after` and `request_id` are the headers of these names.
    pub fn from_answer(
        status: u16,
        body: &str,
        retry_after: Option<&str>,
        request_id: Option<String>,
    ) -> Self {
        let info = read_field::<ErrorInfo>(body, "error").ok();
        match (status, info) {
            (429, info) => Self::RateLimited {
                retry: retry_after.and_then(|seconds| seconds.trim().parse().ok()),
                message: info.map_or_else(|| "Too many requests".to_owned(), |info| info.message),
            },
            (400..=499, Some(info)) => Self::Refused { status, info },
            (_, info) => Self::Server { request_id: info.map(|info| info.request_id).or(request_id) },
        }
    }

    /// The heading of an error page.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Offline => "You seem to be offline",
            Self::Timeout => "That took too long",
            Self::Cancelled => "Interrupted",
            Self::RateLimited { .. } => "A little too fast",
            Self::Server { .. } => "Something broke on our side",
            Self::Refused { status: 404, .. } => "Not found",
            Self::Refused { .. } => "That did not work",
        }
    }

    /// A sentence for the shopper. Refusals keep the server's words.
    pub fn message(&self) -> String {
        match self {
            Self::Offline => "The shop could not be reached. Check your connection and try again.".into(),
            Self::Timeout => "The shop did not answer in time. Please try again.".into(),
            Self::Cancelled => "The request was interrupted. Please try again.".into(),
            Self::RateLimited { message, .. } => format!("{message}."),
            Self::Server { request_id: None } => "Please try again in a moment.".into(),
            Self::Server { request_id: Some(id) } => {
                format!("Please try again in a moment. If it keeps happening, tell us this number: {id}")
            }
            Self::Refused { info, .. } => info.message.clone(),
        }
    }

    /// The server's code, when it refused.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { info, .. } => Some(info.code),
            _ => None,
        }
    }

    /// Messages by field, when the server refused a form.
    pub fn fields(&self) -> Option<&FieldErrors> {
        match self {
            Self::Refused { info, .. } => info.errors.as_ref(),
            _ => None,
        }
    }

    /// Whether there is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(ErrorCode::NotFound)
    }

    /// Whether the request may have had its effect although no answer came: only then must a retry be the same attempt.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::Offline | Self::Timeout | Self::Cancelled | Self::Server { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSAL: &str = r#"{"success":false,"error":{"code":"CONFLICT","message":"Email is already in use","requestId":"r1"}}"#;

    #[test]
    fn a_refusal_keeps_the_servers_words() {
        let error = ApiError::from_answer(409, REFUSAL, None, None);
        assert_eq!(error.message(), "Email is already in use");
        assert_eq!(error.code(), Some(ErrorCode::Conflict));
        assert!(!error.outcome_unknown());
    }

    #[test]
    fn a_failing_server_is_named_by_its_request() {
        let body = r#"{"success":false,"error":{"code":"INTERNAL_ERROR","message":"x","requestId":"r2"}}"#;
        let error = ApiError::from_answer(500, body, None, None);
        assert_eq!(error, ApiError::Server { request_id: Some("r2".into()) });
        assert!(error.message().contains("r2") && error.outcome_unknown());
    }

    #[test]
    fn a_proxys_page_is_a_servers_failure_and_a_429_needs_no_body() {
        assert_eq!(
            ApiError::from_answer(404, "<html>", None, Some("r3".into())),
            ApiError::Server { request_id: Some("r3".into()) }
        );
        assert_eq!(
            ApiError::from_answer(429, "", Some("60"), None),
            ApiError::RateLimited { retry: Some(60), message: "Too many requests".into() }
        );
    }
}

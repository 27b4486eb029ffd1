//! The one error type of the server, and how it looks to a client.

use std::{borrow::Cow, sync::Arc};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use shared_types::{ErrorBody, ErrorCode, ErrorInfo, FieldErrors};

use crate::{
    db::DbError,
    http::{rate_limit::Standing, request_id},
};

/// Seconds after which a client may try again when a dependency was out of reach.
const RETRY_AFTER_SECONDS: u64 = 5;

/// What to say then.
const UNAVAILABLE: &str = "The service is temporarily unavailable, please try again";

/// Why a request is not answered with success. The message is for the client; causes stay in the log.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A refusal with a code and a message that say all there is to say.
    #[error("{message}")]
    Refused {
        /// The kind of refusal; decides the status.
        code: ErrorCode,
        /// A sentence for the client.
        message: Cow<'static, str>,
        /// Seconds after which the same request may succeed.
        retry_after: Option<u64>,
    },
    /// Fields that are missing or wrong.
    #[error("validation failed")]
    Invalid(FieldErrors),
    /// Too many requests.
    #[error("too many requests")]
    RateLimited(Standing),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// A bug, or the machine.
    #[error("{0}")]
    Internal(String),
    /// What went wrong for another request that asked the same at the same time.
    #[error(transparent)]
    Shared(Arc<AppError>),
}

impl AppError {
    /// A refusal of any kind.
    pub fn refused(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused { code, message: message.into(), retry_after: None }
    }

    /// 400: a rule says no, or the request can't be read.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(ErrorCode::BadRequest, message)
    }

    /// 401: no valid credentials.
    pub fn unauthorized(message: &'static str) -> Self {
        Self::refused(ErrorCode::Unauthorized, message)
    }

    /// 401: the one answer to every token that does not work.
    pub fn bad_token() -> Self {
        Self::unauthorized("Invalid or expired token")
    }

    /// 402: the payment provider said no, for this reason.
    pub fn declined(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(ErrorCode::PaymentDeclined, reason)
    }

    /// 403: signed in, but not allowed.
    pub fn admins_only() -> Self {
        Self::refused(ErrorCode::Forbidden, "Admin access required")
    }

    /// 404: no such thing, or not yours.
    pub fn not_found(message: &'static str) -> Self {
        Self::refused(ErrorCode::NotFound, message)
    }

    /// 409: in conflict with the present state.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(ErrorCode::Conflict, message)
    }

    /// 409: the same request is still running; it may be repeated after `seconds`.
    pub fn in_progress(message: &'static str, seconds: u64) -> Self {
        Self::Refused { code: ErrorCode::Conflict, message: message.into(), retry_after: Some(seconds) }
    }

    /// 503: so much is waiting in line that this request would wait too long.
    pub fn busy() -> Self {
        let message = UNAVAILABLE.into();
        Self::Refused { code: ErrorCode::Unavailable, message, retry_after: Some(RETRY_AFTER_SECONDS) }
    }

    /// 412: a write was meant for something that has changed since.
    pub fn precondition_failed() -> Self {
        let message = "It has changed since you read it. Read it again before you write.";
        Self::refused(ErrorCode::PreconditionFailed, message)
    }

    /// 413: the body is over the limit.
    pub fn too_large() -> Self {
        Self::refused(ErrorCode::PayloadTooLarge, "Request body is larger than 1 MiB")
    }

    /// 415: the body is not JSON.
    pub fn not_json() -> Self {
        Self::refused(ErrorCode::UnsupportedMediaType, "Content-Type must be application/json")
    }

    /// Whether a transaction that ended with this had to give way to another one.
    pub fn gave_way(&self) -> bool {
        matches!(self.original(), Self::Database(DbError::GaveWay(_)))
    }

    /// The error itself, whoever met it first.
    fn original(&self) -> &Self {
        match self {
            Self::Shared(error) => error.original(),
            own => own,
        }
    }

    /// The kind of refusal.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused { code, .. } => *code,
            Self::Invalid(_) => ErrorCode::ValidationError,
            Self::RateLimited(_) => ErrorCode::RateLimited,
            Self::Database(error) if error.is_temporary() => ErrorCode::Unavailable,
            Self::Database(_) | Self::Internal(_) => ErrorCode::InternalError,
            Self::Shared(error) => error.code(),
        }
    }

    /// What the client is told; nothing of a driver's or a library's words.
    fn public_message(&self) -> Cow<'static, str> {
        match self {
            Self::Refused { message, .. } => message.clone(),
            Self::Invalid(_) => "Validation failed".into(),
            Self::RateLimited(standing) => standing.message(),
            Self::Database(error) if error.is_temporary() => UNAVAILABLE.into(),
            Self::Database(_) | Self::Internal(_) => "An unexpected error occurred".into(),
            Self::Shared(error) => error.public_message(),
        }
    }

    /// The envelope for the request with this id.
    pub fn body(&self, request_id: String) -> ErrorBody {
        let errors = match self.original() {
            Self::Invalid(errors) => Some(errors.clone()),
            _ => None,
        };
        let message = self.public_message().into_owned();
        let error = ErrorInfo { code: self.code(), message, request_id, errors };
        ErrorBody { success: false, error }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self.code() {
            ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
            ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorCode::PaymentDeclined => StatusCode::PAYMENT_REQUIRED,
            ErrorCode::Forbidden => StatusCode::FORBIDDEN,
            ErrorCode::NotFound => StatusCode::NOT_FOUND,
            ErrorCode::Conflict => StatusCode::CONFLICT,
            ErrorCode::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::ValidationError => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status_code());
        let retry_after = match self.original() {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::RateLimited(standing) => Some(standing.reset_seconds()),
            Self::Database(DbError::GaveWay(_)) => Some(1),
            Self::Database(error) if error.is_temporary() => Some(RETRY_AFTER_SECONDS),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.code() == ErrorCode::Unauthorized {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        let mut answer = crate::http::answer::json(response, &self.body(request_id::current()));
        if let Self::RateLimited(standing) = self.original() {
            standing.write(answer.headers_mut());
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a driver or the machine may say of itself.
    const WORDS: &str = "relation orders of shop at 10.0.0.7";

    fn failures() -> Vec<(AppError, StatusCode)> {
        let words = || WORDS.to_owned();
        let (later, never) = (StatusCode::SERVICE_UNAVAILABLE, StatusCode::INTERNAL_SERVER_ERROR);
        vec![
            (DbError::Unavailable(words()).into(), later),
            (DbError::GaveWay(words()).into(), later),
            (DbError::Damaged(words()).into(), later),
            (DbError::Taken(words()).into(), never),
            (DbError::Dangling(words()).into(), never),
            (DbError::CutShort(words()).into(), never),
            (AppError::Internal(words()), never),
        ]
    }

    #[test]
    fn what_a_driver_said_is_for_the_log_and_not_for_the_client_whoever_met_it_first() {
        let shared = |(error, status)| (AppError::Shared(Arc::new(error)), status);
        for (error, status) in failures().into_iter().chain(failures().into_iter().map(shared)) {
            assert!(error.to_string().contains(WORDS), "{error}");
            let body = serde_json::to_string(&error.body("an-id".to_owned())).unwrap();
            assert!(!body.contains("10.0.0.7") && body.contains("an-id"), "{body}");
            assert_eq!(error.status_code(), status, "{error}");
            let come_back = error.error_response().headers().contains_key(header::RETRY_AFTER);
            assert_eq!(come_back, status == StatusCode::SERVICE_UNAVAILABLE, "{error}");
        }
    }
}

//! The `Idempotency-Key` header.

use std::future::Future;

use actix_web::{HttpRequest, dev::Payload};
use shared_types::{FieldErrors, paths};

use super::input::{Input, header_text};
use crate::error::AppError;

/// Longest key, in bytes.
const KEY_MAX: usize = 255;

/// A client's name for this attempt; repeating it repeats the answer instead of the effect.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub Option<String>);

impl Input for IdempotencyKey {
    type Raw = (bool, Option<String>);

    fn receive(
        request: &HttpRequest,
        _: &mut Payload,
    ) -> impl Future<Output = Result<Self::Raw, AppError>> + use<> {
        let given = request.headers().contains_key(paths::IDEMPOTENCY_KEY);
        let text = header_text(request, paths::IDEMPOTENCY_KEY);
        async move { Ok((given, text)) }
    }

    fn check((given, text): Self::Raw) -> Result<Self, AppError> {
        match text {
            None if !given => Ok(Self(None)),
            Some(key) if is_key(&key) => Ok(Self(Some(key))),
            _ => {
                let problem = "Must be 1 to 255 visible ASCII characters";
                Err(AppError::Invalid(FieldErrors::single(paths::IDEMPOTENCY_KEY, problem)))
            }
        }
    }
}

fn is_key(text: &str) -> bool {
    (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn keys_are_short_and_visible() {
        assert!(is_key("0198c1a2-7e4f-7000") && is_key(&"k".repeat(255)));
        assert!(!is_key("") && !is_key("a b") && !is_key(&"k".repeat(256)));
    }
}

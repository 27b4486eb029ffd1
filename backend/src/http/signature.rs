//! Requests that another program signs: the payment provider's events.
//!
//! The signature covers the moment of sending and the body byte for byte, so that neither can be changed, and what is
//! recorded can't be sent again later. Header: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`; several `v1` are
//! accepted while the provider changes its secret.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use chrono::Utc;
use futures_util::future::LocalBoxFuture;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use shared_types::{FromFields, paths::PAYMENT_SIGNATURE};

use super::input::{Body, Input, body_bytes, header_text, parse_json};
use crate::{error::AppError, state::State};

/// Seconds that the sender's clock may differ from ours, and that a request may be under way.
const TOLERANCE_SECONDS: u64 = 300;

/// A JSON body that the payment provider has signed, read as `T`. As everywhere, a body that can't be parsed is reported
/// first, a bad signature next, a wrong field last. What is not signed counts against its sender's limit, what is does not.
pub struct Signed<T>(pub T);

impl<T: FromFields + 'static> FromRequest for Signed<T> {
    type Error = AppError;
    type Future = LocalBoxFuture<'static, Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let receiving = body_bytes(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let state = request
                .app_data::<web::Data<State>>()
                .ok_or_else(|| AppError::Internal("no state".to_owned()))?;
            let received = receiving.await;
            let header = header_text(&request, PAYMENT_SIGNATURE).unwrap_or_default();
            let secret = state.config.orders.webhook_secret.as_bytes();
            let is_signed =
                received.as_ref().is_ok_and(|body| is_valid(&header, body, secret, Utc::now().timestamp()));
            if !is_signed {
                state.limits.count_unsigned(request.head()).await?;
            }
            let json: Option<Value> = parse_json(&request, &received?)?;
            if !is_signed {
                tracing::warn!(
                    event = "webhook_signature_refused",
                    "a payment event without a valid signature"
                );
                return Err(AppError::unauthorized("Invalid webhook signature"));
            }
            <Body<T> as Input>::check(json).map(|Body(body)| Self(body))
        })
    }
}

/// Whether a header signs this body at about this moment. Signatures are compared in constant time.
fn is_valid(header: &str, body: &[u8], secret: &[u8], now: i64) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, moment)) = parts().find(|(name, _)| *name == "t") else { return false };
    let is_recent = moment.parse::<i64>().is_ok_and(|moment| now.abs_diff(moment) <= TOLERANCE_SECONDS);
    let signatures = parts().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| from_hex(hex));
    is_recent
        && signatures.into_iter().any(|signature| {
            Hmac::<Sha256>::new_from_slice(secret).is_ok_and(|mac| {
                mac.chain_update(moment).chain_update(".").chain_update(body).verify_slice(&signature).is_ok()
            })
        })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|start| text.get(start..start + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"key";
    // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key
    const SIGNATURE: &str = "a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03";
    const MOMENT: i64 = 1_700_000_000;

    fn valid(header: &str, body: &str, now: i64) -> bool {
        is_valid(header, body.as_bytes(), SECRET, now)
    }

    #[test]
    fn what_openssl_signs_is_accepted() {
        let header = format!("t={MOMENT},v1={SIGNATURE}");
        assert!(valid(&header, r#"{"a":1}"#, MOMENT));
        assert!(valid(&format!("t={MOMENT}, v1={}, v1={SIGNATURE}", "0".repeat(64)), r#"{"a":1}"#, MOMENT));
        assert!(valid(
            &header.to_uppercase().replace("T=", "t=").replace("V1=", "v1="),
            r#"{"a":1}"#,
            MOMENT
        ));
    }

    #[test]
    fn a_signature_is_good_for_five_minutes_to_both_sides() {
        let header = format!("t={MOMENT},v1={SIGNATURE}");
        for (seconds, expected) in
            [(300, true), (-300, true), (301, false), (-301, false), (i64::MAX - MOMENT, false)]
        {
            assert_eq!(valid(&header, r#"{"a":1}"#, MOMENT + seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let good = format!("t={MOMENT},v1={SIGNATURE}");
        assert!(!valid(&good, r#"{"a":2}"#, MOMENT), "another body");
        assert!(!is_valid(&good, br#"{"a":1}"#, b"other", MOMENT), "another secret");
        for header in [
            String::new(),
            SIGNATURE.to_owned(),
            format!("v1={SIGNATURE}"),
            format!("t={MOMENT}"),
            format!("t={MOMENT},v1="),
            format!("t={MOMENT},v0={SIGNATURE}"),
            format!("t={},v1={SIGNATURE}", MOMENT + 1),
            format!("t={MOMENT}.0,v1={SIGNATURE}"),
            format!("t=,v1={SIGNATURE}"),
            format!("t={MOMENT},v1={}", &SIGNATURE[..62]),
            format!("t={MOMENT},v1={}", "é".repeat(32)),
            format!("t={MOMENT},v1={}", "+1".repeat(32)),
        ] {
            assert!(!valid(&header, r#"{"a":1}"#, MOMENT), "{header}");
        }
    }
}

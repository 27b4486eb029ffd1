//! Accounts and tokens.

use std::time::Duration;

use super::{AppEnv, Source};

/// Signs tokens on developers' machines, where nothing is secret. Production refuses it.
pub(super) const DEVELOPMENT_SECRET: &str = "alder-development-secret-never-in-production";

/// Accounts and tokens.
#[derive(Clone)]
pub struct AccountsConfig {
    /// `JWT_SECRET`: signs access tokens; at least 32 bytes, and in production required and hard to guess.
    pub jwt_secret: String,
    /// `JWT_EXPIRES_IN`: life of an access token, such as `15m`, `3600s` or `1h`; 15 minutes.
    pub token_lifetime: Duration,
    /// `BCRYPT_SALT_ROUNDS`: cost of hashing a password, 4 to 16; 12.
    pub bcrypt_cost: u32,
    /// Whether cookies travel over TLS only: in production.
    pub secure_cookies: bool,
}

impl AccountsConfig {
    pub(super) fn read(source: &mut Source, app_env: AppEnv) -> Self {
        Self {
            jwt_secret: source.secret("JWT_SECRET", DEVELOPMENT_SECRET, app_env),
            token_lifetime: source.value(
                "JWT_EXPIRES_IN",
                Duration::from_secs(15 * 60),
                "15m",
                read_duration,
            ),
            bcrypt_cost: source.number("BCRYPT_SALT_ROUNDS", 12, 4..=16),
            secure_cookies: app_env == AppEnv::Production,
        }
    }

    /// Says where the secret comes from, without showing it.
    pub fn secret_origin(&self) -> &'static str {
        if self.jwt_secret == DEVELOPMENT_SECRET { "(development default)" } else { "(set)" }
    }
}

/// Reads `90s`, `15m`, `1h`, `7d` or plain seconds, up to 30 days.
fn read_duration(text: &str) -> Result<Duration, String> {
    let (digits, unit) = text.split_at(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let seconds_each = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let seconds = seconds_each.and_then(|each| digits.parse::<u64>().ok()?.checked_mul(each));
    match seconds {
        Some(seconds @ 1..=2_592_000) => Ok(Duration::from_secs(seconds)),
        _ => Err("must be a time such as 90s, 15m, 1h or 7d, at most 30d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_unit() {
        assert_eq!(read_duration("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(read_duration("90"), Ok(Duration::from_secs(90)));
    }

    #[test]
    fn other_times_are_refused() {
        for text in ["", "m", "0s", "-1s", "15 minutes", "31d", "99999999999999999999s"] {
            assert!(read_duration(text).is_err(), "{text}");
        }
    }
}

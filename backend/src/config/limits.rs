//! How many requests a client may send.

use std::time::Duration;

use super::{AppEnv, Source, secret};

/// In production a bypass token is as hard to guess as a signing key.
const BYPASS_MIN_BYTES: usize = 32;

/// How many requests a client may send, and how clients are told apart.
#[derive(Clone)]
pub struct LimitsConfig {
    /// `ENABLE_RATE_LIMITING`: whether requests are counted at all; true.
    pub enabled: bool,
    /// `RATE_LIMIT_MAX`: requests a client may send in a window, 1 to 1,000,000; 100. Sign-in and registration have
    /// limits of their own, which are fixed.
    pub max: u32,
    /// `RATE_LIMIT_TIME_WINDOW`: length of the window in milliseconds, 1,000 to 86,400,000; 60,000.
    pub window: Duration,
    /// `RATE_LIMIT_BYPASS_TOKEN`: requests with this in `X-Load-Test-Bypass` are not counted; unset, nobody is exempt.
    /// At least 32 bytes in production.
    pub bypass_token: Option<String>,
    /// `TRUSTED_PROXY_HOPS`: proxies in front of the server that append to `X-Forwarded-For`, 0 to 10; 0, which ignores
    /// the header.
    pub trusted_proxy_hops: usize,
}

impl LimitsConfig {
    pub(super) fn read(source: &mut Source, app_env: AppEnv) -> Self {
        let bypass_token = source.text("RATE_LIMIT_BYPASS_TOKEN");
        let problem = match &bypass_token {
            Some(token) if app_env == AppEnv::Production && token.len() < BYPASS_MIN_BYTES => {
                Some("must have at least 32 bytes in production, or be unset")
            }
            Some(token) if app_env == AppEnv::Production => secret::weakness(token),
            _ => None,
        };
        if let Some(problem) = problem {
            source.refuse("RATE_LIMIT_BYPASS_TOKEN", problem, "<the output of `openssl rand -base64 48`>");
        }
        let window = source.number("RATE_LIMIT_TIME_WINDOW", 60_000, 1_000..=86_400_000);
        Self {
            enabled: source.flag("ENABLE_RATE_LIMITING", true),
            max: source.number("RATE_LIMIT_MAX", 100, 1..=1_000_000),
            window: Duration::from_millis(window),
            bypass_token,
            trusted_proxy_hops: source.number("TRUSTED_PROXY_HOPS", 0, 0..=10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: AppEnv, pairs: &[(&str, &str)]) -> Result<LimitsConfig, String> {
        let mut source = Source::from_pairs(pairs.iter().copied());
        let config = LimitsConfig::read(&mut source, env);
        source.finish().map(|()| config).map_err(|error| error.to_string())
    }

    #[test]
    fn by_default_a_hundred_requests_a_minute_are_allowed_and_nobody_is_exempt() {
        let config = read(AppEnv::Development, &[]).unwrap();
        assert_eq!((config.enabled, config.max, config.window), (true, 100, Duration::from_secs(60)));
        assert_eq!((config.bypass_token, config.trusted_proxy_hops), (None, 0));
    }

    #[test]
    fn production_refuses_a_bypass_token_that_can_be_guessed() {
        let varied: String = ('A'..='Z').chain('0'..='5').collect();
        for token in ["letmein", &"x".repeat(40), &varied[1..]] {
            let pairs = [("RATE_LIMIT_BYPASS_TOKEN", token)];
            assert!(read(AppEnv::Development, &pairs).is_ok());
            assert!(read(AppEnv::Production, &pairs).err().unwrap().contains("RATE_LIMIT_BYPASS_TOKEN"));
        }
        let long = [("RATE_LIMIT_BYPASS_TOKEN", varied.as_str())];
        assert!(read(AppEnv::Production, &long).is_ok(), "32 bytes are enough");
    }

    #[test]
    fn limits_that_mean_nothing_are_refused() {
        for (name, value) in [
            ("RATE_LIMIT_MAX", "0"),
            ("RATE_LIMIT_TIME_WINDOW", "999"),
            ("RATE_LIMIT_TIME_WINDOW", "1 minute"),
            ("TRUSTED_PROXY_HOPS", "-1"),
            ("TRUSTED_PROXY_HOPS", "11"),
            ("ENABLE_RATE_LIMITING", "maybe"),
        ] {
            assert!(read(AppEnv::Development, &[(name, value)]).is_err(), "{name}={value}");
        }
    }
}

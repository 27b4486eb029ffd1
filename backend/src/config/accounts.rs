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
    /// `JWT_SECRET_PREVIOUS`: a second secret whose tokens are believed while `JWT_SECRET` is being changed, and that signs
    /// nothing; as good as `JWT_SECRET` and another one. Unset otherwise.
    pub jwt_secret_previous: Option<String>,
    /// `JWT_EXPIRES_IN`: life of an access token, such as `15m`, `3600s` or `1h`; 15 minutes.
    pub token_lifetime: Duration,
    /// `BCRYPT_SALT_ROUNDS`: cost of hashing a password, 4 to 16; 12.
    pub bcrypt_cost: u32,
    /// Whether cookies travel over TLS only: in production.
    pub secure_cookies: bool,
}

impl AccountsConfig {
    pub(super) fn read(source: &mut Source, app_env: AppEnv) -> Self {
        let jwt_secret = source.secret("JWT_SECRET", DEVELOPMENT_SECRET, app_env);
        let jwt_secret_previous = source.optional_secret("JWT_SECRET_PREVIOUS", DEVELOPMENT_SECRET, app_env);
        if jwt_secret_previous.as_ref() == Some(&jwt_secret) {
            let problem = "must be another secret than JWT_SECRET, or be unset";
            source.refuse("JWT_SECRET_PREVIOUS", problem, "<the JWT_SECRET before this one>");
        }
        Self {
            jwt_secret,
            jwt_secret_previous,
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

    /// The secrets whose tokens are believed, the one that signs first.
    pub fn jwt_secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.jwt_secret.as_str()).chain(self.jwt_secret_previous.as_deref())
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

    /// What is wrong with these variables.
    fn mistakes(app_env: AppEnv, pairs: &[(&str, &str)]) -> String {
        let mut source = Source::from_pairs(pairs.iter().copied());
        AccountsConfig::read(&mut source, app_env);
        source.finish().err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_previous_secret_is_as_good_as_the_present_one_and_another_one() {
        let [present, previous] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
        let with = |previous: &str| {
            mistakes(AppEnv::Production, &[("JWT_SECRET", present), ("JWT_SECRET_PREVIOUS", previous)])
        };
        assert_eq!([with(previous), with("")], ["", ""]);
        for (wrong, problem) in [
            ("short", "must have at least 32 bytes"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "must be random"),
            (DEVELOPMENT_SECRET, "must be a secret of your own"),
            (present, "must be another secret than JWT_SECRET"),
        ] {
            let message = with(wrong);
            assert!(message.contains(&format!("JWT_SECRET_PREVIOUS {problem}")), "{message}");
            assert!(!message.contains(wrong), "{message}");
        }
        let development = [("JWT_SECRET_PREVIOUS", DEVELOPMENT_SECRET)];
        assert!(mistakes(AppEnv::Development, &development).contains("another secret"), "it is the default");
    }

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

//! Settings that can be used and are hardly meant: names that nobody asks for, and settings that contradict each other.

use std::collections::BTreeSet;

use super::{AppEnv, Config, OriginRule};

/// Beginnings of names that nobody else uses.
const OURS: [&str; 8] = [
    "BCRYPT_",
    "CORS_",
    "JWT_",
    "ORDER_HOLD_",
    "PAYMENT_WEBHOOK_",
    "RATE_LIMIT_",
    "TRUSTED_PROXY_",
    "ENABLE_RATE_",
];

/// Names in the environment that look like settings and are none.
pub(super) fn unknown(environment: &BTreeSet<String>, known: &BTreeSet<String>) -> Vec<String> {
    let strangers = environment.iter().filter(|name| !known.contains(*name));
    strangers.filter_map(|name| question(name, known)).collect()
}

fn question(name: &str, known: &BTreeSet<String>) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let near = |setting: &&String| strsim::osa_distance(&upper, setting) <= slips(setting);
    let meant = known.iter().filter(near).min_by_key(|setting| strsim::osa_distance(&upper, setting));
    match meant {
        Some(meant) => Some(format!("{name} is no setting and has no effect; did you mean {meant}?")),
        None if OURS.iter().any(|beginning| upper.starts_with(beginning)) => {
            Some(format!("{name} is no setting and has no effect; `backend config` shows those there are"))
        }
        None => None,
    }
}

/// How many slips of the finger still tell what was meant. Short names are close to those of other programs.
const fn slips(setting: &str) -> usize {
    match setting.len() {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    }
}

/// Settings that contradict each other. `given` are those that the environment has.
pub(super) fn contradictions(config: &Config, given: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    let is_given = |name: &str| given.contains(name);
    let server = &config.server;
    if server.app_env == AppEnv::Production {
        if server.public_url.as_deref().is_some_and(|url| url.starts_with("http://")) {
            found.push(
                "PUBLIC_URL is http://, but in production cookies travel over https:// only: nobody could stay signed in"
                    .to_owned(),
            );
        }
        if config.limits.enabled && config.limits.trusted_proxy_hops == 0 {
            found.push(
                "TRUSTED_PROXY_HOPS is 0, but in production a proxy has to speak TLS for the server: all shoppers share \
                 its address, and one limit; set it to the number of proxies"
                    .to_owned(),
            );
        }
    }
    if let Some(url) = &server.public_url
        && server.cors_origins.contains(&OriginRule::Exact(url.clone()))
    {
        found.push(format!("CORS_ORIGINS has PUBLIC_URL ({url}), whose pages need no permission"));
    }
    for part in ["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_TLS"] {
        if is_given(part) && is_given("REDIS_URL") {
            found.push(format!("{part} has no effect beside REDIS_URL"));
        } else if is_given(part) && config.database.redis_url.is_none() {
            found.push(format!("{part} has no effect without REDIS_HOST"));
        }
    }
    if !config.limits.enabled {
        for part in ["RATE_LIMIT_MAX", "RATE_LIMIT_TIME_WINDOW", "RATE_LIMIT_BYPASS_TOKEN"] {
            if is_given(part) {
                found.push(format!("{part} has no effect with ENABLE_RATE_LIMITING=false"));
            }
        }
    }
    found.extend(equal_secrets(config));
    found
}

/// Whoever learns one of them must not have learnt another.
fn equal_secrets(config: &Config) -> Vec<String> {
    let secrets = [
        ("JWT_SECRET", Some(&config.accounts.jwt_secret)),
        ("PAYMENT_WEBHOOK_SECRET", Some(&config.orders.webhook_secret)),
        ("RATE_LIMIT_BYPASS_TOKEN", config.limits.bypass_token.as_ref()),
    ];
    let mut found = Vec::new();
    for (index, (name, secret)) in secrets.iter().enumerate() {
        for (other_name, other) in secrets.iter().skip(index + 1) {
            if secret.is_some() && secret == other {
                found.push(format!("{name} and {other_name} are the same: who learns one knows the other"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn warnings(pairs: &[(&str, &str)]) -> Vec<String> {
        Config::read_with_mistakes(Source::from_pairs(pairs.iter().copied())).0.warnings
    }

    #[test]
    fn a_slip_of_the_finger_is_noticed_with_what_was_meant() {
        for (slip, meant) in [
            ("DATABSE_URL", "DATABASE_URL"),
            ("RATE_LIMT_MAX", "RATE_LIMIT_MAX"),
            ("PUBLIC_ULR", "PUBLIC_URL"),
            ("DATABASE_URI", "DATABASE_URL"),
            ("database_url", "DATABASE_URL"),
            ("JWT_SECERT", "JWT_SECRET"),
            ("APP_EN", "APP_ENV"),
        ] {
            let said = warnings(&[(slip, "1")]);
            assert_eq!(said.len(), 1, "{slip}: {said:?}");
            assert!(
                said[0].starts_with(slip) && said[0].ends_with(&format!("did you mean {meant}?")),
                "{said:?}"
            );
        }
        let said = warnings(&[("RATE_LIMIT_PER_MINUTE", "1")]);
        assert!(said.len() == 1 && said[0].contains("`backend config`"), "{said:?}");
    }

    #[test]
    fn settings_and_what_belongs_to_others_are_left_alone() {
        for name in [
            "DATABASE_URL_OF_ANOTHER_PROGRAM",
            "HOME",
            "PATH",
            "POST",
            "HOSTNAME",
            "PGPORT",
            "KUBERNETES_PORT",
            "REDIS_SERVICE_HOST",
            "LANG",
            "TERM",
            "RUST_LOG",
            "PWD",
            "JOURNAL_STREAM",
            "INVOCATION_ID",
        ] {
            assert_eq!(warnings(&[(name, "1")]), [""; 0], "{name}");
        }
        let all = [("PORT", "4000"), ("RATE_LIMIT_MAX", "5"), ("PUBLIC_URL", "http://localhost:4000")];
        assert_eq!(warnings(&all), [""; 0]);
    }

    #[test]
    fn settings_that_contradict_each_other_are_noticed_and_others_are_not() {
        const ONE: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        const OTHER: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
        let production = [("APP_ENV", "production"), ("JWT_SECRET", ONE), ("PAYMENT_WEBHOOK_SECRET", OTHER)];
        let behind = ("TRUSTED_PROXY_HOPS", "1");
        let postgres = ("DATABASE_URL", "postgres://shop@db/shop");
        let with = |more: &[(&str, &str)]| {
            let kept = production.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
            warnings(&kept.chain(more).copied().collect::<Vec<_>>())
        };
        for (bad, said, good) in [
            (
                vec![behind, ("PUBLIC_URL", "http://a.example")],
                "nobody could stay signed in",
                vec![behind, ("PUBLIC_URL", "https://a.example")],
            ),
            (vec![], "TRUSTED_PROXY_HOPS is 0", vec![("ENABLE_RATE_LIMITING", "false")]),
            (
                vec![behind, ("PUBLIC_URL", "https://a.example"), ("CORS_ORIGINS", "https://a.example")],
                "need no permission",
                vec![behind, ("PUBLIC_URL", "https://a.example"), ("CORS_ORIGINS", "https://b.example")],
            ),
            (
                vec![behind, postgres, ("REDIS_URL", "redis://a"), ("REDIS_HOST", "b")],
                "REDIS_HOST has no effect",
                vec![behind, postgres, ("REDIS_HOST", "b"), ("REDIS_TLS", "true")],
            ),
            (vec![behind, ("REDIS_PASSWORD", "x")], "without REDIS_HOST", vec![behind]),
            (
                vec![behind, ("ENABLE_RATE_LIMITING", "false"), ("RATE_LIMIT_MAX", "5")],
                "RATE_LIMIT_MAX has no effect",
                vec![behind, ("RATE_LIMIT_MAX", "5")],
            ),
            (
                vec![behind, ("PAYMENT_WEBHOOK_SECRET", ONE)],
                "JWT_SECRET and PAYMENT_WEBHOOK_SECRET are the same",
                vec![behind],
            ),
            (
                vec![behind, ("RATE_LIMIT_BYPASS_TOKEN", OTHER)],
                "RATE_LIMIT_BYPASS_TOKEN are the same",
                vec![behind],
            ),
        ] {
            let found = with(&bad);
            assert!(found.len() == 1 && found[0].contains(said), "{said}: {found:?}");
            assert_eq!(with(&good), [""; 0]);
        }
    }
}

//! What can be said about the settings alone.

use super::Report;
use crate::config::{Config, OriginRule};

/// Guessing a password must take a while even for whoever has the database.
const BCRYPT_COST_MIN: u32 = 10;

/// Looks at the settings. `mistakes` are those that production would not start with.
pub(super) fn check(report: &mut Report, config: &Config, mistakes: &[String], is_production: bool) {
    let said = mistakes.iter().chain(&config.warnings);
    for said in said {
        let (problem, remedy) = said.split_once(", for example ").unwrap_or((said, "see `backend config`"));
        report.rule("settings", Some((problem.to_owned(), remedy)));
    }
    if mistakes.is_empty() && config.warnings.is_empty() {
        report.rule("settings", None);
    }
    report.rule(
        "environment",
        (!is_production).then(|| {
            (
                "APP_ENV is not production: secrets have defaults, and cookies travel without TLS".to_owned(),
                "APP_ENV=production",
            )
        }),
    );
    report.rule(
        "public-url",
        match config.server.public_url.as_deref() {
            Some(url) if url.starts_with("https://") => None,
            Some(url) => Some((
                format!("PUBLIC_URL is {url}: passwords and cookies would travel in the open"),
                "put a proxy that speaks TLS in front, and set PUBLIC_URL=https://…",
            )),
            None => Some((
                "PUBLIC_URL is not set: the sitemap believes whatever host it is asked by".to_owned(),
                "set PUBLIC_URL=https://… to the address that shoppers know",
            )),
        },
    );
    report.rule("cors", cors(config));
    report.rule(
        "rate-limiting",
        (!config.limits.enabled).then(|| {
            (
                "requests are not counted: anybody may guess passwords as fast as the machine allows"
                    .to_owned(),
                "unset ENABLE_RATE_LIMITING",
            )
        }),
    );
    report.rule(
        "bypass-token",
        config.limits.bypass_token.as_ref().map(|_| {
            (
                "RATE_LIMIT_BYPASS_TOKEN is set: whoever knows it may send any number of requests".to_owned(),
                "unset it when the load test is over",
            )
        }),
    );
    report.rule(
        "swagger",
        config.server.enable_swagger.then(|| {
            (
                "the documentation of every address, those for administrators included, is public".to_owned(),
                "ENABLE_SWAGGER=false",
            )
        }),
    );
    report.rule(
        "bcrypt-cost",
        (config.accounts.bcrypt_cost < BCRYPT_COST_MIN).then(|| {
            (
                format!(
                    "BCRYPT_SALT_ROUNDS is {}: stolen hashes are soon guessed",
                    config.accounts.bcrypt_cost
                ),
                "unset BCRYPT_SALT_ROUNDS, or set it to 10 at least",
            )
        }),
    );
}

fn cors(config: &Config) -> Option<(String, &'static str)> {
    let open = config.server.cors_origins.iter().find(|origin| match origin {
        OriginRule::Subdomains(_) => true,
        OriginRule::Exact(origin) => !origin.starts_with("https://"),
    })?;
    Some((
        format!("CORS_ORIGINS has {open}: pages that anybody may have made can call the API"),
        "name each origin, with https://",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    const SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const THIRD: &str = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg";
    const OTHER_SECRET: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

    /// Settings with which nothing is wrong.
    const GOOD: [(&str, &str); 6] = [
        ("APP_ENV", "production"),
        ("JWT_SECRET", SECRET),
        ("PAYMENT_WEBHOOK_SECRET", OTHER_SECRET),
        ("PUBLIC_URL", "https://shop.example"),
        ("TRUSTED_PROXY_HOPS", "1"),
        ("ENABLE_SWAGGER", "false"),
    ];

    fn report(changes: &[(&str, &str)]) -> Report {
        let kept = GOOD.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        let source = Source::from_pairs(kept.chain(changes).copied());
        let is_production = source.text("APP_ENV").as_deref() == Some("production");
        let (config, mistakes) = Config::read_with_mistakes(source.as_production());
        let mut report = Report::default();
        check(&mut report, &config, &mistakes, is_production);
        report
    }

    #[test]
    fn good_settings_are_fine() {
        let report = report(&[]);
        assert_eq!((report.findings, report.fine.len()), (Vec::new(), 8));
    }

    #[test]
    fn each_rule_finds_what_it_is_about_and_nothing_else() {
        for (rule, change, said) in [
            ("settings", ("JWT_SECRET", ""), "JWT_SECRET is required"),
            ("settings", ("JWT_SECRET", "short"), "JWT_SECRET must have at least 32 bytes"),
            (
                "settings",
                ("JWT_SECRET", "alder-development-secret-never-in-production"),
                "a secret of your own",
            ),
            (
                "settings",
                ("PAYMENT_WEBHOOK_SECRET", SECRET),
                "JWT_SECRET and PAYMENT_WEBHOOK_SECRET are the same",
            ),
            ("settings", ("RATE_LIMT_MAX", "5"), "RATE_LIMT_MAX is no setting"),
            ("settings", ("TRUSTED_PROXY_HOPS", "0"), "TRUSTED_PROXY_HOPS is 0"),
            ("settings", ("PORT", "x"), "PORT must be"),
            ("environment", ("APP_ENV", "development"), "APP_ENV is not production"),
            ("environment", ("APP_ENV", ""), "APP_ENV is not production"),
            ("public-url", ("PUBLIC_URL", ""), "PUBLIC_URL is not set"),
            ("cors", ("CORS_ORIGINS", "*.shop.example"), "*.shop.example"),
            ("cors", ("CORS_ORIGINS", "http://other.example"), "http://other.example"),
            ("rate-limiting", ("ENABLE_RATE_LIMITING", "false"), "requests are not counted"),
            ("bypass-token", ("RATE_LIMIT_BYPASS_TOKEN", THIRD), "whoever knows it"),
            ("swagger", ("ENABLE_SWAGGER", ""), "is public"),
            ("bcrypt-cost", ("BCRYPT_SALT_ROUNDS", "9"), "BCRYPT_SALT_ROUNDS is 9"),
        ] {
            let report = report(&[change]);
            let found: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
            assert_eq!(found, [rule], "{change:?}: {report}");
            assert!(report.to_string().contains(said), "{report}");
        }
        let http = report(&[("PUBLIC_URL", "http://shop.example")]);
        assert!(http.findings.iter().any(|finding| finding.rule == "public-url"), "{http}");
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        for change in [
            ("CORS_ORIGINS", "https://other.example"),
            ("BCRYPT_SALT_ROUNDS", "10"),
            ("TRUSTED_PROXY_HOPS", "2"),
            ("RATE_LIMIT_MAX", "5"),
        ] {
            assert_eq!(report(&[change]).findings, [], "{change:?}");
        }
    }

    #[test]
    fn no_secret_is_said() {
        let report = report(&[("PAYMENT_WEBHOOK_SECRET", SECRET), ("RATE_LIMIT_BYPASS_TOKEN", SECRET)]);
        assert!(report.findings.len() >= 3 && !report.to_string().contains(SECRET), "{report}");
    }
}

//! Where the server listens and whom it answers.

use std::{fmt, path::PathBuf};

use super::Source;
use crate::features::sitemap::domain::is_host;

/// How careful the server has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppEnv {
    /// On somebody's own machine: sensible defaults for everything.
    Development,
    /// On the internet: secrets must be given, cookies travel over TLS only.
    Production,
}

impl AppEnv {
    /// The spelling in `APP_ENV`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
        }
    }
}

/// An origin that may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginRule {
    /// Exactly this origin, such as `https://shop.example`.
    Exact(String),
    /// Any subdomain of this host, over https; `*.shop.example` in the variable.
    Subdomains(String),
}

impl OriginRule {
    /// Whether an `Origin` header is allowed by this rule. Subdomains end at a label: `*.shop.it` never means `evilshop.it`.
    pub fn allows(&self, origin: &str) -> bool {
        match self {
            Self::Exact(exact) => origin.eq_ignore_ascii_case(exact),
            Self::Subdomains(parent) => {
                let origin = origin.to_ascii_lowercase();
                let host = origin.strip_prefix("https://").unwrap_or_default();
                host.strip_suffix(parent.as_str())
                    .and_then(|rest| rest.strip_suffix('.'))
                    .is_some_and(|sub| sub.split('.').all(is_label))
            }
        }
    }

    fn read_list(text: &str) -> Result<Vec<Self>, String> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Self::read).collect()
    }

    fn read(text: &str) -> Result<Self, String> {
        let is_origin = |text: &str| {
            text.split_once("://").is_some_and(|(scheme, rest)| {
                matches!(scheme, "http" | "https") && !rest.is_empty() && !rest.contains(['/', '*', ' '])
            })
        };
        match text.strip_prefix("*.") {
            Some(parent) if parent.contains('.') && !parent.contains(['/', '*', ':', ' ']) => {
                Ok(Self::Subdomains(parent.to_ascii_lowercase()))
            }
            None if is_origin(text) => Ok(Self::Exact(text.to_owned())),
            _ => Err(format!("must be a comma list of origins or *.suffixes; {text:?} is neither")),
        }
    }
}

impl fmt::Display for OriginRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(origin) => f.write_str(origin),
            Self::Subdomains(parent) => write!(f, "*.{parent}"),
        }
    }
}

/// Whether a text is one part of a host's name, and nothing that ends the host.
fn is_label(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Where the server listens and whom it answers.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// `APP_ENV`: development (default) or production.
    pub app_env: AppEnv,
    /// `HOST`: address to listen on; 127.0.0.1 in development, 0.0.0.0 in production.
    pub host: String,
    /// `PORT`: 4000; 0 lets the system choose.
    pub port: u16,
    /// `MAX_CONNECTIONS`: connections that clients may have at once, 1 to 1,000,000; 16,384. Who comes later waits until one
    /// ends. Each takes a file, and 25 kB of memory also while it is idle; each core has its part of them, one at least.
    pub max_connections: u32,
    /// `SPA_DIR`: folder of the built storefront; unset when something else serves it.
    pub spa_dir: Option<PathBuf>,
    /// `PUBLIC_URL`: the origin that shoppers know the shop by, such as `https://shop.example`; the sitemap's addresses
    /// begin with it. Unset: the host that was asked.
    pub public_url: Option<String>,
    /// `CORS_ORIGINS`: origins that may call the API from a browser; none by default.
    pub cors_origins: Vec<OriginRule>,
    /// `ENABLE_SWAGGER`: whether `/api/docs/` is served; true.
    pub enable_swagger: bool,
}

impl ServerConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        let app_env = source.value("APP_ENV", AppEnv::Development, "production", |text| match text {
            "development" => Ok(AppEnv::Development),
            "production" => Ok(AppEnv::Production),
            _ => Err("must be development or production".to_owned()),
        });
        let default_host = if app_env == AppEnv::Production { "0.0.0.0" } else { "127.0.0.1" };
        let spa_dir = source.value("SPA_DIR", None, "frontend/dist", |text| {
            let dir = PathBuf::from(text);
            if dir.join("index.html").is_file() {
                Ok(Some(dir))
            } else {
                Err(format!(
                    "must be a folder with an index.html; {text} has none (build it with `cargo xtask up`)"
                ))
            }
        });
        let public_url = source.value("PUBLIC_URL", None, "https://shop.example", |text| {
            let origin = text.trim_end_matches('/');
            let is_origin =
                ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme).is_some_and(is_host));
            if is_origin {
                Ok(Some(origin.to_owned()))
            } else {
                Err("must be http(s):// and a host".to_owned())
            }
        });
        Self {
            public_url,
            app_env,
            host: source.text("HOST").unwrap_or_else(|| default_host.to_owned()),
            port: source.number("PORT", 4000, 0..=u16::MAX),
            max_connections: source.number("MAX_CONNECTIONS", 16_384, 1..=1_000_000),
            spa_dir,
            cors_origins: source.value(
                "CORS_ORIGINS",
                Vec::new(),
                "https://shop.example,*.shop.example",
                OriginRule::read_list,
            ),
            enable_swagger: source.flag("ENABLE_SWAGGER", true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subdomains_end_at_a_label() {
        let rule = OriginRule::read("*.shop.it").unwrap();
        assert!(rule.allows("https://www.shop.it") && rule.allows("https://a.b.shop.it"));
        for origin in [
            "https://evilshop.it",
            "https://shop.it",
            "http://www.shop.it",
            "https://evil.it/.shop.it",
            "https://evil.it?.shop.it",
            "https://evil.it#.shop.it",
            "https://evil.it\\.shop.it",
            "https://..shop.it",
            "null",
        ] {
            assert!(!rule.allows(origin), "{origin}");
        }
    }

    #[test]
    fn the_public_url_is_an_origin_and_nothing_more() {
        let read = |text| {
            let mut source = Source::from_pairs([("PUBLIC_URL", text)]);
            let public_url = ServerConfig::read(&mut source).public_url;
            source.finish().map(|()| public_url.unwrap_or_default()).map_err(|error| error.to_string())
        };
        for (text, origin) in [
            ("https://shop.example", "https://shop.example"),
            ("https://shop.example/", "https://shop.example"),
            ("http://localhost:4000", "http://localhost:4000"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(origin));
        }
        for wrong in [
            "shop.example",
            "ftp://shop.example",
            "https://",
            "https://shop.example/shop",
            "https://shop.example?a",
            "https://me@shop.example",
            "https://shop example",
            "https://<script>",
        ] {
            assert!(read(wrong).unwrap_err().contains("PUBLIC_URL must be http(s):// and a host"), "{wrong}");
        }
    }

    #[test]
    fn a_bare_star_is_not_an_origin() {
        assert!(
            OriginRule::read("*").is_err()
                && OriginRule::read("*.it").is_err()
                && OriginRule::read("shop.it").is_err()
        );
    }
}

//! What is written to the log.

use super::{AppEnv, Source};

/// What the HTTP server itself has to say at start is of no interest.
const DEFAULT_LEVEL: &str = "info,actix_server=warn";

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people at a terminal.
    Human,
    /// For machines: one JSON object a line.
    Json,
}

impl LogFormat {
    /// The spelling in `LOG_FORMAT`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
        }
    }
}

/// What is written to the log.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// `LOG_LEVEL`: error, warn, info (default), debug or trace, or a `tracing` filter such as `info,backend=debug`.
    pub level: String,
    /// `LOG_FORMAT`: human (default in development) or json (default in production).
    pub format: LogFormat,
}

impl LogConfig {
    pub(super) fn read(source: &mut Source, app_env: AppEnv) -> Self {
        let default_format = if app_env == AppEnv::Production { LogFormat::Json } else { LogFormat::Human };
        Self {
            level: source.value("LOG_LEVEL", DEFAULT_LEVEL.to_owned(), "info", |text| {
                let filter = text.parse::<tracing_subscriber::EnvFilter>();
                filter
                    .map(|_| text.to_owned())
                    .map_err(|error| format!("must be a log level or filter ({error})"))
            }),
            format: source.value("LOG_FORMAT", default_format, "json", |text| match text {
                "human" => Ok(LogFormat::Human),
                "json" => Ok(LogFormat::Json),
                _ => Err("must be human or json".to_owned()),
            }),
        }
    }
}

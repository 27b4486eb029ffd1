//! What the server tells those who look after it: the log, as lines on standard error; metrics, which `http/admin.rs` serves
//! where the public can't ask; and traces, for a collector.

pub mod counts;
pub mod histogram;
mod json;
mod lines;
pub mod metrics;
mod process;
pub mod traces;
pub mod traffic;

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, fmt};

use self::{json::JsonLine, lines::Lines};
use crate::config::{LogConfig, LogFormat};

/// What is waiting to be written.
static LINES: Lines = Lines::new();

/// Starts logging for the whole process. A second call changes nothing.
pub fn start(config: &LogConfig) {
    let filter = EnvFilter::try_new(&config.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let mut lines = fmt().with_env_filter(filter).with_writer(&LINES);
    if !stderr().is_terminal() {
        lines = lines.with_ansi(false);
    }
    let started = match config.format {
        LogFormat::Human => lines.with_target(false).try_init(),
        LogFormat::Json => lines.event_format(JsonLine).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging was already started");
    } else if let Err(error) = LINES.write_in_background() {
        tracing::warn!(%error, "every line is written by itself");
    }
}

/// Writes what is waiting. The last thing that a process does.
pub fn flush() {
    LINES.flush();
}

//! The server itself, and asking it how it is.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use crate::{
    config::Config,
    db::{DatabaseUrl, exclusive::Exclusive},
    startup,
};

/// How long the server on this machine may take to answer; less than an orchestrator waits for the command.
const ANSWER_PATIENCE: Duration = Duration::from_secs(3);

/// Serves until told to stop.
pub(super) async fn serve(config: Config) -> Result<(), String> {
    config.warnings.iter().for_each(|warning| tracing::warn!(event = "setting", "{warning}"));
    let _alone = match &config.database.url {
        DatabaseUrl::Sqlite(path) => Some(Exclusive::take(path).map_err(|error| {
            format!(
                "{error}; it serves one server at a time, several need PostgreSQL (DATABASE_URL=postgres://…)"
            )
        })?),
        DatabaseUrl::Postgres(_) => None,
    };
    let application = startup::build(config).await.map_err(|error| error.to_string())?;
    application.run_until_stopped().await.map_err(|error| error.to_string())
}

/// Asks the server on this machine. Nothing else runs in this process, so it may wait for the answer.
pub(super) fn check_health(config: &Config, ready: bool) -> Result<(), String> {
    let path = if ready { "/ready" } else { "/health" };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, config.server.port));
    let silent = |error: std::io::Error| format!("{address}{path} does not answer: {error}");
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_PATIENCE).map_err(silent)?;
    stream.set_read_timeout(Some(ANSWER_PATIENCE)).map_err(silent)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").map_err(silent)?;
    // The first line is enough.
    let mut start = Vec::new();
    BufReader::new(stream.take(64)).read_until(b'\n', &mut start).map_err(silent)?;
    let start = String::from_utf8_lossy(&start);
    let status = start.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.split_whitespace().next());
    match status {
        Some("200") => Ok(()),
        Some(status) => Err(format!("{address}{path} answers {status}")),
        None => Err(format!("{address}{path} answers something else than HTTP")),
    }
}

//! Spans on their way to the collector, on a thread of their own. A collector that is away costs nobody but them.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use futures_util::future::BoxFuture;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter as Otlp, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{SpanData, SpanExporter},
};
use ureq::Agent;

/// How long a batch may take; spans that end meanwhile wait, and are dropped when there are too many.
const PATIENCE: Duration = Duration::from_secs(3);

/// What became of the spans, since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Spans that have ended. Those that were neither sent nor lost wait, or found no room to wait.
    pub ended: u64,
    /// Spans that the collector has taken.
    pub sent: u64,
    /// Spans that it has not.
    pub lost: u64,
}

/// Counts what became of spans.
#[derive(Debug, Default)]
pub struct Sent {
    ended: AtomicU64,
    sent: AtomicU64,
    lost: AtomicU64,
    is_failing: AtomicBool,
}

impl Sent {
    /// A span has ended.
    pub fn ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// What became of them.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts { ended: read(&self.ended), sent: read(&self.sent), lost: read(&self.lost) }
    }

    /// A batch was sent, or not. Only a change is worth a line in the log.
    fn note(&self, count: u64, outcome: &OTelSdkResult) {
        let of_outcome = if outcome.is_ok() { &self.sent } else { &self.lost };
        of_outcome.fetch_add(count, Ordering::Relaxed);
        let was_failing = self.is_failing.swap(outcome.is_err(), Ordering::Relaxed);
        match outcome {
            Err(error) if !was_failing => {
                tracing::warn!(event = "traces_lost", %error, "spans are lost until the collector takes them");
            }
            Ok(()) if was_failing => tracing::info!(event = "traces_back", "the collector takes spans again"),
            _ => {}
        }
    }
}

/// Sends spans and counts them.
#[derive(Debug)]
pub struct Exporter {
    to: Otlp,
    sent: Arc<Sent>,
}

impl Exporter {
    /// To a collector at this address.
    pub fn new(endpoint: &str, sent: Arc<Sent>) -> Result<Self, String> {
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        let to = Otlp::builder()
            .with_http()
            .with_http_client(Client(agent.into()))
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))?;
        Ok(Self { to, sent })
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let outcome = self.to.export(batch).await;
        self.sent.note(count, &outcome);
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> Result<(), OTelSdkError> {
        self.to.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.to.set_resource(resource);
    }
}

/// Asks over HTTP, on the thread that sends: nothing else happens there.
#[derive(Debug)]
struct Client(Agent);

impl HttpClient for Client {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> BoxFuture<'async_trait, Result<Response<Bytes>, HttpError>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let response = self.0.run(Request::from_parts(head, body.to_vec()))?;
            let (head, mut body) = response.into_parts();
            Ok(Response::from_parts(head, body.read_to_vec()?.into()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_counted_by_what_became_of_them() {
        let sent = Sent::default();
        (0..5).for_each(|_| sent.ended());
        sent.note(2, &Ok(()));
        sent.note(3, &Err(OTelSdkError::InternalFailure("away".to_owned())));
        assert_eq!(sent.counts(), Counts { ended: 5, sent: 2, lost: 3 });
        assert!(sent.is_failing.load(Ordering::Relaxed));
        sent.note(0, &Ok(()));
        assert!(!sent.is_failing.load(Ordering::Relaxed));
    }
}

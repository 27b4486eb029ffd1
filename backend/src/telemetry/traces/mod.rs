//! Traces: where the time of a request went, as spans that are sent to a collector (OTLP over HTTP). Without a collector
//! there are none, and nothing of this costs anything.
//!
//! A span says what was done and how long it took: a route, the function that asked the database, a command of Redis. It
//! never says with what: no address, no parameter of a query, nothing that is somebody's.

mod export;

use std::{borrow::Cow, sync::Arc, time::Duration};

pub use opentelemetry::propagation::Extractor;
use opentelemetry::{
    Context, KeyValue, Value,
    propagation::TextMapPropagator,
    trace::{Span as _, SpanKind, Status, TraceContextExt, Tracer, TracerProvider},
};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{self as sdk, BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider},
};

pub use self::export::Counts;
use self::export::{Exporter, Sent};
use crate::config::{Sampling, TracesConfig};

/// Spans that wait to be sent. When there are more, the newest are dropped.
const MOST_WAITING: usize = 2_048;
/// Spans that are sent together.
const BATCH: usize = 512;
/// How long a span waits for others.
const WAIT: Duration = Duration::from_secs(1);
/// How long the end of the process waits for what was not sent yet.
const LAST_WAIT: Duration = Duration::from_secs(3);

tokio::task_local! {
    static CURRENT: Option<Parent>;
}

/// Makes spans, when there is a collector.
#[derive(Clone, Default)]
pub struct Traces(Option<Arc<Recording>>);

struct Recording {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    sent: Arc<Sent>,
}

/// What the spans of a task belong to.
#[derive(Clone)]
pub struct Parent(Arc<(Arc<Recording>, Context)>);

/// Something that takes time, until it is dropped. Nothing at all when nobody records it.
#[derive(Default)]
pub struct Span(Option<Box<Open>>);

struct Open {
    recording: Arc<Recording>,
    span: sdk::Span,
}

impl Traces {
    /// Sends spans where the settings say.
    pub fn new(config: Option<&TracesConfig>) -> Result<Self, String> {
        let Some(config) = config else { return Ok(Self::default()) };
        let sent = Arc::<Sent>::default();
        let exporter = Exporter::new(&config.endpoint, sent.clone())?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(MOST_WAITING)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(WAIT)
            .build();
        let resource = Resource::builder_empty()
            .with_service_name(config.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .with_attribute(KeyValue::new("deployment.environment.name", config.environment.clone()))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .with_sampler(sampler(config.sampling))
            .with_resource(resource)
            .build();
        let tracer = provider.tracer(env!("CARGO_PKG_NAME"));
        Ok(Self(Some(Arc::new(Recording { provider, tracer, sent }))))
    }

    /// The span of a request: part of its caller's trace, if it has one.
    pub fn request(&self, caller: Option<&Context>, method: &str) -> Span {
        let Some(recording) = &self.0 else { return Span(None) };
        let nobody = Context::new();
        recording.begin(method.to_owned(), SpanKind::Server, caller.unwrap_or(&nobody))
    }

    /// The span of work that happens by itself: the beginning of a trace.
    pub fn job(&self, name: &'static str) -> Span {
        let Some(recording) = &self.0 else { return Span(None) };
        recording.begin(name, SpanKind::Internal, &Context::new())
    }

    /// What became of the spans; `None` when there are none.
    pub fn counts(&self) -> Option<Counts> {
        self.0.as_ref().map(|recording| recording.sent.counts())
    }

    /// Sends what waits, for a bounded time. The last thing that is done with traces.
    pub async fn stop(&self) {
        let Some(recording) = self.0.clone() else { return };
        let last = tokio::task::spawn_blocking(move || {
            recording.provider.shutdown_with_timeout(LAST_WAIT).map_err(|error| error.to_string())
        });
        if let Err(error) = last.await.unwrap_or_else(|panic| Err(panic.to_string())) {
            tracing::warn!(error, "not all spans could be sent");
        }
    }
}

fn sampler(sampling: Sampling) -> Sampler {
    let root = Sampler::TraceIdRatioBased(sampling.ratio);
    if sampling.is_by_parent { Sampler::ParentBased(Box::new(root)) } else { root }
}

/// The trace that a caller says it is part of.
pub fn caller(headers: &dyn Extractor) -> Option<Context> {
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), headers);
    context.span().span_context().is_valid().then_some(context)
}

/// How a trace is named in the log.
pub fn trace_id(context: &Context) -> String {
    context.span().span_context().trace_id().to_string()
}

/// Runs something whose spans are part of this one. It may be large, and `async` would keep room for it twice.
pub fn within<T>(parent: Option<Parent>, work: impl Future<Output = T>) -> impl Future<Output = T> {
    CURRENT.scope(parent, work)
}

/// What the spans of this task are part of, to be handed to another task.
pub fn current() -> Option<Parent> {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// A step within what this task does.
pub fn step(name: &'static str) -> Span {
    child(name, SpanKind::Internal)
}

/// A question to another program.
pub fn call(name: &'static str) -> Span {
    child(name, SpanKind::Client)
}

fn child(name: &'static str, kind: SpanKind) -> Span {
    let begin = |parent: &Option<Parent>| {
        let Some(Parent(parent)) = parent else { return Span(None) };
        let (recording, context) = parent.as_ref();
        recording.begin(name, kind, context)
    };
    CURRENT.try_with(begin).unwrap_or(Span(None))
}

impl Recording {
    fn begin(self: &Arc<Self>, name: impl Into<Cow<'static, str>>, kind: SpanKind, parent: &Context) -> Span {
        let span = self.tracer.build_with_context(self.tracer.span_builder(name).with_kind(kind), parent);
        // What is not chosen to be recorded has no steps either.
        let is_chosen = span.is_recording();
        Span(is_chosen.then(|| Box::new(Open { recording: self.clone(), span })))
    }
}

impl Span {
    /// What spans within this one belong to.
    pub fn parent(&self) -> Option<Parent> {
        let open = self.0.as_ref()?;
        let context = Context::new().with_remote_span_context(open.span.span_context().clone());
        Some(Parent(Arc::new((open.recording.clone(), context))))
    }

    /// The trace it is part of, as it is named in the log.
    pub fn trace_id(&self) -> Option<String> {
        self.0.as_ref().map(|open| open.span.span_context().trace_id().to_string())
    }

    /// Names it anew, when more is known.
    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(open) = &mut self.0 {
            open.span.update_name(name());
        }
    }

    /// Says more of it.
    pub fn set<V: Into<Value>>(&mut self, key: &'static str, value: impl FnOnce() -> V) {
        if let Some(open) = &mut self.0 {
            open.span.set_attribute(KeyValue::new(key, value()));
        }
    }

    /// Something happened within it.
    pub fn event(&mut self, what: &'static str) {
        if let Some(open) = &mut self.0 {
            open.span.add_event(what, Vec::new());
        }
    }

    /// It failed.
    pub fn fail(&mut self, why: &'static str) {
        if let Some(open) = &mut self.0 {
            open.span.set_status(Status::error(why));
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.recording.sent.ended();
        self.span.end();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn said(header: &str) -> Option<String> {
        let headers = HashMap::from([("traceparent".to_owned(), header.to_owned())]);
        caller(&headers).as_ref().map(trace_id)
    }

    #[test]
    fn a_caller_is_believed_when_it_writes_as_recommended() {
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        assert_eq!(said(&format!("00-{trace}-{span}-01")).as_deref(), Some(trace));
        for wrong in [
            String::new(),
            "garbage".to_owned(),
            format!("00-{trace}-{span}"),
            format!("00-{}-{span}-01", "0".repeat(32)),
            format!("00-{trace}-{}-01", "0".repeat(16)),
            format!("00-{}-{span}-01", trace.to_uppercase()),
            format!("ff-{trace}-{span}-01"),
            format!("00-{trace}\"-{span}-01"),
        ] {
            assert_eq!(said(&wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn without_a_collector_there_are_no_spans() {
        let traces = Traces::new(None).unwrap();
        let mut request = traces.request(None, "GET");
        assert!(request.parent().is_none() && request.trace_id().is_none() && traces.counts().is_none());
        request.set("never", || -> &'static str { panic!("asked for") });
        request.rename(|| panic!("asked for"));
        within(request.parent(), async { assert!(step("step").0.is_none() && current().is_none()) }).await;
        assert!(call("outside of any task").0.is_none());
        traces.stop().await;
    }

    fn config(ratio: f64, is_by_parent: bool) -> TracesConfig {
        TracesConfig {
            // Nobody listens on port 1.
            endpoint: "http://127.0.0.1:1".to_owned(),
            service_name: "test".to_owned(),
            environment: "test".to_owned(),
            sampling: Sampling { ratio, is_by_parent },
        }
    }

    #[tokio::test]
    async fn a_caller_decides_what_is_recorded_unless_the_ratio_alone_does() {
        let caller = |sampled: &str| {
            let header = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{sampled}");
            caller(&HashMap::from([("traceparent".to_owned(), header)]))
        };
        let (yes, no) = (caller("01"), caller("00"));
        for (ratio, is_by_parent, expected) in [
            (0.0, true, [true, false, false]),
            (1.0, true, [true, false, true]),
            (0.0, false, [false; 3]),
            (1.0, false, [true; 3]),
        ] {
            let traces = Traces::new(Some(&config(ratio, is_by_parent))).unwrap();
            let recorded = [yes.as_ref(), no.as_ref(), None]
                .map(|caller| traces.request(caller, "GET").trace_id().is_some());
            assert_eq!(recorded, expected, "{ratio} {is_by_parent}");
            traces.stop().await;
        }
    }
}

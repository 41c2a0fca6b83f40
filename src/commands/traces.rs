//! Traces: how long each part of a request took, for a collector that speaks OTLP over HTTP. In builds with the feature `otel`.
//!
//! Spans carry names, routes, codes and counts. What anybody says is in none of them, and lines of the log are not sent.

use tracing_subscriber::{Layer, Registry};

/// What hears of spans beside the log.
pub type TraceLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Sends the spans that are left when it is dropped.
#[derive(Debug, Default)]
pub struct Traces {
    #[cfg(feature = "otel")]
    provider: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

/// Begins to send traces, where the settings name a collector.
#[cfg(not(feature = "otel"))]
pub fn begin(
    settings: &crate::config::TraceSettings,
    _runtime: &tokio::runtime::Handle,
) -> anyhow::Result<(Option<TraceLayer>, Traces)> {
    anyhow::ensure!(
        settings.collector.is_empty(),
        "traces.collector is set, and this mondo was built without traces; build it with `--features otel`"
    );
    Ok((None, Traces::default()))
}

#[cfg(feature = "otel")]
pub use exporting::begin;

#[cfg(feature = "otel")]
mod exporting {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use crate::client::{Client, Destinations, Outgoing, check_address};
    use crate::config::TraceSettings;
    use anyhow::Context as _;
    use opentelemetry::KeyValue;
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
    use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
    use tokio::runtime::Handle;
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::filter::filter_fn;

    use crate::commands::traces::{TraceLayer, Traces};

    /// Longest wait for the collector.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Begins to send traces, where the settings name a collector.
    pub fn begin(
        settings: &TraceSettings,
        runtime: &Handle,
    ) -> anyhow::Result<(Option<TraceLayer>, Traces)> {
        if settings.collector.is_empty() {
            return Ok((None, Traces::default()));
        }
        check_address(&settings.collector, Destinations::Any)
            .with_context(|| format!("traces.collector {:?}", settings.collector))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpJson)
            .with_endpoint(&settings.collector)
            .with_timeout(PATIENCE)
            .with_http_client(Sender::new(runtime))
            .build()
            .context("could not prepare the sending of traces")?;
        let resource = Resource::builder()
            .with_service_name("mondo")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        // By the id of the trace alone: a stranger who marks every request to be traced gets no more than others.
        let share = 1.0 / f64::from(settings.one_in.get());
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(Sampler::TraceIdRatioBased(share))
            .with_batch_exporter(exporter)
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("mondo"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            // Spans and no lines of the log: those may say more.
            .with_filter(filter_fn(|about| {
                about.is_span() && about.target().starts_with("mondo")
            }));
        let provider = Some(provider);
        Ok((Some(Box::new(layer)), Traces { provider }))
    }

    impl Drop for Traces {
        fn drop(&mut self) {
            let stopped = self.provider.take().map(|provider| provider.shutdown());
            if let Some(Err(error)) = stopped {
                tracing::warn!(%error, "the last traces were not sent");
            }
        }
    }

    /// Sends what the exporter has written, from whichever thread it works on.
    #[derive(Debug)]
    struct Sender {
        runtime: Handle,
        /// Whether the last one was not taken, so that a collector that is away is told once.
        is_failing: AtomicBool,
    }

    impl Sender {
        fn new(runtime: &Handle) -> Self {
            Self {
                runtime: runtime.clone(),
                is_failing: AtomicBool::new(false),
            }
        }

        fn note(&self, fault: Option<String>) {
            let was_failing = self.is_failing.swap(fault.is_some(), Ordering::Relaxed);
            match fault {
                Some(fault) if !was_failing => {
                    tracing::warn!("the collector does not take traces: {fault}");
                }
                None if was_failing => tracing::info!("the collector takes traces again"),
                _ => {}
            }
        }
    }

    #[async_trait::async_trait]
    impl HttpClient for Sender {
        async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
            let (parts, body) = request.into_parts();
            let outgoing = Outgoing {
                method: parts.method,
                address: parts.uri.to_string(),
                headers: parts
                    .headers
                    .into_iter()
                    .filter_map(|(name, value)| Some((name?, value)))
                    .collect(),
                body: body.to_vec(),
            };
            // Names of collectors are the operator's own, often on this machine.
            let client = Client::new(Destinations::Any);
            let sending = self
                .runtime
                .spawn(async move { client.send(outgoing, PATIENCE).await });
            let reply = match sending.await.map_err(HttpError::from)? {
                Ok(reply) => reply,
                Err(error) => {
                    self.note(Some(error.to_string()));
                    return Err(error.into());
                }
            };
            self.note((!reply.is_success()).then(|| format!("it replied {}", reply.status)));
            let response = Response::builder().status(reply.status);
            Ok(response.body(Bytes::from(reply.body))?)
        }
    }
}

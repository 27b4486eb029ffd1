//! What the server tells those who look after it, besides its log.

use super::{AppEnv, Source};

/// What the server tells those who look after it, besides its log.
#[derive(Debug, Clone)]
pub struct TelemetryConfig {
    /// `ADMIN_PORT`: where `/metrics` is served, for Prometheus; 0 lets the system choose. Unset: nowhere.
    pub admin_port: Option<u16>,
    /// `ADMIN_HOST`: address to listen on there; 127.0.0.1.
    pub admin_host: String,
    /// Where traces go, if anywhere.
    pub traces: Option<TracesConfig>,
}

/// Where traces go.
#[derive(Debug, Clone)]
pub struct TracesConfig {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: the collector, such as `http://collector:4318`; it is sent OTLP over HTTP, in
    /// protobuf, at `/v1/traces`. Unset: there are no traces.
    pub endpoint: String,
    /// `OTEL_SERVICE_NAME`: what the traces call this program; shop-backend.
    pub service_name: String,
    /// `APP_ENV`.
    pub environment: String,
    /// Which requests are recorded.
    pub sampling: Sampling,
}

/// Which requests are recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// `OTEL_TRACES_SAMPLER_ARG`: the share of those that begin here, 0 to 1; 1.
    pub ratio: f64,
    /// `OTEL_TRACES_SAMPLER`: whether a caller with a trace of its own decides instead (`parentbased_traceidratio`, the
    /// default) or not (`traceidratio`). The specification's names for always and never mean a share of 1 and 0.
    pub is_by_parent: bool,
}

impl Sampling {
    const NAMES: [(&'static str, bool, Option<f64>); 6] = [
        ("parentbased_traceidratio", true, None),
        ("traceidratio", false, None),
        ("parentbased_always_on", true, Some(1.0)),
        ("always_on", false, Some(1.0)),
        ("parentbased_always_off", true, Some(0.0)),
        ("always_off", false, Some(0.0)),
    ];

    fn read(source: &mut Source) -> Self {
        let ratio = source.value("OTEL_TRACES_SAMPLER_ARG", 1.0, "0.1", |text| {
            let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            ratio.ok_or_else(|| "must be a number from 0 to 1".to_owned())
        });
        let by_parent = Self { ratio, is_by_parent: true };
        source.value("OTEL_TRACES_SAMPLER", by_parent, "parentbased_traceidratio", |text| {
            let known = Self::NAMES.into_iter().find(|(name, ..)| *name == text);
            let (_, is_by_parent, fixed) = known
                .ok_or_else(|| format!("must be one of {}", Self::NAMES.map(|(name, ..)| name).join(", ")))?;
            Ok(Self { ratio: fixed.unwrap_or(ratio), is_by_parent })
        })
    }

    /// The name and the share.
    pub fn describe(self) -> (&'static str, String) {
        let name = if self.is_by_parent { "parentbased_traceidratio" } else { "traceidratio" };
        (name, self.ratio.to_string())
    }
}

impl TelemetryConfig {
    pub(super) fn read(source: &mut Source, app_env: AppEnv, port: u16) -> Self {
        let admin_port = source.value("ADMIN_PORT", None, "9464", |text| {
            let number: Option<u16> = text.parse().ok();
            let number = number.ok_or_else(|| "must be a whole number from 0 to 65535".to_owned())?;
            if number == port && port != 0 {
                return Err("must not be PORT, where everybody may ask".to_owned());
            }
            Ok(Some(number))
        });
        let sampling = Sampling::read(source);
        let endpoint =
            source.value("OTEL_EXPORTER_OTLP_ENDPOINT", None, "http://collector:4318", read_endpoint);
        let service_name = source.text("OTEL_SERVICE_NAME").unwrap_or_else(|| "shop-backend".to_owned());
        Self {
            admin_port,
            admin_host: source.text("ADMIN_HOST").unwrap_or_else(|| "127.0.0.1".to_owned()),
            traces: endpoint.map(|endpoint| TracesConfig {
                endpoint,
                service_name,
                environment: app_env.as_str().to_owned(),
                sampling,
            }),
        }
    }
}

fn read_endpoint(text: &str) -> Result<Option<String>, String> {
    let endpoint = text.trim_end_matches('/');
    let host = endpoint.strip_prefix("http://").ok_or(
        "must begin with http://: a collector beside the server speaks TLS to whoever is farther away",
    )?;
    if host.is_empty() || host.contains(['@', '?', '#', ' ']) || host.starts_with(['/', ':']) {
        return Err("must be http:// and a host, perhaps with a port and a path".to_owned());
    }
    Ok(Some(endpoint.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<TelemetryConfig, String> {
        let mut source = Source::from_pairs(pairs.iter().copied());
        let config = TelemetryConfig::read(&mut source, AppEnv::Development, 4000);
        source.finish().map(|()| config).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_told_unless_it_is_asked_for() {
        let config = read(&[]).unwrap();
        assert!(config.admin_port.is_none() && config.traces.is_none());
        assert_eq!(config.admin_host, "127.0.0.1");
    }

    #[test]
    fn metrics_are_never_on_the_public_port() {
        assert_eq!(read(&[("ADMIN_PORT", "9464")]).unwrap().admin_port, Some(9464));
        assert_eq!(read(&[("ADMIN_PORT", "0")]).unwrap().admin_port, Some(0));
        for wrong in ["4000", "70000", "-1", "http"] {
            assert!(read(&[("ADMIN_PORT", wrong)]).unwrap_err().contains("ADMIN_PORT must"), "{wrong}");
        }
    }

    #[test]
    fn a_collector_is_an_address_without_tls_and_without_a_password() {
        let endpoint = |text| read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", text)]);
        let good = endpoint("http://collector.observability:4318/").unwrap().traces.unwrap();
        assert_eq!(good.endpoint, "http://collector.observability:4318");
        for wrong in
            ["https://collector", "collector:4318", "http://", "http://:4318", "http://me:pass@collector"]
        {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sampling_is_named_as_in_the_specification() {
        let sampling = |name, share| {
            let all = [
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"),
                ("OTEL_TRACES_SAMPLER", name),
                ("OTEL_TRACES_SAMPLER_ARG", share),
            ];
            read(&all).map(|config| config.traces.unwrap().sampling)
        };
        let is = |ratio, is_by_parent| Ok(Sampling { ratio, is_by_parent });
        assert_eq!(sampling("", ""), is(1.0, true));
        assert_eq!(sampling("", "0.25"), is(0.25, true));
        assert_eq!(sampling("traceidratio", "0.25"), is(0.25, false));
        assert_eq!(sampling("parentbased_always_off", "0.25"), is(0.0, true));
        assert_eq!(sampling("always_on", ""), is(1.0, false));
        for (name, share) in [("sometimes", ""), ("", "2"), ("", "NaN"), ("", "-0.1"), ("", "half")] {
            assert!(sampling(name, share).is_err(), "{name} {share}");
        }
    }
}

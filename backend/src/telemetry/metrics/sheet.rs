//! The text that Prometheus reads, put together metric by metric. `prometheus-client` writes it; its own counters are not
//! used, since those for times take a lock.

use std::{fmt, time::Duration};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet, text},
    metrics::{MetricType, exemplar::Exemplar},
    registry::Registry,
};

use crate::telemetry::histogram::Counted;

/// Names and values of labels.
type Labels = Vec<(&'static str, String)>;

/// Metrics that are being put together.
#[derive(Default)]
pub struct Sheet(Registry);

/// A metric's values, by their labels.
#[derive(Debug)]
struct Rows {
    kind: MetricType,
    rows: Vec<(Labels, Number)>,
}

#[derive(Debug)]
enum Number {
    Whole(u64),
    Real(f64),
    Times(Counted),
}

impl EncodeMetric for Rows {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        for (labels, number) in &self.rows {
            if labels.is_empty() {
                number.encode(self.kind, &mut encoder)?;
            } else {
                number.encode(self.kind, &mut encoder.encode_family(labels)?)?;
            }
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        self.kind
    }
}

impl Number {
    fn encode(&self, kind: MetricType, encoder: &mut MetricEncoder<'_>) -> fmt::Result {
        let none: Option<&Exemplar<NoLabelSet, f64>> = None;
        match (self, kind) {
            (Self::Whole(number), MetricType::Counter) => encoder.encode_counter(number, none),
            (Self::Real(number), MetricType::Counter) => encoder.encode_counter(number, none),
            (Self::Whole(number), _) => encoder.encode_gauge(number),
            (Self::Real(number), _) => encoder.encode_gauge(number),
            (Self::Times(times), _) => {
                let (sum, count) = (times.sum().as_secs_f64(), times.count());
                encoder.encode_histogram::<NoLabelSet>(sum, count, &times.buckets(), None)
            }
        }
    }
}

fn owned<const N: usize>(labels: [(&'static str, &str); N]) -> Labels {
    labels.map(|(name, value)| (name, value.to_owned())).into()
}

impl Sheet {
    fn add(&mut self, name: &'static str, help: &'static str, kind: MetricType, rows: Vec<(Labels, Number)>) {
        self.0.register(name, help, Rows { kind, rows });
    }

    /// How much there is of something.
    pub fn gauge(&mut self, name: &'static str, help: &'static str, value: u64) {
        self.gauges(name, help, [([], value)]);
    }

    /// How much there is of something, by labels.
    pub fn gauges<'l, const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        rows: impl IntoIterator<Item = ([(&'static str, &'l str); N], u64)>,
    ) {
        let rows = rows.into_iter().map(|(labels, value)| (owned(labels), Number::Whole(value)));
        self.add(name, help, MetricType::Gauge, rows.collect());
    }

    /// How often something happened. `_total` is added to the name.
    pub fn counter(&mut self, name: &'static str, help: &'static str, value: u64) {
        self.counters(name, help, [([], value)]);
    }

    /// How often something happened, by labels. `_total` is added to the name.
    pub fn counters<'l, const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        rows: impl IntoIterator<Item = ([(&'static str, &'l str); N], u64)>,
    ) {
        let rows = rows.into_iter().map(|(labels, value)| (owned(labels), Number::Whole(value)));
        self.add(name, help, MetricType::Counter, rows.collect());
    }

    /// Time that was spent, which only grows. `_total` is added to the name.
    pub fn spent(&mut self, name: &'static str, help: &'static str, time: Duration) {
        self.add(name, help, MetricType::Counter, vec![(Labels::new(), Number::Real(time.as_secs_f64()))]);
    }

    /// How long something takes, by labels.
    pub fn histograms<'l, const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        rows: impl IntoIterator<Item = ([(&'static str, &'l str); N], Counted)>,
    ) {
        let rows = rows.into_iter().map(|(labels, times)| (owned(labels), Number::Times(times)));
        self.add(name, help, MetricType::Histogram, rows.collect());
    }

    /// The text.
    pub fn finish(self) -> Result<String, fmt::Error> {
        let mut all = String::new();
        text::encode(&mut all, &self.0)?;
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::histogram::Histogram;

    #[test]
    fn metrics_are_written_as_prometheus_reads_them() {
        let mut sheet = Sheet::default();
        sheet.gauge("shop_plain", "Without labels", 3);
        sheet.counters("shop_counted", "With labels", [([("a", "1"), ("b", "say \"hi\"\\\n")], 7)]);
        let none: [([(&str, &str); 1], u64); 0] = [];
        sheet.counters("shop_empty", "Without values", none);
        sheet.spent("shop_seconds", "Time", Duration::from_millis(1_500));
        const BOUNDS: [Duration; 2] = [Duration::from_millis(1), Duration::from_secs(1)];
        let times = Histogram::new(&BOUNDS);
        times.add(Duration::from_millis(1));
        times.add(Duration::from_millis(500));
        times.add(Duration::from_millis(499));
        sheet.histograms("shop_times", "Times", [([("a", "x")], times.counted())]);
        let lines = [
            "# HELP shop_plain Without labels.",
            "# TYPE shop_plain gauge",
            "shop_plain 3",
            "# HELP shop_counted With labels.",
            "# TYPE shop_counted counter",
            r#"shop_counted_total{a="1",b="say \"hi\"\\\n"} 7"#,
            "# HELP shop_empty Without values.",
            "# TYPE shop_empty counter",
            "# HELP shop_seconds Time.",
            "# TYPE shop_seconds counter",
            "shop_seconds_total 1.5",
            "# HELP shop_times Times.",
            "# TYPE shop_times histogram",
            r#"shop_times_sum{a="x"} 1.0"#,
            r#"shop_times_count{a="x"} 3"#,
            r#"shop_times_bucket{le="0.001",a="x"} 1"#,
            r#"shop_times_bucket{le="1.0",a="x"} 3"#,
            r#"shop_times_bucket{le="+Inf",a="x"} 3"#,
            "# EOF",
            "",
        ];
        assert_eq!(sheet.finish().unwrap(), lines.join("\n"));
    }
}

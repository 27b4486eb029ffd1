//! `/metrics`, read as Prometheus reads it.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{TestApp, http};

/// What was served at one moment.
pub struct Sheet {
    /// Kinds of metrics, by name without the endings that samples have.
    pub kinds: BTreeMap<String, String>,
    samples: Vec<Sample>,
}

/// A value, with its name and labels.
#[derive(Debug)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

impl Sheet {
    /// Asks an application that serves metrics.
    pub fn of(app: &TestApp) -> Self {
        let port = app.admin_port.expect("an application with ADMIN_PORT");
        let reply = http::exchange(port, "GET", "/metrics", &[], None).unwrap();
        assert_eq!(reply.status, 200);
        let kind = reply.headers.iter().find(|(name, _)| name == "content-type").unwrap();
        assert_eq!(kind.1, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        Self::read(std::str::from_utf8(&reply.body).unwrap())
    }

    fn read(text: &str) -> Self {
        let (mut kinds, mut samples) = (BTreeMap::new(), Vec::new());
        assert!(text.ends_with("# EOF\n"));
        for line in text.lines() {
            if let Some(about) = line.strip_prefix("# TYPE ") {
                let (name, kind) = about.split_once(' ').unwrap();
                assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} is there twice");
            } else if !line.starts_with('#') {
                samples.push(sample(line));
            }
        }
        Self { kinds, samples }
    }

    /// The value of the sample with this name and at least these labels; several are added up, and none is 0.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |sample: &&Sample| {
            let of_sample =
                |(key, value): &(&str, &str)| sample.labels.get(*key).map(String::as_str) == Some(*value);
            sample.name == name && labels.iter().all(of_sample)
        };
        assert!(self.names().contains(name), "there is no {name}");
        self.samples.iter().filter(has).map(|sample| sample.value).sum()
    }

    /// Names that samples may have.
    pub fn names(&self) -> BTreeSet<String> {
        let endings = |kind: &str| match kind {
            "counter" => vec!["_total"],
            "histogram" => vec!["_bucket", "_sum", "_count"],
            _ => vec![""],
        };
        let of = |(name, kind): (&String, &String)| -> Vec<String> {
            endings(kind).into_iter().map(|ending| format!("{name}{ending}")).collect()
        };
        self.kinds.iter().flat_map(of).collect()
    }

    /// Names of labels that samples of this name have.
    pub fn labels(&self, name: &str) -> BTreeSet<&str> {
        let named = self.samples.iter().filter(|sample| sample.name == name);
        named.flat_map(|sample| sample.labels.keys().map(String::as_str)).collect()
    }

    /// Values of a label.
    pub fn label_values(&self, name: &str, label: &str) -> BTreeSet<&str> {
        let named = self.samples.iter().filter(|sample| sample.name == name);
        named.filter_map(|sample| sample.labels.get(label).map(String::as_str)).collect()
    }
}

fn sample(line: &str) -> Sample {
    let (named, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match named.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (named, ""),
    };
    // No value of a label holds a comma or a quotation mark: routes, words and numbers do not.
    let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
        let (key, value) = label.split_once('=').unwrap();
        (key.to_owned(), value.trim_matches('"').to_owned())
    });
    Sample { name: name.to_owned(), labels: labels.collect(), value: value.parse().unwrap() }
}

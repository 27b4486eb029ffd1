//! Rules and panels are made of metrics that exist, every metric is documented, and every alert says what to do.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;
use shared_types::{paths, payments::CARD_APPROVED};

use super::{metrics::told, sheet::Sheet};
use crate::support::{Content, TestApp, pay_with};

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn alerts() -> Vec<Value> {
    let rules: Value = yaml_serde::from_str(&file("charts/backend/files/alerts.yaml")).unwrap();
    let groups = rules["groups"].as_array().unwrap();
    groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone()).collect()
}

/// Every expression of a rule or a panel, with where it is.
fn expressions() -> Vec<(String, String)> {
    let of_alert = |alert: &Value| (text(&alert["alert"]), text(&alert["expr"]));
    let mut all: Vec<_> = alerts().iter().map(of_alert).collect();
    let dashboard: Value = serde_json::from_str(&file("charts/backend/files/dashboard.json")).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            all.push((text(&panel["title"]), text(&target["expr"])));
        }
    }
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// What PromQL itself knows.
const WORDS: [&str; 14] = [
    "and", "or", "unless", "on", "ignoring", "by", "without", "bool", "offset", "sum", "min", "max", "avg",
    "count",
];

/// Names of metrics in an expression, each with the labels that are asked of it.
fn asked(expression: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut labels) = (BTreeSet::new(), BTreeSet::new());
    let mut rest = expression;
    let mut is_list = false;
    while let Some(first) = rest.chars().next() {
        if first == '{' {
            let (inside, after) = rest[1..].split_once('}').unwrap();
            let of = |pair: &str| pair.split(['=', '!']).next().unwrap().trim().to_owned();
            labels.extend(inside.split(',').map(of));
            rest = after;
        } else if first == '"' || first == '[' {
            let end = if first == '"' { '"' } else { ']' };
            rest = rest[1..].split_once(end).unwrap().1;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            let is_call = after.trim_start().starts_with('(');
            if is_list {
                labels.insert(word.to_owned());
            } else if !WORDS.contains(&word) && !is_call {
                names.insert(word.to_owned());
            }
            if ["by", "without", "on", "ignoring"].contains(&word) {
                is_list = true;
            }
            rest = after;
        } else if first.is_ascii_digit() {
            // With its unit: 5m is no metric.
            rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.');
        } else {
            is_list &= first != ')';
            rest = &rest[first.len_utf8()..];
        }
    }
    (names, labels)
}

#[test]
fn expressions_are_read_as_prometheus_reads_them() {
    let (names, labels) = asked(
        r#"sum by (route, le) (rate(a_total{status="5xx",route!="b c"}[5m])) / 1e3 > 0.5 and time() - max(d_seconds) > 5"#,
    );
    assert_eq!(names, BTreeSet::from(["a_total", "d_seconds"].map(str::to_owned)));
    assert_eq!(labels, BTreeSet::from(["le", "route", "status"].map(str::to_owned)));
}

#[test]
fn every_metric_and_label_of_a_rule_or_a_panel_is_there() {
    // Nobody listens on port 1; spans are counted all the same.
    let app = TestApp::builder(Content::Demo)
        .set("ADMIN_PORT", 0)
        .set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        .start();
    let customer = app.customer();
    let order = customer.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    customer.post(&paths::orders::pay(&order.id), &pay_with(CARD_APPROVED)).expect(200);
    let sheet = Sheet::of(&app);
    let there = sheet.names();
    // The agent that asks adds where it has asked.
    let by_agent = ["pod", "le"];
    let expressions = expressions();
    assert!(expressions.len() > 30);
    for (place, expression) in expressions {
        let (names, labels) = asked(&expression);
        assert!(!names.is_empty(), "{place} asks for nothing: {expression}");
        for name in &names {
            assert!(there.contains(name), "{place}: there is no {name}");
        }
        for label in &labels {
            let is_known = names.iter().any(|name| sheet.labels(name).contains(label.as_str()));
            assert!(is_known || by_agent.contains(&label.as_str()), "{place}: no {names:?} has {label}");
        }
    }
}

/// Histograms that an expression takes a quantile of, each with what that is compared with.
fn quantiles(expression: &str) -> Vec<(String, f64)> {
    let of = |part: &str| {
        let mut words = part.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let histogram = words.find(|word| word.ends_with("_bucket")).unwrap().to_owned();
        let (_, limit) = part.split_once("> ").unwrap_or_else(|| panic!("{part} is compared with nothing"));
        (histogram, limit.split_whitespace().next().unwrap().parse().unwrap())
    };
    expression.split("histogram_quantile(").skip(1).map(of).collect()
}

#[test]
fn what_an_alert_compares_a_quantile_with_is_a_bound_of_its_histogram() {
    let app = told();
    app.anon().get(paths::catalog::CATEGORIES).expect(200);
    let sheet = Sheet::of(&app);
    let compared: Vec<_> = alerts().iter().flat_map(|alert| quantiles(&text(&alert["expr"]))).collect();
    assert!(compared.len() > 1);
    for (histogram, limit) in compared {
        // Anything else would be guessed between two of them.
        let bounds: Vec<f64> =
            sheet.label_values(&histogram, "le").iter().map(|bound| bound.parse().unwrap()).collect();
        assert!(bounds.contains(&limit), "{histogram}: {limit} is not one of {bounds:?}");
    }
}

/// What a heading is called in the address of a page.
fn headings(text: &str) -> BTreeSet<String> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with("##")));
    lines.map(|heading| heading.to_lowercase().replace(' ', "-")).collect()
}

#[test]
fn every_alert_says_how_bad_it_is_and_what_to_do() {
    let runbooks = headings(&file("docs/OPERATIONS.md"));
    let alerts = alerts();
    assert!(alerts.len() > 10);
    for alert in alerts {
        let name = text(&alert["alert"]);
        assert!(["page", "ticket"].contains(&text(&alert["labels"]["severity"]).as_str()), "{name}");
        assert!(alert["for"].is_string(), "{name} must not be about a moment");
        assert!(text(&alert["annotations"]["summary"]).len() > 10, "{name}");
        let runbook = text(&alert["annotations"]["runbook_url"]);
        let section =
            runbook.strip_prefix("https://github.com/alder-shop/alder/blob/main/docs/OPERATIONS.md#");
        let section = section.unwrap_or_else(|| panic!("{name}: {runbook}"));
        assert_eq!(section, name.to_lowercase());
        assert!(runbooks.contains(section), "docs/OPERATIONS.md has no section {name}");
    }
}

#[test]
fn every_metric_is_documented_and_nothing_else_is() {
    let documented: BTreeSet<String> = file("docs/OPERATIONS.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(name, _)| name.split('{').next().unwrap_or(name).to_owned())
        .filter(|name| name.starts_with("shop_") || name.starts_with("process_"))
        .collect();
    let sheet = Sheet::of(&told());
    let served: BTreeSet<String> = sheet
        .kinds
        .iter()
        .map(|(name, kind)| if kind == "counter" { format!("{name}_total") } else { name.clone() })
        .collect();
    assert_eq!(documented, served);
}

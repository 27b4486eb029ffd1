//! The measurements, and what they are to come to.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::shop::{Bare, Shop, Wanted, load, measure};
use super::table::{Figures, Row, Target};
use super::{Options, program};
use crate::process;
use crate::services::{Durability, Service};

/// One group of measurements.
pub struct Section {
    /// What it is called on the command line.
    pub name: &'static str,
    /// How it is measured.
    pub summary: &'static str,
    /// Whether it runs the scenarios, which take long to compile.
    pub needs_scenarios: bool,
    /// Whether it needs a PostgreSQL server.
    pub needs_postgres: bool,
    /// Measures.
    pub run: fn(&Options, &mut Figures) -> Result<Vec<Row>>,
}

/// All of them, in the order they run.
pub const SECTIONS: &[Section] = &[
    Section {
        name: "cached",
        summary: "answers from memory against a bare actix handler with the same answer; server on one core, client on another",
        needs_scenarios: false,
        needs_postgres: false,
        run: cached,
    },
    Section {
        name: "storm",
        summary: "catalogue beside 16 clients that sign in again and again, against the same without them",
        needs_scenarios: false,
        needs_postgres: false,
        run: storm,
    },
    Section {
        name: "passwords",
        summary: "signing in against bcrypt alone at the same cost",
        needs_scenarios: false,
        needs_postgres: false,
        run: passwords,
    },
    Section {
        name: "orders",
        summary: "orders of 16 shoppers through HTTP against the same rows by SQL, one transaction for each order",
        needs_scenarios: false,
        needs_postgres: true,
        run: orders,
    },
    Section {
        name: "growth",
        summary: "answers that were not asked for before, in a large shop against one of 1,000 products, on both engines",
        needs_scenarios: false,
        needs_postgres: true,
        run: growth,
    },
    Section {
        name: "mix",
        summary: "the stress scenario: 50 to 200 users, of whom 80 % browse; the demo shop's memory at its end",
        needs_scenarios: true,
        needs_postgres: false,
        run: mix,
    },
];

const ADDRESSES: [(&str, &str); 4] = [
    ("list", "/api/catalog/products"),
    ("product", "/api/catalog/products/iphone-15-pro"),
    ("categories", "/api/catalog/categories"),
    ("search", "/api/search?q=yoga"),
];
/// How answers travel: as they are, and compressed.
const CODINGS: [&str; 2] = ["identity", "br"];

fn cached(options: &Options, figures: &mut Figures) -> Result<Vec<Row>> {
    let shop = Shop::open(&Wanted { on_one_core: true, counts_requests: true, ..Wanted::default() })?;
    let addresses = ADDRESSES.map(|(_, address)| address);
    let mut rows = Vec::new();
    for coding in CODINGS {
        let bare = Bare::start(&shop, coding, "bytes", &addresses)?;
        let same = Bare::start(&shop, coding, "headers", &addresses)?;
        let (server, rounds) = (shop.address(), options.rounds.to_string());
        let (bare, same) = (bare.address(), same.address());
        let mut arguments = vec!["cached", &server, &bare, &same, &rounds, coding];
        arguments.extend(addresses);
        measure(figures, true, &arguments)?;
        for (number, (name, _)) in ADDRESSES.iter().enumerate() {
            let get = |server: &str, figure: &str| {
                figures.get(&format!("cached.{coding}.{number}.{server}.{figure}"))
            };
            let shop = get("shop", "rate");
            rows.push(Row {
                what: format!("{name}, {coding}: throughput"),
                measured: format!("{shop:.0} of {:.0} a second, same bytes on the wire", get("same", "rate")),
                value: 100.0 * shop / get("same", "rate"),
                unit: "%",
                target: Target::AtLeast(80.0),
            });
            let [own, reference] = ["shop", "same"].map(|server| get(server, "processor"));
            rows.push(Row {
                what: format!("{name}, {coding}: for the same processor time"),
                measured: format!("{own:.1} against {reference:.1} µs for each request"),
                value: 100.0 * reference / own,
                unit: "%",
                target: Target::AtLeast(80.0),
            });
            rows.push(Row {
                what: format!("{name}, {coding}: against a body alone"),
                measured: format!("of {:.0} a second, without the shop's headers", get("bare", "rate")),
                value: 100.0 * shop / get("bare", "rate"),
                unit: "%",
                target: Target::None,
            });
            rows.push(Row {
                what: format!("{name}, {coding}: p99"),
                measured: format!(
                    "{:.2} against {:.2} ms",
                    get("shop", "p99") / 1e3,
                    get("same", "p99") / 1e3
                ),
                value: get("shop", "p99") / get("same", "p99"),
                unit: "×",
                target: Target::AtMost(2.0),
            });
        }
    }
    Ok(rows)
}

fn storm(options: &Options, figures: &mut Figures) -> Result<Vec<Row>> {
    let shop = Shop::open(&Wanted::default())?;
    measure(figures, false, &["storm", &shop.port(), &options.rounds.to_string()])?;
    let (quiet, stormy) = (figures.get("storm.quiet.p99"), figures.get("storm.storm.p99"));
    Ok(vec![Row {
        what: "catalogue beside a login storm: p99".to_owned(),
        measured: format!(
            "{:.2} against {:.2} ms; {} could sign in, {} were told to come back",
            stormy / 1e3,
            quiet / 1e3,
            figures.get("storm.served"),
            figures.get("storm.turned-away")
        ),
        value: stormy / quiet,
        unit: "×",
        target: Target::AtMost(2.0),
    }])
}

fn passwords(_: &Options, figures: &mut Figures) -> Result<Vec<Row>> {
    let shop = Shop::open(&Wanted::default())?;
    measure(figures, false, &["passwords", &shop.port()])?;
    let (alone, login) = (figures.get("passwords.bcrypt.p50"), figures.get("passwords.login.p50"));
    Ok(vec![Row {
        what: "signing in against bcrypt alone".to_owned(),
        measured: format!("{:.1} against {:.1} ms", login / 1e3, alone / 1e3),
        value: login / alone,
        unit: "×",
        target: Target::None,
    }])
}

/// The engines, and the connections that write at once: SQLite has one writer, and the shop's pool holds ten.
const WRITERS: [(&str, &str); 2] = [("sqlite", "1"), ("postgres", "10")];

fn orders(options: &Options, figures: &mut Figures) -> Result<Vec<Row>> {
    let postgres = Service::private_postgres(Durability::Default)?;
    for (engine, writers) in WRITERS {
        let rounds = options.rounds.to_string();
        let mut order = |shop: &Shop, rows: &str| {
            measure(figures, false, &["orders", engine, &shop.port(), rows, writers, &rounds])
        };
        if engine == "sqlite" {
            let shop = Shop::open(&Wanted::default())?;
            order(&shop, &shop.second_database()?)?;
        } else {
            let urls = ["shop", "rows"].map(|name| sibling(&postgres.url, name));
            for name in ["shop", "rows"] {
                measure(&mut Figures::default(), false, &["create-database", &postgres.url, name])?;
            }
            let [url, rows] = &urls;
            load(rows, 0)?;
            order(&Shop::open(&Wanted { url: Some(url), ..Wanted::default() })?, rows)?;
        }
    }
    let row = |(engine, writers): (&str, &str)| {
        let get = |figure: &str| figures.get(&format!("orders.{engine}.{figure}"));
        Row {
            what: format!("orders on {engine}"),
            measured: format!(
                "{:.0} of {:.0} a second over {writers} connections; p99 {:.0} ms",
                get("http.rate"),
                get("rows.rate"),
                get("http.p99") / 1e3
            ),
            value: 100.0 * get("http.rate") / get("rows.rate"),
            unit: "%",
            target: Target::AtLeast(50.0),
        }
    };
    Ok(WRITERS.map(row).into())
}

/// Another database of the same server.
fn sibling(url: &str, name: &str) -> String {
    url.rsplit_once('/').map_or_else(|| url.to_owned(), |(server, _)| format!("{server}/{name}"))
}

fn growth(options: &Options, _: &mut Figures) -> Result<Vec<Row>> {
    let postgres = Service::private_postgres(Durability::Default)?;
    let mut rows = Vec::new();
    for (engine, _) in WRITERS {
        let shop = |products: u32| -> Result<(Shop, Duration)> {
            let name = format!("shop{products}");
            let url = (engine == "postgres").then(|| sibling(&postgres.url, &name));
            if url.is_some() {
                measure(&mut Figures::default(), false, &["create-database", &postgres.url, &name])?;
            }
            let wanted = Wanted { url: url.as_deref(), products, on_one_core: true, ..Wanted::default() };
            let started = Instant::now();
            Ok((Shop::open(&wanted)?, started.elapsed()))
        };
        let (small, _) = shop(1_000)?;
        let (large, loading) = shop(options.products)?;
        let mut figures = Figures::default();
        let turns = options.rounds.to_string();
        measure(&mut figures, true, &["growth", &small.port(), &large.port(), &turns])?;
        let size = options.products;
        rows.extend(growth_rows(engine, size, &figures));
        let (now, most) = large.memory()?;
        rows.push(Row {
            what: format!("{engine}, memory with {size} products"),
            measured: format!("at most {most:.0} MB; loaded and started in {:.0} s", loading.as_secs_f64()),
            value: now,
            unit: "MB",
            target: Target::None,
        });
    }
    Ok(rows)
}

fn growth_rows(engine: &str, size: u32, figures: &Figures) -> Vec<Row> {
    let p99 = |shop: &str, name: &str| figures.get(&format!("growth.{shop}.{name}.p99"));
    let mut rows: Vec<Row> = ["list", "product", "suggestion", "search"]
        .iter()
        .map(|name| {
            let (large, small) = (p99("large", name), p99("small", name));
            Row {
                what: format!("{engine}, {name} of {size} products: p99"),
                measured: format!("{:.2} against {:.2} ms", large / 1e3, small / 1e3),
                value: large / small,
                unit: "×",
                target: if *name == "search" { Target::None } else { Target::AtMost(2.0) },
            }
        })
        .collect();
    rows.push(Row {
        what: format!("{engine}, search of {size} products: p99"),
        measured: "not from memory".to_owned(),
        value: p99("large", "search") / 1e3,
        unit: "ms",
        target: Target::AtMost(20.0),
    });
    rows
}

fn mix(_: &Options, figures: &mut Figures) -> Result<Vec<Row>> {
    let shop = Shop::open(&Wanted::default())?;
    let mut load = process::command(program("load"));
    load.args(["stress", "--host", &format!("http://127.0.0.1:{}", shop.port()), "--seconds", "40"]);
    let finished = process::run_quietly(&mut load)?;
    figures.read(&finished.output);
    if figures.get("load.requests").is_nan() {
        bail!("{}", finished.output.trim());
    }
    let (now, most) = shop.memory().context("the server's memory")?;
    let requests = figures.get("load.requests");
    let row = |what: &str, measured: String, value: f64, unit, target| Row {
        what: what.to_owned(),
        measured,
        value,
        unit,
        target,
    };
    Ok(vec![
        row(
            "public reads answered from memory",
            format!(
                "{} of {}",
                figures.get("load.hits"),
                figures.get("load.hits") + figures.get("load.misses")
            ),
            100.0 * figures.get("load.hits") / (figures.get("load.hits") + figures.get("load.misses")),
            "%",
            Target::AtLeast(99.9),
        ),
        row(
            "errors",
            format!("of {requests} requests, {:.0} a second", figures.get("load.rate")),
            figures.get("load.errors"),
            "",
            Target::AtMost(0.0),
        ),
        row("memory of the demo shop", format!("at most {most:.0} MB"), now, "MB", Target::AtMost(64.0)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sibling_is_on_the_same_server() {
        assert_eq!(
            sibling("postgres://a:b@127.0.0.1:5432/postgres", "shop"),
            "postgres://a:b@127.0.0.1:5432/shop"
        );
    }

    #[test]
    fn no_two_sections_share_a_name() {
        let mut names: Vec<_> = SECTIONS.iter().map(|section| section.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SECTIONS.len());
    }
}

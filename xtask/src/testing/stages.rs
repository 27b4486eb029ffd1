//! The stages of `cargo xtask test`, cheapest first, so that a slip shows within seconds.

use std::process::Command;

use anyhow::{Result, bail};

use super::counts::{self, Counts};
use super::{Outcome, Request};
use crate::e2e::{self, Shop};
use crate::services::{Durability, Service};
use crate::setup::wasm::{self, Compiler};
use crate::{faults, infra, process, server, spa, tidy, workspace};

/// One stage.
pub struct Stage {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it proves.
    pub summary: &'static str,
    /// Whether `--quick` includes it.
    pub quick: bool,
    /// Whether it has tests that can be chosen by name.
    pub filters: bool,
    /// Runs it.
    pub run: fn(&Request) -> Result<Outcome>,
}

/// Every stage, in the order they run.
pub const STAGES: &[Stage] = &[
    Stage { name: "fmt", summary: "the code is formatted", quick: true, filters: false, run: fmt },
    Stage { name: "tidy", summary: "the house rules hold", quick: true, filters: false, run: house_rules },
    Stage {
        name: "lint",
        summary: "clippy finds nothing on the host",
        quick: true,
        filters: false,
        run: lint,
    },
    Stage {
        name: "lint-frontend",
        summary: "clippy finds nothing in the storefront",
        quick: false,
        filters: false,
        run: lint_frontend,
    },
    Stage { name: "unit", summary: "unit and property tests", quick: true, filters: true, run: unit },
    Stage {
        name: "unit-frontend",
        summary: "unit tests of the storefront's logic",
        quick: false,
        filters: true,
        run: unit_frontend,
    },
    Stage { name: "api-sqlite", summary: "API tests on SQLite", quick: true, filters: true, run: api_sqlite },
    Stage {
        name: "api-postgres",
        summary: "API tests on PostgreSQL and Redis",
        quick: false,
        filters: true,
        run: api_postgres,
    },
    Stage {
        name: "parity",
        summary: "server and browser price 10,000 carts alike",
        quick: false,
        filters: false,
        run: parity,
    },
    Stage {
        name: "spa",
        summary: "the storefront builds and keeps its size",
        quick: false,
        filters: false,
        run: storefront,
    },
    Stage {
        name: "e2e",
        summary: "the journey in a real browser",
        quick: false,
        filters: true,
        run: browser,
    },
    Stage {
        name: "faults",
        summary: "the server survives kills, outages, full disks and bad clients, and its books are right",
        quick: false,
        filters: false,
        run: bear_faults,
    },
    Stage {
        name: "infra",
        summary: "images, charts, ArgoCD, Terraform, workflows and scripts hold what they promise",
        quick: false,
        filters: false,
        run: infrastructure,
    },
];

/// What the first visit may transfer of HTML, CSS, JavaScript and WebAssembly, as brotli, in bytes.
const FIRST_VISIT_BUDGET: u64 = 250_000;

fn fmt(_: &Request) -> Result<Outcome> {
    check(process::cargo().args(["fmt", "--all", "--check"]))
}

fn house_rules(_: &Request) -> Result<Outcome> {
    let problems = tidy::check()?;
    let output = problems.iter().map(|problem| format!("{problem}\n")).collect();
    Ok(Outcome { counts: Counts::one(problems.is_empty()), output })
}

/// With the measurements, but without the load test's scenarios: compiling goose takes longer than all other tests, and
/// running a scenario compiles them.
fn lint(request: &Request) -> Result<Outcome> {
    let mut cargo = process::cargo();
    cargo.args(["clippy", "--locked", "--workspace", "--exclude", "frontend", "--all-targets"]);
    cargo.args(["--features", "loadtest/bench"]);
    server::add_features(&mut cargo, &request.features);
    check(cargo.args(["--", "-D", "warnings"]))
}

fn lint_frontend(_: &Request) -> Result<Outcome> {
    let mut cargo = match Compiler::install()? {
        compiler @ Compiler::Pinned => {
            let mut cargo = compiler.cargo();
            // In the storefront's profile, so that the macros are compiled once for both.
            cargo.args(["clippy", "--target", wasm::TARGET, "--profile", spa::PROFILE]);
            cargo
        }
        // Debian's compiler comes without clippy: the pinned one looks at the code as compiled for the host.
        Compiler::Debian => {
            let mut cargo = process::cargo();
            cargo.arg("clippy");
            cargo
        }
    };
    check(cargo.args(["--locked", "--package", "frontend", "--all-targets", "--", "-D", "warnings"]))
}

fn unit(request: &Request) -> Result<Outcome> {
    let mut cargo = cargo_test(request);
    cargo.args(["--workspace", "--exclude", "frontend", "--lib", "--bins"]);
    tests(&mut cargo, request, &[])
}

/// The storefront's logic knows nothing of the browser, so it is compiled and tested for the host.
fn unit_frontend(request: &Request) -> Result<Outcome> {
    let mut cargo = process::cargo();
    cargo.args(["test", "--locked", "--no-fail-fast", "--package", "frontend", "--lib"]);
    tests(&mut cargo, request, &[])
}

fn api_sqlite(request: &Request) -> Result<Outcome> {
    api(request, &[("TEST_DATABASE_URL", None), ("TEST_REDIS_URL", None)])
}

fn api_postgres(request: &Request) -> Result<Outcome> {
    let postgres = Service::postgres(Durability::None)?;
    let redis = Service::redis()?;
    println!("    PostgreSQL: {}, Redis: {}", postgres.describe(), redis.describe());
    api(request, &[("TEST_DATABASE_URL", Some(&postgres.url)), ("TEST_REDIS_URL", Some(&redis.url))])
}

fn api(request: &Request, environment: &[(&str, Option<&str>)]) -> Result<Outcome> {
    let mut cargo = cargo_test(request);
    cargo.args(["--package", "backend", "--test", "api"]);
    tests(&mut cargo, request, environment)
}

/// Runs one program on the host and in WebAssembly; the second one stops with an error when the results differ.
fn parity(_: &Request) -> Result<Outcome> {
    const PROGRAM: [&str; 5] = ["--locked", "--package", "shared-types", "--example", "pricing_parity"];
    let mut native = process::cargo();
    let digest =
        process::capture(native.args(["run", "--quiet"]).args(PROGRAM).env_remove("PRICING_DIGEST"))?;
    let mut cargo = Compiler::install()?.cargo();
    cargo.arg("build").args(PROGRAM).args(["--target", wasm::TARGET, "--profile", spa::PROFILE]);
    let built = process::run_quietly(cargo.env("PRICING_DIGEST", digest))?;
    if !built.success {
        return Ok(Outcome { counts: Counts::one(false), output: built.output });
    }
    let mut node = process::command("node");
    node.arg(workspace::root().join("xtask/js/run_wasm.mjs"));
    check(node.arg(spa::build_dir().join("examples/pricing_parity.wasm")))
}

fn storefront(_: &Request) -> Result<Outcome> {
    spa::ensure()?;
    let weights = spa::weights::of_first_visit()?;
    let first_visit: u64 = weights.values().sum();
    println!("    the first visit transfers {} KB", first_visit / 1000);
    if first_visit > FIRST_VISIT_BUDGET {
        let table = spa::weights::table(&weights);
        bail!("the first visit transfers {first_visit} bytes; the budget is {FIRST_VISIT_BUDGET}\n{table}");
    }
    Ok(Outcome { counts: Counts::one(true), output: String::new() })
}

fn browser(request: &Request) -> Result<Outcome> {
    spa::ensure()?;
    server::build_beside_tests()?;
    if !e2e::exists() {
        bail!("e2e/package.json is missing");
    }
    let checked = process::run_quietly(&mut e2e::type_check())?;
    if !checked.success {
        return Ok(Outcome { counts: Counts::one(false), output: checked.output });
    }
    let shop = Shop::open(&server::binary("debug"))?;
    let finished = process::run_quietly(shop.playwright().args(&request.filters))?;
    let counts = Counts::of_run(counts::playwright(&finished.output), finished.success);
    let mut output = finished.output;
    if counts.failed > 0 {
        output.push_str("── the server's log\n");
        output.push_str(&super::tail(&shop.log(), 60));
    }
    Ok(Outcome { counts, output })
}

/// Prints what it finds itself, as it finds it.
fn bear_faults(_: &Request) -> Result<Outcome> {
    server::build_beside_tests()?;
    let (passed, failed) = faults::look_shortly(&server::binary("debug"))?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(Outcome { counts: Counts { passed: count(passed), failed: count(failed) }, output: String::new() })
}

fn cargo_test(request: &Request) -> Command {
    let mut cargo = process::cargo();
    cargo.args(["test", "--locked", "--no-fail-fast"]);
    server::add_features(&mut cargo, &request.features);
    cargo
}

/// A check that counts as one.
fn check(command: &mut Command) -> Result<Outcome> {
    let finished = process::run_quietly(command)?;
    Ok(Outcome { counts: Counts::one(finished.success), output: finished.output })
}

/// A run of `cargo test` whose tests are counted.
fn tests(cargo: &mut Command, request: &Request, environment: &[(&str, Option<&str>)]) -> Result<Outcome> {
    for (name, value) in environment {
        match value {
            Some(value) => cargo.env(name, value),
            None => cargo.env_remove(name),
        };
    }
    let finished = process::run_quietly(cargo.arg("--").args(&request.filters))?;
    let counts = Counts::of_run(counts::cargo(&finished.output), finished.success);
    Ok(Outcome { counts, output: finished.output })
}

/// Prints what it finds itself, as it finds it.
fn infrastructure(_: &Request) -> Result<Outcome> {
    let (passed, failed) = infra::look_at(&[], None)?;
    Ok(Outcome { counts: Counts { passed, failed }, output: String::new() })
}

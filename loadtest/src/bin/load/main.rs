//! `load <scenario>`: many shoppers at once, by goose. `cargo xtask load` starts the shop and this program.

mod checkout;
mod plan;
mod shoppers;

use std::{path::Path, process::ExitCode};

use anyhow::{Context, Result, bail, ensure};
use goose::{
    config::GooseConfiguration,
    prelude::{GooseAttack, GooseDefault, GooseDefaultType, GooseMetrics},
};
use loadtest::{
    figures::{number, tell},
    http::{Connection, get},
    target,
};
use serde_json::Value;
use shared_types::paths;

use self::plan::{Options, Plan};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything went as it should.
async fn run(arguments: &[String]) -> Result<bool> {
    let options = Options::parse(arguments)?;
    target::check(&options.host, options.anywhere)?;
    let plan = Plan::of(&options)?;
    if options.host.starts_with("https://") {
        // What is looked at beside the scenario is not reached through a content delivery network.
        ensure!(!plan.buys, "what is bought is only counted over http://, at the server itself");
        return Ok(report(&Box::pin(attack(&options, &plan)).await?) == 0);
    }
    let mut connection = Connection::to(&options.host).await?;
    if plan.buys {
        checkout::prepare(&mut connection).await?;
    }
    let before = counts(&mut connection).await?;
    let metrics = Box::pin(attack(&options, &plan)).await?;
    // The connection of before may have been closed as idle.
    let mut connection = Connection::to(&options.host).await?;
    let after = counts(&mut connection).await?;
    let errors = report(&metrics);
    tell("load.hits", after.0 - before.0);
    tell("load.misses", after.1 - before.1);
    let is_stock_right = !plan.buys || checkout::verify(&mut connection).await?;
    Ok(errors == 0 && is_stock_right)
}

async fn attack(options: &Options, plan: &Plan) -> Result<GooseMetrics> {
    let mut configuration = GooseConfiguration::default();
    if let Some(folder) = &options.reports {
        std::fs::create_dir_all(folder).with_context(|| format!("{folder} can't be created"))?;
        let file = |extension: &str| {
            let path = Path::new(folder).join(format!("{}.{extension}", options.scenario));
            path.display().to_string()
        };
        configuration.report_file = vec![file("html"), file("json")];
    }
    let mut attack = *GooseAttack::initialize_with_config(configuration)?
        .set_default(GooseDefault::Host, options.host.as_str())?
        .set_default(GooseDefault::TestPlan, plan.steps.as_str())?
        .set_default(GooseDefault::NoTelnet, true)?
        .set_default(GooseDefault::NoWebSocket, true)?;
    for scenario in
        if plan.buys { vec![shoppers::buyer()?] } else { vec![shoppers::visitor()?, shoppers::customer()?] }
    {
        attack = attack.register_scenario(scenario);
    }
    Box::pin(attack.execute()).await.context("the load test did not run")
}

/// Answers that were found in memory, and answers that were made, since the shop started.
async fn counts(connection: &mut Connection) -> Result<(f64, f64)> {
    let metrics = connection.send(&get(paths::system::CACHE_METRICS, &[])).await?.json()?;
    let count = |name| metrics.get(name).and_then(Value::as_f64);
    match (count("hits"), count("misses")) {
        (Some(hits), Some(misses)) => Ok((hits, misses)),
        _ => bail!("{} says {metrics}", paths::system::CACHE_METRICS),
    }
}

/// Sums up for whoever reads figures; answers how many requests failed.
fn report(metrics: &GooseMetrics) -> usize {
    let requests: usize = metrics.requests.values().map(|one| one.success_count + one.fail_count).sum();
    let errors: usize = metrics.requests.values().map(|one| one.fail_count).sum();
    tell("load.requests", number(requests));
    tell("load.errors", number(errors));
    tell("load.rate", number(requests) / number(metrics.duration.max(1)));
    errors
}

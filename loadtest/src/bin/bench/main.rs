//! Measures a running shop and prints figures; `cargo xtask bench` starts the shops, compares and judges.

mod cached;
mod growth;
mod orders;
mod passwords;
mod rows;
mod storm;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::cached::Measured;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = runtime.context("no runtime").and_then(|runtime| runtime.block_on(run(&arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["cached", shop, bare, same, rounds, coding, addresses @ ..] => {
            let servers = [Measured::parse(shop)?, Measured::parse(bare)?, Measured::parse(same)?];
            cached::measure(servers, rounds.parse().context("rounds")?, coding, addresses).await
        }
        ["storm", shop, rounds] => storm::measure(port(shop)?, rounds.parse().context("rounds")?).await,
        ["passwords", shop] => passwords::measure(port(shop)?).await,
        ["growth", small, large, turns] => {
            growth::measure(port(small)?, port(large)?, turns.parse().context("turns")?).await
        }
        ["orders", name, shop, rows, writers, rounds] => {
            let (writers, rounds) = (writers.parse().context("writers")?, rounds.parse().context("rounds")?);
            orders::measure(name, port(shop)?, rows, writers, rounds).await
        }
        ["create-database", url, name] => rows::create_database(url, name),
        _ => bail!("cargo xtask bench starts this program with what it needs"),
    }
}

fn port(text: &str) -> Result<u16> {
    text.parse().with_context(|| format!("{text:?} is no port"))
}

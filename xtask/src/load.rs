//! `cargo xtask load <scenario>`: many shoppers at once, against a freshly seeded shop of their own or one that is named.

use std::process::ExitCode;

use anyhow::Result;

use crate::bench::{self, shop::Shop, shop::Wanted};
use crate::{cli, process, server, workspace};

/// The scenarios, for the help.
const SCENARIOS: [&str; 6] = ["smoke", "load", "stress", "spike", "soak", "checkout"];

/// Runs `cargo xtask load`; the arguments go to the program, which knows what they mean.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let Some(scenario) = arguments.first().filter(|name| SCENARIOS.contains(&name.as_str())) else {
        return Ok(cli::misuse("load", &format!("name a scenario: {}", SCENARIOS.join(", "))));
    };
    bench::build(&["load"], "scenarios")?;
    let reports = workspace::target_dir().join("load");
    let mut command = process::command(bench::program("load"));
    command.args(arguments).arg("--reports").arg(&reports);
    let finished = if arguments.iter().any(|word| word == "--host") {
        process::run(&mut command, scenario)
    } else {
        server::build("release")?;
        let shop = Shop::open(&Wanted::default())?;
        process::run(command.args(["--host", &format!("http://127.0.0.1:{}", shop.port())]), scenario)
    };
    println!("reports: {}/{scenario}.html and .json", reports.display());
    finished.map(|()| ExitCode::SUCCESS)
}

//! The server's entry point: `backend <command>`, `serve` when none is given.

use std::process::ExitCode;

use backend::{
    commands::{self, Cli},
    system, telemetry,
};
use clap::Parser;

fn main() -> ExitCode {
    system::run(run())
}

async fn run() -> ExitCode {
    let outcome = commands::run(Cli::parse()).await;
    telemetry::flush();
    match outcome {
        Ok(code) => code.into(),
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

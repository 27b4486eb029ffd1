//! The server's entry point: `backend <command>`, `serve` when none is given.

use std::process::ExitCode;

use backend::{
    commands::{self, Cli},
    telemetry,
};
use clap::Parser;

#[actix_web::main]
async fn main() -> ExitCode {
    let outcome = commands::run(Cli::parse()).await;
    telemetry::flush();
    match outcome {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

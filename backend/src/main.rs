//! The server's entry point: `backend <command>`, `serve` when none is given.

use std::process::ExitCode;

use backend::{
    commands::{self, Cli},
    telemetry,
};
use clap::Parser;

fn main() -> ExitCode {
    let system = actix_web::rt::System::new();
    let code = system.block_on(run());
    // Dropped, it would wait for threads that a database holds up which does not answer.
    std::mem::forget(system);
    code
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

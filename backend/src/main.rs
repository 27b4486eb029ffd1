//! The server's entry point: `backend <command>`, `serve` when none is given.

use backend::{
    commands::{self, Cli},
    telemetry,
};
use clap::Parser;

#[actix_web::main]
async fn main() {
    let outcome = commands::run(Cli::parse()).await;
    telemetry::flush();
    let code = match outcome {
        Ok(code) => code.into(),
        Err(problem) => {
            eprintln!("error: {problem}");
            1
        }
    };
    // Returning would wait for threads that a database holds up which does not answer.
    std::process::exit(code)
}

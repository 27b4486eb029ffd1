//! The server's entry point: `backend <command>`, `serve` when none is given.

use std::process::ExitCode;

use backend::commands::{self, Cli};
use clap::Parser;

#[actix_web::main]
async fn main() -> ExitCode {
    match commands::run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

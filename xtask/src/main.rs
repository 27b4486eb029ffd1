//! The project's commands, run as `cargo xtask <command>`. Every command installs what it needs, shows its progress and
//! ends with the reason and the remedy when it fails.

mod bench;
mod cli;
mod deny;
mod e2e;
mod faults;
mod fuzz;
mod http;
mod infra;
mod load;
mod machine;
mod measure;
mod process;
mod server;
mod services;
mod setup;
mod spa;
mod testing;
mod tidy;
mod up;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Err(error) = process::watch_signals() {
        eprintln!("error: {error:#}");
        return ExitCode::FAILURE;
    }
    match cli::run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

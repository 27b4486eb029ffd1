//! The list of commands: what each is called, what it does and which function runs it.

use std::process::ExitCode;

use anyhow::Result;

use crate::{bench, deny, e2e, faults, fuzz, infra, load, measure, setup, spa, testing, tidy, up};

/// One command of `cargo xtask`.
pub struct Command {
    /// The word after `cargo xtask`.
    pub name: &'static str,
    /// The arguments it understands, as shown in the help.
    pub usage: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    run: fn(&[String]) -> Result<ExitCode>,
}

/// Every command, in the order the help lists them.
pub const COMMANDS: &[Command] = &[
    Command {
        name: "up",
        usage: "[--release] [--port N] [--reset]",
        summary: "install what is missing, build the shop, load the demo data and serve it",
        run: up::run,
    },
    Command {
        name: "test",
        usage: "[--quick] [stage…] [-- name…]",
        summary: "run every check and every test, and count them",
        run: testing::run,
    },
    Command {
        name: "setup",
        usage: "[--for up|test|trunk]",
        summary: "install the tools that building (up) and testing (test) need",
        run: setup::run,
    },
    Command {
        name: "spa",
        usage: "",
        summary: "build the storefront into frontend/dist, optimised and compressed",
        run: spa::run,
    },
    Command {
        name: "trunk",
        usage: "[arguments of trunk]",
        summary: "run trunk in frontend/ with its tools on PATH, e.g. `cargo xtask trunk serve`",
        run: spa::run_trunk,
    },
    Command {
        name: "e2e",
        usage: "[arguments of playwright test]",
        summary: "run the browser journey against a freshly seeded shop",
        run: e2e::run,
    },
    Command {
        name: "measure",
        usage: "[arguments of playwright test]",
        summary: "Lighthouse, what presses cost, and pictures of every page, from the optimised server",
        run: measure::run,
    },
    Command {
        name: "fuzz",
        usage: "[--requests N] [--postgres] [--seed N]",
        summary: "send requests made from the OpenAPI document and check every answer against it",
        run: fuzz::run,
    },
    Command {
        name: "faults",
        usage: "[--short] [--release] [--list] [--program FILE] [name…]",
        summary: "kill, stop, cut, fill and overload the real server and its databases, and compare the books",
        run: faults::run,
    },
    Command {
        name: "load",
        usage: "<scenario> [--host URL] [--seconds N] [--users N]",
        summary: "smoke, load, stress, spike, soak or checkout: many shoppers at once, with a report",
        run: load::run,
    },
    Command {
        name: "bench",
        usage: "[section…] [--products N] [--rounds N]",
        summary: "compare the optimised server with what HTTP server, databases and bcrypt do alone",
        run: bench::run,
    },
    Command {
        name: "infra-check",
        usage: "[--mutations[=WORD]] [workflows|kubernetes|terraform…]",
        summary: "check images, charts, ArgoCD, Terraform and workflows with the real tools",
        run: infra::run,
    },
    Command {
        name: "tidy",
        usage: "",
        summary: "check the house rules that a program can check",
        run: tidy::run,
    },
    Command {
        name: "deny",
        usage: "",
        summary: "check licences, banned crates and sources of all dependencies (installs cargo-deny)",
        run: deny::run,
    },
];

/// Runs the command named by the first argument. Without one, prints the help.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return Ok(ExitCode::SUCCESS);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") || asks_for_help(name, rest) {
        print!("{}", help());
        return Ok(ExitCode::SUCCESS);
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => {
            eprintln!("error: there is no command `{name}`\n\n{}", help());
            Ok(ExitCode::from(2))
        }
    }
}

/// Reports a wrong argument of a command and gives the exit code for it.
pub fn misuse(command: &str, message: &str) -> ExitCode {
    let usage = COMMANDS.iter().find(|known| known.name == command).map_or("", |known| known.usage);
    eprintln!("error: {message}\nusage: cargo xtask {command} {usage}");
    ExitCode::from(2)
}

/// Commands that hand their arguments to another program leave `--help` to it.
fn asks_for_help(name: &str, rest: &[String]) -> bool {
    !matches!(name, "trunk" | "e2e" | "measure")
        && rest.iter().any(|word| matches!(word.as_str(), "--help" | "-h"))
}

fn help() -> String {
    let mut text = String::from("usage: cargo xtask <command>\n\n");
    for command in COMMANDS {
        let call = format!("{} {}", command.name, command.usage);
        text.push_str(&format!("  {:<38} {}\n", call.trim_end(), command.summary));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_command() {
        let text = help();
        assert!(COMMANDS.iter().all(|command| text.contains(command.name)));
    }

    #[test]
    fn no_two_commands_share_a_name() {
        let mut names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
    }
}

//! `cargo xtask test`: every check and every test in stages, counted into one closing line. A failing stage does not
//! keep the others from running.

mod counts;
mod stages;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use self::counts::Counts;
use self::stages::{STAGES, Stage};
use crate::{cli, process, setup, workspace};

/// What a stage found out.
pub struct Outcome {
    counts: Counts,
    /// Shown when something failed.
    output: String,
}

/// What was asked for on the command line.
pub struct Request {
    quick: bool,
    stages: Vec<String>,
    /// Names of tests, passed on to cargo and Playwright.
    filters: Vec<String>,
    /// Features of the back end that this machine needs.
    features: Vec<&'static str>,
}

/// Runs `cargo xtask test`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let mut request = match parse(arguments) {
        Ok(request) => request,
        Err(message) => return Ok(cli::misuse("test", &message)),
    };
    let started = Instant::now();
    let mut total = Counts::default();
    let prepared = process::timed("setup", || {
        request.features = setup::for_backend()?;
        setup::for_tests()
    });
    match prepared {
        Err(error) => {
            println!("error: {error:#}");
            total += Counts::one(false);
        }
        Ok(()) => {
            for stage in STAGES.iter().filter(|stage| request.wants(stage)) {
                if process::interrupted() {
                    break;
                }
                total += run_stage(stage, &request);
            }
        }
    }
    if process::interrupted() {
        println!("interrupted");
        total += Counts::one(false);
    }
    println!("\nfinished after {} s", started.elapsed().as_secs());
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_stage(stage: &Stage, request: &Request) -> Counts {
    println!("\n── {}: {}", stage.name, stage.summary);
    let started = Instant::now();
    let outcome = (stage.run)(request).unwrap_or_else(|error| Outcome {
        counts: Counts::one(false),
        output: format!("error: {error:#}\n"),
    });
    let counts = outcome.counts;
    let log = workspace::target_dir().join("xtask-logs").join(format!("{}.log", stage.name));
    let logged =
        std::fs::create_dir_all(log.with_file_name("")).and_then(|()| std::fs::write(&log, &outcome.output));
    if counts.failed > 0 {
        print!("{}", tail(&outcome.output, 400));
        if logged.is_ok() {
            println!("(all of it: {})", log.display());
        }
    }
    let mark = if counts.failed == 0 { "✓" } else { "✗" };
    let seconds = started.elapsed().as_secs_f64();
    println!("{mark} {}: {} passed, {} failed ({seconds:.1} s)", stage.name, counts.passed, counts.failed);
    counts
}

impl Request {
    fn wants(&self, stage: &Stage) -> bool {
        let named = self.stages.is_empty() || self.stages.iter().any(|word| names(word, stage));
        let affordable = !self.quick || stage.quick;
        // A test's name makes no sense to stages that have no tests.
        let filterable = self.filters.is_empty() || stage.filters;
        named && affordable && filterable
    }
}

/// A stage is named by itself or by the first part of its name: `api` means both API stages.
fn names(word: &str, stage: &Stage) -> bool {
    stage.name == word || stage.name.split('-').next() == Some(word)
}

fn parse(arguments: &[String]) -> Result<Request, String> {
    let mut request = Request { quick: false, stages: Vec::new(), filters: Vec::new(), features: Vec::new() };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => request.quick = true,
            "--" => request.filters.extend(words.by_ref().cloned()),
            other if STAGES.iter().any(|stage| names(other, stage)) => request.stages.push(other.to_owned()),
            other => {
                let known: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
                return Err(format!("there is no stage `{other}`; the stages are {}", known.join(", ")));
            }
        }
    }
    Ok(request)
}

/// The last lines of a text, without cargo's list of what it compiled.
fn tail(text: &str, lines: usize) -> String {
    let progress = ["   Compiling ", "    Checking ", "  Downloaded ", " Downloading "];
    let wanted = || text.lines().filter(|line| !progress.iter().any(|word| line.starts_with(word)));
    let skipped = wanted().count().saturating_sub(lines);
    let mut shown = if skipped > 0 { format!("… {skipped} lines left out\n") } else { String::new() };
    for line in wanted().skip(skipped) {
        shown.push_str(line);
        shown.push('\n');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn chosen(line: &str) -> Vec<&'static str> {
        let request = parse(&words(line)).ok().unwrap();
        STAGES.iter().filter(|stage| request.wants(stage)).map(|stage| stage.name).collect()
    }

    #[test]
    fn without_arguments_every_stage_runs() {
        assert_eq!(chosen("").len(), STAGES.len());
    }

    #[test]
    fn the_first_part_of_a_name_chooses_all_such_stages() {
        assert_eq!(chosen("api"), ["api-sqlite", "api-postgres"]);
    }

    #[test]
    fn a_filter_leaves_out_stages_without_tests() {
        assert_eq!(chosen("tidy api-sqlite -- orders"), ["api-sqlite"]);
    }

    #[test]
    fn an_unknown_stage_is_refused_with_the_known_ones() {
        assert!(parse(&words("apl")).err().unwrap().contains("api-sqlite"));
    }

    #[test]
    fn only_the_last_lines_of_long_output_are_shown() {
        assert_eq!(tail("a\nb\nc\n", 2), "… 1 lines left out\nb\nc\n");
        assert_eq!(tail("   Compiling x v1\na\n", 2), "a\n");
    }
}

//! `cargo xtask bench`: how the shop compares with what the HTTP server, the databases and bcrypt can do by themselves.
//!
//! Everything is a ratio to a reference that is measured in the same run, by turns, so that it says something on any
//! machine. What misses its target is marked; only a measurement that can't be made is a failure.

mod sections;
pub mod shop;
mod table;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::sections::{SECTIONS, Section};
use self::table::Figures;
use crate::{cli, process, server, setup, workspace};

/// Products of the large shop when the command line does not say.
const PRODUCTS: u32 = 20_000;
/// Turns of each comparison when the command line does not say.
const ROUNDS: u32 = 5;

/// What to measure, and how thoroughly.
pub struct Options {
    sections: Vec<&'static Section>,
    products: u32,
    rounds: u32,
}

/// Runs `cargo xtask bench`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = match parse(arguments) {
        Ok(options) => options,
        Err(error) => return Ok(cli::misuse("bench", &error.to_string())),
    };
    build(&["bare", "bench"], "bench")?;
    if options.sections.iter().any(|section| section.needs_scenarios) {
        build(&["load"], "scenarios")?;
    }
    if options.sections.iter().any(|section| section.needs_postgres) {
        setup::for_tests()?;
    }
    let mut tables = Vec::new();
    for section in &options.sections {
        println!("── {}: {}", section.name, section.summary);
        let rows = (section.run)(&options, &mut Figures::default())
            .with_context(|| format!("`{}` can't be measured", section.name))?;
        print!("{}", table::print(&rows));
        tables.push((section, rows));
    }
    println!("\n── all of it");
    for (section, rows) in &tables {
        println!("{}: {}", section.name, section.summary);
        print!("{}", table::print(rows));
    }
    let missed = tables.iter().flat_map(|(_, rows)| rows).filter(|row| !row.is_met()).count();
    println!(
        "{}",
        if missed == 0 { "every target is met".to_owned() } else { format!("{missed} targets are missed") }
    );
    Ok(ExitCode::SUCCESS)
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options { sections: Vec::new(), products: PRODUCTS, rounds: ROUNDS };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let value = words.next().with_context(|| format!("`{word}` needs a number"))?;
            value.parse().with_context(|| format!("`{word} {value}` is no number"))
        };
        match word.as_str() {
            "--products" => options.products = number()?,
            "--rounds" => options.rounds = number()?,
            name => match SECTIONS.iter().find(|section| section.name == name) {
                Some(section) => options.sections.push(section),
                None => bail!("unknown argument `{name}`"),
            },
        }
    }
    if options.sections.is_empty() {
        options.sections = SECTIONS.iter().collect();
    }
    Ok(options)
}

/// Builds programs of the load tests, optimised. Measurements are built in one go with the back end that they measure: they
/// then share its compiled dependencies, which by themselves they would have compiled anew with fewer features. Scenarios
/// are not: goose is a quarter of an hour of compiling on a small machine, and most measurements do without.
pub fn build(programs: &[&str], feature: &str) -> Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--release", "--package", "loadtest", "--features", &format!("loadtest/{feature}")]);
    if feature == "bench" {
        cargo.args(["--package", "backend", "--bin", "backend"]);
        server::add_features(&mut cargo, &setup::for_backend()?);
    }
    for program in programs {
        cargo.args(["--bin", program]);
    }
    let what = format!("{} built", programs.join(" and "));
    process::timed(&what, || process::run(&mut cargo, "load tests"))
}

/// Where an optimised program is.
pub fn program(name: &str) -> std::path::PathBuf {
    workspace::target_dir().join("release").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn all_options_are_understood() {
        let options = parse(&words("growth --products 1000000 orders --rounds 3")).unwrap();
        let names: Vec<_> = options.sections.iter().map(|section| section.name).collect();
        assert_eq!(
            (names.as_slice(), options.products, options.rounds),
            (&["growth", "orders"][..], 1_000_000, 3)
        );
        assert_eq!(parse(&[]).unwrap().sections.len(), SECTIONS.len());
    }

    #[test]
    fn an_unknown_section_is_refused_by_its_name() {
        assert!(parse(&words("speed")).err().unwrap().to_string().contains("speed"));
        assert!(parse(&words("--products many")).err().unwrap().to_string().contains("many"));
    }
}

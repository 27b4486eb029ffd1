//! `cargo xtask tidy`: the house rules of ARCHITECTURE.md and CONTRIBUTING.md that a program can check.

mod boundaries;
mod references;
mod routes;
mod rust;
mod tree;

use std::fmt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{cli, process, workspace};

/// One file of the repository.
pub struct SourceFile {
    /// Its path from the root, with slashes.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its text; empty when it is not UTF-8.
    pub text: String,
}

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    path: String,
    line: usize,
    message: String,
}

impl Problem {
    /// A problem in a line, counted from 1; line 0 means the whole file.
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(formatter, "{}: {}", self.path, self.message),
            line => write!(formatter, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Runs `cargo xtask tidy`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some(word) = arguments.first() {
        return Ok(cli::misuse("tidy", &format!("unknown argument `{word}`")));
    }
    let problems = check()?;
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        println!("✓ the house rules hold");
        return Ok(ExitCode::SUCCESS);
    }
    println!("✗ {} broken rules", problems.len());
    Ok(ExitCode::FAILURE)
}

/// Applies every rule to every file that git tracks or would track.
pub fn check() -> Result<Vec<Problem>> {
    let files = read_files()?;
    let mut problems = Vec::new();
    for file in &files {
        problems.extend(tree::check_file(file));
        if file.path.ends_with(".rs") {
            problems.extend(rust::check(&file.path, &file.text));
            problems.extend(boundaries::check(&file.path, &file.text));
        }
    }
    problems.extend(tree::check_migrations(&files));
    problems.extend(routes::check(&files));
    problems.extend(references::check(&files));
    Ok(problems)
}

fn read_files() -> Result<Vec<SourceFile>> {
    let root = workspace::root();
    let mut git = process::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
    let list = process::capture(&mut git).context("git must be able to list the repository's files")?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file deleted but not committed yet is still listed.
        let Ok(bytes) = std::fs::read(root.join(path)) else {
            continue;
        };
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        files.push(SourceFile {
            path: path.to_owned(),
            size,
            text: String::from_utf8(bytes).unwrap_or_default(),
        });
    }
    Ok(files)
}

/// The lines of a Rust file that are code of the product: numbered, without comments, up to its test module.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or(line)))
}

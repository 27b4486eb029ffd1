//! What was expected of each fault and what was seen: printed as it comes, and written as one page.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// Problems that are shown of each fault.
const PROBLEMS: usize = 5;

/// What a fault did to the shop.
#[derive(Debug, Default)]
pub struct Seen {
    /// In a few words.
    pub words: Vec<String>,
    /// What was acknowledged and is not there.
    pub lost: usize,
    /// What is there more often than it was asked for.
    pub doubled: usize,
    /// Time from the end of the fault to the first success.
    pub recovery: Option<Duration>,
    /// What is not as it should be.
    pub problems: Vec<String>,
}

impl Seen {
    /// Notes something worth telling.
    pub fn note(&mut self, words: impl Into<String>) {
        self.words.push(words.into());
    }

    /// Notes a broken expectation unless it holds.
    pub fn expect(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }

    /// Keeps the first few problems: one fault can break everything alike.
    pub fn shorten(&mut self) {
        let left_out = self.problems.len().saturating_sub(PROBLEMS);
        self.problems.truncate(PROBLEMS);
        if left_out > 0 {
            self.problems.push(format!("and {left_out} more"));
        }
    }

    /// Keeps the longest of several recoveries.
    pub fn recovered_after(&mut self, time: Duration) {
        self.recovery = Some(self.recovery.map_or(time, |before| before.max(time)));
    }

    /// Whether the shop bore it.
    pub fn is_good(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.problems.is_empty()
    }
}

/// One line of the report.
pub struct Row {
    /// The fault.
    pub fault: &'static str,
    /// The engine.
    pub engine: &'static str,
    /// What should happen.
    pub expected: &'static str,
    /// What happened.
    pub seen: Seen,
    /// How long it took in all.
    pub took: Duration,
}

impl Row {
    /// For the terminal.
    pub fn line(&self) -> String {
        let mark = if self.seen.is_good() { "✓" } else { "✗" };
        let mut text = format!(
            "{mark} {} on {}: {}; {} lost, {} doubled{} ({:.1} s)",
            self.fault,
            self.engine,
            self.seen.words.join(", "),
            self.seen.lost,
            self.seen.doubled,
            self.seen.recovery.map_or_else(String::new, |time| format!(", back after {}", seconds(time))),
            self.took.as_secs_f64()
        );
        for problem in &self.seen.problems {
            // Writing to a text can't fail.
            let _ = write!(text, "\n    ! {problem}");
        }
        text
    }
}

/// The page.
pub fn page(rows: &[Row]) -> String {
    let failed = rows.iter().filter(|row| !row.seen.is_good()).count();
    let mut text = format!(
        "# Faults\n\n{} faults, {failed} of them not borne.\n\n\
         | Fault | Engine | Expected | Seen | Lost | Doubled | Recovery | |\n\
         |---|---|---|---|---:|---:|---:|---|\n",
        rows.len()
    );
    for row in rows {
        let seen = &row.seen;
        let words: Vec<String> = seen
            .words
            .iter()
            .chain(&seen.problems)
            .map(|words| words.replace('|', "\\|").replace('\n', " "))
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            row.fault,
            row.engine,
            row.expected,
            words.join("; "),
            seen.lost,
            seen.doubled,
            seen.recovery.map_or_else(|| "–".to_owned(), seconds),
            if seen.is_good() { "✓" } else { "✗" }
        );
    }
    text
}

/// Writes the page.
pub fn write(file: &Path, rows: &[Row]) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} can't be created", folder.display()))?;
    }
    std::fs::write(file, page(rows)).with_context(|| format!("{} can't be written", file.display()))
}

/// A time for people.
pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_lost_doubled_or_unexpected_is_a_failure() {
        let mut seen = Seen::default();
        assert!(seen.is_good());
        seen.expect(true, || "a".to_owned());
        assert!(seen.is_good());
        seen.expect(false, || "a 500".to_owned());
        assert!(!seen.is_good());
        assert!(!Seen { lost: 1, ..Seen::default() }.is_good());
        assert!(!Seen { doubled: 1, ..Seen::default() }.is_good());
    }

    #[test]
    fn the_page_has_a_line_for_each_fault() {
        let seen = Seen { words: vec!["a | b".to_owned()], ..Seen::default() };
        let row = Row { fault: "kill", engine: "sqlite", expected: "e", seen, took: Duration::ZERO };
        assert!(page(&[row]).contains("| kill | sqlite | e | a \\| b | 0 | 0 | – | ✓ |"));
    }
}

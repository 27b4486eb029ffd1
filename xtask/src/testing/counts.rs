//! Counting: how many tests passed and failed, read from what cargo and Playwright print.

use std::ops::AddAssign;

/// How many tests or checks passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that passed.
    pub passed: u64,
    /// Those that failed.
    pub failed: u64,
}

impl Counts {
    /// A check that counts as one.
    pub fn one(success: bool) -> Self {
        if success { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }

    /// Counts a run of tests. A run that failed without naming a failed test (it did not compile, or it crashed) counts
    /// as one failure, and so does one that ran nothing: tests that vanish must not look like success.
    pub fn of_run(counted: Self, success: bool) -> Self {
        let nothing_ran = counted == Self::default();
        let hidden_failure = !success && counted.failed == 0;
        if nothing_ran || hidden_failure { Self { failed: counted.failed + 1, ..counted } } else { counted }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Sums the `test result:` lines of `cargo test`.
pub fn cargo(output: &str) -> Counts {
    let mut sum = Counts::default();
    for line in output.lines().filter(|line| line.starts_with("test result:")) {
        sum += Counts { passed: number_before(line, " passed"), failed: number_before(line, " failed") };
    }
    sum
}

/// Reads the closing lines of Playwright's list reporter. A test that passed only when repeated counts as passed; one
/// that was skipped by an earlier failure counts as failed.
pub fn playwright(output: &str) -> Counts {
    let mut sum = Counts::default();
    for line in output.lines().map(str::trim) {
        let mut words = line.split_whitespace();
        let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") if line.ends_with(')') => sum.passed += count,
            Some("flaky") if words.next().is_none() => sum.passed += count,
            Some("failed" | "interrupted") if words.next().is_none() => sum.failed += count,
            Some("did") if line.ends_with("did not run") => sum.failed += count,
            _ => {}
        }
    }
    sum
}

fn number_before(line: &str, word: &str) -> u64 {
    line.split(word)
        .next()
        .filter(|before| before.len() < line.len())
        .and_then(|before| before.rsplit(|character: char| !character.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_are_summed_over_all_binaries() {
        let output = "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                      test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(cargo(output), Counts { passed: 15, failed: 2 });
    }

    #[test]
    fn other_lines_of_cargo_count_nothing() {
        assert_eq!(cargo("running 5 tests\n7 passed; 3 failed\n"), Counts::default());
    }

    #[test]
    fn playwright_lines_are_read() {
        let output = "Running 6 tests\n  ✓ 1 passed the checkout (2s)\n  1 failed\n    a.spec.ts:3:1 › x\n  1 flaky\n  \
                      1 did not run\n  3 passed (12.3s)\n";
        assert_eq!(playwright(output), Counts { passed: 4, failed: 2 });
    }

    #[test]
    fn a_crash_or_an_empty_run_is_a_failure() {
        assert_eq!(Counts::of_run(Counts::default(), true).failed, 1);
        assert_eq!(Counts::of_run(Counts { passed: 3, failed: 0 }, false).failed, 1);
        assert_eq!(Counts::of_run(Counts { passed: 3, failed: 0 }, true), Counts { passed: 3, failed: 0 });
        assert_eq!(Counts::of_run(Counts { passed: 3, failed: 2 }, false).failed, 2);
    }
}

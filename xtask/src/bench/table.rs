//! What was measured, beside what it is compared with.

use std::collections::BTreeMap;

/// Figures that measuring programs told, by name.
#[derive(Debug, Default)]
pub struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// Takes over the lines `figure <name> <value>` of a program's output.
    pub fn read(&mut self, output: &str) {
        for line in output.lines() {
            let mut words = line.split_whitespace();
            let (Some("figure"), Some(name), Some(value)) = (words.next(), words.next(), words.next()) else {
                continue;
            };
            if let Ok(value) = value.parse() {
                self.0.insert(name.to_owned(), value);
            }
        }
    }

    /// One figure; NaN, which meets no target, when it was not told.
    pub fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(f64::NAN)
    }
}

/// What a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// Printed only.
    None,
}

impl Target {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
            Self::None => true,
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// The measurement and its reference, in words.
    pub measured: String,
    /// What is compared with the target: mostly a ratio.
    pub value: f64,
    /// How `value` is written: its unit.
    pub unit: &'static str,
    /// What it has to be.
    pub target: Target,
}

impl Row {
    /// Whether it is what it has to be.
    pub fn is_met(&self) -> bool {
        self.target.is_met_by(self.value)
    }
}

/// The lines of a table, for people.
pub fn print(rows: &[Row]) -> String {
    let mut text = String::new();
    for Row { what, measured, value, unit, target } in rows {
        let (mark, limit) = match target {
            Target::None => (' ', String::new()),
            Target::AtLeast(limit) => (mark(target.is_met_by(*value)), format!("target ≥ {limit} {unit}")),
            Target::AtMost(limit) => (mark(target.is_met_by(*value)), format!("target ≤ {limit} {unit}")),
        };
        let line = format!("{mark} {what:<46} {value:>9.2} {unit:<3} {limit:<16} {measured}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn mark(is_met: bool) -> char {
    if is_met { '✓' } else { '✗' }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, target: Target) -> Row {
        Row { what: "x".to_owned(), measured: String::new(), value, unit: "×", target }
    }

    #[test]
    fn figures_are_found_among_other_lines() {
        let mut figures = Figures::default();
        figures.read("starting\nfigure a.b 1.5\nfigure broken\n  figure c 2\n");
        assert_eq!([figures.get("a.b"), figures.get("c")], [1.5, 2.0]);
    }

    #[test]
    fn what_was_not_told_meets_no_target() {
        let value = Figures::default().get("nothing");
        assert!(!row(value, Target::AtLeast(0.0)).is_met() && !row(value, Target::AtMost(1e9)).is_met());
    }

    #[test]
    fn a_table_says_what_was_missed() {
        let text = print(&[
            row(0.79, Target::AtLeast(0.8)),
            row(0.8, Target::AtLeast(0.8)),
            row(2.1, Target::AtMost(2.0)),
            row(9.0, Target::None),
        ]);
        let marks: Vec<char> = text.lines().filter_map(|line| line.chars().next()).collect();
        assert_eq!(marks, ['✗', '✓', '✗', ' ']);
    }
}

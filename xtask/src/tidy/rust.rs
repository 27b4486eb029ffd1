//! Rules for each Rust file by itself: a module comment, a bounded length, short handlers.

use super::Problem;

/// Longer files hide more than one idea. Tests at their end do not count.
const MAX_LINES: usize = 400;
/// A handler extracts, calls one service function and maps the answer.
const MAX_HANDLER_LINES: usize = 40;

/// The broken rules of one Rust file.
pub fn check(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !has_module_comment(text) {
        problems.push(Problem::new(
            path,
            1,
            "the file must begin with a `//!` comment that says what it is for",
        ));
    }
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
    if lines > MAX_LINES {
        problems.push(Problem::new(path, 0, format!("{lines} lines; split the file at {MAX_LINES}")));
    }
    if path.ends_with("/handlers.rs") || path.contains("/handlers/") {
        problems.extend(long_functions(path, text));
    }
    problems
}

fn has_module_comment(text: &str) -> bool {
    text.lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with("#!["))
        .is_some_and(|line| line.starts_with("//!"))
}

/// Functions that are too long, in code as rustfmt lays it out: the closing brace has the indentation of `fn`.
fn long_functions(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        match &open {
            None if is_function(line) && !line.ends_with('}') => {
                let indent = line.len() - line.trim_start().len();
                open = Some((number, format!("{}}}", " ".repeat(indent))));
            }
            Some((start, end)) if line == end => {
                let length = number + 1 - start;
                if length > MAX_HANDLER_LINES {
                    let message = format!(
                        "a handler of {length} lines; move work to the service beyond {MAX_HANDLER_LINES}"
                    );
                    problems.push(Problem::new(path, *start, message));
                }
                open = None;
            }
            _ => {}
        }
    }
    problems
}

fn is_function(line: &str) -> bool {
    let mut words = line
        .split_whitespace()
        .skip_while(|word| matches!(*word, "async" | "const") || word.starts_with("pub"));
    words.next() == Some("fn")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "backend/src/features/cart/handlers.rs";

    fn function(lines: usize) -> String {
        format!(
            "//! Handlers.\npub async fn add(\n    body: Json<Body>,\n) -> Answer {{\n{}}}\n",
            "    call();\n".repeat(lines)
        )
    }

    #[test]
    fn a_module_comment_is_required() {
        assert!(!check("a.rs", "use std::fmt;\n//! late\n").is_empty());
        assert_eq!(check("a.rs", "#![no_std]\n//! What this is for.\n"), []);
    }

    #[test]
    fn long_files_are_refused() {
        let long = format!("//! Much.\n{}", "// line\n".repeat(MAX_LINES));
        assert!(!check("a.rs", &long).is_empty());
        assert_eq!(check("a.rs", "//! Little.\n"), []);
    }

    #[test]
    fn long_handlers_are_refused() {
        assert_eq!(check(PATH, &function(MAX_HANDLER_LINES)).len(), 1);
        assert_eq!(check(PATH, &function(MAX_HANDLER_LINES - 4)), []);
    }

    #[test]
    fn functions_elsewhere_may_be_longer() {
        assert_eq!(check("backend/src/features/cart/service.rs", &function(MAX_HANDLER_LINES)), []);
    }
}

//! Rules for files of any kind: sizes, leftovers, commands in documents, and migrations in pairs.

use std::collections::BTreeSet;

use super::{Problem, SourceFile};
use crate::cli;

/// Larger files belong in a release or a bucket, since every clone carries them for ever.
const MAX_BYTES: u64 = 1024 * 1024;
const MAX_CSS_LINES: usize = 600;

/// Written in two parts, so that this file does not break its own rule.
const LEFTOVERS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("db", "g!(")];
const HOMES: [&str; 3] = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];

/// The two dialects of the migrations.
const DIALECTS: [&str; 2] = ["sqlite", "postgres"];

/// The broken rules of one file.
pub fn check_file(file: &SourceFile) -> Vec<Problem> {
    let path = file.path.as_str();
    let mut problems = Vec::new();
    if file.size > MAX_BYTES {
        problems.push(Problem::new(path, 0, format!("{} bytes; the limit is {MAX_BYTES}", file.size)));
    }
    if path.ends_with(".css") && file.text.lines().count() > MAX_CSS_LINES {
        problems.push(Problem::new(path, 0, format!("split the style sheet at {MAX_CSS_LINES} lines")));
    }
    if !is_generated(path) {
        problems.extend(leftovers(path, &file.text));
    }
    if path.ends_with(".md") {
        problems.extend(unknown_commands(path, &file.text));
    }
    problems
}

/// Both databases have the same migrations, each with a way back.
pub fn check_migrations(files: &[SourceFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let names = DIALECTS.map(|dialect| migration_names(files, dialect));
    let all: BTreeSet<&str> = names.iter().flatten().copied().collect();
    for (dialect, present) in DIALECTS.iter().zip(&names) {
        for name in &all {
            let folder = format!("migrations/{dialect}/{name}");
            if !present.contains(name) {
                problems.push(Problem::new(&folder, 0, "this migration exists for the other database only"));
                continue;
            }
            for half in ["up.sql", "down.sql"] {
                let wanted = format!("{folder}/{half}");
                if !files.iter().any(|file| file.path == wanted) {
                    problems.push(Problem::new(&wanted, 0, "this half of the migration is missing"));
                }
            }
        }
    }
    problems
}

fn migration_names<'a>(files: &'a [SourceFile], dialect: &str) -> BTreeSet<&'a str> {
    let prefix = format!("migrations/{dialect}/");
    files
        .iter()
        .filter_map(|file| file.path.strip_prefix(&prefix)?.split_once('/'))
        .map(|(name, _)| name)
        .collect()
}

fn is_generated(path: &str) -> bool {
    path.ends_with(".lock") || path.ends_with("package-lock.json")
}

fn leftovers(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        for word in LEFTOVERS.iter().filter(|word| line.contains(**word)) {
            problems.push(Problem::new(
                path,
                number,
                format!("`{word}` is left over: do it, or open an issue"),
            ));
        }
        for home in HOMES.iter().filter(|home| mentions_folder(line, home)) {
            problems.push(Problem::new(path, number, format!("`{home}…` is a path of one machine")));
        }
    }
    problems
}

/// Whether a line holds an absolute path below `folder`; a longer path or address that contains it does not count.
fn mentions_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|character| {
            !character.is_alphanumeric() && !matches!(character, '/' | '.' | '_' | '-' | '}')
        })
    })
}

/// `cargo xtask` lines in fenced blocks that name a command which does not exist.
fn unknown_commands(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut fenced = false;
    for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced
            && let Some(rest) = line.strip_prefix("cargo xtask ")
            && let Some(name) = rest.split_whitespace().next()
            && !cli::COMMANDS.iter().any(|command| command.name == name)
        {
            problems.push(Problem::new(path, number, format!("there is no `cargo xtask {name}`")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), size: 10, text: text.to_owned() }
    }

    #[test]
    fn large_files_are_refused() {
        let mut large = file("logo.png", "");
        assert_eq!(check_file(&large), []);
        large.size = MAX_BYTES + 1;
        assert_eq!(check_file(&large).len(), 1);
    }

    #[test]
    fn leftovers_are_refused_but_not_in_lock_files() {
        let text = format!("// {} later\n", LEFTOVERS[0]);
        assert_eq!(check_file(&file("a.rs", &text)).len(), 1);
        assert_eq!(check_file(&file("package-lock.json", &text)), []);
    }

    #[test]
    fn home_folders_are_refused_and_routes_are_not() {
        assert_eq!(check_file(&file("a.sh", &format!("cd {}me/shop", HOMES[0]))).len(), 1);
        assert_eq!(check_file(&file("a.rs", &format!("pages{}hero.rs", HOMES[0]))), []);
    }

    #[test]
    fn long_style_sheets_are_refused() {
        assert_eq!(check_file(&file("a.css", &"a{}\n".repeat(MAX_CSS_LINES + 1))).len(), 1);
        assert_eq!(check_file(&file("a.css", "a{}\n")), []);
    }

    #[test]
    fn documents_name_only_commands_that_exist() {
        assert_eq!(check_file(&file("README.md", "```sh\ncargo xtask fly\n```\n")).len(), 1);
        assert_eq!(check_file(&file("README.md", "```sh\ncargo xtask up --release\n```\n")), []);
    }

    #[test]
    fn migrations_come_in_pairs_with_both_halves() {
        let whole =
            ["sqlite/1_a/up.sql", "sqlite/1_a/down.sql", "postgres/1_a/up.sql", "postgres/1_a/down.sql"];
        let mut files: Vec<_> = whole.iter().map(|path| file(&format!("migrations/{path}"), "")).collect();
        assert_eq!(check_migrations(&files), []);
        files.pop();
        assert_eq!(check_migrations(&files).len(), 1);
        files.pop();
        assert_eq!(check_migrations(&files).len(), 1);
    }
}

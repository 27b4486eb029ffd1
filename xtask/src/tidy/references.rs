//! What documents refer to exists: files behind links, and in docs/SECURITY.md the tests that prove what it says.

use std::collections::BTreeSet;

use super::{Problem, SourceFile};

/// Names tests as `module::name`, where the module is a path below this folder.
const PROOFS: &str = "docs/SECURITY.md";
const API_TESTS: &str = "backend/tests/api/";

/// The references in all documents that lead nowhere.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let known = folders_and_files(files);
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".md")) {
        let mut is_code = false;
        for (number, line) in (1..).zip(file.text.lines()) {
            is_code ^= line.trim_start().starts_with("```");
            let missing =
                links(line).filter(|target| !is_code && !known.contains(&resolve(&file.path, target)));
            problems.extend(
                missing.map(|target| Problem::new(&file.path, number, format!("there is no `{target}`"))),
            );
            if file.path == PROOFS {
                let missing = tests(line).filter(|test| !exists(files, test));
                problems.extend(
                    missing
                        .map(|test| Problem::new(&file.path, number, format!("there is no test `{test}`"))),
                );
            }
        }
    }
    problems
}

/// Every path that a link may lead to.
fn folders_and_files(files: &[SourceFile]) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for file in files {
        known.extend(
            file.path.match_indices('/').filter_map(|(at, _)| file.path.get(..at)).map(str::to_owned),
        );
        known.insert(file.path.clone());
    }
    known
}

/// The targets of a line's links to files, without the place inside of them.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = targets.filter_map(|target| target.split('#').next());
    files.filter(|target| !target.is_empty() && !target.contains(':'))
}

/// A target as seen from the document, as a path from the root.
fn resolve(document: &str, target: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The tests that a line names: `module::name` between backticks.
fn tests(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.filter(|text| text.contains("::"))
}

fn exists(files: &[SourceFile], test: &str) -> bool {
    let Some((module, name)) = test.rsplit_once("::") else { return false };
    let (path, declaration) =
        (format!("{API_TESTS}{}.rs", module.replace("::", "/")), format!("fn {name}()"));
    files.iter().any(|file| file.path == path && file.text.contains(&declaration))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), size: 10, text: text.to_owned() }
    }

    fn problems(document: &str, text: &str) -> usize {
        let test = file("backend/tests/api/auth/login.rs", "#[test]\nfn it_works() {}\n");
        check(&[file(document, text), test, file("docs/API.md", "")]).len()
    }

    #[test]
    fn links_lead_to_files_and_folders_that_exist() {
        let text =
            "[a](API.md#x) [b](../backend/tests/) [c](#here) [d](https://x.example/y) <https://x.example>";
        assert_eq!(problems("docs/README.md", text), 0);
        assert_eq!(problems("docs/README.md", "[a](NOTHING.md) and [b](../docs/API.txt)"), 2);
        assert_eq!(problems("docs/README.md", "```\n[a](NOTHING.md)\n```\n"), 0);
        assert_eq!(problems("README.md", "[a](docs/API.md)"), 0);
        assert_eq!(problems("README.md", "[a](API.md)"), 1);
    }

    #[test]
    fn tests_that_prove_something_exist() {
        assert_eq!(problems(PROOFS, "| `auth/login::it_works` |"), 0);
        for wrong in ["auth/login::it_work", "auth/login::it_works_not", "auth/logout::it_works"] {
            assert_eq!(problems(PROOFS, &format!("| x | `a` `{wrong}` |")), 1, "{wrong}");
        }
        assert_eq!(problems("docs/OTHER.md", "`a::b`"), 0);
    }
}

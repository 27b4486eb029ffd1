//! Which part of the code may know which other part: one table of words that must not appear in certain files.

use super::{Problem, code_lines};

struct Boundary {
    /// Whether the rule speaks about the file at this path.
    applies: fn(&str) -> bool,
    /// Words that are not allowed there, each as it appears in code.
    words: &'static [&'static str],
    /// What to do instead.
    rule: &'static str,
}

const BOUNDARIES: &[Boundary] = &[
    Boundary {
        applies: |path| {
            path.starts_with("backend/src/") && !is_repo(path) && !path.starts_with("backend/src/db/")
        },
        words: &["diesel::", "diesel_migrations", "use diesel", "sql_query"],
        rule: "SQL and diesel belong in a feature's repo.rs or in db/",
    },
    Boundary {
        applies: |path| path.starts_with("backend/src/") && !may_use_actix(path),
        words: &["actix_web", "actix_rt", "actix_files"],
        rule: "actix belongs in handlers.rs, http/, routes.rs, startup.rs, error.rs, openapi.rs and system.rs",
    },
    Boundary {
        applies: |path| {
            is_feature_file(path) && !path.ends_with("/handlers.rs") && !path.ends_with("/mod.rs")
        },
        words: &["handlers::"],
        rule: "nothing imports handlers: they are the outermost layer",
    },
    Boundary {
        applies: |path| path.ends_with("/domain.rs") || path.starts_with("shared-types/src/"),
        words: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "tokio",
            "reqwest",
            "diesel",
            "actix_web::",
        ],
        rule: "domain code and shared types do no I/O",
    },
    Boundary {
        applies: |path| path.starts_with("frontend/src/components/"),
        words: &["crate::pages"],
        rule: "pages use components, never the reverse",
    },
    Boundary {
        applies: |path| is_repo(path) || path.ends_with("/service.rs") || path.contains("/service/"),
        words: &[".ok()"],
        rule: "every error is handled: return it, or match on it",
    },
];

/// The forbidden words in one Rust file.
pub fn check(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for boundary in BOUNDARIES.iter().filter(|boundary| (boundary.applies)(path)) {
        for (number, line) in code_lines(text) {
            for word in boundary.words.iter().filter(|word| line.contains(**word)) {
                problems.push(Problem::new(
                    path,
                    number,
                    format!("`{word}` is out of place: {}", boundary.rule),
                ));
            }
        }
    }
    problems
}

fn is_repo(path: &str) -> bool {
    path.ends_with("/repo.rs") || path.contains("/repo/")
}

fn is_feature_file(path: &str) -> bool {
    path.starts_with("backend/src/features/")
}

fn may_use_actix(path: &str) -> bool {
    let files = ["routes.rs", "startup.rs", "error.rs", "openapi.rs", "system.rs"];
    path.starts_with("backend/src/http/")
        || path.ends_with("/handlers.rs")
        || path.contains("/handlers/")
        || files.iter().any(|file| path.strip_prefix("backend/src/") == Some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diesel_is_refused_in_a_service_and_accepted_in_a_repo() {
        let code = "use diesel::prelude::*;\n";
        assert!(!check("backend/src/features/orders/service.rs", code).is_empty());
        assert_eq!(check("backend/src/features/orders/repo.rs", code), []);
        assert_eq!(check("backend/src/db/pool.rs", code), []);
    }

    #[test]
    fn actix_is_refused_in_a_service_and_accepted_in_handlers() {
        let code = "use actix_web::web;\n";
        assert!(!check("backend/src/features/orders/service.rs", code).is_empty());
        assert_eq!(check("backend/src/features/orders/handlers.rs", code), []);
        assert_eq!(check("backend/src/http/auth.rs", code), []);
    }

    #[test]
    fn handlers_are_imported_by_nobody() {
        assert!(!check("backend/src/features/cart/service.rs", "use super::handlers::add;\n").is_empty());
        assert_eq!(check("backend/src/features/cart/service.rs", "use super::repo::add;\n"), []);
    }

    #[test]
    fn shared_types_do_no_input_or_output() {
        assert!(!check("shared-types/src/money.rs", "let text = std::fs::read(path);\n").is_empty());
        assert_eq!(check("shared-types/src/money.rs", "//! Like std::fs, but pure.\nuse std::fmt;\n"), []);
    }

    #[test]
    fn components_do_not_know_pages() {
        assert!(!check("frontend/src/components/card.rs", "use crate::pages::home;\n").is_empty());
        assert_eq!(check("frontend/src/pages/home.rs", "use crate::pages::not_found;\n"), []);
    }

    #[test]
    fn dropped_errors_are_refused_outside_of_tests() {
        let path = "backend/src/features/orders/repo.rs";
        assert!(!check(path, "let row = query.first(connection).ok();\n").is_empty());
        assert_eq!(
            check(path, "let row = query.first(connection)?;\n#[cfg(test)]\nmod tests { x.ok(); }\n"),
            []
        );
    }
}

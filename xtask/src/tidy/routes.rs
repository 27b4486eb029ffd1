//! The map in backend/src/routes.rs tells the truth: each `.service(…)` line with a comment like
//! `// POST /api/auth/register` names the method and the end of the path that the handler's own attribute declares.

use super::{Problem, SourceFile};

const MAP: &str = "backend/src/routes.rs";
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];

/// Compares the comments in the map with the attributes of the handlers that it mounts.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let Some(map) = files.iter().find(|file| file.path == MAP) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for (number, line) in map
        .text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
    {
        let Some(entry) = parse_entry(line) else { continue };
        match handler_attribute(files, entry.feature, entry.handler) {
            None => {
                let message = format!(
                    "{}::handlers::{} has no route attribute",
                    entry.feature, entry.handler
                );
                problems.push(Problem::new(MAP, number, message));
            }
            Some((method, path)) if !agrees(&entry, method, path) => {
                let (stated, found) = (
                    format!("{} {}", entry.method, entry.path),
                    format!("{method} {path}"),
                );
                problems.push(Problem::new(
                    MAP,
                    number,
                    format!("the comment says `{stated}`, the handler `{found}`"),
                ));
            }
            Some(_) => {}
        }
    }
    problems
}

struct Entry<'a> {
    feature: &'a str,
    handler: &'a str,
    method: &'a str,
    path: &'a str,
}

/// Reads `.service(auth::handlers::register) // POST /api/auth/register`.
fn parse_entry(line: &str) -> Option<Entry<'_>> {
    let (code, comment) = line.split_once("//")?;
    let target = code
        .trim()
        .strip_prefix(".service(")?
        .trim_end_matches([')', ';', ' ']);
    let mut names = target.rsplit("::");
    let handler = names.next()?;
    let feature = names.find(|name| *name != "handlers")?;
    let mut words = comment.split_whitespace();
    let (method, path) = (words.next()?, words.next()?);
    let is_method = METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
    (is_method && path.starts_with('/')).then_some(Entry {
        feature,
        handler,
        method,
        path,
    })
}

/// The method and path in the attribute above a handler.
fn handler_attribute<'a>(
    files: &'a [SourceFile],
    feature: &str,
    handler: &str,
) -> Option<(&'a str, &'a str)> {
    let single = format!("backend/src/features/{feature}/handlers.rs");
    let folder = format!("backend/src/features/{feature}/handlers/");
    let mut candidates = files
        .iter()
        .filter(|file| file.path == single || file.path.starts_with(&folder));
    candidates.find_map(|file| {
        let mut attribute = None;
        for line in file.text.lines() {
            if let Some(found) = parse_attribute(line) {
                attribute = Some(found);
            } else if let Some(name) = function_name(line) {
                if name == handler && attribute.is_some() {
                    return attribute;
                }
                attribute = None;
            }
        }
        None
    })
}

fn parse_attribute(line: &str) -> Option<(&str, &str)> {
    let (method, rest) = line.trim().strip_prefix("#[")?.split_once("(\"")?;
    let method = method.trim_start_matches("actix_web::");
    METHODS
        .contains(&method)
        .then_some((method, rest.split('"').next()?))
}

fn function_name(line: &str) -> Option<&str> {
    let (_, rest) = line
        .split_once("fn ")
        .filter(|(before, _)| !before.contains("//"))?;
    rest.split(['(', '<']).next()
}

fn agrees(entry: &Entry<'_>, method: &str, path: &str) -> bool {
    let stated = entry.path.trim_end_matches('/');
    let declared = path.trim_end_matches('/');
    entry.method.eq_ignore_ascii_case(method) && stated.ends_with(declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(map: &str) -> Vec<SourceFile> {
        let handlers = "#[utoipa::path(tag = \"auth\")]\n#[post(\"/register\")]\npub async fn register(body: Json<X>) {}\n";
        let file = |path: &str, text: &str| SourceFile {
            path: path.to_owned(),
            size: 1,
            text: text.to_owned(),
        };
        vec![
            file(MAP, map),
            file("backend/src/features/auth/handlers.rs", handlers),
        ]
    }

    #[test]
    fn a_true_comment_is_accepted() {
        assert_eq!(
            check(&tree(
                "    .service(auth::handlers::register) // POST /api/auth/register\n"
            )),
            []
        );
    }

    #[test]
    fn a_wrong_method_or_path_is_refused() {
        assert_eq!(
            check(&tree(
                ".service(auth::handlers::register) // GET /api/auth/register\n"
            ))
            .len(),
            1
        );
        assert_eq!(
            check(&tree(
                ".service(auth::handlers::register) // POST /api/auth/login\n"
            ))
            .len(),
            1
        );
    }

    #[test]
    fn a_handler_that_does_not_exist_is_refused() {
        assert_eq!(
            check(&tree(".service(auth::handlers::login) // POST /api/auth/login\n")).len(),
            1
        );
    }

    #[test]
    fn lines_without_a_path_are_left_alone() {
        assert_eq!(check(&tree(".service(files) // the storefront\n")), []);
    }
}

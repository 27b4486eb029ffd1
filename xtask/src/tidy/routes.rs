//! The map in backend/src/routes.rs tells the truth: each `.service(…)` line with a comment like
//! `// POST /api/auth/register` names the method and the end of the path that the handler's own attribute declares.

use super::{Problem, SourceFile};

const MAP: &str = "backend/src/routes.rs";
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];

/// Compares the comments in the map with the attributes of the handlers that it mounts.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let Some(map) = files.iter().find(|file| file.path == MAP) else { return Vec::new() };
    let mut problems = Vec::new();
    let mut scope = "";
    for (number, line) in map.text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
        let code = line.split("//").next().unwrap_or(line).trim();
        if let Some((_, rest)) = code.split_once("scope(\"") {
            scope = rest.split('"').next().unwrap_or_default();
        }
        if let Some(entry) = parse_entry(line) {
            let stated = format!("{} {}", entry.method.to_ascii_uppercase(), entry.path);
            let found = handler_attribute(files, &entry)
                .map(|(method, path)| format!("{} {scope}{path}", method.to_ascii_uppercase()));
            match found {
                None => problems.push(Problem::new(
                    MAP,
                    number,
                    format!("`{}` has no route attribute", entry.target),
                )),
                Some(found) if found != stated => {
                    let message = format!("the comment says `{stated}`, the handler answers `{found}`");
                    problems.push(Problem::new(MAP, number, message));
                }
                Some(_) => {}
            }
        }
        // The parenthesis after the last handler of a scope closes the scope.
        if code.trim_end_matches(';').ends_with("))") {
            scope = "";
        }
    }
    problems
}

struct Entry<'a> {
    target: &'a str,
    method: &'a str,
    path: &'a str,
}

/// Reads `.service(auth::handlers::register) // POST /api/auth/register`. A target that is a call (`swagger_ui()`) has no
/// attribute to compare with.
fn parse_entry(line: &str) -> Option<Entry<'_>> {
    let (code, comment) = line.split_once("//")?;
    let (_, target) = code.split_once(".service(")?;
    if target.contains('(') {
        return None;
    }
    let target = target.trim_end_matches([')', ';', ' ']);
    let mut words = comment.split_whitespace();
    let (method, path) = (words.next()?, words.next()?);
    let is_method = METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
    (is_method && path.starts_with('/')).then_some(Entry { target, method, path })
}

/// The method and path in the attribute above a handler, looked up in the file that its path names.
fn handler_attribute<'a>(files: &'a [SourceFile], entry: &Entry<'_>) -> Option<(&'a str, &'a str)> {
    let (module, handler) = entry.target.rsplit_once("::")?;
    let module = match module.strip_prefix("crate::") {
        Some(own) => own.replace("::", "/"),
        None => format!("features/{}", module.replace("::", "/")),
    };
    let (single, folder) = (format!("backend/src/{module}.rs"), format!("backend/src/{module}/"));
    let mut candidates = files.iter().filter(|file| file.path == single || file.path.starts_with(&folder));
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
    METHODS.contains(&method).then_some((method, rest.split('"').next()?))
}

fn function_name(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("fn ").filter(|(before, _)| !before.contains("//"))?;
    rest.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(map: &str) -> Vec<SourceFile> {
        let handlers = "#[utoipa::path(tag = \"auth\")]\n#[post(\"/register\")]\npub async fn register(body: Json<X>) {}\n";
        let file =
            |path: &str, text: &str| SourceFile { path: path.to_owned(), size: 1, text: text.to_owned() };
        vec![file(MAP, map), file("backend/src/features/auth/handlers.rs", handlers)]
    }

    #[test]
    fn a_true_comment_is_accepted() {
        let map =
            "scope(\"/api/auth\")\n    .service(auth::handlers::register)) // POST /api/auth/register\n";
        assert_eq!(check(&tree(map)), []);
    }

    #[test]
    fn a_wrong_method_path_or_scope_is_refused() {
        let mounted = |comment: &str| {
            check(&tree(&format!("scope(\"/api/auth\")\n.service(auth::handlers::register)) // {comment}\n")))
                .len()
        };
        assert_eq!(mounted("POST /api/auth/register"), 0);
        assert_eq!(mounted("GET /api/auth/register"), 1);
        assert_eq!(mounted("POST /api/auth/login"), 1);
        assert_eq!(mounted("POST /register"), 1);
    }

    #[test]
    fn a_scope_ends_where_it_is_closed() {
        let map = "scope(\"/api/x\")\n.service(x))\n.service(auth::handlers::register) // POST /register\n";
        assert_eq!(check(&tree(map)), []);
    }

    #[test]
    fn a_handler_that_does_not_exist_is_refused() {
        assert_eq!(check(&tree(".service(auth::handlers::login) // POST /login\n")).len(), 1);
    }

    #[test]
    fn lines_without_a_handler_are_left_alone() {
        assert_eq!(
            check(&tree(".service(files) // the storefront\n.service(swagger()) // GET /docs/\n")),
            []
        );
    }
}

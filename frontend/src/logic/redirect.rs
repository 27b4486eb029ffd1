//! Where a shopper goes after signing in. Only paths of this shop: an open redirect would help phishing.

use shared_types::paths::segment;

use crate::routes;

/// The sign-in page that leads back to `target` (a path with its query).
pub fn sign_in_then(target: &str) -> String {
    format!("{}?redirect={}", routes::LOGIN, segment(target))
}

/// The registration page that leads back to `target`.
pub fn register_then(target: &str) -> String {
    format!("{}?redirect={}", routes::REGISTER, segment(target))
}

/// The target of `?redirect=` when it is a path of this shop, else the account page.
///
/// Browsers read `//host`, `/\host` and control characters inside an address in ways that leave the site, so all of them
/// are refused, and so are the sign-in pages themselves.
pub fn landing(redirect: Option<&str>) -> String {
    redirect.filter(|target| is_own_path(target)).unwrap_or(routes::ACCOUNT).to_owned()
}

fn is_own_path(target: &str) -> bool {
    target.starts_with('/')
        && !target.starts_with("//")
        && !target.contains('\\')
        && !target.chars().any(char::is_control)
        && !target.starts_with("/auth/")
        && !target.starts_with("/api/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_paths_are_followed_with_their_query() {
        assert_eq!(landing(Some("/checkout")), "/checkout");
        assert_eq!(landing(Some("/products?page=2")), "/products?page=2");
    }

    #[test]
    fn everything_else_leads_to_the_account() {
        let refused = [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "/\t/evil.example",
            "javascript:alert(1)",
            "",
            "checkout",
            "/auth/login?redirect=/",
            "/api/docs/",
        ];
        for target in refused {
            assert_eq!(landing(Some(target)), routes::ACCOUNT, "{target:?}");
        }
        assert_eq!(landing(None), routes::ACCOUNT);
    }

    #[test]
    fn the_way_back_survives_its_own_address() {
        assert_eq!(
            sign_in_then("/products?category=books&page=2"),
            "/auth/login?redirect=%2Fproducts%3Fcategory%3Dbooks%26page%3D2"
        );
    }
}

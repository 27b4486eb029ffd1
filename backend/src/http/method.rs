//! Every `GET` answers `HEAD`, and a trailing slash under `/api` means the same address.

use actix_web::{
    dev::ServiceRequest,
    http::{Method, Uri},
};

/// Routes a `HEAD` as its `GET` (the HTTP server itself then leaves the body out) and `/api/orders/` as `/api/orders`.
pub fn tidy(request: &mut ServiceRequest) {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    if let Some(uri) = without_trailing_slash(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

/// The documentation is a folder, so it keeps its slash.
fn without_trailing_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let trimmed =
        path.strip_suffix('/').filter(|rest| rest.starts_with("/api/") && !path.starts_with("/api/docs/"))?;
    let target = uri.query().map_or_else(|| trimmed.to_owned(), |query| format!("{trimmed}?{query}"));
    target.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_slash_of_an_api_address_goes() {
        let trimmed = |text: &str| without_trailing_slash(&text.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(trimmed("/api/orders/?page=2").as_deref(), Some("/api/orders?page=2"));
        assert_eq!(trimmed("/api/docs/"), None);
        assert_eq!(trimmed("/products/"), None);
    }
}

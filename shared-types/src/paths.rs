//! Addresses of the API, for every client in this repository.

/// Accounts.
pub mod auth {
    /// `POST`
    pub const REGISTER: &str = "/api/auth/register";
    /// `POST`
    pub const LOGIN: &str = "/api/auth/login";
    /// `POST`
    pub const REFRESH: &str = "/api/auth/refresh";
    /// `POST`
    pub const LOGOUT: &str = "/api/auth/logout";
    /// `GET`, `PATCH`
    pub const ME: &str = "/api/auth/me";
    /// `POST`
    pub const CHANGE_PASSWORD: &str = "/api/auth/change-password";
    /// `GET`, `DELETE`
    pub const SESSIONS: &str = "/api/auth/sessions";

    /// `GET`, for administrators
    pub const USERS: &str = "/api/auth/users";

    /// `PATCH`, for administrators
    pub fn user(id: &str) -> String {
        format!("{USERS}/{}", super::segment(id))
    }

    /// `DELETE`
    pub fn session(id: &str) -> String {
        format!("{SESSIONS}/{}", super::segment(id))
    }
}

/// Categories and products.
pub mod catalog {
    use super::segment;

    /// `GET`, `POST`
    pub const CATEGORIES: &str = "/api/catalog/categories";
    /// `GET`, `POST`
    pub const PRODUCTS: &str = "/api/catalog/products";
    /// `GET`
    pub const LOW_STOCK: &str = "/api/catalog/low-stock";

    /// `GET`: one category by id or slug; `PATCH`, `DELETE`: by id.
    pub fn category(id_or_slug: &str) -> String {
        format!("{CATEGORIES}/{}", segment(id_or_slug))
    }

    /// `GET`: one product by id, slug or SKU; `PATCH`, `DELETE`: by id.
    pub fn product(id_or_slug: &str) -> String {
        format!("{PRODUCTS}/{}", segment(id_or_slug))
    }

    /// `GET`, `POST`: the ledger of one product, by id.
    pub fn stock(id: &str) -> String {
        format!("{}/stock", product(id))
    }
}

/// Search.
pub mod search {
    /// `GET`
    pub const SEARCH: &str = "/api/search";
    /// `GET`: as somebody types.
    pub const SUGGEST: &str = "/api/search/suggest";
    /// `GET`: before anything is typed.
    pub const POPULAR: &str = "/api/search/popular";
}

/// Cart.
pub mod cart {
    /// `GET`, `PUT`, `DELETE`
    pub const CART: &str = "/api/cart";
    /// `POST`
    pub const QUOTE: &str = "/api/cart/quote";
    /// `POST`
    pub const MERGE: &str = "/api/cart/merge";

    /// `PUT`, `DELETE`
    pub fn item(product_id: &str) -> String {
        format!("{CART}/items/{}", super::segment(product_id))
    }
}

/// Orders.
pub mod orders {
    use super::segment;

    /// `GET`, `POST`
    pub const ORDERS: &str = "/api/orders";

    /// `GET`: one order by id or number.
    pub fn order(id_or_number: &str) -> String {
        format!("{ORDERS}/{}", segment(id_or_number))
    }

    /// `POST`
    pub fn cancel(id_or_number: &str) -> String {
        format!("{}/cancel", order(id_or_number))
    }

    /// `POST`
    pub fn pay(id_or_number: &str) -> String {
        format!("{}/pay", order(id_or_number))
    }

    /// `GET`: the attempts to pay an order.
    pub fn payments(id_or_number: &str) -> String {
        format!("{}/payments", order(id_or_number))
    }

    /// `GET`, for administrators: everybody's orders.
    pub const ALL: &str = "/api/orders/admin/all";
    /// `GET`, for administrators: how business is.
    pub const STATS: &str = "/api/orders/admin/stats";

    /// `PATCH`, for administrators.
    pub fn status(id_or_number: &str) -> String {
        format!("{}/status", order(id_or_number))
    }

    /// `GET`, for administrators.
    pub fn notes(id_or_number: &str) -> String {
        format!("{}/notes", order(id_or_number))
    }
}

/// Payments.
pub mod payments {
    use super::segment;

    /// `POST`: events of the payment provider.
    pub const WEBHOOK: &str = "/api/payments/webhook";

    /// `GET`
    pub fn payment(id: &str) -> String {
        format!("/api/payments/{}", segment(id))
    }

    /// `POST`: what the card's owner says to a payment that needs a confirmation.
    pub fn confirm(id: &str) -> String {
        format!("{}/confirm", payment(id))
    }
}

/// `GET`: what administrators changed.
pub const AUDIT: &str = "/api/audit";

/// Pages of the storefront that others link to.
pub mod storefront {
    use super::segment;

    /// Front page.
    pub const HOME: &str = "/";
    /// All products.
    pub const PRODUCTS: &str = "/products";
    /// All categories.
    pub const CATEGORIES: &str = "/categories";

    /// One product.
    pub fn product(slug: &str) -> String {
        format!("{PRODUCTS}/{}", segment(slug))
    }

    /// One category.
    pub fn category(slug: &str) -> String {
        format!("{CATEGORIES}/{}", segment(slug))
    }
}

/// Operations.
pub mod system {
    /// `GET`
    pub const HEALTH: &str = "/health";
    /// `GET`
    pub const READY: &str = "/ready";
    /// `GET`
    pub const CACHE_METRICS: &str = "/metrics/cache";
    /// `GET`: Swagger UI.
    pub const DOCS: &str = "/api/docs/";
}

/// The header that makes a `POST` safe to repeat.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// The header that signs the payment provider's events: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`.
pub const PAYMENT_SIGNATURE: &str = "X-Payment-Signature";
/// Present on an answer that was given before under the same `Idempotency-Key`.
pub const IDEMPOTENT_REPLAYED: &str = "Idempotent-Replayed";

/// Appends a query string; both names and values are percent-encoded.
pub fn with_query(path: &str, pairs: &[(&'static str, String)]) -> String {
    let mut address = path.to_owned();
    for (index, (name, value)) in pairs.iter().enumerate() {
        address.push(if index == 0 { '?' } else { '&' });
        address.push_str(&segment(name));
        address.push('=');
        address.push_str(&segment(value));
    }
    address
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_put_into_an_address_stays_in_its_place() {
        assert_eq!(catalog::product("a/b?c=d&é"), "/api/catalog/products/a%2Fb%3Fc%3Dd%26%C3%A9");
        assert_eq!(with_query("/x", &[("q", "a b&c".into()), ("page", "2".into())]), "/x?q=a%20b%26c&page=2");
    }
}

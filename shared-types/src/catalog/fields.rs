//! How the fields of categories and products are read from a request.

use serde_json::Value;

use crate::{
    money::{MAX_AMOUNT, Money},
    validation::{Checked, text, whole_number},
};

/// Longest name of a category or product, in characters.
pub const NAME_MAX: usize = 200;
/// Longest slug, in characters: what an address can look up.
pub const SLUG_MAX: usize = 200;
/// Longest stock keeping unit, in characters.
pub const SKU_MAX: usize = 100;
/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 10_000;
/// Longest address of a picture, in characters.
pub const URL_MAX: usize = 2_000;
/// Most further pictures of a product.
pub const IMAGES_MAX: usize = 20;
/// Most bytes of metadata, as JSON without white space.
pub const METADATA_MAX_BYTES: usize = 16 * 1024;
/// Most levels of metadata, so that whoever reads it can nest it further.
pub const METADATA_MAX_DEPTH: usize = 16;
/// Most units on the shelf. Far below what the column holds, so that returned units always fit.
pub const STOCK_MAX: i32 = 1_000_000_000;

pub(super) const NAME_REQUIRED: &str = "Name is required";
const SLUG_REQUIRED: &str = "Slug is required";
pub(super) const SKU_REQUIRED: &str = "SKU is required";
pub(super) const CATEGORY_REQUIRED: &str = "Category ID is required";

/// A name that can be one segment of an address. What a segment can't carry through every proxy and router is refused.
pub(super) fn slug(value: &Value) -> Checked<String> {
    let slug = text(SLUG_MAX, SLUG_REQUIRED)(value)?;
    if slug == "." || slug == ".." {
        return Err("Must not be . or ..".into());
    }
    let is_lost = |c: char| c.is_whitespace() || c.is_control() || "/\\?#%+".contains(c);
    if slug.chars().any(is_lost) {
        return Err("Must not contain spaces or any of / \\ ? # % +".into());
    }
    Ok(slug)
}

pub(super) fn position(value: &Value) -> Checked<i32> {
    let number = whole_number(i64::from(i32::MIN)..=i64::from(i32::MAX))(value)?;
    i32::try_from(number).map_err(|_| "Expected a whole number".into())
}

pub(super) fn units(value: &Value) -> Checked<i32> {
    let number = whole_number(0..=i64::from(STOCK_MAX))(value)?;
    i32::try_from(number).map_err(|_| "Expected a whole number".into())
}

pub(super) fn price(value: &Value) -> Checked<Money> {
    if value.is_null() {
        return Err("Price is required".into());
    }
    positive_amount(value, "Price must be positive")
}

pub(super) fn compare_at(value: &Value) -> Checked<Money> {
    positive_amount(value, "Compare-at price must be positive")
}

fn positive_amount(value: &Value, not_positive: &'static str) -> Checked<Money> {
    match Money::from_json(value) {
        None => Err("Expected an amount with at most two decimals".into()),
        Some(amount) if amount <= Money::ZERO => Err(not_positive.into()),
        Some(amount) if amount > MAX_AMOUNT => Err(format!("Must be at most {MAX_AMOUNT}").into()),
        Some(amount) => Ok(amount),
    }
}

/// An http or https address, or a path on the shop itself, such as those of the demo shop's pictures.
pub(super) fn picture(value: &Value) -> Checked<String> {
    const WRONG: &str = "Must be an http or https URL, or a path that starts with /";
    let url = text(URL_MAX, WRONG)(value)?;
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
    if url.chars().any(is_odd) || !(is_web_address(&url) || is_own_path(&url)) {
        return Err(WRONG.into());
    }
    Ok(url)
}

fn is_web_address(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")) && !host.is_empty()
}

/// `//host/…` is not a path: browsers take it for another server's address.
fn is_own_path(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//")
}

pub(super) fn metadata(value: &Value) -> Checked<Value> {
    if !value.is_object() {
        return Err("Expected an object".into());
    }
    if depth(value) > METADATA_MAX_DEPTH {
        return Err(format!("Must have at most {METADATA_MAX_DEPTH} levels").into());
    }
    if value.to_string().len() > METADATA_MAX_BYTES {
        return Err(format!("Must be at most {METADATA_MAX_BYTES} bytes of JSON").into());
    }
    Ok(value.clone())
}

/// Levels of objects and lists. The parser of requests bounds them, so recursion is safe.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn slugs_that_an_address_cannot_carry_are_refused() {
        for good in ["a", "iphone-15-pro", "Upper_Case.v2", "kopfhörer", "日本", "~a!b"] {
            assert_eq!(slug(&json!(good)).unwrap(), good);
        }
        for bad in [".", "..", "a/b", "a b", "a?b", "a#b", "50%", "a+b", "a\\b", "a\u{7}b", "a\u{a0}b"] {
            assert!(slug(&json!(bad)).unwrap_err().starts_with("Must not"), "{bad}");
        }
        assert_eq!(slug(&json!(" ")).unwrap_err(), "Slug is required");
    }

    #[test]
    fn pictures_are_on_the_web_or_on_the_shop_itself() {
        for good in ["http://a.b/c.png", "HTTPS://cdn.example.com:8443/p?w=1#x", "/images/products/a.svg"] {
            assert_eq!(picture(&json!(good)).unwrap(), good);
        }
        for bad in [
            "ftp://a/b",
            "javascript:alert(1)",
            "data:image/png;base64,AA==",
            "//evil.example/a.png",
            "/\\evil.example/a.png",
            "https://",
            "https:///path",
            "http://:80/",
            "images/a.svg",
            "https://a b/c",
            "https://a/\"onerror=",
            "",
        ] {
            assert!(picture(&json!(bad)).is_err(), "{bad}");
        }
        assert!(picture(&json!(7)).is_err());
    }

    #[test]
    fn metadata_is_an_object_of_bounded_size_and_depth() {
        let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({"a": inner}));
        assert!(metadata(&nested(METADATA_MAX_DEPTH)).is_ok());
        assert_eq!(metadata(&nested(METADATA_MAX_DEPTH + 1)).unwrap_err(), "Must have at most 16 levels");
        let filled = |bytes: usize| json!({"a": "x".repeat(bytes - r#"{"a":""}"#.len())});
        assert!(metadata(&filled(METADATA_MAX_BYTES)).is_ok());
        assert_eq!(
            metadata(&filled(METADATA_MAX_BYTES + 1)).unwrap_err(),
            "Must be at most 16384 bytes of JSON"
        );
        assert_eq!(metadata(&json!([])).unwrap_err(), "Expected an object");
    }
}

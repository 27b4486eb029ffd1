//! What administrators write: new categories and products, and changes of them.

use serde::Serialize;
use serde_json::Value;

use super::ProductStatus;
use crate::{
    money::{MAX_AMOUNT, Money},
    validation::{Checked, Fields, FromFields, flag, free_text, one_of, text, whole_number},
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

/// A new category.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateCategory {
    /// Shown name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("Garden tools")))]
    pub name: String,
    /// Name in addresses; unique.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("garden-tools")))]
    pub slug: String,
    /// A sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 10_000))]
    pub description: Option<String>,
    /// A picture: an http or https address, or a path of the shop's own pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 2_000))]
    pub image_url: Option<String>,
    /// The category above; at the top when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 200))]
    pub parent_id: Option<String>,
    /// Whether shoppers see it; they do when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub is_active: Option<bool>,
    /// Position among its siblings; 0 when left out.
    #[cfg_attr(feature = "openapi", schema(required = false, default = 0))]
    pub sort_order: i32,
}

impl FromFields for CreateCategory {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", text(NAME_MAX, NAME_REQUIRED));
        let slug = fields.required("slug", slug);
        let description = fields.optional("description", free_text(DESCRIPTION_MAX));
        let image_url = fields.optional("imageUrl", picture);
        let parent_id = fields.optional("parentId", text(200, "Must not be empty"));
        let is_active = fields.optional("isActive", flag);
        let sort_order = fields.optional("sortOrder", position);
        Some(Self {
            name: name?,
            slug: slug?,
            description: description?,
            image_url: image_url?,
            parent_id: parent_id?,
            is_active: is_active?,
            sort_order: sort_order?.unwrap_or(0),
        })
    }
}

/// A change of a category: only what is given changes; `null` clears what may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpdateCategory {
    /// Shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// Name in addresses; unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 200))]
    pub slug: Option<String>,
    /// A sentence or two; `null` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 10_000))]
    pub description: Option<Option<String>>,
    /// A picture; `null` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 2_000))]
    pub image_url: Option<Option<String>>,
    /// The category above; `null` moves it to the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, min_length = 1, max_length = 200))]
    pub parent_id: Option<Option<String>>,
    /// Whether shoppers see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub is_active: Option<bool>,
    /// Position among its siblings.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub sort_order: Option<i32>,
}

impl FromFields for UpdateCategory {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.optional("name", text(NAME_MAX, NAME_REQUIRED));
        let slug = fields.optional("slug", slug);
        let description = fields.clearable("description", free_text(DESCRIPTION_MAX));
        let image_url = fields.clearable("imageUrl", picture);
        let parent_id = fields.clearable("parentId", text(200, "Must not be empty"));
        let is_active = fields.optional("isActive", flag);
        let sort_order = fields.optional("sortOrder", position);
        Some(Self {
            name: name?,
            slug: slug?,
            description: description?,
            image_url: image_url?,
            parent_id: parent_id?,
            is_active: is_active?,
            sort_order: sort_order?,
        })
    }
}

/// A new product.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateProduct {
    /// Where it is shelved.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub category_id: String,
    /// Stock keeping unit; unique.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, examples("TROWEL-1")))]
    pub sku: String,
    /// Shown name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("Hand trowel")))]
    pub name: String,
    /// Name in addresses; unique.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("hand-trowel")))]
    pub slug: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 10_000))]
    pub description: Option<String>,
    /// Price of one, above zero: a JSON number or a string with at most two decimals.
    #[cfg_attr(feature = "openapi", schema(examples("19.90")))]
    pub price: Money,
    /// A former price to compare with, above zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub compare_at: Option<Money>,
    /// Units on the shelf; 0 when left out.
    #[cfg_attr(
        feature = "openapi",
        schema(required = false, default = 0, minimum = 0, maximum = 1_000_000_000)
    )]
    pub stock: i32,
    /// The main picture: an http or https address, or a path of the shop's own pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 2_000))]
    pub image_url: Option<String>,
    /// Further pictures.
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 20))]
    pub images: Vec<String>,
    /// Where it is in its life; `DRAFT` when left out.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub status: ProductStatus,
    /// Whether the shop recommends it; it does not when left out.
    #[cfg_attr(feature = "openapi", schema(required = false, default = false))]
    pub is_featured: bool,
    /// Whatever else the shop records: a JSON object of at most 16 KiB and 16 levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>, nullable = false))]
    pub metadata: Option<Value>,
}

impl FromFields for CreateProduct {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let category_id = fields.required("categoryId", text(200, CATEGORY_REQUIRED));
        let sku = fields.required("sku", text(SKU_MAX, SKU_REQUIRED));
        let name = fields.required("name", text(NAME_MAX, NAME_REQUIRED));
        let slug = fields.required("slug", slug);
        let description = fields.optional("description", free_text(DESCRIPTION_MAX));
        let price = fields.required("price", price);
        let compare_at = fields.optional("compareAt", compare_at);
        let stock = fields.optional("stock", units);
        let image_url = fields.optional("imageUrl", picture);
        let images = fields.optional_values("images", IMAGES_MAX, picture);
        let status = fields.optional("status", one_of(ProductStatus::ALL, ProductStatus::as_str));
        let is_featured = fields.optional("isFeatured", flag);
        let metadata = fields.optional("metadata", metadata);
        Some(Self {
            category_id: category_id?,
            sku: sku?,
            name: name?,
            slug: slug?,
            description: description?,
            price: price?,
            compare_at: compare_at?,
            stock: stock?.unwrap_or(0),
            image_url: image_url?,
            images: images?.unwrap_or_default(),
            status: status?.unwrap_or(ProductStatus::Draft),
            is_featured: is_featured?.unwrap_or(false),
            metadata: metadata?,
        })
    }
}

/// A change of a product: only what is given changes; `null` clears what may be empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpdateProduct {
    /// Where it is shelved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 200))]
    pub category_id: Option<String>,
    /// Stock keeping unit; unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 100))]
    pub sku: Option<String>,
    /// Shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 200))]
    pub name: Option<String>,
    /// Name in addresses; unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 200))]
    pub slug: Option<String>,
    /// What it is; `null` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 10_000))]
    pub description: Option<Option<String>>,
    /// Price of one, above zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub price: Option<Money>,
    /// A former price to compare with; `null` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Money>))]
    pub compare_at: Option<Option<Money>>,
    /// Units on the shelf from now on. The ledger records the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, minimum = 0, maximum = 1_000_000_000))]
    pub stock: Option<i32>,
    /// The main picture; `null` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 2_000))]
    pub image_url: Option<Option<String>>,
    /// Further pictures, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_items = 20))]
    pub images: Option<Vec<String>>,
    /// Where it is in its life.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub status: Option<ProductStatus>,
    /// Whether the shop recommends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub is_featured: Option<bool>,
    /// Whatever else the shop records, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>, nullable = false))]
    pub metadata: Option<Value>,
}

impl FromFields for UpdateProduct {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let category_id = fields.optional("categoryId", text(200, CATEGORY_REQUIRED));
        let sku = fields.optional("sku", text(SKU_MAX, SKU_REQUIRED));
        let name = fields.optional("name", text(NAME_MAX, NAME_REQUIRED));
        let slug = fields.optional("slug", slug);
        let description = fields.clearable("description", free_text(DESCRIPTION_MAX));
        let price = fields.optional("price", price);
        let compare_at = fields.clearable("compareAt", compare_at);
        let stock = fields.optional("stock", units);
        let image_url = fields.clearable("imageUrl", picture);
        let images = fields.optional_values("images", IMAGES_MAX, picture);
        let status = fields.optional("status", one_of(ProductStatus::ALL, ProductStatus::as_str));
        let is_featured = fields.optional("isFeatured", flag);
        let metadata = fields.optional("metadata", metadata);
        Some(Self {
            category_id: category_id?,
            sku: sku?,
            name: name?,
            slug: slug?,
            description: description?,
            price: price?,
            compare_at: compare_at?,
            stock: stock?,
            image_url: image_url?,
            images: images?,
            status: status?,
            is_featured: is_featured?,
            metadata: metadata?,
        })
    }
}

const NAME_REQUIRED: &str = "Name is required";
const SLUG_REQUIRED: &str = "Slug is required";
const SKU_REQUIRED: &str = "SKU is required";
const CATEGORY_REQUIRED: &str = "Category ID is required";

/// A name that can be one segment of an address. What a segment can't carry through every proxy and router is refused.
fn slug(value: &Value) -> Checked<String> {
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

fn position(value: &Value) -> Checked<i32> {
    let number = whole_number(i64::from(i32::MIN)..=i64::from(i32::MAX))(value)?;
    i32::try_from(number).map_err(|_| "Expected a whole number".into())
}

fn units(value: &Value) -> Checked<i32> {
    let number = whole_number(0..=i64::from(STOCK_MAX))(value)?;
    i32::try_from(number).map_err(|_| "Expected a whole number".into())
}

fn price(value: &Value) -> Checked<Money> {
    if value.is_null() {
        return Err("Price is required".into());
    }
    positive_amount(value, "Price must be positive")
}

fn compare_at(value: &Value) -> Checked<Money> {
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
fn picture(value: &Value) -> Checked<String> {
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

fn metadata(value: &Value) -> Checked<Value> {
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
    use crate::validation::validate;

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

    #[test]
    fn a_change_that_was_sent_is_the_change_that_is_read() {
        let change = UpdateProduct {
            price: Some(Money::from_minor(1_990)),
            compare_at: Some(None),
            description: Some(Some("New".into())),
            images: Some(vec!["/a.svg".into()]),
            ..UpdateProduct::default()
        };
        let sent = serde_json::to_value(&change).unwrap();
        assert_eq!(sent["compareAt"], Value::Null);
        assert_eq!(validate::<UpdateProduct>(Some(&sent)).unwrap(), change);
        assert_eq!(validate::<UpdateProduct>(Some(&json!({}))).unwrap(), UpdateProduct::default());
    }
}

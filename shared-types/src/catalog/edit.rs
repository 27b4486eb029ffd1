//! What administrators write: new categories and products, and changes of them.

use serde::Serialize;
use serde_json::Value;

use super::{
    ProductStatus,
    fields::{
        CATEGORY_REQUIRED, DESCRIPTION_MAX, IMAGES_MAX, NAME_MAX, NAME_REQUIRED, SKU_MAX, SKU_REQUIRED,
        compare_at, metadata, picture, position, price, slug, units,
    },
};
#[cfg(feature = "openapi")]
use crate::money::PositiveAmount;
use crate::{
    money::Money,
    validation::{Fields, FromFields, flag, free_text, one_of, text},
};

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
    #[cfg_attr(feature = "openapi", schema(value_type = PositiveAmount))]
    pub price: Money,
    /// A former price to compare with, above zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PositiveAmount>, nullable = false))]
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
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PositiveAmount>, nullable = false))]
    pub price: Option<Money>,
    /// A former price to compare with; `null` removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PositiveAmount>))]
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validation::validate;

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

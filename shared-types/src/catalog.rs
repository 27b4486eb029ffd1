//! Categories and products.

pub mod edit;
pub mod fields;
pub mod stock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    flat::read_flat,
    money::{MAX_AMOUNT, Money},
    text_enum::text_enum,
    timestamp::Timestamp,
    validation::{Checked, Fields, FromFields, flag_text, one_of, text, whole_number_text},
};

/// Products a page when the request does not say.
pub const PAGE_LIMIT: i64 = 20;
/// Most products a page.
pub const PAGE_LIMIT_MAX: i64 = 100;
/// The last page that can be asked for; keeps `page * limit` far from overflow.
pub const PAGE_MAX: i64 = 1_000_000_000;

text_enum! {
    /// Where a product is in its life. Only `ACTIVE` ones are sold.
    ProductStatus {
        /// Not shown yet.
        Draft = "DRAFT",
        /// Shown and sold.
        Active = "ACTIVE",
        /// No longer sold, kept for the orders that have it.
        Archived = "ARCHIVED",
    }
}

text_enum! {
    /// What products are sorted by.
    ProductSort {
        /// By name.
        Name = "name",
        /// By price.
        Price = "price",
        /// By age.
        CreatedAt = "createdAt",
    }
}

text_enum! {
    /// Which end comes first.
    SortOrder {
        /// Smallest, cheapest, oldest first.
        Asc = "asc",
        /// Largest, dearest, newest first.
        Desc = "desc",
    }
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// Opaque id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Name in addresses; unique.
    pub slug: String,
    /// A sentence or two.
    pub description: Option<String>,
    /// A picture.
    pub image_url: Option<String>,
    /// The category above; `null` at the top.
    pub parent_id: Option<String>,
    /// Whether shoppers see it.
    pub is_active: bool,
    /// Position among its siblings.
    pub sort_order: i32,
    /// Created at.
    pub created_at: Timestamp,
    /// Last changed at.
    pub updated_at: Timestamp,
}

/// What is counted of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryCount {
    /// Active products of exactly this category.
    pub products: i64,
}

/// A category in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryList {
    /// The category.
    #[serde(flatten)]
    pub category: Category,
    /// Its counts.
    #[serde(rename = "_count")]
    pub count: CategoryCount,
}
read_flat!(CategoryList { category, count: "_count" });

/// A category with its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryFull {
    /// The category with its counts.
    #[serde(flatten)]
    pub category: CategoryList,
    /// The category above.
    pub parent: Option<Category>,
    /// Active categories below.
    pub children: Vec<Category>,
}
read_flat!(CategoryFull { category, parent: "parent", children: "children" });

/// A category as a product names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryRef {
    /// Opaque id.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// Name in addresses.
    pub slug: String,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Product {
    /// Opaque id.
    pub id: String,
    /// Where it is shelved.
    pub category_id: String,
    /// Stock keeping unit; unique.
    pub sku: String,
    /// Shown name.
    pub name: String,
    /// Name in addresses; unique.
    pub slug: String,
    /// What it is.
    pub description: Option<String>,
    /// Price of one.
    pub price: Money,
    /// A former price to compare with.
    pub compare_at: Option<Money>,
    /// Units that can be sold; never negative.
    pub stock: i32,
    /// The main picture.
    pub image_url: Option<String>,
    /// Further pictures.
    pub images: Vec<String>,
    /// Where it is in its life.
    pub status: ProductStatus,
    /// Whether the shop recommends it.
    pub is_featured: bool,
    /// Whatever else the shop records, as a JSON object.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub metadata: Option<Value>,
    /// Created at.
    pub created_at: Timestamp,
    /// Last changed at.
    pub updated_at: Timestamp,
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductList {
    /// The product.
    #[serde(flatten)]
    pub product: Product,
    /// Its category.
    pub category: CategoryRef,
}
read_flat!(ProductList { product, category: "category" });

/// A product on its own page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductFull {
    /// The product.
    #[serde(flatten)]
    pub product: Product,
    /// Its category.
    pub category: Category,
}
read_flat!(ProductFull { product, category: "category" });

/// Which products to list, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct ProductQuery {
    /// Page number, from 1.
    #[cfg_attr(
        feature = "openapi",
        param(required = false, minimum = 1, maximum = 1_000_000_000, default = 1)
    )]
    pub page: i64,
    /// Products a page.
    #[cfg_attr(feature = "openapi", param(required = false, minimum = 1, maximum = 100, default = 20))]
    pub limit: i64,
    /// Exactly this category.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub category_id: Option<String>,
    /// This category (by slug) and everything below it.
    #[cfg_attr(feature = "openapi", param(nullable = false, min_length = 1, max_length = 200))]
    pub category: Option<String>,
    /// Honoured for administrators; everyone else sees active products.
    #[cfg_attr(feature = "openapi", param(inline, nullable = false))]
    pub status: Option<ProductStatus>,
    /// At least this price.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, nullable = false, pattern = r"^\d{1,8}(\.\d{1,2})?$"))]
    pub min_price: Option<Money>,
    /// At most this price.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, nullable = false, pattern = r"^\d{1,8}(\.\d{1,2})?$"))]
    pub max_price: Option<Money>,
    /// Recommended or not.
    #[cfg_attr(feature = "openapi", param(nullable = false))]
    pub featured: Option<bool>,
    /// In stock or sold out.
    #[cfg_attr(feature = "openapi", param(nullable = false))]
    pub in_stock: Option<bool>,
    /// What to sort by.
    #[cfg_attr(feature = "openapi", param(inline, required = false))]
    pub sort_by: ProductSort,
    /// Which end first.
    #[cfg_attr(feature = "openapi", param(inline, required = false))]
    pub sort_order: SortOrder,
}

impl Default for ProductQuery {
    fn default() -> Self {
        Self {
            page: 1,
            limit: PAGE_LIMIT,
            category_id: None,
            category: None,
            status: None,
            min_price: None,
            max_price: None,
            featured: None,
            in_stock: None,
            sort_by: ProductSort::CreatedAt,
            sort_order: SortOrder::Desc,
        }
    }
}

impl ProductQuery {
    /// The query string's pairs, without those that have their default value.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let default = Self::default();
        let mut pairs = Vec::new();
        let mut pair = |name, value: Option<String>| pairs.extend(value.map(|value| (name, value)));
        pair("page", (self.page != default.page).then(|| self.page.to_string()));
        pair("limit", (self.limit != default.limit).then(|| self.limit.to_string()));
        pair("categoryId", self.category_id.clone());
        pair("category", self.category.clone());
        pair("status", self.status.map(|status| status.to_string()));
        pair("minPrice", self.min_price.map(|price| price.to_string()));
        pair("maxPrice", self.max_price.map(|price| price.to_string()));
        pair("featured", self.featured.map(|flag| flag.to_string()));
        pair("inStock", self.in_stock.map(|flag| flag.to_string()));
        pair("sortBy", (self.sort_by != default.sort_by).then(|| self.sort_by.to_string()));
        pair("sortOrder", (self.sort_order != default.sort_order).then(|| self.sort_order.to_string()));
        pairs
    }
}

impl FromFields for ProductQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let page = fields.optional("page", whole_number_text(1..=PAGE_MAX));
        let limit = fields.optional("limit", whole_number_text(1..=PAGE_LIMIT_MAX));
        let category_id = fields.optional("categoryId", text(200, "Must not be empty"));
        let category = fields.optional("category", text(200, "Must not be empty"));
        let status = fields.optional("status", one_of(ProductStatus::ALL, ProductStatus::as_str));
        let min_price = fields.optional("minPrice", price_text);
        let max_price = fields.optional("maxPrice", price_text);
        let featured = fields.optional("featured", flag_text);
        let in_stock = fields.optional("inStock", flag_text);
        let sort_by = fields.optional("sortBy", one_of(ProductSort::ALL, ProductSort::as_str));
        let sort_order = fields.optional("sortOrder", one_of(SortOrder::ALL, SortOrder::as_str));
        let default = Self::default();
        Some(Self {
            page: page?.unwrap_or(default.page),
            limit: limit?.unwrap_or(default.limit),
            category_id: category_id?,
            category: category?,
            status: status?,
            min_price: min_price?,
            max_price: max_price?,
            featured: featured?,
            in_stock: in_stock?,
            sort_by: sort_by?.unwrap_or(default.sort_by),
            sort_order: sort_order?.unwrap_or(default.sort_order),
        })
    }
}

/// Which categories to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query, rename_all = "camelCase"))]
pub struct CategoryQuery {
    /// Those that shoppers do not see as well. Honoured for administrators.
    #[cfg_attr(feature = "openapi", param(required = false, nullable = false, default = false))]
    pub include_inactive: bool,
}

impl FromFields for CategoryQuery {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let include_inactive = fields.optional("includeInactive", flag_text);
        Some(Self { include_inactive: include_inactive?.unwrap_or(false) })
    }
}

/// An amount of zero or more with at most two decimals, at most [`MAX_AMOUNT`].
pub(crate) fn price_text(value: &Value) -> Checked<Money> {
    match Money::from_json(value) {
        None => Err("Expected an amount with at most two decimals".into()),
        Some(amount) if amount < Money::ZERO => Err("Must be at least 0".into()),
        Some(amount) if amount > MAX_AMOUNT => Err(format!("Must be at most {MAX_AMOUNT}").into()),
        Some(amount) => Ok(amount),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;
    use crate::validation::validate;

    #[test]
    fn a_query_survives_its_own_query_string() {
        let query = ProductQuery {
            page: 3,
            category: Some("electronics".into()),
            min_price: Some(Money::from_minor(1_050)),
            in_stock: Some(true),
            sort_by: ProductSort::Price,
            sort_order: SortOrder::Asc,
            ..ProductQuery::default()
        };
        let object: Map<_, _> =
            query.pairs().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        assert_eq!(validate::<ProductQuery>(Some(&object.into())).unwrap(), query);
    }

    #[test]
    fn a_query_out_of_range_is_refused_field_by_field() {
        let input = json!({"page": "0", "limit": "101", "minPrice": "-1", "maxPrice": "1.999", "featured": "yes", "sortBy": "stock"});
        let errors = validate::<ProductQuery>(Some(&input)).err().unwrap();
        assert_eq!(errors.iter().count(), 6);
        assert_eq!(errors.first("minPrice"), Some("Must be at least 0"));
        assert_eq!(errors.first("sortBy"), Some("Expected one of name, price, createdAt"));
    }
}

//! Lists of products, a page at a time, made so that they stay fast when there are a million.
//!
//! A page is found in two steps: the ids, from an index that holds everything a list is sorted and filtered by, and then the
//! rows of these. The planners can't know which index is the right one, since that depends on how many products there are
//! of what is asked for, so the conditions are written so that they leave one way only.

use std::collections::HashMap;

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Integer, Text},
};
use shared_types::{
    Money,
    catalog::{ProductList, ProductQuery, ProductSort, ProductStatus, SortOrder, stock::LowStockQuery},
};

use super::{
    Backend, ProductRow,
    counts::{Kind, of_kind, sold_out},
    with_categories,
};
use crate::db::{DbConnection, QueryResult, schema::products};

/// Up to so many products are all looked at and sorted; of more, those that come first are found by walking along an index
/// that is sorted already. At a million products both take as long.
const FEW: i64 = 4_000;
/// Pages that begin later are looked for from the end if that is nearer.
const DEEP: i64 = 2_000;

/// Which products a list holds, decided by the service.
pub struct ProductFilter {
    /// The rest of the question.
    pub query: ProductQuery,
    /// Only products with this status.
    pub status: Option<ProductStatus>,
    /// Only products of these categories.
    pub category_ids: Option<Vec<String>>,
}

type Statement<'s, Type> = products::BoxedQuery<'s, Backend, Type>;

/// Which index leads to the products.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Whichever the planner likes: one that a condition fits.
    ByCondition,
    /// The one that is sorted as the list is.
    BySort,
}

impl ProductFilter {
    fn kind(&self) -> Kind<'_> {
        let category_ids = self.category_ids.as_deref();
        Kind { status: self.status, category_ids, is_featured: self.query.featured }
    }

    fn has_prices(&self) -> bool {
        self.query.min_price.is_some() || self.query.max_price.is_some()
    }

    /// Adds every condition that applies; the count and the page use the same ones. An expression instead of a column keeps
    /// planners from its indexes.
    fn narrow<'s, Type>(&self, way: Way, mut statement: Statement<'s, Type>) -> Statement<'s, Type> {
        let query = &self.query;
        if let Some(status) = self.status {
            statement = statement.filter(products::status.eq(status.as_str()));
        }
        if let Some(ids) = self.category_ids.clone() {
            statement = match way {
                Way::ByCondition => statement.filter(products::category_id.eq_any(ids)),
                Way::BySort => statement.filter(sql::<Text>("(products.category_id || '')").eq_any(ids)),
            };
        }
        let by_price = way == Way::ByCondition || query.sort_by == ProductSort::Price;
        let price = || sql::<BigInt>("(products.price + 0)");
        if let Some(least) = query.min_price.map(Money::minor) {
            statement = match by_price {
                true => statement.filter(products::price.ge(least)),
                false => statement.filter(price().ge(least)),
            };
        }
        if let Some(most) = query.max_price.map(Money::minor) {
            statement = match by_price {
                true => statement.filter(products::price.le(most)),
                false => statement.filter(price().le(most)),
            };
        }
        if let Some(is_featured) = query.featured {
            statement = statement.filter(products::is_featured.eq(is_featured));
        }
        match query.in_stock {
            // Most products are in stock: an index would find too many.
            Some(true) => statement.filter(sql::<Integer>("(products.stock + 0)").gt(0)),
            Some(false) => statement.filter(sql::<Bool>("products.stock = 0")),
            None => statement,
        }
    }

    /// Few products are gathered and sorted, many are walked along until there are enough.
    fn way(&self, connection: &mut DbConnection) -> QueryResult<Way> {
        // The index of categories is sorted by age, so the newest of one category need no sorting.
        let is_sorted = self.query.sort_by == ProductSort::CreatedAt
            && self.category_ids.as_ref().is_some_and(|ids| ids.len() == 1);
        if is_sorted || self.category_ids.is_some() && of_kind(connection, self.kind())? <= FEW {
            return Ok(Way::ByCondition);
        }
        if self.has_prices() && self.query.sort_by != ProductSort::Price {
            let some = products::table.select(products::id).into_boxed::<Backend>();
            let some: Vec<String> = self.narrow(Way::ByCondition, some).limit(FEW + 1).load(connection)?;
            if some.len() <= usize::try_from(FEW).unwrap_or(usize::MAX) {
                return Ok(Way::ByCondition);
            }
        }
        Ok(Way::BySort)
    }
}

/// How many products a list has in all. What is asked for by price is counted in the index of prices; all else is known.
pub fn count_products(connection: &mut DbConnection, filter: &ProductFilter) -> QueryResult<i64> {
    if !filter.has_prices() {
        let kind = filter.kind();
        return match filter.query.in_stock {
            None => of_kind(connection, kind),
            Some(true) => Ok(of_kind(connection, kind)? - sold_out(connection, kind)?),
            Some(false) => sold_out(connection, kind),
        };
    }
    let statement = products::table.select(count_star()).into_boxed::<Backend>();
    filter.narrow(Way::ByCondition, statement).get_result(connection)
}

/// One page of a list of products.
pub fn list_products(connection: &mut DbConnection, filter: &ProductFilter) -> QueryResult<Vec<ProductList>> {
    let query = &filter.query;
    let (mut limit, mut offset) = (query.limit, (query.page - 1) * query.limit);
    let mut order = query.sort_order;
    if offset >= DEEP {
        let total = count_products(connection, filter)?;
        if offset >= total {
            return Ok(Vec::new());
        }
        if offset > total / 2 {
            limit = limit.min(total - offset);
            offset = total - offset - limit;
            order = opposite(order);
        }
    }
    let mut ids = page_of_ids(connection, filter, order, (limit, offset))?;
    if order != query.sort_order {
        ids.reverse();
    }
    let rows: Vec<ProductRow> =
        products::table.filter(products::id.eq_any(&ids)).select(ProductRow::as_select()).load(connection)?;
    let mut found: HashMap<String, ProductRow> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    with_categories(connection, ids.iter().filter_map(|id| found.remove(id)).collect())
}

fn opposite(order: SortOrder) -> SortOrder {
    match order {
        SortOrder::Asc => SortOrder::Desc,
        SortOrder::Desc => SortOrder::Asc,
    }
}

fn page_of_ids(
    connection: &mut DbConnection,
    filter: &ProductFilter,
    order: SortOrder,
    (limit, offset): (i64, i64),
) -> QueryResult<Vec<String>> {
    use products::{created_at, id, name, price};
    let way = filter.way(connection)?;
    let statement = filter.narrow(way, products::table.select(id).into_boxed::<Backend>());
    let statement = match (filter.query.sort_by, order) {
        (ProductSort::Name, SortOrder::Asc) => statement.order((name.asc(), id.asc())),
        (ProductSort::Name, SortOrder::Desc) => statement.order((name.desc(), id.desc())),
        (ProductSort::Price, SortOrder::Asc) => statement.order((price.asc(), id.asc())),
        (ProductSort::Price, SortOrder::Desc) => statement.order((price.desc(), id.desc())),
        (ProductSort::CreatedAt, SortOrder::Asc) => statement.order((created_at.asc(), id.asc())),
        (ProductSort::CreatedAt, SortOrder::Desc) => statement.order((created_at.desc(), id.desc())),
    };
    statement.limit(limit).offset(offset).load(connection)
}

/// The index of stock holds active products only; a planner sees that it fits when the word is part of the statement.
fn is_active() -> diesel::expression::SqlLiteral<Bool> {
    sql::<Bool>("products.status = 'ACTIVE'")
}

/// How many active products have at most so many units.
pub fn count_low_stock(connection: &mut DbConnection, threshold: i32) -> QueryResult<i64> {
    products::table.filter(is_active()).filter(products::stock.le(threshold)).count().get_result(connection)
}

/// One page of active products with at most so many units, fewest first.
pub fn list_low_stock(connection: &mut DbConnection, query: &LowStockQuery) -> QueryResult<Vec<ProductList>> {
    let rows: Vec<ProductRow> = products::table
        .filter(is_active())
        .filter(products::stock.le(query.threshold))
        .order((products::stock, products::id))
        .limit(query.limit)
        .offset((query.page - 1) * query.limit)
        .select(ProductRow::as_select())
        .load(connection)?;
    with_categories(connection, rows)
}

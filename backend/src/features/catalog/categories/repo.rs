//! SQL of changing categories.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, select},
    prelude::*,
};
use shared_types::catalog::Category;

use crate::db::{
    DbConnection, QueryResult,
    schema::{categories, products},
};

/// What administrators may change, as it is stored.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = categories, treat_none_as_null = true)]
struct Editable<'c> {
    name: &'c str,
    slug: &'c str,
    description: Option<&'c str>,
    image_url: Option<&'c str>,
    parent_id: Option<&'c str>,
    is_active: bool,
    sort_order: i32,
    updated_at: NaiveDateTime,
}

fn editable(category: &Category, moment: NaiveDateTime) -> Editable<'_> {
    Editable {
        name: &category.name,
        slug: &category.slug,
        description: category.description.as_deref(),
        image_url: category.image_url.as_deref(),
        parent_id: category.parent_id.as_deref(),
        is_active: category.is_active,
        sort_order: category.sort_order,
        updated_at: moment,
    }
}

/// Adds a category.
pub fn insert(connection: &mut DbConnection, category: &Category, moment: NaiveDateTime) -> QueryResult<()> {
    let row =
        (categories::id.eq(&category.id), categories::created_at.eq(moment), editable(category, moment));
    diesel::insert_into(categories::table).values(row).execute(connection).map(|_| ())
}

/// Changes a category.
pub fn update(connection: &mut DbConnection, category: &Category, moment: NaiveDateTime) -> QueryResult<()> {
    diesel::update(categories::table.find(&category.id))
        .set(editable(category, moment))
        .execute(connection)
        .map(|_| ())
}

/// Removes a category.
pub fn delete(connection: &mut DbConnection, id: &str) -> QueryResult<()> {
    diesel::delete(categories::table.find(id)).execute(connection).map(|_| ())
}

/// Whether another category has this slug.
pub fn slug_is_taken(connection: &mut DbConnection, slug: &str, by_other_than: &str) -> QueryResult<bool> {
    let others = categories::table.filter(categories::slug.eq(slug)).filter(categories::id.ne(by_other_than));
    select(exists(others)).get_result(connection)
}

/// How many products a category has, of whatever status.
pub fn count_products(connection: &mut DbConnection, id: &str) -> QueryResult<i64> {
    products::table.filter(products::category_id.eq(id)).count().get_result(connection)
}

/// The ids of the categories directly below.
pub fn child_ids(connection: &mut DbConnection, id: &str) -> QueryResult<Vec<String>> {
    categories::table
        .filter(categories::parent_id.eq(id))
        .order(categories::id)
        .select(categories::id)
        .load(connection)
}

/// Moves the categories directly below to the top.
pub fn release_children(connection: &mut DbConnection, id: &str, moment: NaiveDateTime) -> QueryResult<()> {
    diesel::update(categories::table.filter(categories::parent_id.eq(id)))
        .set((categories::parent_id.eq(None::<String>), categories::updated_at.eq(moment)))
        .execute(connection)
        .map(|_| ())
}

//! Rules of changing categories.

use shared_types::catalog::{
    Category, CategoryFull,
    edit::{CreateCategory, UpdateCategory},
};

use super::repo;
use crate::{
    db::{
        DbConnection,
        catalog_changes::{self, Entity},
        lock, new_id,
        time::{now, now_after, to_wire},
    },
    error::AppError,
    features::{
        audit::service::By,
        catalog::{
            domain::{category_edition, is_within},
            repo as catalog,
            service::{category_not_found, leave_trail, with_neighbours},
        },
    },
    http::conditional::IfMatch,
    state::State,
};

/// Adds a category.
pub async fn create(state: &State, by: By, request: CreateCategory) -> Result<CategoryFull, AppError> {
    state.db.write(move |connection| create_in(connection, &by, request)).await
}

fn create_in(
    connection: &mut DbConnection,
    by: &By,
    request: CreateCategory,
) -> Result<CategoryFull, AppError> {
    lock::category_tree(connection)?;
    let moment = now();
    let category = Category {
        id: new_id(),
        name: request.name,
        slug: request.slug,
        description: request.description,
        image_url: request.image_url,
        parent_id: request.parent_id,
        is_active: request.is_active.unwrap_or(true),
        sort_order: request.sort_order,
        created_at: to_wire(moment),
        updated_at: to_wire(moment),
    };
    check_place(connection, &category)?;
    check_slug(connection, &category)?;
    repo::insert(connection, &category, moment)?;
    leave_trail(connection, by, "category.create", (None, Some(&category)))?;
    Ok(with_neighbours(connection, category)?)
}

/// Changes what is given of a category.
pub async fn update(
    state: &State,
    by: By,
    id: String,
    condition: IfMatch,
    request: UpdateCategory,
) -> Result<CategoryFull, AppError> {
    state.db.write(move |connection| update_in(connection, &by, &id, &condition, request)).await
}

fn update_in(
    connection: &mut DbConnection,
    by: &By,
    id: &str,
    condition: &IfMatch,
    request: UpdateCategory,
) -> Result<CategoryFull, AppError> {
    let before = to_change(connection, id, condition)?;
    let mut after = changed(before.clone(), request);
    if after == before {
        return Ok(with_neighbours(connection, before)?);
    }
    check_place(connection, &after)?;
    check_slug(connection, &after)?;
    let moment = now_after(&before.updated_at);
    after.updated_at = to_wire(moment);
    repo::update(connection, &after, moment)?;
    leave_trail(connection, by, "category.update", (Some(&before), Some(&after)))?;
    Ok(with_neighbours(connection, after)?)
}

fn changed(category: Category, request: UpdateCategory) -> Category {
    Category {
        name: request.name.unwrap_or(category.name),
        slug: request.slug.unwrap_or(category.slug),
        description: request.description.unwrap_or(category.description),
        image_url: request.image_url.unwrap_or(category.image_url),
        parent_id: request.parent_id.unwrap_or(category.parent_id),
        is_active: request.is_active.unwrap_or(category.is_active),
        sort_order: request.sort_order.unwrap_or(category.sort_order),
        ..category
    }
}

/// Removes a category that has no products.
pub async fn delete(state: &State, by: By, id: String, condition: IfMatch) -> Result<(), AppError> {
    state.db.write(move |connection| delete_in(connection, &by, &id, &condition)).await
}

fn delete_in(connection: &mut DbConnection, by: &By, id: &str, condition: &IfMatch) -> Result<(), AppError> {
    let before = to_change(connection, id, condition)?;
    lock::category(connection, id)?;
    let products = repo::count_products(connection, id)?;
    if products > 0 {
        return Err(AppError::bad_request(format!(
            "Cannot delete category with {products} products. Move or delete products first."
        )));
    }
    let children = repo::child_ids(connection, id)?;
    repo::release_children(connection, id, now())?;
    repo::delete(connection, id)?;
    leave_trail(connection, by, "category.delete", (Some(&before), None))?;
    let children: Vec<&str> = children.iter().map(String::as_str).collect();
    catalog_changes::record(connection, Entity::Category, &children)?;
    Ok(())
}

/// The category that is about to be changed, which nobody else changes meanwhile.
fn to_change(connection: &mut DbConnection, id: &str, condition: &IfMatch) -> Result<Category, AppError> {
    lock::category_tree(connection)?;
    let category = catalog::category_by_id(connection, id)?.ok_or_else(category_not_found)?;
    condition.check(&category_edition(&category))?;
    Ok(category)
}

/// The category above must exist and not be below.
fn check_place(connection: &mut DbConnection, category: &Category) -> Result<(), AppError> {
    let Some(parent_id) = &category.parent_id else { return Ok(()) };
    let nodes = catalog::category_nodes(connection)?;
    if !nodes.iter().any(|node| node.id == *parent_id) {
        return Err(AppError::bad_request("Category not found"));
    }
    if is_within(&nodes, parent_id, &category.id) {
        return Err(AppError::bad_request("A category cannot be moved into itself or below itself"));
    }
    Ok(())
}

fn check_slug(connection: &mut DbConnection, category: &Category) -> Result<(), AppError> {
    if repo::slug_is_taken(connection, &category.slug, &category.id)? {
        return Err(AppError::conflict("A category with this slug already exists"));
    }
    Ok(())
}

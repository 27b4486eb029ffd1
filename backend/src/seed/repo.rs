//! SQL of the demo shop.

use std::collections::HashMap;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use shared_types::{
    Money,
    auth::Role,
    catalog::stock::StockReason,
    money::CURRENCY,
    orders::{Address, Order, OrderItem, OrderStatus},
};

use super::demo::{self, DemoOrder, DemoProduct, DemoUser};
use crate::{
    db::{
        DbConnection, QueryResult,
        catalog_changes::{self, Entity},
        json::to_text,
        new_id,
        schema::{categories, orders as orders_table, payments, products, users},
        time::{from_wire, now, to_wire},
    },
    features::{
        auth::{domain::User, repo as auth},
        catalog::stock::repo::{self as stock, Movement},
        orders::repo as orders,
    },
};

/// The demo catalogue opened on this day; its products arrived an hour apart.
const OPENING: &str = "2024-01-15T09:00:00.000Z";

/// A shop to look at keeps its unpaid order.
const NEVER: &str = "9999-12-31T00:00:00.000Z";

/// Whether there is an account with this address.
pub fn has_user(connection: &mut DbConnection, email: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(users::table.filter(users::email.eq(email)))).get_result(connection)
}

/// Whether there are accounts or products.
pub fn has_any_data(connection: &mut DbConnection) -> QueryResult<bool> {
    let accounts: i64 = users::table.count().get_result(connection)?;
    let goods: i64 = products::table.count().get_result(connection)?;
    Ok(accounts + goods > 0)
}

/// Adds everything.
pub fn insert_demo(connection: &mut DbConnection, password_hash: &str) -> QueryResult<()> {
    let opening = from_wire(OPENING).unwrap_or_else(now);
    let user_ids = insert_users(connection, password_hash, opening)?;
    let category_ids = insert_categories(connection, opening)?;
    let product_ids = insert_products(connection, &category_ids, opening)?;
    for order in &demo::ORDERS {
        insert_order(connection, order, &user_ids, &product_ids)?;
    }
    catalog_changes::record(connection, Entity::Everything, &[""])
}

type Ids = HashMap<&'static str, String>;

fn id_of(ids: &Ids, name: &str) -> QueryResult<String> {
    ids.get(name).cloned().ok_or(diesel::result::Error::NotFound)
}

fn insert_users(
    connection: &mut DbConnection,
    password_hash: &str,
    moment: NaiveDateTime,
) -> QueryResult<Ids> {
    let mut ids = Ids::new();
    for DemoUser { email, first_name, last_name, role } in &demo::USERS {
        let user = User {
            id: new_id(),
            email: (*email).to_owned(),
            password_hash: password_hash.to_owned(),
            first_name: Some((*first_name).to_owned()),
            last_name: Some((*last_name).to_owned()),
            role: *role,
            is_active: true,
            created_at: moment,
            updated_at: moment,
        };
        auth::insert_user(connection, &user)?;
        ids.insert(email, user.id);
    }
    Ok(ids)
}

fn insert_categories(connection: &mut DbConnection, moment: NaiveDateTime) -> QueryResult<Ids> {
    let mut ids = Ids::new();
    for category in &demo::CATEGORIES {
        let id = new_id();
        let parent_id = category.parent.map(|slug| id_of(&ids, slug)).transpose()?;
        diesel::insert_into(categories::table)
            .values((
                categories::id.eq(&id),
                categories::name.eq(category.name),
                categories::slug.eq(category.slug),
                categories::description.eq(category.description),
                categories::image_url.eq(format!("/images/categories/{}.svg", category.slug)),
                categories::parent_id.eq(parent_id),
                categories::is_active.eq(true),
                categories::sort_order.eq(category.sort_order),
                categories::created_at.eq(moment),
                categories::updated_at.eq(moment),
            ))
            .execute(connection)?;
        ids.insert(category.slug, id);
    }
    Ok(ids)
}

fn insert_products(
    connection: &mut DbConnection,
    category_ids: &Ids,
    opening: NaiveDateTime,
) -> QueryResult<Ids> {
    let mut ids = Ids::new();
    for (hours, product) in (0..).zip(&demo::PRODUCTS) {
        let moment = opening.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(opening);
        let id = insert_product(connection, product, &id_of(category_ids, product.category)?, moment)?;
        let ordered: i32 = demo::ORDERS
            .iter()
            .flat_map(|order| order.items)
            .filter(|(sku, _)| *sku == product.sku)
            .map(|(_, units)| units)
            .sum();
        let first = Movement {
            product_id: &id,
            delta: product.stock + ordered,
            reason: StockReason::Initial,
            order_id: None,
            actor_id: None,
            note: None,
        };
        stock::record(connection, &first, moment)?;
        ids.insert(product.sku, id);
    }
    Ok(ids)
}

fn insert_product(
    connection: &mut DbConnection,
    product: &DemoProduct,
    category_id: &str,
    moment: NaiveDateTime,
) -> QueryResult<String> {
    let id = new_id();
    let picture = |suffix: &str| format!("/images/products/{}{suffix}.svg", product.slug);
    let second = product.has_second_picture.then(|| picture("-2"));
    diesel::insert_into(products::table)
        .values((
            products::id.eq(&id),
            products::category_id.eq(category_id),
            products::sku.eq(product.sku),
            products::name.eq(product.name),
            products::slug.eq(product.slug),
            products::description.eq(product.description),
            products::price.eq(product.price.minor()),
            products::compare_at.eq(product.compare_at.map(Money::minor)),
            products::stock.eq(product.stock),
            products::image_url.eq(picture("")),
            products::images.eq(to_text(&second.into_iter().collect::<Vec<_>>())?),
            products::status.eq(product.status.as_str()),
            products::is_featured.eq(product.is_featured),
            products::created_at.eq(moment),
            products::updated_at.eq(moment),
        ))
        .execute(connection)?;
    Ok(id)
}

fn insert_order(
    connection: &mut DbConnection,
    demo: &DemoOrder,
    user_ids: &Ids,
    product_ids: &Ids,
) -> QueryResult<()> {
    let moment = from_wire(demo.placed_at).unwrap_or_else(now);
    let id = new_id();
    let items = demo
        .items
        .iter()
        .map(|(sku, units)| order_item(&id, sku, *units, product_ids))
        .collect::<QueryResult<Vec<_>>>()?;
    let subtotal = Money::from_minor(items.iter().map(|item| item.subtotal.minor()).sum());
    let address = address_of(demo.email);
    let order = Order {
        id: id.clone(),
        order_number: demo.number.to_owned(),
        user_id: id_of(user_ids, demo.email)?,
        status: demo.status,
        subtotal,
        tax: demo.tax,
        shipping_amount: demo.shipping,
        discount_amount: Money::ZERO,
        total_amount: Money::from_minor(subtotal.minor() + demo.tax.minor() + demo.shipping.minor()),
        currency: CURRENCY.to_owned(),
        notes: None,
        billing_address: address.clone(),
        shipping_address: address,
        paid_at: None,
        shipped_at: None,
        delivered_at: None,
        cancelled_at: None,
        created_at: to_wire(moment),
        updated_at: to_wire(moment),
    };
    orders::insert_order(connection, &order, moment, from_wire(NEVER).unwrap_or(moment))?;
    orders::insert_items(connection, &items.iter().collect::<Vec<_>>())?;
    let sold = items
        .iter()
        .map(|item| Movement::of_order(&item.product_id, -item.quantity, StockReason::Order, &id));
    stock::record_all(connection, &sold.collect::<Vec<_>>(), moment)?;
    if demo.status == OrderStatus::Pending { Ok(()) } else { insert_progress(connection, &order, moment) }
}

/// What happened to an order since it was placed: paid within the hour, sent the next day, arrived two days later.
fn insert_progress(
    connection: &mut DbConnection,
    order: &Order,
    placed_at: NaiveDateTime,
) -> QueryResult<()> {
    let after = |hours| placed_at.checked_add_signed(TimeDelta::hours(hours)).unwrap_or(placed_at);
    let is_delivered = order.status == OrderStatus::Delivered;
    diesel::update(orders_table::table.find(&order.id))
        .set((
            orders_table::paid_at.eq(after(1)),
            orders_table::shipped_at.eq(is_delivered.then(|| after(24))),
            orders_table::delivered_at.eq(is_delivered.then(|| after(72))),
        ))
        .execute(connection)?;
    diesel::insert_into(payments::table)
        .values((
            payments::id.eq(new_id()),
            payments::order_id.eq(&order.id),
            payments::amount.eq(order.total_amount.minor()),
            payments::currency.eq(CURRENCY),
            payments::status.eq("SUCCEEDED"),
            payments::card_last4.eq("4242"),
            payments::created_at.eq(after(1)),
            payments::updated_at.eq(after(1)),
        ))
        .execute(connection)
        .map(|_| ())
}

fn order_item(order_id: &str, sku: &str, units: i32, product_ids: &Ids) -> QueryResult<OrderItem> {
    let product =
        demo::PRODUCTS.iter().find(|product| product.sku == sku).ok_or(diesel::result::Error::NotFound)?;
    Ok(OrderItem {
        id: new_id(),
        order_id: order_id.to_owned(),
        product_id: id_of(product_ids, sku)?,
        sku: sku.to_owned(),
        name: product.name.to_owned(),
        quantity: units,
        unit_price: product.price,
        subtotal: Money::from_minor(product.price.minor() * i64::from(units)),
    })
}

fn address_of(email: &str) -> Address {
    let user = demo::USERS.iter().find(|user| user.email == email && user.role == Role::Customer);
    Address {
        first_name: user.map_or("John", |user| user.first_name).to_owned(),
        last_name: user.map_or("Doe", |user| user.last_name).to_owned(),
        address1: "123 Main Street".to_owned(),
        city: "San Francisco".to_owned(),
        state: "CA".to_owned(),
        postal_code: "94105".to_owned(),
        country: "US".to_owned(),
        ..Address::default()
    }
}

//! `/api/cart`

mod at_once;
mod items;
mod merge;
mod quote;

use backend::db::schema::{cart_items, products};
use diesel::prelude::*;
use serde_json::{Value, json};
use shared_types::{
    cart::{Cart, MergedCart},
    paths,
};

use crate::support::{Actor, Reply, TestDatabase};

/// `{items: […]}`
fn items(lines: &[(&str, u32)]) -> Value {
    let line = |(id, units): &(&str, u32)| json!({"productId": id, "quantity": units});
    json!({"items": lines.iter().map(line).collect::<Vec<_>>()})
}

impl Actor {
    fn cart(&self) -> Cart {
        self.get(paths::cart::CART).data(200)
    }

    fn put_cart(&self, lines: &[(&str, u32)]) -> Reply {
        self.request("PUT", paths::cart::CART).json(&items(lines)).send()
    }

    fn put_item(&self, product_id: &str, units: u32) -> Reply {
        self.request("PUT", &paths::cart::item(product_id)).json(&json!({"quantity": units})).send()
    }

    fn remove_item(&self, product_id: &str) -> Reply {
        self.request("DELETE", &paths::cart::item(product_id)).send()
    }

    fn merge(&self, lines: &[(&str, u32)]) -> MergedCart {
        self.post(paths::cart::MERGE, &items(lines)).data(200)
    }
}

/// Products and units of a cart, in its order.
fn units(cart: &Cart) -> Vec<(&str, u32)> {
    cart.quote.lines.iter().map(|line| (line.product_id.as_str(), line.quantity)).collect()
}

impl TestDatabase {
    fn set_status(&self, product_id: &str, status: &str) {
        self.query(|connection| {
            diesel::update(products::table.find(product_id))
                .set(products::status.eq(status))
                .execute(connection)
        });
    }

    fn delete_product(&self, product_id: &str) {
        self.query(|connection| diesel::delete(products::table.find(product_id)).execute(connection));
    }

    /// So many more products that are sold, at 1.00 with 1000 units each; answers their ids.
    fn more_products(&self, count: usize) -> Vec<String> {
        self.query(|connection| {
            let category: String = products::table.select(products::category_id).first(connection)?;
            let now = backend::db::time::now();
            (0..count)
                .map(|index| {
                    let id = format!("more-{index:03}");
                    diesel::insert_into(products::table)
                        .values((
                            products::id.eq(&id),
                            products::category_id.eq(&category),
                            products::sku.eq(&id),
                            products::name.eq(&id),
                            products::slug.eq(&id),
                            products::price.eq(100),
                            products::stock.eq(1_000),
                            products::images.eq("[]"),
                            products::status.eq("ACTIVE"),
                            products::is_featured.eq(false),
                            products::created_at.eq(now),
                            products::updated_at.eq(now),
                        ))
                        .execute(connection)?;
                    Ok(id)
                })
                .collect()
        })
    }

    fn cart_item_count(&self) -> i64 {
        self.query(|connection| cart_items::table.count().get_result(connection))
    }
}

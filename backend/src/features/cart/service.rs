//! Rules of the cart.

use std::collections::HashMap;

use shared_types::{
    Data, Money,
    cart::{Cart, LineProblem, MergeCart, MergedCart, PutCart, PutCartItem, Quote, QuoteLine, QuoteRequest},
    money::CURRENCY,
    orders::{ItemRequest, LINES_MAX},
    pricing::{PricedLine, price},
};

use super::{
    domain::{self, CartLine, ProductInCart, merge_in_order},
    repo,
};
use crate::{
    db::{
        DbConnection, DbError,
        idempotency::KeyedRequest,
        time::{now, to_wire},
    },
    error::AppError,
    http::identity::CurrentUser,
    idempotency::{StoredAnswer, claim, complete, keyed_request},
    state::State,
};

/// Prices a list of products, in the order of the request, lines of one product merged into its first.
pub async fn quote(state: &State, request: QuoteRequest) -> Result<Quote, AppError> {
    let wanted = merge_in_order(&request.items);
    state
        .db
        .read(move |connection| {
            let products = repo::products_in_cart(connection, &ids(&wanted))?;
            quote_of(wanted, &products)
        })
        .await
}

/// The caller's cart.
pub async fn get(state: &State, user: CurrentUser) -> Result<Cart, AppError> {
    state
        .db
        .read(move |connection| {
            let lines = repo::lines(connection, &user.id)?;
            cart_of(connection, &user.id, &lines)
        })
        .await
}

/// Fills the caller's cart anew.
pub async fn put(state: &State, user: CurrentUser, request: PutCart) -> Result<Cart, AppError> {
    let wanted = merge_in_order(&request.items);
    change(state, user, move |connection, lines| {
        let products = repo::products_in_cart(connection, &ids(&wanted))?;
        let unknown = domain::not_for_sale(lines, wanted.iter().map(|(id, _)| id.as_str()), &products);
        if unknown.is_some() {
            return Err(AppError::bad_request("One or more products are not available"));
        }
        *lines = domain::refill(lines, &wanted, now());
        Ok(())
    })
    .await
}

/// Empties the caller's cart.
pub async fn clear(state: &State, user: CurrentUser) -> Result<Cart, AppError> {
    change(state, user, |_, lines| {
        lines.clear();
        Ok(())
    })
    .await
}

/// Puts so many units of a product into the caller's cart.
pub async fn put_item(
    state: &State,
    user: CurrentUser,
    product_id: String,
    request: PutCartItem,
) -> Result<Cart, AppError> {
    change(state, user, move |connection, lines| {
        let products = repo::products_in_cart(connection, std::slice::from_ref(&product_id))?;
        if domain::not_for_sale(lines, [product_id.as_str()], &products).is_some() {
            return Err(AppError::not_found("Product not found"));
        }
        domain::put(lines, &product_id, request.quantity.get(), now());
        if lines.len() > LINES_MAX {
            return Err(AppError::bad_request("A cart holds at most 100 products"));
        }
        Ok(())
    })
    .await
}

/// Takes a product out of the caller's cart. One that is not in it is out of it already.
pub async fn remove_item(state: &State, user: CurrentUser, product_id: String) -> Result<Cart, AppError> {
    change(state, user, move |_, lines| {
        lines.retain(|line| line.product_id != product_id);
        Ok(())
    })
    .await
}

/// Adds a guest's lines to the caller's cart.
pub async fn merge(
    state: &State,
    user: CurrentUser,
    key: Option<String>,
    request: MergeCart,
) -> Result<StoredAnswer, AppError> {
    let keyed = keyed_request(&user, key, "merge cart", &request);
    let merge =
        move |connection: &mut DbConnection| merge_in(connection, &user.id, keyed.as_ref(), &request.items);
    state.db.write_again_if(lost_a_race, merge).await
}

fn merge_in(
    connection: &mut DbConnection,
    user_id: &str,
    keyed: Option<&KeyedRequest>,
    items: &[ItemRequest],
) -> Result<StoredAnswer, AppError> {
    if let Some(answer) = claim(connection, keyed)? {
        return Ok(answer);
    }
    let mut lines = repo::lines_for_update(connection, user_id, now())?;
    let wanted = merge_in_order(items);
    let products = repo::products_in_cart(connection, &ids(&wanted))?;
    let before = lines.clone();
    let changes = domain::merge(&mut lines, wanted, &products, now());
    if lines != before {
        repo::replace(connection, user_id, &lines, now())?;
    }
    let answer = MergedCart { cart: cart_of(connection, user_id, &lines)?, changes };
    let answer = StoredAnswer::new(200, &Data::new(answer))?;
    complete(connection, keyed, &answer)?;
    Ok(answer)
}

/// Changes the caller's cart while nobody else does.
async fn change<F>(state: &State, user: CurrentUser, edit: F) -> Result<Cart, AppError>
where
    F: Fn(&mut DbConnection, &mut Vec<CartLine>) -> Result<(), AppError> + Send + Sync + 'static,
{
    let write = move |connection: &mut DbConnection| {
        let mut lines = repo::lines_for_update(connection, &user.id, now())?;
        let before = lines.clone();
        edit(connection, &mut lines)?;
        if lines != before {
            repo::replace(connection, &user.id, &lines, now())?;
        }
        cart_of(connection, &user.id, &lines)
    };
    state.db.write_again_if(lost_a_race, write).await
}

/// Whether the next attempt may find what this one did not: the answer under its key, or that a product is gone.
fn lost_a_race(error: &AppError) -> bool {
    let is_lost = matches!(
        error,
        AppError::Refused { retry_after: Some(_), .. } | AppError::Database(DbError::Dangling(_))
    );
    is_lost || error.gave_way()
}

fn cart_of(connection: &mut DbConnection, user_id: &str, lines: &[CartLine]) -> Result<Cart, AppError> {
    let wanted: Vec<_> = lines.iter().map(|line| (line.product_id.clone(), line.quantity)).collect();
    let products = repo::products_in_cart(connection, &ids(&wanted))?;
    let updated_at = repo::updated_at(connection, user_id)?.map(to_wire);
    Ok(Cart { quote: quote_of(wanted, &products)?, updated_at })
}

fn ids(wanted: &[(String, u32)]) -> Vec<String> {
    wanted.iter().map(|(id, _)| id.clone()).collect()
}

fn quote_of(
    wanted: Vec<(String, u32)>,
    products: &HashMap<String, ProductInCart>,
) -> Result<Quote, AppError> {
    let lines: Vec<QuoteLine> =
        wanted.into_iter().map(|(id, quantity)| quote_line(products.get(&id), id, quantity)).collect();
    let priced: Vec<PricedLine> = lines
        .iter()
        .filter_map(|line| {
            line.unit_price.map(|unit_price| PricedLine { unit_price, quantity: line.quantity })
        })
        .collect();
    let totals = price(&priced).map_err(|_| AppError::bad_request("The order is too large"))?;
    Ok(Quote { lines, totals, currency: CURRENCY.to_owned() })
}

fn quote_line(product: Option<&ProductInCart>, product_id: String, quantity: u32) -> QuoteLine {
    let Some(product) = product else {
        return QuoteLine {
            product_id,
            name: None,
            slug: None,
            image_url: None,
            quantity,
            available: 0,
            unit_price: None,
            subtotal: Money::ZERO,
            problem: Some(LineProblem::Unavailable),
        };
    };
    let unit_price = Money::from_minor(product.price);
    let is_short = i64::from(product.stock) < i64::from(quantity);
    QuoteLine {
        product_id,
        name: Some(product.name.clone()),
        slug: Some(product.slug.clone()),
        image_url: product.image_url.clone(),
        quantity,
        available: product.stock,
        unit_price: Some(unit_price),
        subtotal: unit_price.times(quantity).unwrap_or_default(),
        problem: is_short.then_some(LineProblem::InsufficientStock),
    }
}

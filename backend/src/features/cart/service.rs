//! Rules of the cart.

use shared_types::{
    Money,
    cart::{LineProblem, Quote, QuoteLine, QuoteRequest},
    money::CURRENCY,
    pricing::{PricedLine, price},
};

use super::repo::{self, ProductInCart};
use crate::{error::AppError, state::State};

/// Prices a list of products, in the order of the request, lines of one product merged into its first.
pub async fn quote(state: &State, request: QuoteRequest) -> Result<Quote, AppError> {
    let wanted = merge_in_order(&request);
    let ids: Vec<String> = wanted.iter().map(|(id, _)| id.clone()).collect();
    let products = state
        .db
        .read(move |connection| repo::products_in_cart(connection, &ids).map_err(AppError::from))
        .await?;
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

fn merge_in_order(request: &QuoteRequest) -> Vec<(String, u32)> {
    let mut merged: Vec<(String, u32)> = Vec::with_capacity(request.items.len());
    for item in &request.items {
        match merged.iter_mut().find(|(id, _)| *id == item.product_id) {
            Some((_, units)) => *units = units.saturating_add(item.quantity.get()),
            None => merged.push((item.product_id.clone(), item.quantity.get())),
        }
    }
    merged
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

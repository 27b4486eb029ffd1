//! How found products could be narrowed down.

use std::cmp::Reverse;

use shared_types::{
    Money,
    search::{AvailabilityFacet, CategoryFacet, Facets, PriceRangeFacet},
};

use super::{Index, segment::Row, texts::offset};

/// Categories that are listed.
const CATEGORIES_MAX: usize = 50;
/// Where ranges of prices begin, in minor units.
const RANGES: [i64; 7] = [0, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];

/// What the shopper has chosen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filters {
    /// Exactly this category, by its number.
    pub category: Option<u32>,
    /// At least this price.
    pub min_price: Option<i64>,
    /// At most this price.
    pub max_price: Option<i64>,
    /// In stock or sold out.
    pub in_stock: Option<bool>,
}

/// Counts what is found, each kind without its own filter.
pub struct Counter {
    filters: Filters,
    categories: Vec<i64>,
    ranges: [i64; 7],
    availability: AvailabilityFacet,
}

impl Counter {
    /// Nothing is counted yet.
    pub fn new(filters: Filters, categories: usize) -> Self {
        Self {
            filters,
            categories: vec![0; categories],
            ranges: [0; 7],
            availability: AvailabilityFacet::default(),
        }
    }

    /// Counts a product whose words fit; answers whether it passes all filters.
    pub fn count(&mut self, row: &Row) -> bool {
        let filters = &self.filters;
        let fits_category = filters.category.is_none_or(|category| category == row.category);
        let fits_price = filters.min_price.is_none_or(|price| row.price >= price)
            && filters.max_price.is_none_or(|price| row.price <= price);
        let fits_stock = filters.in_stock.is_none_or(|in_stock| in_stock == row.in_stock);
        if fits_price
            && fits_stock
            && let Some(count) = self.categories.get_mut(offset(row.category))
        {
            *count += 1;
        }
        let range = RANGES.partition_point(|from| *from <= row.price).saturating_sub(1);
        if fits_category
            && fits_stock
            && let Some(count) = self.ranges.get_mut(range)
        {
            *count += 1;
        }
        if fits_category && fits_price {
            let count = &mut self.availability;
            *(if row.in_stock { &mut count.in_stock } else { &mut count.out_of_stock }) += 1;
        }
        fits_category && fits_price && fits_stock
    }

    /// The facets.
    pub fn finish(self, index: &Index) -> Facets {
        let counted = (0..).zip(self.categories).filter(|(_, count)| *count > 0);
        let mut categories: Vec<CategoryFacet> = counted
            .filter_map(|(number, count)| {
                Some(CategoryFacet { category: index.categories().reference(number)?, count })
            })
            .collect();
        categories.sort_unstable_by(|a, b| {
            let order = |facet: &CategoryFacet| Reverse(facet.count);
            let name = |facet: &CategoryFacet| (facet.category.name.clone(), facet.category.id.clone());
            order(a).cmp(&order(b)).then_with(|| name(a).cmp(&name(b)))
        });
        categories.truncate(CATEGORIES_MAX);
        let ends = RANGES.iter().skip(1).map(|next| Some(Money::from_minor(next - 1))).chain([None]);
        let ranges = RANGES.iter().zip(ends).zip(self.ranges).filter(|(_, count)| *count > 0);
        let price_ranges = ranges
            .map(|((min, max), count)| PriceRangeFacet { min: Money::from_minor(*min), max, count })
            .collect();
        Facets { categories, price_ranges, availability: self.availability }
    }
}

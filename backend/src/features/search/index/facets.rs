//! How found products could be narrowed down.

use std::{borrow::Cow, cmp::Reverse};

use shared_types::{
    Money,
    search::{AvailabilityFacet, CategoryFacet, Facets, PriceRangeFacet},
};

use super::{Index, bits::Bits, segment::Segment, texts::offset};

/// Categories that are listed.
const CATEGORIES_MAX: usize = 50;
/// Of a segment's documents, less than one in so many are looked at one by one.
const FEW: usize = 16;
/// Where ranges of prices begin, in minor units.
pub const RANGES: [i64; 7] = [0, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];

/// The range that a price is in.
pub fn range_of(price: i64) -> usize {
    RANGES.partition_point(|from| *from <= price).saturating_sub(1)
}

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

impl Filters {
    /// Whether nothing was chosen.
    pub fn are_none(&self) -> bool {
        let Self { category, min_price, max_price, in_stock } = self;
        category.is_none() && min_price.is_none() && max_price.is_none() && in_stock.is_none()
    }
}

/// What was found in a segment by its words, and which of it passes each filter.
pub struct Narrowed<'s> {
    segment: &'s Segment,
    all: &'s Bits,
    by_category: Option<Bits>,
    by_price: Option<Bits>,
    by_stock: Option<Bits>,
}

impl<'s> Narrowed<'s> {
    /// Applies the filters to all that was found.
    pub fn new(segment: &'s Segment, all: &'s Bits, filters: &Filters) -> Self {
        let fitting = |fits: &dyn Fn(usize) -> bool| all.iter().filter(|document| fits(*document)).collect();
        let is_priced = filters.min_price.is_some() || filters.max_price.is_some();
        let (least, most) = (filters.min_price.unwrap_or(i64::MIN), filters.max_price.unwrap_or(i64::MAX));
        Self {
            segment,
            all,
            by_category: filters
                .category
                .map(|category| fitting(&|document| segment.category(document) == category)),
            by_price: is_priced.then(|| match all.count() * FEW < segment.count() {
                true => fitting(&|document| (least..=most).contains(&segment.price(document))),
                false => all.and(&segment.priced(least, most)),
            }),
            by_stock: filters.in_stock.map(|is_wanted| {
                let mut fitting = all.clone();
                match is_wanted {
                    true => fitting.retain_all(segment.in_stock()),
                    false => fitting.remove_all(segment.in_stock()),
                }
                fitting
            }),
        }
    }

    /// What passes all filters.
    pub fn hits(&self) -> Cow<'_, Bits> {
        let both = self.passing([&self.by_category, &self.by_price]);
        match &self.by_stock {
            Some(by_stock) => Cow::Owned(both.and(by_stock)),
            None => both,
        }
    }

    fn passing(&self, filters: [&Option<Bits>; 2]) -> Cow<'_, Bits> {
        let mut passing = Cow::Borrowed(self.all);
        for filter in filters.into_iter().flatten() {
            passing.to_mut().retain_all(filter);
        }
        passing
    }
}

/// Counts what is found, each kind without its own filter.
pub struct Counter {
    categories: Vec<i64>,
    ranges: [i64; RANGES.len()],
    availability: AvailabilityFacet,
}

impl Counter {
    /// Nothing is counted yet.
    pub fn new(categories: usize) -> Self {
        Self { categories: vec![0; categories], ranges: [0; 7], availability: AvailabilityFacet::default() }
    }

    /// Counts what was found in a segment.
    pub fn count(&mut self, found: &Narrowed<'_>) {
        let segment = found.segment;
        self.count_categories(segment, &found.passing([&found.by_price, &found.by_stock]));
        let in_ranges = found.passing([&found.by_category, &found.by_stock]);
        for (count, range) in self.ranges.iter_mut().zip(segment.ranges()) {
            *count += number(range.count_with(&in_ranges));
        }
        let available = found.passing([&found.by_category, &found.by_price]);
        let in_stock = available.count_with(segment.in_stock());
        self.availability.in_stock += number(in_stock);
        self.availability.out_of_stock += number(available.count() - in_stock);
    }

    /// Of most of a segment's documents it is known how many there are; those that are missing are fewer.
    fn count_categories(&mut self, segment: &Segment, found: &Bits) {
        let mut add = |category: usize, products: i64| {
            if let Some(count) = self.categories.get_mut(category) {
                *count += products;
            }
        };
        if found.count() * 2 < segment.count() {
            found.iter().for_each(|document| add(offset(segment.category(document)), 1));
            return;
        }
        segment.categories().iter().enumerate().for_each(|(category, products)| add(category, *products));
        let mut missing = Bits::all(segment.count());
        missing.remove_all(found);
        missing.iter().for_each(|document| add(offset(segment.category(document)), -1));
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

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

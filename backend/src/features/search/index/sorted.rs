//! Lists of products without words: which pass, how many, and one page of them in an order.

use std::ops::Range;

use super::{
    Index, Part,
    bits::Bits,
    segment::{Order, Segment},
    texts::offset,
};

/// Which products are listed, and where in the list.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Only of these categories, by their numbers.
    pub categories: Option<Vec<u32>>,
    /// At least this price, in minor units.
    pub min_price: Option<i64>,
    /// At most this price.
    pub max_price: Option<i64>,
    /// Recommended or not.
    pub is_featured: Option<bool>,
    /// In stock or sold out.
    pub in_stock: Option<bool>,
    /// What they are sorted by.
    pub order: Order,
    /// Whether the last in that order comes first.
    pub is_backwards: bool,
    /// How many of the first to leave out.
    pub offset: usize,
    /// Most to answer.
    pub limit: usize,
}

impl Index {
    /// The ids of one page, and how many products there are on all pages.
    pub fn list(&self, listing: &Listing) -> (Vec<String>, usize) {
        let parts: Vec<(&Part, Bits, usize)> = self
            .parts
            .iter()
            .map(|part| {
                let passing = part.passing(listing);
                let count = passing.count();
                (part, passing, count)
            })
            .filter(|(.., count)| *count > 0)
            .collect();
        let total: usize = parts.iter().map(|(.., count)| count).sum();
        let from = listing.offset.min(total);
        let to = from.saturating_add(listing.limit).min(total);
        // Late pages are nearer from the end.
        let is_late = from > total / 2;
        let (from, to) = if is_late { (total - to, total - from) } else { (from, to) };
        let direction = (listing.order, listing.is_backwards != is_late);
        let mut page: Vec<(&Segment, usize)> = match parts.as_slice() {
            [(part, passing, count)] => {
                let page = first_sorted(&part.segment, (passing, *count), direction, from..to);
                page.into_iter().map(|document| (part.segment.as_ref(), document)).collect()
            }
            parts => {
                let mut first: Vec<(&Segment, usize)> = Vec::new();
                for (part, passing, count) in parts {
                    let of_part = first_sorted(&part.segment, (passing, *count), direction, 0..to);
                    first.extend(of_part.into_iter().map(|document| (part.segment.as_ref(), document)));
                }
                match direction {
                    (order, false) => first.sort_by(|a, b| order.compare(*a, *b)),
                    (order, true) => first.sort_by(|a, b| order.compare(*b, *a)),
                }
                first.into_iter().skip(from).take(to - from).collect()
            }
        };
        if is_late {
            page.reverse();
        }
        (page.into_iter().map(|(segment, document)| segment.id(document).to_owned()).collect(), total)
    }
}

impl Part {
    fn passing(&self, listing: &Listing) -> Bits {
        let segment = &self.segment;
        let mut passing = Bits::all(segment.count());
        passing.remove_all(&self.dead);
        if let Some(categories) = &listing.categories {
            let mut wanted = Bits::none(segment.count());
            let documents = categories.iter().flat_map(|category| segment.in_category(*category));
            documents.for_each(|document| wanted.set(offset(*document)));
            passing.retain_all(&wanted);
        }
        if listing.min_price.is_some() || listing.max_price.is_some() {
            let (least, most) =
                (listing.min_price.unwrap_or(i64::MIN), listing.max_price.unwrap_or(i64::MAX));
            passing.retain_all(&segment.priced(least, most));
        }
        for (wanted, set) in
            [(listing.is_featured, segment.featured()), (listing.in_stock, segment.in_stock())]
        {
            match wanted {
                Some(true) => passing.retain_all(set),
                Some(false) => passing.remove_all(set),
                None => {}
            }
        }
        passing
    }
}

/// Some of the documents that pass, counted from the first in an order, or from the last.
pub fn first_sorted(
    segment: &Segment,
    (passing, count): (&Bits, usize),
    (order, is_backwards): (Order, bool),
    wanted: Range<usize>,
) -> Vec<usize> {
    let (skipped, most) = (wanted.start, wanted.end.min(count));
    let taken = most.saturating_sub(skipped);
    // Few are sorted; of many, the first are soon met on the way through all.
    if count.saturating_mul(count) < most.saturating_mul(segment.count()) {
        let mut all: Vec<usize> = passing.iter().collect();
        match is_backwards {
            false => all.sort_unstable_by(|a, b| order.compare((segment, *a), (segment, *b))),
            true => all.sort_unstable_by(|a, b| order.compare((segment, *b), (segment, *a))),
        }
        return all.into_iter().skip(skipped).take(taken).collect();
    }
    let all = segment.sorted(order).iter().map(|document| offset(*document));
    let is_passing = |document: &usize| passing.contains(*document);
    match is_backwards {
        false => all.filter(is_passing).skip(skipped).take(taken).collect(),
        true => all.rev().filter(is_passing).skip(skipped).take(taken).collect(),
    }
}

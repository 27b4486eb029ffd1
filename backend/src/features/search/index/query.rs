//! Finding products: which ones, in which order, and how many of which kind.

use std::cmp::Ordering;

use shared_types::search::{Facets, SearchSort};

use super::{
    Index, Part,
    bits::Bits,
    facets::{Counter, Filters},
    segment::Row,
};

/// What is asked of the products.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Folded; all must be found.
    pub words: Vec<String>,
    /// What the shopper has chosen.
    pub filters: Filters,
    /// What comes first; by relevance when not said.
    pub sort: Option<SearchSort>,
    /// How many of the first to leave out.
    pub offset: usize,
    /// Most to answer.
    pub limit: usize,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The ids of one page, in order.
    pub ids: Vec<String>,
    /// Products that pass all filters.
    pub total: usize,
    /// Whether the words fit any product, filters aside.
    pub fits_any: bool,
    /// How they could be narrowed down.
    pub facets: Facets,
}

/// A product that was found, on its way into order.
struct Hit<'i> {
    /// What decides first; lower comes first.
    key: u64,
    part: &'i Part,
    document: usize,
    row: &'i Row,
}

impl Index {
    /// Answers a question.
    pub fn search(&self, question: &Question) -> Found {
        let sort = question.sort.unwrap_or(SearchSort::Relevance);
        let mut counter = Counter::new(question.filters, self.categories.count());
        let mut hits = Vec::new();
        let mut fits_any = false;
        for part in &self.parts {
            for (document, points) in part.matches(&question.words) {
                let Some(row) = part.segment.row(document) else { continue };
                fits_any = true;
                if counter.count(row) {
                    let key = key(sort, part, document, row, points);
                    hits.push(Hit { key, part, document, row });
                }
            }
        }
        let total = hits.len();
        let last = question.offset.saturating_add(question.limit);
        if last < hits.len() {
            hits.select_nth_unstable_by(last, |a, b| compare(sort, a, b));
            hits.truncate(last);
        }
        hits.sort_unstable_by(|a, b| compare(sort, a, b));
        let page = hits.iter().skip(question.offset);
        let ids = page.map(|hit| hit.part.segment.id(hit.document).to_owned()).collect();
        Found { ids, total, fits_any, facets: counter.finish(self) }
    }

    /// Which products a word is found in, for each segment.
    pub(super) fn documents_with(&self, word: &str) -> Vec<Bits> {
        let of_part = |part: &Part| {
            let points = part.segment.points_of(word);
            let found = points.iter().enumerate().filter(|(_, points)| **points > 0);
            found.map(|(document, _)| document).filter(|document| !part.dead.contains(*document)).collect()
        };
        self.parts.iter().map(of_part).collect()
    }
}

impl Part {
    /// Documents in which every word is found, with what the words are worth together.
    fn matches(&self, words: &[String]) -> impl Iterator<Item = (usize, u16)> + use<'_> {
        let mut total: Vec<u16> = Vec::new();
        for word in words {
            let points = self.segment.points_of(word);
            if total.is_empty() {
                total = points.into_iter().map(u16::from).collect();
            } else {
                for (total, points) in total.iter_mut().zip(points) {
                    *total = if *total > 0 && points > 0 { *total + u16::from(points) } else { 0 };
                }
            }
            if total.iter().all(|total| *total == 0) {
                total.clear();
                break;
            }
        }
        let found = total.into_iter().enumerate().filter(|(_, points)| *points > 0);
        found.filter(|(document, _)| !self.dead.contains(*document))
    }
}

/// A number that puts most hits into order. By relevance: what the words are worth, then the shorter name, then what can be
/// bought, then what the shop recommends.
fn key(sort: SearchSort, part: &Part, document: usize, row: &Row, points: u16) -> u64 {
    match sort {
        SearchSort::Relevance => {
            u64::from(!points) << 16
                | u64::from(row.name_words) << 8
                | u64::from(!row.in_stock) << 1
                | u64::from(!row.is_featured)
        }
        SearchSort::PriceAsc => row.price.unsigned_abs(),
        SearchSort::PriceDesc => !row.price.unsigned_abs(),
        SearchSort::Newest => !row.created_at.unsigned_abs(),
        SearchSort::Name => {
            let mut first = [0; 8];
            first.iter_mut().zip(part.segment.name(document).bytes()).for_each(|(to, byte)| *to = byte);
            u64::from_be_bytes(first)
        }
    }
}

/// The whole order; equal only for a product and itself. Ties are broken as the catalogue's lists break them.
fn compare(sort: SearchSort, a: &Hit<'_>, b: &Hit<'_>) -> Ordering {
    fn id<'i>(hit: &Hit<'i>) -> &'i str {
        hit.part.segment.id(hit.document)
    }
    fn name<'i>(hit: &Hit<'i>) -> &'i str {
        hit.part.segment.name(hit.document)
    }
    a.key.cmp(&b.key).then_with(|| match sort {
        SearchSort::Relevance => b.row.created_at.cmp(&a.row.created_at).then_with(|| id(a).cmp(id(b))),
        SearchSort::PriceAsc => id(a).cmp(id(b)),
        SearchSort::Name => name(a).cmp(name(b)).then_with(|| id(a).cmp(id(b))),
        SearchSort::PriceDesc | SearchSort::Newest => id(b).cmp(id(a)),
    })
}

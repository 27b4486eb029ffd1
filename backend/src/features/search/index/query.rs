//! Finding products: which ones, in which order, and how many of which kind.

use std::cmp::Ordering;

use shared_types::search::{Facets, SearchSort};

use super::{
    Index, Part,
    bits::Bits,
    facets::{Counter, Filters},
    segment::{Row, Segment},
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
    segment: &'i Segment,
    document: usize,
}

/// The first hits of all that were found. Most of many hits are worse than those that are kept, and forgotten at once.
struct Best<'i> {
    sort: SearchSort,
    most: usize,
    hits: Vec<Hit<'i>>,
    /// Hits after this one are not among the first.
    limit: u64,
}

impl<'i> Best<'i> {
    fn new(sort: SearchSort, most: usize) -> Self {
        Self { sort, most, hits: Vec::new(), limit: u64::MAX }
    }

    fn add(&mut self, hit: Hit<'i>) {
        if hit.key > self.limit {
            return;
        }
        self.hits.push(hit);
        if self.hits.len() >= self.most.saturating_mul(2).max(1_000) {
            self.prune();
        }
    }

    fn prune(&mut self) {
        let sort = self.sort;
        if let Some(last) = self.most.checked_sub(1)
            && last < self.hits.len()
        {
            let (_, last, _) = self.hits.select_nth_unstable_by(last, |a, b| compare(sort, a, b));
            self.limit = last.key;
        }
        self.hits.truncate(self.most);
    }

    fn finish(mut self) -> Vec<Hit<'i>> {
        self.prune();
        self.hits.sort_unstable_by(|a, b| compare(self.sort, a, b));
        self.hits
    }
}

impl Index {
    /// Answers a question.
    pub fn search(&self, question: &Question) -> Found {
        let sort = question.sort.unwrap_or(SearchSort::Relevance);
        let mut counter = Counter::new(question.filters, self.categories.count());
        let mut best = Best::new(sort, question.offset.saturating_add(question.limit));
        let (mut total, mut fits_any) = (0, false);
        for part in &self.parts {
            let segment = &part.segment;
            for (document, points) in part.matches(&question.words) {
                let Some(row) = segment.row(document) else { continue };
                fits_any = true;
                if counter.count(row) {
                    total += 1;
                    best.add(Hit { key: key(sort, segment, document, row, points), segment, document });
                }
            }
        }
        let hits = best.finish();
        let page = hits.iter().skip(question.offset);
        let ids = page.map(|hit| hit.segment.id(hit.document).to_owned()).collect();
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
fn key(sort: SearchSort, segment: &Segment, document: usize, row: &Row, points: u16) -> u64 {
    match sort {
        SearchSort::Relevance => {
            u64::from(!points) << 16
                | u64::from(row.name_words) << 8
                | u64::from(!row.in_stock) << 1
                | u64::from(!row.is_featured)
        }
        SearchSort::PriceAsc => row.price.unsigned_abs(),
        SearchSort::PriceDesc => !row.price.unsigned_abs(),
        SearchSort::Newest => !segment.created_at(document).unsigned_abs(),
        SearchSort::Name => {
            let mut first = [0; 8];
            first.iter_mut().zip(segment.name(document).bytes()).for_each(|(to, byte)| *to = byte);
            u64::from_be_bytes(first)
        }
    }
}

/// The whole order; equal only for a product and itself. Ties are broken as the catalogue's lists break them.
fn compare(sort: SearchSort, a: &Hit<'_>, b: &Hit<'_>) -> Ordering {
    fn id<'i>(hit: &Hit<'i>) -> &'i str {
        hit.segment.id(hit.document)
    }
    fn name<'i>(hit: &Hit<'i>) -> &'i str {
        hit.segment.name(hit.document)
    }
    let created_at = |hit: &Hit<'_>| hit.segment.created_at(hit.document);
    a.key.cmp(&b.key).then_with(|| match sort {
        SearchSort::Relevance => created_at(b).cmp(&created_at(a)).then_with(|| id(a).cmp(id(b))),
        SearchSort::PriceAsc => id(a).cmp(id(b)),
        SearchSort::Name => name(a).cmp(name(b)).then_with(|| id(a).cmp(id(b))),
        SearchSort::PriceDesc | SearchSort::Newest => id(b).cmp(id(a)),
    })
}

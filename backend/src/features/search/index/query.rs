//! Finding products: which ones, in which order, and how many of which kind.

use std::{
    cmp::{Ordering, Reverse},
    collections::BTreeMap,
};

use shared_types::search::{Facets, SearchSort};

use super::{
    Index, Part,
    bits::{Bits, Ones, WIDTH},
    facets::{Counter, Filters, Narrowed},
    segment::{self, Levels, Order, Segment},
    sorted::first_sorted,
};

/// So many hits are too many to add up the points of each.
#[cfg(not(test))]
const MANY: usize = 20_000;
#[cfg(test)]
const MANY: usize = 20;
/// Most combinations of levels that are looked at: every one takes a pass over the sets.
const COMBINATIONS_MAX: usize = 400;

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
    /// Only the page matters, not how many there are of which kind.
    pub is_brief: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The ids of one page, in order.
    pub ids: Vec<String>,
    /// Products that pass all filters; of a brief answer, at least so many.
    pub total: usize,
    /// Whether the words fit any product, filters aside.
    pub fits_any: bool,
    /// How they could be narrowed down; nothing in a brief answer.
    pub facets: Facets,
}

/// A product that was found, on its way into order.
struct Hit<'i> {
    /// What its words are worth together.
    points: u16,
    segment: &'i Segment,
    document: usize,
}

/// The first products of each segment.
#[derive(Default)]
struct Hits<'i> {
    hits: Vec<Hit<'i>>,
    segments: usize,
}

impl<'i> Hits<'i> {
    /// Adds those of a segment, in their order.
    fn add(&mut self, segment: &'i Segment, first: Vec<(u16, usize)>) {
        self.segments += usize::from(!first.is_empty());
        self.hits.extend(first.into_iter().map(|(points, document)| Hit { points, segment, document }));
    }

    /// The ids of one page.
    fn page(mut self, sort: SearchSort, question: &Question) -> Vec<String> {
        if self.segments > 1 {
            // Those of each segment are in order already, which this sort notices.
            self.hits.sort_by(|a, b| compare(sort, a, b));
        }
        let page = self.hits.iter().skip(question.offset).take(question.limit);
        page.map(|hit| hit.segment.id(hit.document).to_owned()).collect()
    }
}

impl Index {
    /// Answers a question.
    pub fn search(&self, question: &Question) -> Found {
        let sort = question.sort.unwrap_or(SearchSort::Relevance);
        let most = question.offset.saturating_add(question.limit);
        if let [word] = question.words.as_slice()
            && question.is_brief
            && sort == SearchSort::Relevance
            && question.filters.are_none()
        {
            return self.best(word, question, most);
        }
        let mut counter = Counter::new(self.categories.count());
        let mut hits = Hits::default();
        let (mut total, mut fits_any) = (0, false);
        for part in &self.parts {
            let Some(matches) = part.matches(&question.words) else { continue };
            fits_any = true;
            let narrowed = Narrowed::new(&part.segment, &matches.all, &question.filters);
            if !question.is_brief {
                counter.count(&narrowed);
            }
            let passing = narrowed.hits();
            let count = passing.count();
            total += count;
            hits.add(&part.segment, matches.first(&part.segment, (&passing, count), sort, most));
        }
        let facets = if question.is_brief { Facets::default() } else { counter.finish(self) };
        Found { ids: hits.page(sort, question), total, fits_any, facets }
    }

    /// Answers a brief question of one word. The best products answer it, so others are not looked at.
    fn best(&self, word: &str, question: &Question, most: usize) -> Found {
        let mut hits = Hits::default();
        for part in &self.parts {
            hits.add(&part.segment, part.segment.best(word, &part.dead, most));
        }
        let total = hits.hits.len();
        let ids = hits.page(SearchSort::Relevance, question);
        Found { ids, total, fits_any: total > 0, facets: Facets::default() }
    }

    /// Which products a word is found in, for each segment.
    pub(super) fn documents_with(&self, word: &str) -> Vec<Bits> {
        let word = [word.to_owned()];
        let found = self.parts.iter().map(|part| part.matches(&word));
        found.map(|found| found.map_or_else(Bits::default, |found| found.all)).collect()
    }
}

/// The documents of a segment in which all words are found.
struct Matches {
    /// For each word, among others.
    levels: Vec<Levels>,
    all: Bits,
}

impl Part {
    /// Looks for every word, each only where those before it are found. `None` when there is no such document.
    fn matches(&self, words: &[String]) -> Option<Matches> {
        let mut all = self.segment.alive(&self.dead);
        let mut levels = Vec::with_capacity(words.len());
        // Longer words are in fewer documents.
        let mut by_length: Vec<&String> = words.iter().collect();
        by_length.sort_by_key(|word| Reverse(word.len()));
        for word in by_length {
            let found = self.segment.levels(word, &all);
            if found.found() == 0 {
                return None;
            }
            all = found.within(all);
            levels.push(found);
        }
        (!levels.is_empty()).then_some(Matches { levels, all })
    }
}

impl Matches {
    /// The first of those that pass, at most so many, with their points.
    fn first(
        &self,
        segment: &Segment,
        (passing, count): (&Bits, usize),
        sort: SearchSort,
        most: usize,
    ) -> Vec<(u16, usize)> {
        match (direction(sort), self.levels.as_slice()) {
            (Some(direction), _) => {
                let first = first_sorted(segment, (passing, count), direction, 0..most);
                first.into_iter().map(|document| (0, document)).collect()
            }
            (None, [levels]) => first_of(levels, passing, most),
            (None, levels) if count > MANY && combinations(levels) <= COMBINATIONS_MAX => {
                combined(levels, passing, most.min(count))
            }
            (None, levels) => ranked(levels, (passing, count), most),
        }
    }
}

/// What a sort goes by, and whether from the end; `None` for the order of a segment's numbers.
fn direction(sort: SearchSort) -> Option<(Order, bool)> {
    match sort {
        SearchSort::Relevance => None,
        SearchSort::PriceAsc => Some((Order::Price, false)),
        SearchSort::PriceDesc => Some((Order::Price, true)),
        SearchSort::Newest => Some((Order::Age, true)),
        SearchSort::Name => Some((Order::Name, false)),
    }
}

/// The best of those in which one word is found: level by level, in the order of the segment.
fn first_of(levels: &Levels, passing: &Bits, most: usize) -> Vec<(u16, usize)> {
    let all = levels.iter().flat_map(|(points, level)| {
        let points = *points;
        let blocks = level.blocks().iter().zip(passing.blocks()).enumerate();
        blocks.flat_map(move |(block, (a, b))| Ones(a & b).map(move |bit| (points, block * WIDTH + bit)))
    });
    all.take(most).collect()
}

fn combinations(levels: &[Levels]) -> usize {
    levels.iter().map(|levels| levels.iter().count()).product()
}

/// The best of many in which several words are found: combinations of levels are looked at from the best one on, until
/// there are enough.
fn combined(levels: &[Levels], passing: &Bits, most: usize) -> Vec<(u16, usize)> {
    let mut by_points: BTreeMap<Reverse<u16>, Vec<Vec<&Bits>>> = BTreeMap::new();
    by_points.insert(Reverse(0), vec![Vec::new()]);
    for levels in levels {
        let mut longer: BTreeMap<Reverse<u16>, Vec<Vec<&Bits>>> = BTreeMap::new();
        for (Reverse(points), combinations) in by_points {
            for (more, level) in levels.iter() {
                let with = combinations.iter().map(|sets| sets.iter().copied().chain([level]).collect());
                longer.entry(Reverse(points + more)).or_default().extend(with);
            }
        }
        by_points = longer;
    }
    let mut first = Vec::new();
    for (Reverse(points), combinations) in by_points {
        let mut documents = Bits::default();
        for sets in combinations {
            let mut found = passing.clone();
            sets.into_iter().for_each(|set| found.retain_all(set));
            documents.insert_all(&found);
        }
        first.extend(documents.iter().take(most - first.len()).map(|document| (points, document)));
        if first.len() == most {
            break;
        }
    }
    first
}

/// The best of those in which several words are found. Points are added up and counted, which tells how many points the
/// last one has that is wanted.
fn ranked(levels: &[Levels], (passing, count): (&Bits, usize), most: usize) -> Vec<(u16, usize)> {
    let mut points: Vec<u16> = Vec::with_capacity(count);
    let mut with_points: Vec<usize> = Vec::new();
    for (block, word) in passing.blocks().iter().enumerate().filter(|(_, word)| **word != 0) {
        let sums = points_in(levels, block, *word);
        for sum in Ones(*word).filter_map(|bit| sums.get(bit)) {
            points.push(*sum);
            let sum = usize::from(*sum);
            with_points.resize(with_points.len().max(sum + 1), 0);
            if let Some(count) = with_points.get_mut(sum) {
                *count += 1;
            }
        }
    }
    let (mut least, mut better) = (0, 0);
    for (sum, count) in with_points.iter().enumerate().rev() {
        least = sum;
        if better + count >= most {
            break;
        }
        better += count;
    }
    let mut equal = most.saturating_sub(better);
    let hits =
        points.into_iter().zip(passing.iter()).filter(|(sum, _)| match usize::from(*sum).cmp(&least) {
            Ordering::Greater => true,
            Ordering::Equal if equal > 0 => {
                equal -= 1;
                true
            }
            _ => false,
        });
    let mut hits: Vec<(u16, usize)> = hits.collect();
    hits.sort_unstable_by_key(|(points, document)| (Reverse(*points), *document));
    hits
}

/// What all words are worth together in some documents of one block.
fn points_in(levels: &[Levels], block: usize, documents: u64) -> [u16; WIDTH] {
    let mut sums = [0; WIDTH];
    for (points, level) in levels.iter().flat_map(Levels::iter) {
        for bit in Ones(level.block(block) & documents) {
            if let Some(sum) = sums.get_mut(bit) {
                *sum += points;
            }
        }
    }
    sums
}

/// The whole order; equal only for a product and itself. Ties are broken as the catalogue's lists break them.
fn compare(sort: SearchSort, a: &Hit<'_>, b: &Hit<'_>) -> Ordering {
    let places = ((a.segment, a.document), (b.segment, b.document));
    match direction(sort) {
        None => b.points.cmp(&a.points).then_with(|| segment::compare(places.0, places.1)),
        Some((order, false)) => order.compare(places.0, places.1),
        Some((order, true)) => order.compare(places.1, places.0),
    }
}

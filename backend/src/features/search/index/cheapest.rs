//! The documents of a segment by price, with sets of the cheapest ones, so that those between two prices are mostly copied
//! and not gathered one by one.

use super::{bits::Bits, texts::offset};

/// Most sets that are kept. Together they take as many bits for each document.
const SETS_MAX: usize = 32;
/// So few more documents are gathered sooner than a set is copied.
#[cfg(not(test))]
const STEP_MIN: usize = 4_096;
#[cfg(test)]
const STEP_MIN: usize = 3;

/// Documents, the cheapest first.
#[derive(Debug, Default)]
pub struct Cheapest {
    order: Vec<u32>,
    /// How many documents each set has more than the one before it.
    step: usize,
    sets: Vec<Bits>,
}

impl Cheapest {
    /// Of documents in this order.
    pub fn new(order: Vec<u32>) -> Self {
        let step = (order.len() / SETS_MAX).max(STEP_MIN);
        let mut set = Bits::none(order.len());
        let sets = order.chunks_exact(step).map(|documents| {
            documents.iter().for_each(|document| set.set(offset(*document)));
            set.clone()
        });
        Self { sets: sets.collect(), step, order }
    }

    /// All of them.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// How many of the first fulfil something that none after them does.
    pub fn count_while(&self, is_among: impl Fn(usize) -> bool) -> usize {
        self.order.partition_point(|document| is_among(offset(*document)))
    }

    /// The first so many.
    pub fn first(&self, count: usize) -> Bits {
        let (sets, rest) = match self.step {
            0 => (0, 0),
            step => (count / step, count / step * step),
        };
        let set = sets.checked_sub(1).and_then(|last| self.sets.get(last)).cloned();
        let mut first = set.unwrap_or_else(|| Bits::none(self.order.len()));
        let more = self.order.get(rest..count).unwrap_or_default();
        more.iter().for_each(|document| first.set(offset(*document)));
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_the_first_wherever_the_sets_end() {
        for all in [0_u32, 1, 2, 3, 7, 64, 200] {
            // Any order that is not that of the numbers.
            let mut order: Vec<u32> = (0..all).collect();
            order.sort_by_key(|document| document.wrapping_mul(2_654_435_761));
            let cheapest = Cheapest::new(order.clone());
            for count in 0..=order.len() {
                let expected: Bits = order.iter().take(count).map(|document| offset(*document)).collect();
                let found = cheapest.first(count);
                assert!(found.iter().eq(expected.iter()), "{count} of {all}");
            }
            assert!(cheapest.sets.len() <= order.len() / STEP_MIN);
        }
    }
}

//! A set of documents of one segment.

/// One bit for each document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

/// Documents of one block.
pub const WIDTH: usize = 64;

impl Bits {
    /// Nothing yet, with room for so many documents.
    pub fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(WIDTH)])
    }

    /// The first so many documents.
    pub fn all(count: usize) -> Self {
        let mut words = vec![u64::MAX; count / WIDTH];
        if !count.is_multiple_of(WIDTH) {
            words.push((1 << (count % WIDTH)) - 1);
        }
        Self(words)
    }

    /// Adds a document.
    pub fn insert(&mut self, index: usize) {
        if self.0.len() <= index / WIDTH {
            self.0.resize(index / WIDTH + 1, 0);
        }
        self.set(index);
    }

    /// Adds a document that there is room for.
    pub fn set(&mut self, index: usize) {
        if let Some(word) = self.0.get_mut(index / WIDTH) {
            *word |= 1 << (index % WIDTH);
        }
    }

    /// Whether a document is in it.
    pub fn contains(&self, index: usize) -> bool {
        self.block(index / WIDTH) >> (index % WIDTH) & 1 == 1
    }

    /// Which of the [`WIDTH`] documents of a block are in it.
    pub fn block(&self, block: usize) -> u64 {
        self.0.get(block).copied().unwrap_or(0)
    }

    /// The blocks, in order; those that are missing at the end are empty.
    pub fn blocks(&self) -> &[u64] {
        &self.0
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| ones(*word)).sum()
    }

    /// How many are in both.
    pub fn count_with(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(a, b)| ones(a & b)).sum()
    }

    /// What is in both.
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }

    /// Adds everything that is in `other`.
    pub fn insert_all(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    /// Leaves only what is also in `other`.
    pub fn retain_all(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
    }

    /// Leaves only what is also in `other`, and takes it out of there. Answers how many there are. It is one pass, since of a
    /// large segment each takes as long as looking for a word.
    pub fn take_from(&mut self, other: &mut Self) -> usize {
        self.0.truncate(other.0.len());
        let mut count = 0;
        for (word, other) in self.0.iter_mut().zip(&mut other.0) {
            *word &= *other;
            *other &= !*word;
            count += ones(*word);
        }
        count
    }

    /// Leaves only what is not in `other`.
    pub fn remove_all(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    /// The documents, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(block, word)| Ones(*word).map(move |bit| block * WIDTH + bit))
    }
}

/// The documents of one block, counted from its first.
pub struct Ones(pub u64);

impl Iterator for Ones {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let first = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        usize::try_from(first).ok()
    }
}

fn ones(word: u64) -> usize {
    usize::try_from(word.count_ones()).unwrap_or(0)
}

impl FromIterator<usize> for Bits {
    fn from_iter<I: IntoIterator<Item = usize>>(indexes: I) -> Self {
        let mut bits = Self::default();
        indexes.into_iter().for_each(|index| bits.insert(index));
        bits
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let bits: Bits = [0, 63, 64, 200].into_iter().collect();
        let held: Vec<_> = (0..300).filter(|index| bits.contains(*index)).collect();
        assert_eq!(held, [0, 63, 64, 200]);
        assert!(!bits.is_empty() && Bits::default().is_empty());
        for count in [0, 1, 63, 64, 65, 200] {
            let all = Bits::all(count);
            assert_eq!((all.count(), all.contains(count)), (count, false));
            assert!(Bits::none(count).is_empty());
        }
    }

    proptest! {
        #[test]
        fn sets_are_combined_like_sets(a in prop::collection::btree_set(0..400_usize, 0..60), b in prop::collection::btree_set(0..400_usize, 0..60)) {
            let bits = |set: &BTreeSet<usize>| set.iter().copied().collect::<Bits>();
            let list = |bits: &Bits| bits.iter().collect::<Vec<_>>();
            let both: Vec<usize> = a.intersection(&b).copied().collect();
            prop_assert_eq!(list(&bits(&a).and(&bits(&b))), both.clone());
            prop_assert_eq!(bits(&a).count_with(&bits(&b)), both.len());
            prop_assert_eq!(bits(&a).count(), a.len());
            let mut changed = bits(&a);
            changed.retain_all(&bits(&b));
            prop_assert_eq!(list(&changed), both.clone());
            let (mut taken, mut left) = (bits(&a), bits(&b));
            prop_assert_eq!(taken.take_from(&mut left), both.len());
            prop_assert_eq!(list(&taken), both);
            prop_assert_eq!(list(&left), b.difference(&a).copied().collect::<Vec<_>>());
            let mut changed = bits(&a);
            changed.insert_all(&bits(&b));
            prop_assert_eq!(list(&changed), a.union(&b).copied().collect::<Vec<_>>());
            let mut changed = bits(&a);
            changed.remove_all(&bits(&b));
            prop_assert_eq!(list(&changed), a.difference(&b).copied().collect::<Vec<_>>());
        }
    }
}

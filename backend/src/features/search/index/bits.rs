//! A set of documents of one segment.

/// One bit for each document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bits(Vec<u64>);

const WIDTH: usize = 64;

impl Bits {
    /// Adds a document.
    pub fn insert(&mut self, index: usize) {
        if self.0.len() <= index / WIDTH {
            self.0.resize(index / WIDTH + 1, 0);
        }
        if let Some(word) = self.0.get_mut(index / WIDTH) {
            *word |= 1 << (index % WIDTH);
        }
    }

    /// Whether a document is in it.
    pub fn contains(&self, index: usize) -> bool {
        self.0.get(index / WIDTH).is_some_and(|word| word >> (index % WIDTH) & 1 == 1)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// What is in both.
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect())
    }
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
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let bits: Bits = [0, 63, 64, 200].into_iter().collect();
        let held: Vec<_> = (0..300).filter(|index| bits.contains(*index)).collect();
        assert_eq!(held, [0, 63, 64, 200]);
        assert!(!bits.is_empty() && Bits::default().is_empty());
    }

    #[test]
    fn both_hold_what_either_holds_alone_never() {
        let (a, b): (Bits, Bits) = ([1, 70, 300].into_iter().collect(), [1, 70, 71].into_iter().collect());
        assert_eq!(a.and(&b), [1, 70].into_iter().collect());
        assert!(a.and(&Bits::default()).is_empty());
    }
}

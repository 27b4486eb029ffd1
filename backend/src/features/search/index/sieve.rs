//! Where in many texts a word can't be, so that it need not be looked for there.

use std::collections::HashMap;

use super::{
    bits::{Bits, WIDTH},
    texts::Texts,
};

/// For every two and three letters that follow each other, the blocks of [`WIDTH`] texts in which they do.
#[derive(Debug, Default)]
pub struct Sieve {
    blocks: HashMap<[u8; 3], Bits>,
}

impl Sieve {
    /// Reads all texts.
    pub fn new(texts: &Texts) -> Self {
        let mut sieve = Self::default();
        let mut there: Vec<[u8; 3]> = Vec::new();
        for (block, from) in (0..texts.count()).step_by(WIDTH).enumerate() {
            there.clear();
            let bytes = texts.joined(from..texts.count().min(from + WIDTH)).as_bytes();
            there.extend(bytes.windows(3).filter_map(|part| <[u8; 3]>::try_from(part).ok()));
            there.extend(bytes.windows(2).filter_map(pair));
            there.sort_unstable();
            there.dedup();
            for part in &there {
                sieve.blocks.entry(*part).or_default().insert(block);
            }
        }
        sieve
    }

    /// The blocks that may contain a word; `None` when it is too short to tell.
    pub fn blocks(&self, word: &str) -> Option<Bits> {
        let bytes = word.as_bytes();
        let parts: Vec<[u8; 3]> = match bytes {
            [] | [_] => return None,
            [_, _] => pair(bytes).into_iter().collect(),
            _ => bytes.windows(3).filter_map(|part| <[u8; 3]>::try_from(part).ok()).collect(),
        };
        let mut left: Option<Bits> = None;
        for part in parts {
            let Some(blocks) = self.blocks.get(&part) else { return Some(Bits::default()) };
            match &mut left {
                Some(left) => left.retain_all(blocks),
                None => left = Some(blocks.clone()),
            }
        }
        left
    }
}

/// Two letters among threes. Should three look like two, they share blocks, which leaves out less and never too much.
fn pair(bytes: &[u8]) -> Option<[u8; 3]> {
    match bytes {
        [first, second] => Some([*first, *second, 0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_block_that_contains_a_word_is_left_out(
            all in prop::collection::vec("[ab0é]{0,4}", 0..400),
            word in "[ab0é]{1,5}",
        ) {
            let mut texts = Texts::default();
            all.iter().for_each(|text| texts.push(text));
            let blocks = Sieve::new(&texts).blocks(&word);
            for (number, _) in all.iter().enumerate().filter(|(_, text)| text.contains(&word)) {
                prop_assert!(blocks.as_ref().is_none_or(|blocks| blocks.contains(number / WIDTH)));
            }
        }
    }

    #[test]
    fn what_is_nowhere_is_looked_for_nowhere() {
        let mut texts = Texts::default();
        (0..200).for_each(|number| texts.push(&format!("sku-{number:04}")));
        let sieve = Sieve::new(&texts);
        assert!(sieve.blocks("lamp").is_some_and(|blocks| blocks.is_empty()));
        assert!(sieve.blocks("zz").is_some_and(|blocks| blocks.is_empty()));
        assert_eq!(sieve.blocks("0199").map(|blocks| blocks.iter().collect::<Vec<_>>()), Some(vec![3]));
        assert!(sieve.blocks("s").is_none());
    }
}

//! Numbers that look random and are the same in every run.

/// A stream of numbers that depends on nothing but where it starts: the generator SplitMix64 of Steele, Lea and Flood
/// (2014), whose neighbouring starts give unrelated streams.
pub struct Dice(u64);

impl Dice {
    /// The stream of one thing among many; `purpose` keeps different streams of the same thing apart.
    pub const fn of(thing: u64, purpose: u64) -> Self {
        Self(thing.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ purpose.wrapping_mul(0x9e6c_63d0_676a_9a99))
    }

    /// The next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, each as likely as the other; 0 when there is none below.
    pub const fn below(&mut self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.roll() % limit }
    }

    /// A number below `limit`, low ones far more likely than high ones: the cube of an even share.
    pub const fn low_below(&mut self, limit: u64) -> u64 {
        let share = self.below(4_096);
        limit * share * share * share / (4_096 * 4_096 * 4_096)
    }

    /// True so many times out of a thousand.
    pub const fn in_thousand(&mut self, times: u64) -> bool {
        self.below(1_000) < times
    }

    /// One of the words.
    pub fn pick<const N: usize>(&mut self, words: &[&'static str; N]) -> &'static str {
        nth(words, self.roll())
    }
}

/// The word with this number, counting around and around.
pub fn nth<const N: usize>(words: &[&'static str; N], number: u64) -> &'static str {
    let count = u64::try_from(N).unwrap_or(u64::MAX).max(1);
    usize::try_from(number % count).ok().and_then(|at| words.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_start_gives_the_same_numbers_and_another_one_others() {
        let three = |thing, purpose| {
            let mut dice = Dice::of(thing, purpose);
            [dice.roll(), dice.roll(), dice.roll()]
        };
        assert_eq!(three(7, 1), three(7, 1));
        assert_ne!(three(7, 1), three(8, 1));
        assert_ne!(three(7, 1), three(7, 2));
    }

    #[test]
    fn low_numbers_are_more_likely_but_all_occur() {
        let mut dice = Dice::of(1, 1);
        let mut seen = [0_u32; 10];
        (0..20_000).for_each(|_| seen[usize::try_from(dice.low_below(10)).unwrap()] += 1);
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]) && seen[9] > 0, "{seen:?}");
        assert_eq!(dice.below(0), 0);
    }
}

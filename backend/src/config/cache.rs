//! What is kept in memory.

use super::Source;

/// What is kept in memory.
#[derive(Debug, Clone, Copy)]
pub struct CacheConfig {
    /// `CACHE_MAX_BYTES`: most memory for answers to public reads, 65,536 to 68,719,476,736; 33,554,432, which are 32 MiB
    /// and enough for some hundred pages of products.
    pub max_bytes: u64,
}

impl CacheConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        Self { max_bytes: source.number("CACHE_MAX_BYTES", 33_554_432, 65_536..=68_719_476_736) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_memory_is_needed_and_more_can_be_given() {
        let read = |value: &str| {
            let mut source = Source::from_pairs([("CACHE_MAX_BYTES", value)]);
            let config = CacheConfig::read(&mut source);
            source.finish().map(|()| config.max_bytes).ok()
        };
        assert_eq!([read(""), read("1048576")], [Some(33_554_432), Some(1_048_576)]);
        assert_eq!([read("0"), read("65535"), read("32MB")], [None; 3]);
    }
}

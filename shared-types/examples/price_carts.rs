//! Prices 10,000 random carts and boils the results down to one number, to show that the server and the browser agree.
//!
//! Without `PRICING_DIGEST` at compile time it prints the number. With it, it traps unless it comes to the same: that
//! build is for wasm32, where nothing can be printed.

use shared_types::{
    Money,
    pricing::{PricedLine, price},
};

const CARTS: u32 = 10_000;

/// SplitMix64: the same numbers on every platform, without a dependency.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

fn cart(random: &mut Random) -> Vec<PricedLine> {
    (0..random.below(12))
        .map(|_| PricedLine {
            // Small and large prices alike: the free-shipping limit and the rounding are among the small ones.
            unit_price: match random.below(3) {
                0 => Money::from_minor(i64::try_from(random.below(2_000)).unwrap_or(0)),
                1 => Money::from_minor(i64::try_from(random.below(100_000)).unwrap_or(0)),
                _ => Money::from_minor(i64::try_from(random.below(10_000_000_000)).unwrap_or(0)),
            },
            quantity: u32::try_from(random.below(999)).unwrap_or(0) + 1,
        })
        .collect()
}

/// FNV-1a over every amount of every cart.
fn digest() -> u64 {
    let mut random = Random(2026);
    let mut digest = 0xcbf2_9ce4_8422_2325_u64;
    for _ in 0..CARTS {
        let amounts = match price(&cart(&mut random)) {
            Ok(totals) => [totals.subtotal, totals.tax, totals.shipping, totals.total].map(Money::minor),
            Err(_) => [-1; 4],
        };
        for byte in amounts.iter().flat_map(|amount| amount.to_le_bytes()) {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    digest
}

fn main() {
    let digest = digest();
    match option_env!("PRICING_DIGEST") {
        None => println!("{digest}"),
        Some(expected) => assert_eq!(digest.to_string(), expected, "the carts cost something else here"),
    }
}

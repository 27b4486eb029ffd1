//! Prices 10,000 random carts and condenses every cent into one number, so that the server's and the browser's compiled
//! code can be compared: `cargo xtask test parity` runs this on the host, which prints the number, then compiles it for
//! the browser with that number in `PRICING_DIGEST`, where any other result aborts.

use shared_types::money::Money;
use shared_types::pricing::{PricedLine, missing_for_free_shipping, price};

const CARTS: usize = 10_000;
const EXPECTED: Option<&str> = option_env!("PRICING_DIGEST");

fn main() {
    let digest = format!("{:016x}", digest());
    match EXPECTED {
        None => println!("{digest}"),
        Some(expected) => assert_eq!(digest, expected),
    }
}

fn digest() -> u64 {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut digest = Digest(0xcbf2_9ce4_8422_2325);
    for _ in 0..CARTS {
        let lines: Vec<PricedLine> = (0..random.below(8)).map(|_| random.line()).collect();
        match price(&lines) {
            Ok(totals) => {
                for amount in [totals.subtotal, totals.tax, totals.shipping, totals.total] {
                    digest.add(amount.minor());
                }
                digest.add(missing_for_free_shipping(&totals).map_or(-1, Money::minor));
            }
            Err(_) => digest.add(-2),
        }
    }
    digest.0
}

/// xorshift64*: the same numbers everywhere, without a dependency.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 20) % limit
    }

    /// Mostly everyday prices, now and then one near the largest amount.
    fn line(&mut self) -> PricedLine {
        let limit = if self.below(20) == 0 { 10_000_000_000 } else { 20_000 };
        PricedLine {
            unit_price: Money::from_minor(i64::try_from(self.below(limit)).unwrap_or(0)),
            quantity: u32::try_from(self.below(999) + 1).unwrap_or(1),
        }
    }
}

/// FNV-1a over the amounts.
struct Digest(u64);

impl Digest {
    fn add(&mut self, amount: i64) {
        for byte in amount.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

//! The server is killed: while it takes orders, and while it gives back the stock of orders that nobody paid.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::buyers::{Buyers, Orders};
use super::report::Seen;
use super::shop::{Engine, Ground, Shop, wait_until};

const BUYERS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

/// `kill -9` again and again while customers order.
pub fn kill(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, engine, &[])?;
    let buyers = Buyers::start(BUYERS, &[&shop])?;
    let rounds = ground.either(2, 8);
    for round in 1..=rounds {
        // Not after the same number each time, so that it hits other moments of an order.
        buyers.wait_for(20 + 7 * round, PATIENCE)?;
        shop.kill()?;
        let back = Instant::now();
        shop.start()?;
        buyers.wait_for(1, PATIENCE)?;
        seen.recovered_after(back.elapsed());
    }
    shop.kill()?;
    let orders = buyers.stop()?;
    seen.note(format!("killed {} times", rounds + 1));
    seen.note(format!("{} orders in the air at the last kill", orders.open()));
    seen.expect(orders.open() > 0, || "the server was not busy when it was killed".to_owned());
    shop.start()?;
    orders.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

/// `kill -9` while orders expire. What a killed server has left is found by the next one as it starts.
pub fn sweeper(ground: &Ground, engine: Engine) -> Result<Seen> {
    const EXPIRED: &str = "order_expired";
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, engine, &[("JOB_INTERVAL_SECONDS", "1")])?;
    let buyers = Buyers::start(BUYERS, &[&shop])?;
    buyers.wait_for(ground.either(150, 600), PATIENCE)?;
    let orders = buyers.stop()?;
    orders.settle(&shop, &mut seen)?;
    shop.kill()?;
    let sql = shop.sql();
    let placed = sql.number("SELECT count(*) FROM orders WHERE notes LIKE 'faults-%'")?;
    sql.run("UPDATE orders SET expires_at = '2026-01-01 00:00:00' WHERE notes LIKE 'faults-%'")?;
    let cancelled =
        || sql.number("SELECT count(*) FROM orders WHERE notes LIKE 'faults-%' AND status = 'CANCELLED'");

    let mut in_the_middle = 0;
    for _ in 0..ground.either(3, 6) {
        let (told, before) = (shop.log().matches(EXPIRED).count(), cancelled()?);
        shop.spawn(shop.plain())?;
        wait_until("an order expires", PATIENCE, || Ok(shop.log().matches(EXPIRED).count() > told))?;
        shop.kill()?;
        let after = cancelled()?;
        in_the_middle += u32::from(before < after && after < placed);
        if after == placed {
            break;
        }
    }
    seen.note(format!("{placed} orders expired over {in_the_middle} kills"));
    seen.expect(in_the_middle > 0, || "the server was never killed in the middle of it".to_owned());
    let back = Instant::now();
    shop.start()?;
    wait_until("all orders are cancelled", PATIENCE, || Ok(cancelled()? == placed))?;
    seen.recovered_after(back.elapsed());
    let sold = shop.sold()?;
    seen.expect(sold == 0, || format!("{sold} units have not come back, or too often if negative"));
    shop.check_books(&mut seen)?;
    Ok(seen)
}

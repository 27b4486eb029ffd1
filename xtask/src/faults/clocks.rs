//! Clocks that are wrong. Waiting inside the server is measured by a clock that only goes forward, so what a step of the
//! system's clock can touch is what is stored with a moment. Moving these moments is the same as moving the clock the other
//! way, and needs no rights over the machine.

use std::time::Duration;

use anyhow::Result;

use super::buyers::{Buyers, Orders};
use super::report::Seen;
use super::shop::{Engine, Ground, Shop, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);

/// Columns that hold moments, by table.
const MOMENTS: [(&str, &[&str]); 7] = [
    ("users", &["created_at", "updated_at"]),
    ("sessions", &["created_at", "last_used_at"]),
    ("products", &["created_at", "updated_at"]),
    ("orders", &["created_at", "updated_at", "expires_at"]),
    ("stock_movements", &["created_at"]),
    ("idempotency_keys", &["created_at"]),
    ("catalog_changes", &["created_at"]),
];

/// The clock goes back by an hour, and then forward by two.
pub fn stepped(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let shop = Shop::open(ground, engine, &[("JOB_INTERVAL_SECONDS", "1")])?;
    let sql = shop.sql();
    let buyers = Buyers::start(4, &[&shop])?;
    buyers.wait_for(30, PATIENCE)?;
    step(&shop, engine, 3_600)?;
    // Orders of the future and orders of now, side by side.
    buyers.wait_for(60, PATIENCE)?;
    let orders = buyers.stop()?;
    orders.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    let shown = shop.client().get("/api/catalog/products?limit=5")?;
    seen.expect(shown.status == 200, || shown.brief());
    let cancelled = "SELECT count(*) FROM orders WHERE notes LIKE 'faults-%' AND status = 'CANCELLED'";
    let early = sql.number(cancelled)?;
    seen.expect(early == 0, || format!("{early} orders expired before their time"));

    step(&shop, engine, -2 * 3_600)?;
    let placed = sql.number("SELECT count(*) FROM orders WHERE notes LIKE 'faults-%'")?;
    let expired = wait_until("all orders expire", PATIENCE, || Ok(sql.number(cancelled)? == placed))?;
    seen.recovered_after(expired);
    let sold = shop.sold()?;
    seen.expect(sold == 0, || format!("{sold} units have not come back"));
    shop.check_books(&mut seen)?;
    let buyers = Buyers::start(4, &[&shop])?;
    buyers.wait_for(30, PATIENCE)?;
    buyers.stop()?.settle(&shop, &mut seen)?;
    seen.note(format!("{placed} orders expired when it was time, and once"));
    Ok(seen)
}

/// Moves every stored moment by so many seconds.
fn step(shop: &Shop, engine: Engine, seconds: i64) -> Result<()> {
    for (table, columns) in MOMENTS {
        let moved = columns.iter().map(|column| match engine {
            Engine::Sqlite => {
                format!("{column} = strftime('%Y-%m-%d %H:%M:%f', {column}, '{seconds} seconds')")
            }
            Engine::Postgres => format!("{column} = {column} + interval '{seconds} seconds'"),
        });
        let update = format!("UPDATE {table} SET {}", moved.collect::<Vec<_>>().join(", "));
        shop.sql().run(&match engine {
            Engine::Sqlite => update,
            // Whoever has nothing else yet keeps nobody waiting in a circle.
            Engine::Postgres => format!("BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE; {update}; COMMIT"),
        })?;
    }
    Ok(())
}

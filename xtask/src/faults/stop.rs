//! The server is asked to stop: while it takes orders, and while something holds it up.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::buyers::{self, Buyers, Orders};
use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop};
use crate::http;

const BUYERS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);
/// A stop under load has nothing to wait for but the requests that run.
const BUSY_STOP: Duration = Duration::from_secs(10);
/// What orchestrators give a process before they kill it.
const ANY_STOP: Duration = Duration::from_secs(30);

/// SIGTERM while customers order.
pub fn terminate(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, engine, &[])?;
    let buyers = Buyers::start(BUYERS, &[&shop])?;
    for round in 1..=ground.either(2, 5) {
        buyers.wait_for(30 + 5 * round, PATIENCE)?;
        stop(&mut shop, BUSY_STOP, &mut seen)?;
        let back = Instant::now();
        shop.start()?;
        buyers.wait_for(1, PATIENCE)?;
        seen.recovered_after(back.elapsed());
    }
    buyers.wait_for(30, PATIENCE)?;
    stop(&mut shop, BUSY_STOP, &mut seen)?;
    let orders = buyers.stop()?;
    // Unlike a kill, a stop leaves nobody in doubt: what was done was also said.
    let unknown = orders.unknown_to_their_buyers(&shop)?;
    seen.expect(unknown == 0, || format!("{unknown} orders were placed and their buyers not told"));
    shop.start()?;
    orders.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

/// SIGTERM while clients do not finish what they began, and while the database does not answer.
pub fn held_up(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, engine, &[("JOB_INTERVAL_SECONDS", "1")])?;
    let token = format!("Bearer {}", shop.sign_in()?);
    let body = buyers::body(&shop.products, "faults-held-up");
    let headers = [("authorization", token.as_str())];
    let request = http::request("POST", "/api/orders", &headers, &body);
    let (most, _) = request.split_at(request.len() - 1);
    let mut slow = Vec::new();
    for _ in 0..20 {
        let mut stream = http::connect(shop.port, PATIENCE)?;
        stream.write_all(most.as_bytes())?;
        slow.push(stream);
    }
    shop.client().get("/health")?;
    let is_paused = engine == Engine::Postgres;
    if is_paused {
        ground.cluster()?.pause(true)?;
        // Somebody waits for the database, and so do the jobs.
        let mut waiting = http::connect(shop.port, PATIENCE)?;
        waiting.write_all(request.as_bytes())?;
        slow.push(waiting);
        std::thread::sleep(Duration::from_secs(2));
    }
    let stopped = stop(&mut shop, ANY_STOP, &mut seen);
    if is_paused {
        ground.cluster()?.pause(false)?;
    }
    stopped?;
    let back = Instant::now();
    shop.start()?;
    seen.recovered_after(back.elapsed());
    shop.check_books(&mut seen)?;
    Ok(seen)
}

fn stop(shop: &mut Shop, patience: Duration, seen: &mut Seen) -> Result<()> {
    match shop.terminate(patience)? {
        Some((took, status)) => {
            seen.note(format!("ended after {}", seconds(took)));
            seen.expect(status.success(), || format!("it ended with {status}"));
        }
        None => seen.problems.push(format!("it went on for more than {} s", patience.as_secs())),
    }
    Ok(())
}

//! PostgreSQL goes away and comes back: stopped, killed, paused, hung up on, replaced.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::buyers::{self, Buyers, Orders};
use super::postgres::{Cluster, End};
use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop, wait_until};
use crate::services::Service;

const BUYERS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest that somebody may wait for an answer, whatever the database does.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);
/// The longest until the first order after the end of an outage.
const LONGEST_RECOVERY: Duration = Duration::from_secs(10);

/// What happens to the database while customers order.
struct Outage<'o> {
    breaks: &'o mut dyn FnMut() -> Result<()>,
    mends: &'o mut dyn FnMut() -> Result<()>,
    /// How long it lasts.
    lasts: Duration,
    /// Whether nothing can be ordered meanwhile.
    is_complete: bool,
}

impl Outage<'_> {
    fn run(self, shop: &mut Shop, buyers: usize) -> Result<Seen> {
        let mut seen = Seen::default();
        let pid = shop.server()?.pid();
        let buyers = Buyers::start(buyers, &[&*shop])?;
        buyers.wait_for(50, PATIENCE)?;
        let broken = Instant::now();
        (self.breaks)()?;
        if self.is_complete {
            let mut client = shop.client();
            buyers.wait_for_refusals(1, PATIENCE).context("nobody was told that the database is away")?;
            let health = client.get("/health")?.status;
            let ready = client.get("/ready")?.status;
            seen.note(format!("/health {health}, /ready {ready} meanwhile"));
            seen.expect((health, ready) == (200, 503), || "probes do not tell what is the matter".to_owned());
        }
        std::thread::sleep(self.lasts.saturating_sub(broken.elapsed()));
        (self.mends)()?;
        let took = buyers.wait_for(1, PATIENCE)?;
        seen.recovered_after(took);
        seen.expect(took < LONGEST_RECOVERY, || "it came back late".to_owned());
        buyers.wait_for(50, PATIENCE)?;
        let slowest = buyers.slowest();
        seen.note(format!("slowest answer {}", seconds(slowest)));
        seen.expect(slowest < LONGEST_ANSWER, || {
            format!("somebody waited {} for an answer", seconds(slowest))
        });
        let orders = buyers.stop()?;
        orders.settle(shop, &mut seen)?;
        Orders::each_sold_once(shop, &mut seen)?;
        let server = shop.server()?;
        seen.expect(server.ended(Duration::ZERO).is_none() && server.pid() == pid, || {
            "the server ended".to_owned()
        });
        Ok(seen)
    }
}

/// It is stopped, and started again at the same place.
pub fn restarted(ground: &Ground, engine: Engine) -> Result<Seen> {
    gone(ground, engine, End::Fast)
}

/// All its processes are killed; it recovers by itself when it is started.
pub fn killed(ground: &Ground, engine: Engine) -> Result<Seen> {
    gone(ground, engine, End::Crash)
}

fn gone(ground: &Ground, engine: Engine, how: End) -> Result<Seen> {
    let mut shop = Shop::open(ground, engine, &[])?;
    let cluster = ground.cluster()?;
    let outage = Outage {
        breaks: &mut || cluster.end(how),
        mends: &mut || cluster.run(&[]),
        lasts: Duration::from_secs(ground.either(3, 12)),
        is_complete: true,
    };
    outage.run(&mut shop, BUYERS)
}

/// It stops in the middle of everything, its connections open, and goes on later.
pub fn paused(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut shop = Shop::open(ground, engine, &[])?;
    let cluster = ground.cluster()?;
    let outage = Outage {
        breaks: &mut || cluster.pause(true),
        mends: &mut || cluster.pause(false),
        lasts: Duration::from_secs(ground.either(16, 25)),
        is_complete: true,
    };
    outage.run(&mut shop, BUYERS)
}

/// It hangs up on everybody again and again.
pub fn cut(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut shop = Shop::open(ground, engine, &[])?;
    let sql = shop.sql();
    let times = ground.either(10, 40);
    let mut breaks = || {
        for _ in 0..times {
            sql.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )?;
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    };
    let outage =
        Outage { breaks: &mut breaks, mends: &mut || Ok(()), lasts: Duration::ZERO, is_complete: false };
    let mut seen = outage.run(&mut shop, BUYERS)?;
    seen.note(format!("all connections cut {times} times"));
    Ok(seen)
}

/// It is killed for good, and its standby takes its place: at first for reading only, as a cluster's former primary is.
pub fn replaced(ground: &Ground, _: Engine) -> Result<Seen> {
    let primary = Cluster::start()?;
    let mut shop = Shop::at(ground, &primary.new_database()?, &[])?;
    shop.stock_up()?;
    shop.start()?;
    let mut standby = primary.standby()?;
    let buyers = Buyers::start(BUYERS, &[&shop])?;
    buyers.wait_for(50, PATIENCE)?;
    primary.end(End::Crash)?;
    standby.take_over(&primary)?;
    let mut seen = Seen::default();
    buyers.wait_for_refusals(50, PATIENCE)?;
    standby.promote()?;
    let took = buyers.wait_for(1, PATIENCE)?;
    seen.recovered_after(took);
    seen.expect(took < LONGEST_RECOVERY, || "it came back late".to_owned());
    buyers.wait_for(50, PATIENCE)?;
    let slowest = buyers.slowest();
    seen.expect(slowest < LONGEST_ANSWER, || format!("somebody waited {} for an answer", seconds(slowest)));
    let orders = buyers.stop()?;
    orders.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    let goes_on = shop.server()?.ended(Duration::ZERO).is_none();
    seen.expect(goes_on, || "the server ended".to_owned());
    Ok(seen)
}

/// Another program and an order wait for each other, and the database lets the order give way.
pub fn deadlock(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let shop = Shop::open(ground, engine, &[])?;
    let (mut client, authorization) = (shop.client(), format!("Bearer {}", shop.sign_in()?));
    let [first, second] = shop.products.as_slice() else { anyhow::bail!("two products are needed") };
    let sql = shop.sql();
    let rounds = ground.either(2, 5);
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        // Units are taken in order of product id, so the order has the first product when it waits for the second one.
        let mut other = sql.session()?;
        other.send(&format!(
            "SET deadlock_timeout = '1min'; BEGIN; SELECT 1 FROM products WHERE id = '{second}' FOR UPDATE;"
        ))?;
        wait_until("the other program has its lock", PATIENCE, || {
            let locks = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' \
                         AND application_name = 'psql' AND datname = current_database()";
            Ok(sql.number(locks)? == 1)
        })?;
        let key = format!("faults-deadlock-{round}");
        let body = buyers::body(&shop.products, &key);
        let asked = Instant::now();
        let reply = std::thread::scope(|scope| {
            let order = scope.spawn(|| buyers::send(&mut client, &authorization, &key, &body));
            wait_until("the order waits", PATIENCE, || {
                let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                               AND datname = current_database()";
                Ok(sql.number(waiting)? >= 1)
            })?;
            other.finish(&format!("UPDATE products SET stock = stock WHERE id = '{first}'; COMMIT;"))?;
            match order.join() {
                Ok(reply) => reply.context("the order was not answered"),
                Err(_) => anyhow::bail!("asking went wrong"),
            }
        })?;
        slowest = slowest.max(asked.elapsed());
        seen.expect(reply.status == 201, || format!("the order was answered with {}", reply.brief()));
    }
    let deadlocks =
        sql.number("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")?;
    seen.note(format!(
        "{rounds} orders gave way and were placed all the same, the slowest after {}",
        seconds(slowest)
    ));
    seen.expect(deadlocks >= rounds, || format!("there were only {deadlocks} deadlocks"));
    shop.check_books(&mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

/// Redis is killed, and nobody notices.
pub fn redis(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let redis = Service::private_redis()?;
    // Requests are counted, so that each of them asks Redis.
    let settings =
        [("REDIS_URL", redis.url.as_str()), ("ENABLE_RATE_LIMITING", "true"), ("RATE_LIMIT_MAX", "1000000")];
    let mut shop = Shop::closed(ground, engine, &settings)?;
    shop.stock_up()?;
    shop.start()?;
    let buyers = Buyers::start(4, &[&shop])?;
    buyers.wait_for(30, PATIENCE)?;
    let pid = redis.pid().context("Redis does not run")?;
    crate::process::signal_group(pid, "STOP");
    buyers.wait_for(100, PATIENCE)?;
    crate::process::signal_group(pid, "CONT");
    buyers.wait_for(30, PATIENCE)?;
    crate::process::signal_group(pid, "KILL");
    buyers.wait_for(100, PATIENCE)?;
    let slowest = buyers.slowest();
    seen.note(format!("paused, resumed, killed; slowest answer {}", seconds(slowest)));
    seen.expect(slowest < Duration::from_secs(5), || "somebody waited for Redis".to_owned());
    let words = buyers.describe();
    seen.expect(!words.contains(", "), || "somebody was refused".to_owned());
    buyers.stop()?.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

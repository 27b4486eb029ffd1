//! More clients than the shop can serve. What it does must not become less for that, and whoever has to go is told at once
//! when to come back.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::buyers::{self, Orders};
use super::report::Seen;
use super::shop::{Engine, Ground, Shop};
use crate::http::Client;
use crate::machine;

/// What a shopper waits for an answer at most: later ones are of no use to anybody.
const USEFUL: Duration = Duration::from_secs(8);
/// Clients that load it fully; the best of these is the peak.
const CLIENTS: [usize; 3] = [8, 16, 32];
/// Much more than twice of that: each client asks again as soon as it has an answer.
const TOO_MANY: usize = 800;
/// Turns of peak and rush.
const ROUNDS: u8 = 3;
/// Share of the peak that has to be left.
const LEFT: f64 = 0.8;
/// Each client looks so many times before it orders: everything but the first two asks the database.
const LOOKS: [&str; 4] =
    ["/api/catalog/products", "/api/search?q=yoga", "/api/orders?limit=5", "/api/catalog/products?maxPrice="];

/// What clients got in a time.
#[derive(Debug, Default)]
struct Harvest {
    /// Answers that were of use, in a second.
    rate: f64,
    orders: usize,
    turned_away: usize,
    late: usize,
    problems: BTreeMap<String, usize>,
    /// Answers that were of use.
    useful: usize,
    /// Hundredths of a second of processor time that the server and its clients used.
    server_work: u64,
    client_work: u64,
}

impl Harvest {
    fn add(&mut self, other: Self) {
        self.rate += other.rate;
        self.orders += other.orders;
        self.turned_away += other.turned_away;
        self.late += other.late;
        self.useful += other.useful;
        self.server_work += other.server_work;
        self.client_work += other.client_work;
        for (problem, count) in other.problems {
            *self.problems.entry(problem).or_default() += count;
        }
    }

    /// What a useful answer costs the machine, which server, database and clients share.
    fn costs(&self) -> String {
        let each = |work: u64| {
            let hundredths = u32::try_from(work).map_or(f64::NAN, f64::from);
            hundredths * 10.0 / u32::try_from(self.useful.max(1)).map_or(f64::NAN, f64::from)
        };
        format!("{:.2} and {:.2} ms", each(self.server_work), each(self.client_work))
    }
}

/// Twice the capacity and more.
pub fn overload(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut shop = Shop::open(ground, engine, &[])?;
    let pid = shop.server()?.pid();
    let lasts = Duration::from_secs(ground.either(3, 8));
    harvest(&shop, pid, 16, Duration::from_secs(1))?;
    let mut best = (0, 0.0);
    for count in CLIENTS {
        let found = harvest(&shop, pid, count, lasts)?;
        if found.rate > best.1 {
            best = (count, found.rate);
        }
    }
    // By turns, so that what else the machine does concerns both alike.
    let (mut peak, mut crowd) = (Harvest::default(), Harvest::default());
    for _ in 0..ROUNDS {
        peak.add(harvest(&shop, pid, best.0, lasts)?);
        crowd.add(harvest(&shop, pid, TOO_MANY, lasts)?);
    }
    let back = Instant::now();
    shop.client().get("/api/orders?limit=5").context("nobody is served after the rush")?;
    seen.recovered_after(back.elapsed());
    let share = crowd.rate / peak.rate;
    seen.note(format!(
        "{} clients {:.0} a second, {TOO_MANY} clients {:.0} ({:.0} %); {} turned away, {} late",
        best.0,
        peak.rate / f64::from(ROUNDS),
        crowd.rate / f64::from(ROUNDS),
        share * 100.0,
        crowd.turned_away,
        crowd.late
    ));
    seen.note(format!(
        "processor time of server and clients for each answer of use: {}, {TOO_MANY} clients {}",
        peak.costs(),
        crowd.costs()
    ));
    seen.expect(share >= LEFT, || format!("only {:.0} % of the peak are left", share * 100.0));
    for (problem, count) in &crowd.problems {
        seen.problems.push(format!("{count} × {problem}"));
    }
    seen.expect(crowd.orders > 0, || "nobody could order".to_owned());
    shop.check_books(&mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    let ordered = shop.sql().number("SELECT count(*) FROM orders WHERE notes LIKE 'faults-rush-%'")?;
    let keys =
        shop.sql().number("SELECT count(DISTINCT notes) FROM orders WHERE notes LIKE 'faults-rush-%'")?;
    seen.doubled += usize::try_from(ordered - keys)?;
    Ok(seen)
}

fn harvest(shop: &Shop, pid: u32, clients: usize, lasts: Duration) -> Result<Harvest> {
    static RUSH: AtomicUsize = AtomicUsize::new(0);
    let rush = RUSH.fetch_add(1, Ordering::Relaxed);
    let token = format!("Bearer {}", shop.sign_in()?);
    let is_over = AtomicBool::new(false);
    let mut all = Harvest::default();
    let work = || Ok::<_, anyhow::Error>((machine::work(pid)?, machine::work(std::process::id())?));
    let before = work()?;
    let started = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let mut threads = Vec::new();
        for number in 0..clients {
            let (token, is_over) = (&token, &is_over);
            let name = format!("faults-rush-{rush}-{number}");
            let builder = std::thread::Builder::new().stack_size(128 * 1024);
            let thread = builder.spawn_scoped(scope, move || shopper(shop, token, &name, is_over));
            threads.push(thread.context("no more threads")?);
        }
        std::thread::sleep(lasts.saturating_sub(started.elapsed()));
        is_over.store(true, Ordering::Relaxed);
        let took = started.elapsed();
        for thread in threads {
            let Ok(found) = thread.join() else { anyhow::bail!("a shopper is lost") };
            all.add(found);
        }
        all.rate = f64::from(u32::try_from(all.useful)?) / took.as_secs_f64();
        let after = work()?;
        (all.server_work, all.client_work) = (after.0 - before.0, after.1 - before.1);
        Ok(())
    })?;
    Ok(all)
}

fn shopper(shop: &Shop, token: &str, name: &str, is_over: &AtomicBool) -> Harvest {
    let mut found = Harvest::default();
    let mut client = Client::new(shop.port);
    for turn in 0.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let asked = Instant::now();
        let look = LOOKS.get(turn % (LOOKS.len() + 1));
        let reply = match look {
            Some(path) if path.ends_with('=') => {
                client.get(&format!("{path}{}.{:02}", turn % 900 + 10, turn % 100))
            }
            Some(path) => client.send("GET", path, &[("authorization", token)], ""),
            None => {
                let key = format!("{name}-{turn}");
                buyers::send(&mut client, token, &key, &buyers::body(&shop.products, &key))
            }
        };
        let is_late = asked.elapsed() > USEFUL;
        match reply {
            Ok(reply) if matches!(reply.status, 200 | 201) && is_late => found.late += 1,
            Ok(reply) if matches!(reply.status, 200 | 201) => {
                found.useful += 1;
                found.orders += usize::from(reply.status == 201);
            }
            Ok(reply) if reply.is_come_back_later() => {
                found.turned_away += 1;
                // Sooner than they are told to come back.
                std::thread::sleep(Duration::from_secs(1));
            }
            Ok(reply) => *found.problems.entry(reply.brief()).or_default() += 1,
            Err(error) => *found.problems.entry(error.to_string()).or_default() += 1,
        }
    }
    found
}

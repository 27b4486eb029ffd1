//! Customers who order without pause, whatever happens to the shop. Each order has a key and is asked for until it is
//! acknowledged, so that afterwards it is known what must be there, and how often: once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::report::Seen;
use super::shop::{Shop, wait_until};
use crate::http::{Client, Reply};

/// How long a buyer waits before the next attempt. Shorter than what `Retry-After` says, so that the server has no rest.
const PAUSE: Duration = Duration::from_millis(50);
/// How long it may take until what was left open is settled.
const SETTLING: Duration = Duration::from_secs(60);
/// Acknowledged orders that are asked for again at the end.
const REPLAYS: usize = 200;

/// Tells the runs of buyers apart.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// An order that was asked for.
struct Wish {
    key: String,
    /// Its number, once it is acknowledged.
    number: Option<String>,
}

/// What buyers have met together.
#[derive(Default)]
struct Met {
    statuses: BTreeMap<u16, usize>,
    unanswered: usize,
    /// Orders that had been placed before, and their buyers not told.
    replayed: usize,
    problems: Vec<String>,
    slowest: Duration,
}

/// Customers who order until they are told to stop.
pub struct Buyers {
    run: String,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    met: Arc<Mutex<Met>>,
    threads: Vec<JoinHandle<Vec<Wish>>>,
}

/// One of them.
struct Buyer {
    client: Client,
    authorization: String,
    products: Vec<String>,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    met: Arc<Mutex<Met>>,
}

impl Buyers {
    /// Sends so many of them into a shop, or into several that share a database, by turns.
    pub fn start(count: usize, shops: &[&Shop]) -> Result<Self> {
        let first = shops.first().context("there is no shop")?;
        let authorization = format!("Bearer {}", first.sign_in()?);
        let run = format!("faults-{}-", RUNS.fetch_add(1, Ordering::Relaxed));
        let (stop, acknowledged, met) = <(Arc<AtomicBool>, Arc<AtomicUsize>, Arc<Mutex<Met>>)>::default();
        let threads = (0..count).zip(shops.iter().cycle()).map(|(number, shop)| {
            let buyer = Buyer {
                client: shop.client(),
                authorization: authorization.clone(),
                products: shop.products.clone(),
                stop: Arc::clone(&stop),
                acknowledged: Arc::clone(&acknowledged),
                met: Arc::clone(&met),
            };
            let name = format!("{run}{number}");
            std::thread::spawn(move || buyer.order_without_pause(&name))
        });
        let threads = threads.collect();
        Ok(Self { run, stop, acknowledged, met, threads })
    }

    /// Orders that are acknowledged by now.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits for so many more acknowledged orders; answers how long that took.
    pub fn wait_for(&self, more: usize, patience: Duration) -> Result<Duration> {
        let goal = self.acknowledged() + more;
        let waited = wait_until("orders are acknowledged", patience, || Ok(self.acknowledged() >= goal));
        waited.with_context(|| format!("the buyers met {}", self.describe()))
    }

    /// Waits until an order was asked for in vain so many times more.
    pub fn wait_for_refusals(&self, more: usize, patience: Duration) -> Result<Duration> {
        let count = || {
            let met = self.met();
            met.unanswered
                + met.statuses.iter().filter(|(status, _)| **status != 201).map(|(_, n)| n).sum::<usize>()
        };
        let goal = count() + more;
        wait_until("orders are refused", patience, || Ok(count() >= goal))
    }

    /// The longest that a buyer has waited for an answer so far.
    pub fn slowest(&self) -> Duration {
        self.met().slowest
    }

    /// What was answered, in words.
    pub fn describe(&self) -> String {
        let met = self.met();
        let mut words: Vec<String> =
            met.statuses.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        if met.unanswered > 0 {
            words.push(format!("{} without an answer", met.unanswered));
        }
        words.join(", ")
    }

    /// Sends everybody home and answers what has been asked for.
    pub fn stop(mut self) -> Result<Orders> {
        self.stop.store(true, Ordering::Relaxed);
        let mut wishes = Vec::new();
        for thread in std::mem::take(&mut self.threads) {
            let Ok(found) = thread.join() else { bail!("a buyer has lost their head") };
            wishes.extend(found);
        }
        let words = self.describe();
        let met = std::mem::take(&mut *self.met());
        Ok(Orders { run: self.run.clone(), wishes, words, met })
    }

    fn met(&self) -> std::sync::MutexGuard<'_, Met> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Buyers {
    fn drop(&mut self) {
        // Those that nobody waits for must not order for ever.
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Buyer {
    fn order_without_pause(mut self, name: &str) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for number in 0.. {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let key = format!("{name}-{number}");
            let number = self.order(&key);
            wishes.push(Wish { key, number });
        }
        wishes
    }

    /// Asks for one order until it is acknowledged, or it is time to go.
    fn order(&mut self, key: &str) -> Option<String> {
        let body = body(&self.products, key);
        while !self.stop.load(Ordering::Relaxed) {
            let asked = Instant::now();
            let answer = send(&mut self.client, &self.authorization, key, &body);
            let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
            met.slowest = met.slowest.max(asked.elapsed());
            match answer {
                Err(_) => met.unanswered += 1,
                Ok(reply) => {
                    *met.statuses.entry(reply.status).or_default() += 1;
                    if reply.status == 201 {
                        met.replayed += usize::from(reply.header("idempotent-replayed").is_some());
                        self.acknowledged.fetch_add(1, Ordering::Relaxed);
                        return reply.text("orderNumber").map(str::to_owned);
                    }
                    if !reply.is_come_back_later() {
                        met.problems.push(format!("order {key}: {}", reply.brief()));
                    }
                }
            }
            drop(met);
            std::thread::sleep(PAUSE);
        }
        None
    }
}

/// What was asked for, by buyers who have gone home.
pub struct Orders {
    run: String,
    wishes: Vec<Wish>,
    words: String,
    met: Met,
}

impl Orders {
    /// How many of them were left without an answer.
    pub fn open(&self) -> usize {
        self.wishes.iter().filter(|wish| wish.number.is_none()).count()
    }

    /// How many were placed, and their buyers not told: those that were told when they asked again, and those that are still
    /// open.
    pub fn unknown_to_their_buyers(&self, shop: &Shop) -> Result<usize> {
        let stored = self.stored(shop)?;
        let open = self.wishes.iter().filter(|wish| wish.number.is_none());
        Ok(self.met.replayed + open.filter(|wish| stored.contains_key(&wish.key)).count())
    }

    /// Asks once more for what was left open, and for some that were acknowledged, and compares all of it with what is
    /// stored: each is there once, under the number that its buyer knows, and the books are right.
    pub fn settle(mut self, shop: &Shop, seen: &mut Seen) -> Result<()> {
        let before = self.stored(shop)?;
        seen.lost += self
            .wishes
            .iter()
            .filter(|wish| wish.number.is_some() && !before.contains_key(&wish.key))
            .count();
        let (mut client, authorization) = (shop.client(), format!("Bearer {}", shop.sign_in()?));
        let every = (self.wishes.len() / REPLAYS).max(1);
        for (place, wish) in self.wishes.iter_mut().enumerate() {
            if wish.number.is_some() && place % every != 0 {
                continue;
            }
            let body = body(&shop.products, &wish.key);
            let reply = again(&mut client, &authorization, &wish.key, &body)?;
            let number = reply.text("orderNumber").map(str::to_owned);
            if reply.status != 201 || number.is_none() {
                seen.problems.push(format!("{} asked for again: {}", wish.key, reply.brief()));
            } else if wish.number.is_some() {
                let is_same = number == wish.number && reply.header("idempotent-replayed") == Some("true");
                seen.expect(is_same, || format!("{} is another order when it is asked for again", wish.key));
            }
            wish.number = wish.number.take().or(number);
        }
        let stored = self.stored(shop)?;
        for wish in &self.wishes {
            let numbers = stored.get(&wish.key).map(Vec::as_slice).unwrap_or_default();
            seen.doubled += numbers.len().saturating_sub(1);
            let is_known = wish.number.as_ref().is_none_or(|number| numbers.contains(number));
            seen.expect(is_known, || {
                format!("{} is not stored as {:?} but as {numbers:?}", wish.key, wish.number)
            });
        }
        seen.note(std::mem::take(&mut self.words));
        self.met.problems.truncate(5);
        seen.problems.append(&mut self.met.problems);
        shop.check_books(seen)
    }

    /// Compares units that were sold with the orders of all buyers so far.
    pub fn each_sold_once(shop: &Shop, seen: &mut Seen) -> Result<()> {
        let lines = shop.sql().number(
            "SELECT COALESCE(SUM(i.quantity), 0) FROM order_items i JOIN orders o ON o.id = i.order_id \
             WHERE o.notes LIKE 'faults-%' AND o.status NOT IN ('CANCELLED', 'REFUNDED')",
        )?;
        let sold = shop.sold()?;
        seen.expect(sold == lines, || format!("{sold} units are gone, and {lines} were ordered"));
        Ok(())
    }

    /// The numbers that are stored, by key.
    fn stored(&self, shop: &Shop) -> Result<BTreeMap<String, Vec<String>>> {
        let mut stored: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let rows = shop
            .sql()
            .rows(&format!("SELECT notes, order_number FROM orders WHERE notes LIKE '{}%'", self.run))?;
        for row in rows {
            let (key, number) = row.split_once('|').context("a row has two columns")?;
            stored.entry(key.to_owned()).or_default().push(number.to_owned());
        }
        Ok(stored)
    }
}

/// Asks for an order under its key until the answer is more than "come back later".
pub fn again(client: &mut Client, authorization: &str, key: &str, body: &str) -> Result<Reply> {
    let started = Instant::now();
    loop {
        match send(client, authorization, key, body) {
            Ok(reply) if !reply.is_come_back_later() => return Ok(reply),
            outcome if started.elapsed() > SETTLING => {
                bail!("{key} can't be settled: {:?}", outcome.map(|reply| reply.brief()))
            }
            _ => std::thread::sleep(PAUSE),
        }
    }
}

/// Asks for an order once.
pub fn send(client: &mut Client, authorization: &str, key: &str, body: &str) -> std::io::Result<Reply> {
    let headers = [("authorization", authorization), ("idempotency-key", key)];
    client.send("POST", "/api/orders", &headers, body)
}

/// An order of one unit each, with its key as its note, so that it is found again in the database.
pub fn body(products: &[String], key: &str) -> String {
    let items: Vec<String> =
        products.iter().map(|id| format!("{{\"productId\":\"{id}\",\"quantity\":1}}")).collect();
    let address = "{\"firstName\":\"Fa\",\"lastName\":\"Ult\",\"address1\":\"1 Long Road\",\
                   \"city\":\"Springfield\",\"state\":\"IL\",\"postalCode\":\"62701\",\"country\":\"US\"}";
    format!("{{\"items\":[{}],\"shippingAddress\":{address},\"notes\":\"{key}\"}}", items.join(","))
}

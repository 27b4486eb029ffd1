//! What a database's files and locks can do to the shop: no room left, somebody else's lock, damage, a second server.

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::buyers::{self, Buyers, Orders};
use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop, wait_until};
use crate::process;
use crate::services::ScratchFolder;

const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST_ANSWER: Duration = Duration::from_secs(20);
/// How soon a program has to say that it can't start.
const LONGEST_START: Duration = Duration::from_secs(15);
/// Room for the shop on a disk of its own.
const DISK: &str = "24m";

/// Where room can be taken away: a small disk where this may make one, a limit on the size of files elsewhere.
enum Room {
    Disk(PathBuf),
    Limit(u32),
}

impl Room {
    fn take(&self, database: &Path) -> Result<()> {
        match self {
            Self::Disk(folder) => {
                let mut filler =
                    std::fs::File::create(folder.join("filler")).context("no filler can be made")?;
                let block = [0_u8; 4096];
                while filler.write_all(&block).is_ok() {}
                Ok(())
            }
            Self::Limit(pid) => {
                let size = |file: PathBuf| std::fs::metadata(file).map_or(0, |data| data.len());
                let wal = size(PathBuf::from(format!("{}-wal", database.display())));
                limit(*pid, &wal.min(size(database.to_owned())).to_string())
            }
        }
    }

    fn give_back(&self) -> Result<()> {
        match self {
            Self::Disk(folder) => std::fs::remove_file(folder.join("filler")).context("the filler is gone"),
            Self::Limit(pid) => limit(*pid, "unlimited"),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Self::Disk(folder) = self {
            process::succeeds(process::command("umount").arg("--lazy").arg(folder));
        }
    }
}

fn limit(pid: u32, bytes: &str) -> Result<()> {
    let mut command = process::command("prlimit");
    command.args(["--pid", &pid.to_string(), &format!("--fsize={bytes}:")]);
    process::capture(&mut command).map(drop)
}

/// There is no room left for the embedded database while customers order.
pub fn disk_full(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let folder = ScratchFolder::for_me("disk")?;
    let mut mount = process::command("mount");
    mount.args(["-t", "tmpfs", "-o", &format!("size={DISK}"), "tmpfs"]).arg(&folder.path);
    let is_disk = process::succeeds(&mut mount);
    let mut room = is_disk.then(|| Room::Disk(folder.path.clone()));
    let url = format!("sqlite://{}", folder.path.join("shop.db").display());
    let mut shop = Shop::at(ground, &url, &[])?;
    shop.stock_up()?;
    // A file that grows beyond the limit would end the program, unless the signal is ignored.
    let mut command = process::command("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(&ground.binary);
    shop.spawn(command)?;
    shop.wait_until_ready()?;
    let pid = shop.server()?.pid();
    let room = room.get_or_insert(Room::Limit(pid));
    seen.note(if is_disk { format!("a disk of {DISK}") } else { "a limit on files".to_owned() });

    let buyers = Buyers::start(4, &[&shop])?;
    buyers.wait_for(50, PATIENCE)?;
    room.take(shop.file()?)?;
    buyers.wait_for_refusals(20, PATIENCE).context("orders are still acknowledged")?;
    let mut client = shop.client();
    let token = format!("Bearer {}", shop.sign_in()?);
    for path in ["/health", "/api/catalog/products?maxPrice=77.77", "/api/search?q=yoga", "/api/orders"] {
        let reply = client.send("GET", path, &[("authorization", &token)], "")?;
        seen.expect(reply.status == 200, || format!("{path} meanwhile: {}", reply.brief()));
    }
    room.give_back()?;
    seen.recovered_after(buyers.wait_for(1, PATIENCE)?);
    buyers.wait_for(50, PATIENCE)?;
    let orders = buyers.stop()?;
    seen.expect(shop.server()?.pid() == pid, || "the server ended".to_owned());
    orders.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    drop(shop);
    Ok(seen)
}

/// Somebody keeps a lock, so that every connection waits for it.
pub fn locked(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let shop = Shop::open(ground, engine, &[("DATABASE_POOL_SIZE", "2")])?;
    let buyers = Buyers::start(32, &[&shop])?;
    buyers.wait_for(50, PATIENCE)?;
    let mut other = shop.sql().session()?;
    other.send(match engine {
        Engine::Sqlite => "BEGIN IMMEDIATE;",
        Engine::Postgres => "BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE;",
    })?;
    let told = buyers.wait_for_refusals(32, PATIENCE)?;
    let mut client = shop.client();
    let health = client.get("/health")?;
    seen.expect(health.status == 200, || format!("/health: {}", health.brief()));
    if engine == Engine::Sqlite {
        let read = client.get("/api/catalog/products?maxPrice=77.77")?;
        seen.expect(read.status == 200, || format!("reading while somebody writes: {}", read.brief()));
        let second = shop.command(&["cache", "flush", "all"])?;
        let is_clear = !second.success && second.output.contains("locked");
        seen.expect(is_clear, || format!("`cache flush` meanwhile: {}", second.output));
    }
    other.finish("ROLLBACK;")?;
    seen.recovered_after(buyers.wait_for(1, PATIENCE)?);
    buyers.wait_for(50, PATIENCE)?;
    let slowest = buyers.slowest();
    seen.note(format!("the 32nd refusal after {}, slowest answer {}", seconds(told), seconds(slowest)));
    seen.expect(slowest < LONGEST_ANSWER, || format!("somebody waited {}", seconds(slowest)));
    buyers.stop()?.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

/// The file is no database, or parts of it are overwritten.
pub fn damaged(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    // Something else altogether.
    let other = Shop::closed(ground, Engine::Sqlite, &[])?;
    std::fs::write(other.file()?, "This is a letter and no database. ".repeat(500)).context("no file")?;
    let started = Instant::now();
    let said = other.command(&["serve"])?;
    seen.note(format!("no database: refused after {}", seconds(started.elapsed())));
    let is_clear = !said.success && said.output.contains("not a database") && said.output.contains("shop.db");
    seen.expect(is_clear && !said.output.contains("panicked"), || format!("no database: {}", said.output));
    seen.expect(started.elapsed() < LONGEST_START, || "it took long to say so".to_owned());

    // The middle of a file that was good.
    let mut shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let ended = shop.terminate(PATIENCE)?;
    seen.expect(ended.is_some(), || "it did not stop".to_owned());
    let file = shop.file()?.to_owned();
    let page = 4096 * shop.sql().number("SELECT rootpage FROM sqlite_master WHERE name = 'orders'")?;
    overwrite(&file, u64::try_from(page)?.saturating_sub(4096))?;
    let started = Instant::now();
    shop.spawn(shop.plain())?;
    let patience = LONGEST_START;
    wait_until("the server is there or gone", patience, || {
        Ok(shop.client().get("/health").is_ok() || shop.server()?.ended(Duration::ZERO).is_some())
    })?;
    let took = started.elapsed();
    if shop.server()?.ended(Duration::ZERO).is_some() {
        seen.note(format!("damaged: refused after {}", seconds(took)));
    } else {
        let mut client = shop.client();
        let token = format!("Bearer {}", shop.sign_in()?);
        let body = buyers::body(&shop.products, "faults-damaged");
        let order = buyers::send(&mut client, &token, "faults-damaged", &body)?;
        let is_opaque = order.status == 503 && !order.body.contains("malformed");
        seen.note(format!("damaged: an order is answered with {}", order.status));
        seen.expect(is_opaque, || format!("an order into damaged tables: {}", order.brief()));
        let read = client.get("/api/catalog/products")?;
        seen.expect(read.status == 200, || format!("reading what is not damaged: {}", read.brief()));
    }
    let log = shop.log();
    let is_clear = log.contains("malformed") && log.contains("backup") && !log.contains("panicked");
    seen.expect(is_clear, || format!("the log does not say what to do: {}", super::shop::tail(&log, 3)));
    Ok(seen)
}

fn overwrite(file: &Path, position: u64) -> Result<()> {
    let mut file = std::fs::File::options().write(true).open(file).context("the database can't be opened")?;
    file.seek(SeekFrom::Start(position)).context("the database is short")?;
    file.write_all(&[0xA5; 4096]).context("the database can't be overwritten")
}

/// A second server for one file: it is told that there is one, and the first one does not notice.
pub fn second_server(ground: &Ground, _: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let shop = Shop::open(ground, Engine::Sqlite, &[])?;
    let buyers = Buyers::start(4, &[&shop])?;
    buyers.wait_for(20, PATIENCE)?;
    for _ in 0..ground.either(2, 5) {
        let started = Instant::now();
        let second = Shop::at(ground, &shop.url, &[])?.command(&["serve"])?;
        let is_clear =
            !second.success && second.output.contains("another server") && second.output.contains("shop.db");
        seen.expect(is_clear, || format!("a second server: {}", second.output));
        seen.expect(started.elapsed() < LONGEST_START, || "it took long to say so".to_owned());
        buyers.wait_for(20, PATIENCE)?;
    }
    seen.note("refused, and the first one went on");
    let words = buyers.describe();
    seen.expect(!words.contains(", "), || "somebody was refused by the first one".to_owned());
    buyers.stop()?.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

/// Many want the last units: they are sold, and no more.
pub fn last_units(ground: &Ground, engine: Engine) -> Result<Seen> {
    const LEFT: i64 = 60;
    let mut seen = Seen::default();
    let shop = Shop::open(ground, engine, &[])?;
    let sql = shop.sql();
    let Some(scarce) = shop.products.first() else { bail!("nothing is for sale") };
    sql.run(&format!(
        "INSERT INTO stock_movements (id, product_id, reason, delta, created_at) \
         SELECT 'faults-scarce', id, 'ADJUSTMENT', {LEFT} - stock, created_at FROM products WHERE id = '{scarce}'; \
         UPDATE products SET stock = {LEFT} WHERE id = '{scarce}'"
    ))?;
    let token = format!("Bearer {}", shop.sign_in()?);
    let sold: i64 = std::thread::scope(|scope| {
        let clients = (0..8).map(|number| {
            let (mut client, token) = (shop.client(), &token);
            scope.spawn(move || {
                let mut sold = 0;
                for turn in 0..LEFT {
                    let key = format!("faults-last-{number}-{turn}");
                    let body = buyers::body(std::slice::from_ref(scarce), &key);
                    let reply = buyers::again(&mut client, token, &key, &body)?;
                    match reply.status {
                        201 => sold += 1,
                        400 => break,
                        _ => bail!("of the last units: {}", reply.brief()),
                    }
                }
                Ok::<i64, anyhow::Error>(sold)
            })
        });
        let clients: Vec<_> = clients.collect();
        let mut all = 0;
        for client in clients {
            let Ok(sold) = client.join() else { bail!("a buyer is lost") };
            all += sold?;
        }
        Ok(all)
    })?;
    seen.note(format!("of {LEFT} last units {sold} were sold"));
    seen.expect(sold == LEFT, || "units were oversold or left over".to_owned());
    shop.check_books(&mut seen)?;
    Ok(seen)
}

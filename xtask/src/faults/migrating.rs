//! A migration that is killed in the middle, and run again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::buyers::{Buyers, Orders};
use super::report::{Seen, seconds};
use super::shop::{Engine, Ground, Shop};
use crate::process;

const PATIENCE: Duration = Duration::from_secs(60);

/// `kill -9` at ever later moments of a migration, then once more to its end.
pub fn interrupted(ground: &Ground, engine: Engine) -> Result<Seen> {
    let mut seen = Seen::default();
    let whole = Shop::closed(ground, engine, &[])?;
    slow_down(&whole, engine)?;
    let started = Instant::now();
    whole.command_succeeds(&["migrate"])?;
    let took = started.elapsed();
    let tables = tables(&whole, engine)?;

    let mut shop = Shop::closed(ground, engine, &[])?;
    slow_down(&shop, engine)?;
    let tries = ground.either(6, 20);
    let mut killed = 0;
    for number in 1..=tries {
        let mut child = shop.program().arg("migrate").stdout(std::process::Stdio::null()).spawn();
        let child =
            child.as_mut().map_err(|error| anyhow::anyhow!("the program can't be started: {error}"))?;
        // Later each time, so that what one attempt has done the next one finds.
        if process::ended(child, took * number / tries).is_none() {
            process::signal_group(child.id(), "KILL");
            child.wait().context("a migration can't be watched")?;
            killed += 1;
        }
    }
    seen.note(format!("a migration of {} killed {killed} times", seconds(took)));
    seen.expect(killed > 1, || "it was never killed in the middle".to_owned());
    let back = Instant::now();
    shop.command_succeeds(&["migrate"])?;
    seen.recovered_after(back.elapsed());
    let again = shop.command(&["migrate"])?;
    seen.expect(again.success && again.output.contains("up to date"), || again.output.clone());
    let found = self::tables(&shop, engine)?;
    seen.expect(found == tables, || "tables differ from those of a migration that was left alone".to_owned());
    seen.note(format!("{} objects as they should be", found.len()));

    shop.stock_up()?;
    shop.start()?;
    let buyers = Buyers::start(2, &[&shop])?;
    buyers.wait_for(20, PATIENCE)?;
    buyers.stop()?.settle(&shop, &mut seen)?;
    Orders::each_sold_once(&shop, &mut seen)?;
    Ok(seen)
}

/// Lets every command that changes tables take a moment, where the engine has a way to.
fn slow_down(shop: &Shop, engine: Engine) -> Result<()> {
    if engine == Engine::Sqlite {
        return Ok(());
    }
    let sql = shop.sql();
    sql.run(
        "CREATE FUNCTION dawdle() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); END'",
    )?;
    sql.run("CREATE EVENT TRIGGER dawdle ON ddl_command_end EXECUTE FUNCTION dawdle()")
}

/// Everything that migrations make, with how it was made as far as the engine tells, and which were applied.
fn tables(shop: &Shop, engine: Engine) -> Result<Vec<String>> {
    let sql = shop.sql();
    let mut found = sql.rows(match engine {
        Engine::Sqlite => "SELECT type, name, replace(coalesce(sql, ''), char(10), ' ') FROM sqlite_master ORDER BY 1, 2",
        Engine::Postgres => {
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns \
             WHERE table_schema = 'public' UNION ALL \
             SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public' UNION ALL \
             SELECT tgrelid::regclass::text, tgname, '', '' FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        }
    })?;
    found.extend(sql.rows("SELECT version FROM __diesel_schema_migrations ORDER BY version")?);
    Ok(found)
}

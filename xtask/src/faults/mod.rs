//! `cargo xtask faults`: everything that can go wrong around the shop, done to the real program with real databases. After
//! each fault the books are compared: nothing that was acknowledged may be lost or be there twice, whoever was refused must
//! have been told clearly, and the server must go on by itself.

mod buyers;
mod clients;
mod clocks;
mod crash;
mod migrating;
mod outage;
mod overload;
mod postgres;
mod report;
mod shop;
mod sql;
mod stop;
mod storage;
mod unread;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use self::report::{Row, Seen};
use self::shop::{Engine, Ground};
use crate::{cli, process, server, workspace};

/// One fault.
struct Fault {
    name: &'static str,
    engines: &'static [Engine],
    /// Whether the short look includes it.
    short: bool,
    expected: &'static str,
    run: fn(&Ground, Engine) -> Result<Seen>,
}

const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];
const SQLITE: &[Engine] = &[Engine::Sqlite];
const POSTGRES: &[Engine] = &[Engine::Postgres];

/// Every fault, those of one family beside each other.
#[rustfmt::skip]
const FAULTS: &[Fault] = &[
    Fault { name: "kill", engines: BOTH, short: true, run: crash::kill,
        expected: "kill -9 while orders come: each acknowledged order is there once, also when it is asked for again" },
    Fault { name: "sweeper", engines: BOTH, short: true, run: crash::sweeper,
        expected: "kill -9 while unpaid orders expire: their units come back once" },
    Fault { name: "migrate", engines: BOTH, short: true, run: migrating::interrupted,
        expected: "kill -9 in a migration: the next run finishes it" },
    Fault { name: "stop", engines: BOTH, short: true, run: stop::terminate,
        expected: "SIGTERM while orders come: what was done was also answered; it ends within 10 s" },
    Fault { name: "stop-held-up", engines: BOTH, short: false, run: stop::held_up,
        expected: "SIGTERM with unfinished requests and a database that hangs: it ends within 30 s" },
    Fault { name: "database-restart", engines: POSTGRES, short: true, run: outage::restarted,
        expected: "503 with Retry-After, /ready 503, back within 10 s without a restart" },
    Fault { name: "database-kill", engines: POSTGRES, short: false, run: outage::killed,
        expected: "503 with Retry-After, /ready 503, back within 10 s without a restart" },
    Fault { name: "database-pause", engines: POSTGRES, short: false, run: outage::paused,
        expected: "503 with Retry-After within 20 s, /ready 503, back within 10 s without a restart" },
    Fault { name: "database-cut", engines: POSTGRES, short: true, run: outage::cut,
        expected: "refusals are 503 with Retry-After; the rest goes on" },
    Fault { name: "database-replaced", engines: POSTGRES, short: true, run: outage::replaced,
        expected: "503 until the standby is promoted, then on with it within 10 s" },
    Fault { name: "deadlock", engines: POSTGRES, short: true, run: outage::deadlock,
        expected: "an order that has to give way is placed all the same" },
    Fault { name: "redis", engines: POSTGRES, short: true, run: outage::redis,
        expected: "Redis paused and killed: nobody is refused, nobody waits" },
    Fault { name: "locked", engines: BOTH, short: true, run: storage::locked,
        expected: "somebody keeps a lock, all connections wait: 503 with Retry-After, then on" },
    Fault { name: "disk-full", engines: SQLITE, short: true, run: storage::disk_full,
        expected: "503 with Retry-After, reading goes on, orders again as soon as there is room" },
    Fault { name: "damaged", engines: SQLITE, short: true, run: storage::damaged,
        expected: "a clear message with the file and what to do; what is not damaged is served" },
    Fault { name: "second-server", engines: SQLITE, short: true, run: storage::second_server,
        expected: "a second server on one file is refused with a clear message; the first one does not notice" },
    Fault { name: "last-units", engines: BOTH, short: true, run: storage::last_units,
        expected: "many want the last units: each is sold once, and no more" },
    Fault { name: "clock", engines: BOTH, short: true, run: clocks::stepped,
        expected: "a step back and forward: keys still answer, orders expire once and not early" },
    Fault { name: "oversized", engines: SQLITE, short: true, run: clients::oversized,
        expected: "4xx and no memory for heads and bodies without measure" },
    Fault { name: "slow-heads", engines: SQLITE, short: true, run: clients::slow_heads,
        expected: "sent away within 25 s; nobody else waits for 2 s" },
    Fault { name: "slow-bodies", engines: SQLITE, short: false, run: clients::slow_bodies,
        expected: "sent away within 25 s; nobody else waits for 2 s" },
    Fault { name: "idle", engines: SQLITE, short: false, run: clients::idle,
        expected: "10,000 silent connections: sent away; nobody else waits for 2 s" },
    Fault { name: "deaf", engines: SQLITE, short: false, run: unread::deaf,
        expected: "clients that do not read: sent away, bounded memory; nobody else waits for 2 s" },
    Fault { name: "hasty", engines: SQLITE, short: false, run: unread::hasty,
        expected: "clients that do not wait for answers: all are answered, bounded memory; nobody else waits for 2 s" },
    Fault { name: "overload", engines: BOTH, short: false, run: overload::overload,
        expected: "at least 80 % of the peak is left, and refusals are 503 with Retry-After" },
];

/// What to do.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    words: Vec<String>,
    short: bool,
    release: bool,
    list: bool,
    program: Option<PathBuf>,
}

/// Runs `cargo xtask faults`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let options = match parse(arguments) {
        Ok(options) => options,
        Err(error) => return Ok(cli::misuse("faults", &error.to_string())),
    };
    if options.list {
        for (fault, engine) in chosen(&options) {
            println!("{:<28} {}", format!("{} on {}", fault.name, engine.as_str()), fault.expected);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let program = match &options.program {
        Some(program) => program.clone(),
        None if options.release => server::build("release").map(|()| server::binary("release"))?,
        None => server::build_beside_tests().map(|()| server::binary("debug"))?,
    };
    let (passed, failed) = look_at(&options, &program)?;
    println!("{passed} faults were borne, {failed} were not; {}", page().display());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The short look, by a program that has been built. Answers how many faults were borne, and how many were not.
pub fn look_shortly(binary: &Path) -> Result<(usize, usize)> {
    look_at(&Options { short: true, ..Options::default() }, binary)
}

fn look_at(options: &Options, binary: &Path) -> Result<(usize, usize)> {
    sql::install()?;
    let ground = Ground::new(binary.to_owned(), options.short);
    let mut rows = Vec::new();
    for (fault, engine) in chosen(options) {
        if process::interrupted() {
            bail!("interrupted");
        }
        let started = Instant::now();
        // What can't be done is as bad as what is not borne; the others have their turn all the same.
        let mut seen = (fault.run)(&ground, engine)
            .unwrap_or_else(|error| Seen { problems: vec![format!("{error:#}")], ..Seen::default() });
        seen.shorten();
        let (engine, expected) = (engine.as_str(), fault.expected);
        let row = Row { fault: fault.name, engine, expected, seen, took: started.elapsed() };
        println!("{}", row.line());
        rows.push(row);
        report::write(&page(), &rows)?;
    }
    let failed = rows.iter().filter(|row| !row.seen.is_good()).count();
    Ok((rows.len() - failed, failed))
}

fn page() -> PathBuf {
    workspace::target_dir().join("faults/report.md")
}

/// The faults that are asked for, with each engine. A word is a part of a fault's name, or an engine's.
fn chosen(options: &Options) -> impl Iterator<Item = (&'static Fault, Engine)> {
    let is_engine = |word: &&String| BOTH.iter().any(|engine| engine.as_str() == **word);
    let (engines, names): (Vec<&String>, Vec<&String>) = options.words.iter().partition(is_engine);
    let has = move |fault: &Fault| names.is_empty() || names.iter().any(|word| fault.name.contains(*word));
    FAULTS
        .iter()
        .filter(|fault| fault.short || !options.short)
        .filter(move |fault| has(fault))
        .flat_map(|fault| fault.engines.iter().map(move |engine| (fault, *engine)))
        .filter(move |(_, engine)| engines.is_empty() || engines.iter().any(|word| *word == engine.as_str()))
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--program" => options.program = Some(words.next().context("`--program` needs a file")?.into()),
            "--short" => options.short = true,
            "--release" => options.release = true,
            "--list" => options.list = true,
            other if other.starts_with('-') => bail!("unknown argument `{other}`"),
            _ => options.words.push(word.clone()),
        }
    }
    if chosen(&options).next().is_none() {
        bail!("there is no such fault; `--list` has them all");
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<(&'static str, &'static str)> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let options = parse(&words).unwrap();
        chosen(&options).map(|(fault, engine)| (fault.name, engine.as_str())).collect()
    }

    #[test]
    fn faults_are_chosen_by_name_and_engine() {
        assert_eq!(names("sweeper"), [("sweeper", "sqlite"), ("sweeper", "postgres")]);
        assert_eq!(names("sweeper postgres"), [("sweeper", "postgres")]);
        assert!(names("sqlite").iter().all(|(_, engine)| *engine == "sqlite"));
        assert!(names("--short").len() < names("").len());
    }

    #[test]
    fn what_does_not_exist_is_refused() {
        assert!(parse(&["flood".to_owned()]).is_err());
        assert!(parse(&["--fast".to_owned()]).is_err());
    }

    #[test]
    fn no_two_faults_share_a_name() {
        let mut names: Vec<_> = FAULTS.iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAULTS.len());
    }
}

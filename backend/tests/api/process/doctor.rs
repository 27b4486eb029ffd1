//! `backend doctor`: what it finds in a shop, and that it finds nothing where nothing is wrong. What it says about settings
//! and machines is tested beside its code.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Command, Output},
};

use backend::db::{
    schema::{catalog_changes, payments, users},
    time::now,
};
use chrono::TimeDelta;
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::{Value, json};

use crate::support::{
    Content, TestDatabase,
    app::{JWT_SECRET, WEBHOOK_SECRET},
    binary,
    database::is_postgres,
    proxy::Proxy,
    redis::RedisServer,
};

/// Rules about the machine that the tests run on, which may be any.
const MACHINE: [&str; 2] = ["open-files", "disk-space"];
/// Rules about the tests' own server, which has a role that may do anything and need not survive a power failure.
const SERVER: [&str; 2] = ["database-role", "durability"];

/// Settings with which nothing is wrong, and more.
fn settings_of<'s>(database: &'s str, more: &[(&'s str, &'s str)]) -> Vec<(&'s str, &'s str)> {
    let mut settings = vec![
        ("APP_ENV", "production"),
        ("JWT_SECRET", JWT_SECRET),
        ("PAYMENT_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("PUBLIC_URL", "https://shop.example"),
        ("TRUSTED_PROXY_HOPS", "1"),
        ("ENABLE_SWAGGER", "false"),
        ("DATABASE_URL", database),
    ];
    settings.extend(more);
    settings
}

fn doctor(arguments: &[&str], database: &str, more: &[(&str, &str)]) -> Output {
    binary::run(&[&["doctor"], arguments].concat(), &settings_of(database, more))
}

fn report(database: &str, more: &[(&str, &str)]) -> Value {
    let output = doctor(&["--json"], database, more);
    let said = String::from_utf8(output.stderr).unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The rules in one part of a report.
fn rules(report: &Value, part: &str) -> Vec<String> {
    let entries = report[part].as_array().unwrap();
    entries.iter().map(|entry| entry["rule"].as_str().or(entry.as_str()).unwrap().to_owned()).collect()
}

/// What is found in a shop, but for what the tests' surroundings are to blame for.
fn found(database: &TestDatabase) -> Vec<String> {
    let mut found = rules(&report(&database.url, &[]), "findings");
    found.retain(|rule| !MACHINE.contains(&rule.as_str()) && !SERVER.contains(&rule.as_str()));
    found
}

/// A shop whose data nobody else may read.
fn sound(content: Content) -> TestDatabase {
    let database = TestDatabase::with(content);
    if !is_postgres() {
        set_mode(&database, 0o600);
    }
    database
}

fn set_mode(database: &TestDatabase, mode: u32) {
    let file = PathBuf::from(database.url.strip_prefix("sqlite://").unwrap());
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn nothing_is_found_in_a_sound_shop() {
    let database = sound(Content::Tables);
    assert_eq!(found(&database), [""; 0]);
    let report = report(&database.url, &[]);
    assert_eq!(rules(&report, "unchecked"), [""; 0]);
    let fine = rules(&report, "fine");
    for rule in ["settings", "database", "migrations", "clock", "demo-accounts", "payments", "database-tls"] {
        assert!(fine.contains(&rule.to_owned()), "{rule}: {fine:?}");
    }
    let code = i32::from(!rules(&report, "findings").is_empty());
    let output = doctor(&[], &database.url, &[]);
    assert_eq!(output.status.code(), Some(code));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("findings, 0 not checked, "), "{text}");
}

#[test]
fn a_finding_says_what_is_wrong_and_what_to_do() {
    let database = sound(Content::Tables);
    let output = doctor(&[], &database.url, &[("CORS_ORIGINS", "*.shop.example"), ("RATE_LIMT_MAX", "5")]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    for said in ["✗ cors: ", "name each origin", "✗ settings: RATE_LIMT_MAX is no setting"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains(JWT_SECRET) && !text.contains(WEBHOOK_SECRET), "{text}");
}

#[test]
fn settings_that_no_server_starts_with_are_findings_and_the_rest_is_looked_at() {
    let database = sound(Content::Tables);
    let report = report(&database.url, &[("JWT_SECRET", "short"), ("PORT", "x")]);
    let said = report["findings"].to_string();
    assert!(
        said.contains("JWT_SECRET must have at least 32 bytes") && said.contains("PORT must be"),
        "{said}"
    );
    assert!(rules(&report, "fine").contains(&"migrations".to_owned()), "{report}");
}

#[test]
fn an_address_that_is_not_usable_is_found_and_no_other_is_looked_at() {
    let sound = sound(Content::Tables);
    for (database, more, name, skipped) in [
        (
            "mysql://db/shop",
            &[][..],
            "DATABASE_URL",
            &["database", "migrations", "durability", "clock", "demo-accounts", "payments"][..],
        ),
        (
            sound.url.as_str(),
            &[("REDIS_URL", "cache.example")][..],
            "REDIS_URL",
            &["redis", "redis-tls", "redis-eviction"],
        ),
    ] {
        let report = report(database, more);
        let found = report["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "settings");
        assert!(found.is_some_and(|found| found["problem"].to_string().contains(name)), "{report}");
        for rule in skipped {
            let unchecked = json!({"rule": rule, "reason": format!("{name} is not usable")});
            assert!(report["unchecked"].as_array().unwrap().contains(&unchecked), "{rule}: {report}");
        }
        assert!(!rules(&report, "findings").iter().any(|rule| skipped.contains(&rule.as_str())), "{report}");
    }
}

#[test]
fn a_developers_settings_are_judged_as_production_would_read_them() {
    let database = sound(Content::Tables);
    let report = report(&database.url, &[("APP_ENV", "development"), ("JWT_SECRET", "")]);
    let said = report["findings"].to_string();
    assert!(said.contains("JWT_SECRET is required in production"), "{said}");
    assert!(rules(&report, "findings").contains(&"environment".to_owned()), "{said}");
}

#[test]
fn accounts_that_everybody_knows_the_password_of_are_found() {
    let database = sound(Content::Demo);
    let report = report(&database.url, &[]);
    let said = report["findings"].to_string();
    assert!(said.contains("the demo shop's admin, john, jane,"), "{said}");
    let john = users::email.eq("john@example.com");
    database.query(|connection| {
        diesel::update(users::table.filter(users::email.ne("john@example.com")))
            .set(users::is_active.eq(false))
            .execute(connection)
    });
    assert_eq!(found(&database), ["demo-accounts"]);
    let hash = bcrypt::hash("a password of his own", 4).unwrap();
    database.query(|connection| {
        diesel::update(users::table.filter(john)).set(users::password_hash.eq(hash)).execute(connection)
    });
    assert_eq!(found(&database), [""; 0]);
}

#[test]
fn payments_without_an_outcome_are_found_after_a_day() {
    let database = sound(Content::Demo);
    database
        .query(|connection| diesel::update(users::table).set(users::is_active.eq(false)).execute(connection));
    let day = 24 * 60;
    for (status, minutes, rule) in [
        ("PROCESSING", day + 1, Some("payments")),
        ("REFUND_DUE", day + 1, Some("payments")),
        ("PROCESSING", day - 5, None),
        ("SUCCEEDED", day + 1, None),
        ("DECLINED", day + 1, None),
        ("REFUNDED", day + 1, None),
    ] {
        database.query(|connection| {
            diesel::update(payments::table)
                .set((
                    payments::status.eq(status),
                    payments::created_at.eq(now() - TimeDelta::minutes(minutes)),
                ))
                .execute(connection)
        });
        assert_eq!(found(&database), Vec::from_iter(rule), "{status} {minutes}");
    }
}

#[test]
fn a_database_that_is_behind_is_found_and_its_rows_are_not_looked_at() {
    let database = sound(Content::Tables);
    database.query(|connection| {
        let newest = "DELETE FROM __diesel_schema_migrations
                      WHERE version = (SELECT MAX(version) FROM __diesel_schema_migrations)";
        diesel::sql_query(newest).execute(connection)
    });
    let report = report(&database.url, &[]);
    assert!(rules(&report, "findings").contains(&"migrations".to_owned()), "{report}");
    assert!(rules(&report, "unchecked").contains(&"payments".to_owned()), "{report}");
}

#[test]
fn a_database_that_is_not_there_is_found_and_none_is_made() {
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-such-folder/shop.db");
    let url = format!("sqlite://{}", missing.display());
    for url in [url.as_str(), "postgres://shop:hunter2@127.0.0.1:1/shop"] {
        let report = report(url, &[]);
        assert!(rules(&report, "findings").contains(&"database".to_owned()), "{report}");
        assert!(rules(&report, "unchecked").contains(&"demo-accounts".to_owned()), "{report}");
        assert!(!report.to_string().contains("hunter2"), "{report}");
    }
    assert!(!missing.parent().unwrap().exists());
    // Where there is a folder, SQLite would make one.
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("none-{}.db", std::process::id()));
    let report = report(&format!("sqlite://{}", missing.display()), &[]);
    let said = report["findings"].to_string();
    assert!(said.contains("there is no database at") && !missing.exists(), "{report}");
}

#[test]
fn data_that_other_accounts_can_read_is_found() {
    if is_postgres() {
        return;
    }
    let database = sound(Content::Tables);
    assert_eq!(found(&database), [""; 0]);
    set_mode(&database, 0o644);
    assert_eq!(found(&database), ["data-permissions"]);
    // What was written last is in the journal.
    set_mode(&database, 0o600);
    let journal = PathBuf::from(format!("{}-wal", database.url.strip_prefix("sqlite://").unwrap()));
    fs::write(&journal, "").unwrap();
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(found(&database), ["data-permissions"]);
}

#[test]
fn a_disk_without_room_for_the_database_once_more_is_found() {
    if is_postgres() {
        return;
    }
    let database = sound(Content::Tables);
    let file = PathBuf::from(database.url.strip_prefix("sqlite://").unwrap());
    // What is not written takes no room: a file that is larger than any disk of a machine that runs tests.
    fs::File::options().write(true).open(file).unwrap().set_len(15 << 40).unwrap();
    let report = report(&database.url, &[]);
    let found = report["findings"].as_array().unwrap().iter().find(|found| found["rule"] == "disk-space");
    assert!(found.is_some_and(|found| found["problem"].to_string().contains("has 15728640 MiB")), "{report}");
}

#[test]
fn a_process_that_may_open_few_files_is_found_and_one_that_may_open_enough_is_not() {
    let database = sound(Content::Tables);
    let settings = settings_of(&database.url, &[]);
    let report = |most: &str| -> Value {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "ulimit -n $1 && exec \"$0\" doctor --json", env!("CARGO_BIN_EXE_backend"), most]);
        let output = shell.env_clear().envs(settings.iter().copied()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    };
    let few = report("256");
    assert!(rules(&few, "findings").contains(&"open-files".to_owned()), "{few}");
    let enough = report("4096");
    assert!(rules(&enough, "fine").contains(&"open-files".to_owned()), "{enough}");
}

#[test]
fn redis_that_is_away_and_would_be_asked_without_tls_is_found_whatever_the_database_does() {
    // Nobody listens on port 1, and only the usual names are known to be this machine.
    let away = report("postgres://shop@127.0.0.1:1/shop", &[("REDIS_URL", "redis://127.0.0.2:1")]);
    let found = rules(&away, "findings");
    for rule in ["database", "redis", "redis-tls"] {
        assert!(found.contains(&rule.to_owned()), "{rule}: {away}");
    }
    assert!(rules(&away, "unchecked").contains(&"redis-eviction".to_owned()), "{away}");
}

#[test]
fn rows_from_the_future_tell_of_a_wrong_clock() {
    if is_postgres() {
        return;
    }
    let database = sound(Content::Demo);
    database.query(|connection| {
        diesel::update(users::table).set(users::is_active.eq(false)).execute(connection)?;
        diesel::update(catalog_changes::table)
            .set(catalog_changes::created_at.eq(now() + TimeDelta::hours(1)))
            .execute(connection)
    });
    assert_eq!(found(&database), ["clock"]);
}

#[test]
fn a_role_that_may_do_anything_is_found_and_one_that_reads_and_writes_is_not() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Tables);
    let of = |url: &str| rules(&report(url, &[]), "findings").contains(&"database-role".to_owned());
    assert!(of(&database.url));
    // A role that every server has.
    let joint = if database.url.contains('?') { '&' } else { '?' };
    assert!(!of(&format!("{}{joint}options=-crole%3Dpg_read_all_data", database.url)));
}

#[test]
fn a_server_far_away_that_is_asked_in_the_open_and_has_another_clock_is_found() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Tables);
    // What the tests' own server would say if it were: these functions are found before those of PostgreSQL.
    database.query(|connection| {
        connection.batch_execute(
            "CREATE SCHEMA far_away;
             CREATE FUNCTION far_away.inet_client_addr() RETURNS inet LANGUAGE sql AS $$ SELECT inet '10.0.0.7' $$;
             CREATE FUNCTION far_away.clock_timestamp() RETURNS timestamptz LANGUAGE sql
             AS $$ SELECT pg_catalog.clock_timestamp() - interval '1 minute' $$",
        )
    });
    let joint = if database.url.contains('?') { '&' } else { '?' };
    let of = |path: &str| {
        let report = report(&format!("{}{joint}options=-csearch_path%3D{path}", database.url), &[]);
        ["database-tls", "clock"].map(|rule| rules(&report, "findings").contains(&rule.to_owned()))
    };
    assert_eq!(of("far_away%2Cpg_catalog%2Cpublic"), [true, true]);
    assert_eq!(of("pg_catalog%2Cpublic"), [false, false]);
}

#[test]
fn a_server_that_may_lose_what_it_acknowledged_is_found() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Tables);
    let of = |options: &str| {
        let joint = if database.url.contains('?') { '&' } else { '?' };
        report(&format!("{}{joint}options={options}", database.url), &[])["findings"].to_string()
    };
    assert!(of("-csynchronous_commit%3Doff").contains("synchronous_commit = off"));
    assert!(!of("-csynchronous_commit%3Don").contains("synchronous_commit = off"));
}

#[test]
fn redis_is_found_when_it_is_away_or_may_take_all_memory() {
    let Some(mut redis) = RedisServer::start() else { return };
    // Redis comes with PostgreSQL only, which need not be there for this: nobody listens on port 1.
    let of = |url: &str| report("postgres://shop@127.0.0.1:1/shop", &[("REDIS_URL", url)]);
    let there = of(&redis.url());
    assert!(rules(&there, "findings").contains(&"redis-eviction".to_owned()), "{there}");
    let fine = rules(&there, "fine");
    assert!(fine.contains(&"redis".to_owned()) && fine.contains(&"redis-tls".to_owned()), "{there}");
    redis.kill();
    let away = of(&redis.url());
    assert!(rules(&away, "findings").contains(&"redis".to_owned()), "{away}");
    assert!(rules(&away, "unchecked").contains(&"redis-eviction".to_owned()), "{away}");
}

#[test]
fn redis_that_is_slow_once_is_not_away() {
    let Some(redis) = RedisServer::start() else { return };
    let (proxy, url) = Proxy::in_front_of(&redis.url());
    proxy.loosen();
    let report = report("postgres://shop@127.0.0.1:1/shop", &[("REDIS_URL", &url)]);
    assert!(rules(&report, "fine").contains(&"redis".to_owned()), "{report}");
}

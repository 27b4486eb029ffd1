//! An embedded database has one server. Commands work beside it.

use std::fs;

use super::{backend, done, file_of, folder, refused, text};
use crate::support::{Content, TestDatabase, binary::ServerProcess, database::is_postgres};

#[test]
fn a_second_server_is_refused_until_the_first_one_has_ended_however_it_ended() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let file = file_of(&database);
    for round in 0..2 {
        let mut server = ServerProcess::start(&database, &[]);
        let said = refused(&["serve"], &file);
        assert!(said.contains("another server (process ") && said.contains(text(&file)), "{said}");
        assert!(said.contains("PostgreSQL") && said.contains("DATABASE_URL"), "{said}");
        server.anon().get("/ready").expect(200);
        if round == 0 {
            server.kill();
        } else {
            server.terminate();
            server.wait();
        }
    }
    ServerProcess::start(&database, &[]).anon().get("/ready").expect(200);
}

#[test]
fn another_name_of_the_database_is_no_way_around() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let link = folder("one-server").join("link.db");
    std::os::unix::fs::symlink(file_of(&database), &link).unwrap();
    let _server = ServerProcess::start(&database, &[]);
    assert!(refused(&["serve"], &link).contains("another server"));
}

#[test]
fn a_lock_file_that_was_left_means_nothing() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    fs::write(format!("{}.lock", file_of(&database).display()), "1").unwrap();
    ServerProcess::start(&database, &[]).anon().get("/ready").expect(200);
}

#[test]
fn commands_that_only_look_or_write_a_row_work_beside_a_server() {
    if is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let file = file_of(&database);
    let server = ServerProcess::start(&database, &[]);
    let target = folder("beside").join("shop.backup");
    for arguments in [
        &["backup", text(&target)][..],
        &["config"],
        &["db", "ping"],
        &["cache", "flush", "all"],
        &["migrate"],
        &["db", "restored"],
    ] {
        done(arguments, &file);
    }
    // What it finds is another question.
    let doctor = backend(&["doctor"], &file);
    assert_eq!(doctor.status.code(), Some(1), "{}", String::from_utf8_lossy(&doctor.stderr));
    server.anon().get("/ready").expect(200);
}

#[test]
fn several_servers_share_postgres() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (first, second) = (ServerProcess::start(&database, &[]), ServerProcess::start(&database, &[]));
    first.anon().get("/ready").expect(200);
    second.anon().get("/ready").expect(200);
}

//! `kill -9` in the middle of a backup and of a restore: what was there is there, and the next attempt succeeds.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use super::{assert_sound, done, execute, file_of, folder, names, order_numbers, refused, text, url};
use crate::support::{Content, TestDatabase, app::settings, binary, database::is_postgres, wait_until};

/// Moments at which a restore is killed.
const KILLS: u32 = 12;

/// A database that takes a while to copy.
fn large(folder: &Path) -> (TestDatabase, PathBuf) {
    let database = TestDatabase::with(Content::Demo);
    let file = folder.join("shop.db");
    fs::copy(file_of(&database), &file).unwrap();
    execute(
        &file,
        "WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 30000)
         INSERT INTO audit_log
         SELECT 'large-' || number, '', 'TEST', 'TEST', number, hex(randomblob(500)), NULL, '', '2026-01-01 00:00:00'
         FROM numbers",
    );
    (database, file)
}

fn start(arguments: &[&str], database: &Path) -> std::process::Child {
    let mut command = binary::program(arguments, &settings(&url(database)));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_backup_that_is_killed_leaves_the_database_as_it_was_and_no_backup() {
    if is_postgres() {
        return;
    }
    let folder = folder("killed-backup");
    let (_database, file) = large(&folder);
    let (target, partial) = (folder.join("shop.backup"), folder.join("shop.backup.partial"));
    for _ in 0..3 {
        let mut backup = start(&["backup", text(&target)], &file);
        wait_until("something is written", || partial.metadata().is_ok_and(|partial| partial.len() > 0));
        backup.kill().unwrap();
        backup.wait().unwrap();
        assert!(!target.exists(), "what is not complete has no name");
    }
    assert_eq!(order_numbers(&file).len(), 3);
    assert_sound(&file);
    done(&["backup", text(&target)], &file);
    assert_eq!(order_numbers(&target).len(), 3);
    assert!(!partial.exists(), "{:?}", names(&folder));
}

#[test]
fn two_backups_into_one_file_do_not_meet() {
    if is_postgres() {
        return;
    }
    let folder = folder("backup-twice");
    let (_database, file) = large(&folder);
    let (target, partial) = (folder.join("shop.backup"), folder.join("shop.backup.partial"));
    let mut first = start(&["backup", text(&target)], &file);
    wait_until("something is written", || partial.exists());
    let said = refused(&["backup", "--force", text(&target)], &file);
    assert!(said.contains("another process is writing"), "{said}");
    assert!(first.wait().unwrap().success());
    assert_eq!(order_numbers(&target).len(), 3);
}

#[test]
fn a_file_that_comes_while_a_backup_is_being_made_is_not_replaced() {
    if is_postgres() {
        return;
    }
    let folder = folder("backup-late");
    let (_database, file) = large(&folder);
    let (target, partial) = (folder.join("shop.backup"), folder.join("shop.backup.partial"));
    let mut command = binary::program(&["backup", text(&target)], &settings(&url(&file)));
    let backup = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("something is written", || partial.metadata().is_ok_and(|partial| partial.len() > 0));
    fs::write(&target, "precious").unwrap();
    let output = backup.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("shop.backup can't be written"), "{said}");
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    assert!(!partial.exists(), "{:?}", names(&folder));
}

#[test]
fn a_restore_that_is_killed_at_any_moment_leaves_the_old_database_or_the_new_one() {
    if is_postgres() {
        return;
    }
    let folder = folder("killed-restore");
    let (_database, large) = large(&folder);
    let backup = folder.join("shop.backup");
    done(&["backup", text(&backup)], &large);
    let old = TestDatabase::with(Content::Tables);
    let file = folder.join("served.db");
    let reset = || fs::copy(file_of(&old), &file).unwrap();
    reset();
    let started = Instant::now();
    done(&["restore", text(&backup)], &file);
    let whole = started.elapsed();

    let mut seen = [0, 0];
    for number in 0..KILLS {
        fs::remove_file(&file).unwrap();
        reset();
        let mut restore = start(&["restore", text(&backup)], &file);
        // The moments are spread over the whole time, and a little beyond it.
        std::thread::sleep(whole * number / (KILLS - 2) + Duration::from_millis(1));
        restore.kill().unwrap();
        restore.wait().unwrap();
        let orders = order_numbers(&file).len();
        assert!(orders == 0 || orders == 3, "{orders}");
        seen[usize::from(orders == 3)] += 1;
        assert_sound(&file);
    }
    assert!(seen[0] > 0, "none was killed before the end: {seen:?}");
    done(&["restore", text(&backup)], &file);
    assert_eq!(order_numbers(&file).len(), 3);
    assert!(!names(&folder).iter().any(|name| name.contains(".restoring")), "{:?}", names(&folder));
}

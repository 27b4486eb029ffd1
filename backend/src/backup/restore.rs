//! Putting a backup in the place of the database.
//!
//! Everything is done to a copy beside the database: it is judged, brought up to date and put on disk. Then one renaming
//! makes it the database, so that whenever the process ends, the old database is there or the new one. The old one gets a
//! second name before, and keeps that.

use std::{
    fs,
    io::{self, Read},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

use super::{Allowed, Partial, beside, is_part_of, judge, problem, remove, sync_folder};
use crate::db::{
    exclusive::{Exclusive, ExclusiveError},
    snapshot, time,
};

/// What every SQLite database begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The ending of the copy that becomes the database.
const RESTORING: &str = ".restoring";
/// The endings of a database's journals.
const JOURNALS: [&str; 2] = ["-wal", "-journal"];

/// What came of it.
#[derive(Debug)]
pub struct Restored {
    /// Where the database that was replaced is now, if there was one.
    pub replaced: Option<PathBuf>,
    /// Migrations that the backup did not have yet.
    pub migrated: Vec<String>,
    /// Orders in it.
    pub orders: i64,
    /// What its rows contradict, when that was allowed.
    pub contradictions: Vec<String>,
}

/// Replaces the database by a backup. The error is a sentence for a person, and nothing has changed then.
pub fn restore(backup: &Path, database: &Path, allowed: Allowed) -> Result<Restored, String> {
    refuse_what_is_no_backup(backup, database)?;
    let _alone = Exclusive::take(database).map_err(|error| match error {
        ExclusiveError::InUse(_) => format!("{error}; stop it first"),
        ExclusiveError::Unknown { .. } => error.to_string(),
    })?;
    // What is being restored replaces the file that a link points to, not the link.
    let database = &database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let copy = Partial::create(beside(database, RESTORING))?;
    fs::copy(backup, &copy.path).map_err(|error| problem(backup, "copied", &error))?;
    let what = backup.display().to_string();
    let found = judge(&copy.path, &what, allowed)?;
    let unfit = |error| format!("{what} can't be made fit to be served: {error}");
    let migrated = snapshot::prepare(&copy.path).map_err(unfit)?;
    if !snapshot::fold(&copy.path).map_err(unfit)? {
        return Err(format!("{} is in use", copy.path.display()));
    }
    resemble(&copy.path, database)
        .map_err(|error| problem(&copy.path, "given to the database's owner", &error))?;
    let replace = |error| problem(database, "replaced", &error);
    copy.sync().map_err(replace)?;
    let replaced = if database.exists() { Some(keep(database)?) } else { None };
    copy.finish(database, true).map_err(replace)?;
    Ok(Restored { replaced, migrated, orders: found.orders, contradictions: found.contradictions })
}

fn refuse_what_is_no_backup(backup: &Path, database: &Path) -> Result<(), String> {
    let what = backup.display();
    if is_part_of(backup, database) {
        return Err(format!("{what} belongs to the database itself"));
    }
    let mut file = fs::File::open(backup).map_err(|error| problem(backup, "opened", &error))?;
    let mut start = [0; MAGIC.len()];
    match file.read_exact(&mut start) {
        Ok(()) if start == *MAGIC => {}
        Ok(()) => return Err(format!("{what} is no SQLite database")),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(format!("{what} is no SQLite database: it is too short"));
        }
        Err(error) => return Err(problem(backup, "read", &error)),
    }
    // Without its journal a database is not what it was, and with it it is no backup.
    let journal = JOURNALS.map(|suffix| beside(backup, suffix));
    let in_use = journal.iter().find(|journal| journal.metadata().is_ok_and(|journal| journal.len() > 0));
    match in_use {
        Some(journal) => Err(format!(
            "{what} is a database in use: {} belongs to it; make a backup of it with `backend backup`",
            journal.display()
        )),
        None => Ok(()),
    }
}

/// Gives the copy the owner and the rights of the database that it replaces, so that the server may use it whoever runs this.
fn resemble(copy: &Path, database: &Path) -> io::Result<()> {
    let own = fs::metadata(copy)?;
    let (owner, mode) = match fs::metadata(database) {
        Ok(old) => (old.clone(), old.permissions().mode()),
        Err(_) => (fs::metadata(database.parent().unwrap_or(Path::new(".")))?, own.permissions().mode()),
    };
    fs::set_permissions(copy, fs::Permissions::from_mode(mode))?;
    if (own.uid(), own.gid()) == (owner.uid(), owner.gid()) {
        return Ok(());
    }
    chown(copy, Some(owner.uid()), Some(owner.gid()))
}

/// Gives the old database a second name, and leaves nothing beside it that would be taken for the new one's.
fn keep(database: &Path) -> Result<PathBuf, String> {
    let moment = time::now().format("%Y%m%dT%H%M%S%3fZ");
    let kept = beside(database, &format!(".replaced-{moment}"));
    let keeping = |error| problem(database, "kept", &error);
    // SQLite throws a journal away that it can't make sense of. Under this name it is nobody's journal yet.
    let aside = |journal: &str| beside(&kept, &format!("{journal}.aside"));
    for journal in JOURNALS.iter().filter(|journal| beside(database, journal).exists()) {
        fs::hard_link(beside(database, journal), aside(journal)).map_err(keeping)?;
    }
    fs::hard_link(database, &kept).map_err(keeping)?;
    sync_folder(database).map_err(keeping)?;
    let folded = snapshot::fold(database);
    if let Err(error) = &folded {
        // Perhaps the reason why it is replaced. Its journal goes with it: beside the new database it would damage that.
        tracing::warn!(%error, "the old database is damaged; it is kept as it is");
        for journal in JOURNALS {
            if aside(journal).exists() {
                fs::rename(aside(journal), beside(&kept, journal)).map_err(keeping)?;
            }
            if beside(database, journal).exists() {
                fs::remove_file(beside(database, journal)).map_err(keeping)?;
            }
        }
        remove(&beside(database, "-shm"));
    }
    JOURNALS.iter().for_each(|journal| remove(&aside(journal)));
    if folded.is_ok_and(|is_alone| !is_alone) {
        remove(&kept);
        return Err(format!("another program uses the database {}; stop it first", database.display()));
    }
    Ok(kept)
}

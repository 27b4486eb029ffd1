//! Backups of the embedded database. PostgreSQL has tools of its own, which docs/OPERATIONS.md describes.
//!
//! A file gets its name only when everything in it is right and on disk, so what has the name of a backup is one, whenever
//! the process or the machine ends. What is being written has the same name with an ending, and is taken away by the next
//! attempt.
//!
//! What was acknowledged before a backup began is in it. It is read in one transaction, which nobody waits for.

pub mod restore;

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::db::{
    exclusive::beside,
    snapshot::{self, Examination},
};

/// The ending of a backup that is being written.
const PARTIAL: &str = ".partial";
/// The endings of a database's files: its own, which has none, and those that SQLite keeps beside it.
const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// What may be done beyond the usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allowed {
    /// A file of this name may be replaced.
    pub overwrite: bool,
    /// Rows may contradict each other. Damage of the file is never accepted.
    pub contradictions: bool,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Backup {
    /// Bytes of the file.
    pub bytes: u64,
    /// Orders in it.
    pub orders: i64,
    /// What its rows contradict, when that was allowed.
    pub contradictions: Vec<String>,
}

/// Copies the database into a new file. The error is a sentence for a person.
pub fn make(database: &Path, target: &Path, allowed: Allowed) -> Result<Backup, String> {
    require_database(database)?;
    if is_part_of(target, database) {
        return Err(format!("{} belongs to the database itself; name another file", target.display()));
    }
    if target.exists() && !allowed.overwrite {
        return Err(format!("{} is there already; name another file, or use --force", target.display()));
    }
    let partial = Partial::create(beside(target, PARTIAL))?;
    snapshot::copy(database, &partial.path).map_err(|error| format!("the copy failed: {error}"))?;
    let found = judge(&partial.path, "the copy", allowed)?;
    let written = |error| problem(target, "written", &error);
    let bytes = partial.sync().map_err(written)?;
    partial.finish(target, allowed.overwrite).map_err(written)?;
    Ok(Backup { bytes, orders: found.orders, contradictions: found.contradictions })
}

fn require_database(database: &Path) -> Result<(), String> {
    if database.is_file() {
        return Ok(());
    }
    Err(format!("there is no database at {}; DATABASE_URL says where it is", database.display()))
}

/// Whether a file is the database, or one of those that SQLite or the server keep beside it.
fn is_part_of(file: &Path, database: &Path) -> bool {
    let real = |path: &Path| match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(path), ..) => path,
        // Not there yet, but its folder may have several names.
        (Err(_), Some(folder), Some(name)) => {
            folder.canonicalize().map_or_else(|_| path.to_owned(), |folder| folder.join(name))
        }
        _ => path.to_owned(),
    };
    let (file, database) = (real(file), real(database));
    FILES.iter().chain(&[".lock"]).any(|suffix| file == beside(&database, suffix))
}

/// Refuses what is no good backup of a shop.
fn judge(path: &Path, what: &str, allowed: Allowed) -> Result<Examination, String> {
    let found =
        snapshot::examine(path).map_err(|error| format!("{what} is no readable database: {error}"))?;
    if !found.damage.is_empty() {
        return Err(format!("{what} is damaged: {}", found.damage.join("; ")));
    }
    if found.applied.is_empty() {
        return Err(format!("{what} is not the shop's: it has none of its tables"));
    }
    if !found.unknown.is_empty() {
        let unknown = found.unknown.join(", ");
        return Err(format!(
            "{what} was made by a newer version of the shop (migrations {unknown}); use that version, or a newer one"
        ));
    }
    if !found.contradictions.is_empty() && !allowed.contradictions {
        let contradictions = found.contradictions.join("; ");
        return Err(format!(
            "{what} contradicts itself: {contradictions} (--accept-contradictions accepts that)"
        ));
    }
    Ok(found)
}

fn problem(path: &Path, what: &str, error: &io::Error) -> String {
    format!("{} can't be {what}: {error}", path.display())
}

/// A file that is being written, locked as long as it is, and taken away unless it is finished.
struct Partial {
    path: PathBuf,
    file: File,
    is_finished: bool,
}

impl Partial {
    /// Makes an empty file that only its owner may read: it will hold addresses and hashes of passwords.
    fn create(path: PathBuf) -> Result<Self, String> {
        remove_leftover(&path)?;
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|error| problem(&path, "made", &error))?;
        file.try_lock().map_err(|error| problem(&path, "locked", &error.into()))?;
        Ok(Self { path, file, is_finished: false })
    }

    /// Puts everything on disk; answers how many bytes that are.
    fn sync(&self) -> io::Result<u64> {
        self.file.sync_all()?;
        Ok(self.file.metadata()?.len())
    }

    /// Gives the file its name.
    fn finish(mut self, target: &Path, overwrite: bool) -> io::Result<()> {
        if overwrite {
            fs::rename(&self.path, target)?;
            self.is_finished = true;
        } else {
            // Unlike a renaming, a second name is refused when there is such a file, however late it came. The first one
            // goes with this.
            fs::hard_link(&self.path, target)?;
        }
        sync_folder(target)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_finished {
            remove_all(&self.path);
        }
    }
}

/// Takes away what a process that ended in the middle has left.
fn remove_leftover(path: &Path) -> Result<(), String> {
    let leftover = match File::open(path) {
        Ok(leftover) => leftover,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(problem(path, "opened", &error)),
    };
    match leftover.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(format!("another process is writing {}", path.display()));
        }
        Err(TryLockError::Error(error)) => return Err(problem(path, "locked", &error)),
    }
    remove_all(path);
    Ok(())
}

/// Removes a database with everything that belongs to it.
fn remove_all(path: &Path) {
    for suffix in FILES {
        remove(&beside(path, suffix));
    }
}

fn remove(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "a file that is not needed any more stays");
        }
        _ => {}
    }
}

/// Names are on disk when their folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_and_its_files_are_no_place_for_a_backup() {
        let folder = std::env::temp_dir();
        let database = folder.join("shop.db");
        for name in ["shop.db", "shop.db-wal", "shop.db-shm", "shop.db.lock", "./shop.db"] {
            assert!(is_part_of(&folder.join(name), &database), "{name}");
        }
        for name in ["shop.db.backup", "shop.db-old", "other/shop.db"] {
            assert!(!is_part_of(&folder.join(name), &database), "{name}");
        }
    }
}

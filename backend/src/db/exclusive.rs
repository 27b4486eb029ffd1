//! One server for an embedded database. Two of them would not damage it, but each would keep answers that the other has
//! made untrue for a moment, count requests for itself and sweep the same orders; and a database that is in use must not
//! be replaced.
//!
//! The right to a database is a lock of the operating system on a file beside it, so it ends with the process that holds
//! it, however that ends. The file itself stays, and means nothing by itself. Commands that only look at a database, or
//! write a row, need no such right: SQLite keeps them apart.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The right to a database, until it is dropped or the process ends.
#[derive(Debug)]
pub struct Exclusive {
    _file: File,
}

/// Why there is no right to a database.
#[derive(Debug, thiserror::Error)]
pub enum ExclusiveError {
    /// Somebody else has it.
    #[error("{0}")]
    InUse(String),
    /// Nobody could say.
    #[error("{path} can't be locked: {error}", path = path.display())]
    Unknown {
        /// The file that is locked.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl Exclusive {
    /// Takes the right to the database in a file, which need not exist yet; its folder is made. Does not wait.
    pub fn take(database: &Path) -> Result<Self, ExclusiveError> {
        let path = beside(database, ".lock");
        let unknown = |error| ExclusiveError::Unknown { path: path.clone(), error };
        make_folder(database).map_err(unknown)?;
        // Under another name it is still the same database.
        let path = match database.canonicalize() {
            Ok(database) => beside(&database, ".lock"),
            Err(_) => path.clone(),
        };
        let mut file = open(&path).map_err(unknown)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ExclusiveError::InUse(in_use(database, &mut file))),
            Err(TryLockError::Error(error)) => return Err(unknown(error)),
        }
        // Only for whoever is refused: without it the message is shorter.
        if let Err(error) = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())) {
            tracing::debug!(%error, "the lock file does not say whose it is");
        }
        Ok(Self { _file: file })
    }
}

/// One that belongs to somebody else is locked as well as one's own.
fn open(path: &Path) -> io::Result<File> {
    let writable =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o644).open(path);
    writable.or_else(|error| File::open(path).map_err(|_| error))
}

fn in_use(database: &Path, file: &mut File) -> String {
    let mut text = String::new();
    // The number is a courtesy: a file that says nothing is as good.
    let read = file.read_to_string(&mut text);
    let number = text.trim().parse::<u32>();
    let who = match (read, number) {
        (Ok(_), Ok(number)) => format!(" (process {number})"),
        _ => String::new(),
    };
    format!("another server{who} uses the database {}", database.display())
}

/// Makes the folder of a database file. Nobody else may look into one that is made here.
pub fn make_folder(database: &Path) -> io::Result<()> {
    match database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        None => Ok(()),
    }
}

/// The file whose name is longer by this.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let path = std::env::temp_dir().join(format!("exclusive-{}", crate::db::new_id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_database_has_one_server_and_then_another_one() {
        let folder = Folder::new();
        let database = folder.0.join("deeper/shop.db");
        let first = Exclusive::take(&database).unwrap();
        let refused = Exclusive::take(&database).unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        assert!(Exclusive::take(&folder.0.join("other.db")).is_ok());
        drop(first);
        assert!(Exclusive::take(&database).is_ok());
    }

    #[test]
    fn another_name_of_a_database_is_no_other_database() {
        let folder = Folder::new();
        let (database, link) = (folder.0.join("shop.db"), folder.0.join("link.db"));
        std::fs::write(&database, "").unwrap();
        std::os::unix::fs::symlink(&database, &link).unwrap();
        let _first = Exclusive::take(&database).unwrap();
        assert!(matches!(Exclusive::take(&link), Err(ExclusiveError::InUse(_))));
    }
}

//! The machine: who may read the data, how much room there is, how many connections the process may have.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use rustix::process::{Resource, getrlimit};

use super::Report;
use crate::{
    config::Config,
    db::{DatabaseUrl, exclusive::beside},
};

/// Each connection is a file. The server takes all that it may have, so what counts is the hard limit.
const OPEN_FILES_MIN: u64 = 4_096;
/// A shop writes, and a journal may grow, while somebody looks for the reason.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// Looks at the machine.
pub(super) fn check(report: &mut Report, config: &Config) {
    report.rule("open-files", open_files(getrlimit(Resource::Nofile).maximum));
    // Data on a server of its own is that server's business.
    let DatabaseUrl::Sqlite(path) = &config.database.url else { return };
    if !path.is_file() {
        return;
    }
    report.rule_if_known("data-permissions", modes(path), |modes| permissions(path, modes));
    report.rule_if_known("disk-space", room(path), |(free, size)| disk_space(free, size));
}

fn open_files(limit: Option<u64>) -> Option<(String, &'static str)> {
    let limit = limit.filter(|limit| *limit < OPEN_FILES_MIN)?;
    Some((
        format!("the process may have {limit} files open, connections included"),
        "raise the limit to 4096 or more: `ulimit -Hn`, LimitNOFILE= of systemd, --ulimit nofile= of Docker",
    ))
}

/// The rights on the folder, and on each file with data.
fn modes(path: &Path) -> Result<(u32, Vec<u32>), String> {
    let mode = |path: &Path| match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.permissions().mode()),
        Err(error) => Err(format!("{}: {error}", path.display())),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut files = vec![mode(path)?];
    let journal = beside(path, "-wal");
    if journal.exists() {
        files.push(mode(&journal)?);
    }
    Ok((mode(folder)?, files))
}

/// Other accounts of the machine need the folder's permission to pass as well as the file's.
fn permissions(path: &Path, (folder, files): (u32, Vec<u32>)) -> Option<(String, &'static str)> {
    let path = path.display();
    if folder & 0o002 != 0 {
        return Some((
            format!("every account of this machine may replace files in the folder of {path}"),
            "chmod o-rwx on the folder, and make it belong to the server's account",
        ));
    }
    let is_open = folder & 0o001 != 0 && files.iter().any(|mode| mode & 0o006 != 0);
    is_open.then(|| {
        (
            format!("every account of this machine may read {path}: addresses, orders, hashes of passwords"),
            "chmod o-rwx on the file and its folder",
        )
    })
}

/// Bytes that are free where the database is, and its size.
fn room(path: &Path) -> Result<(u64, u64), String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let space = rustix::fs::statvfs(folder).map_err(|error| error.to_string())?;
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    Ok((space.f_bavail.saturating_mul(space.f_frsize), size))
}

fn disk_space(free: u64, size: u64) -> Option<(String, &'static str)> {
    let needed = FREE_BYTES_MIN.max(size);
    (free < needed).then(|| {
        (
            format!("{} MiB are free where the database is, which has {} MiB", free >> 20, size >> 20),
            "make room for 1 GiB, and for the database once more: a restore needs that",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_open_files_are_found_and_many_are_not() {
        assert!(open_files(Some(1_024)).is_some_and(|(problem, _)| problem.contains("1024")));
        assert_eq!(open_files(Some(OPEN_FILES_MIN)), None);
        assert_eq!(open_files(None), None, "no limit at all");
    }

    #[test]
    fn data_that_others_can_read_or_replace_is_found() {
        let of = |folder, files: &[u32]| permissions(Path::new("shop.db"), (folder, files.to_vec()));
        assert_eq!(of(0o40700, &[0o100644]), None, "nobody gets as far as the file");
        assert_eq!(of(0o40755, &[0o100600, 0o100640]), None);
        assert!(of(0o40755, &[0o100644]).is_some_and(|(problem, _)| problem.contains("may read")));
        assert!(of(0o40755, &[0o100600, 0o100604]).is_some(), "the journal holds data, too");
        assert!(of(0o40777, &[0o100600]).is_some_and(|(problem, _)| problem.contains("may replace")));
    }

    #[test]
    fn a_disk_without_room_for_the_database_once_more_is_found() {
        assert_eq!(disk_space(2 << 30, 1 << 20), None);
        assert!(disk_space((1 << 30) - 1, 1 << 20).is_some());
        assert!(disk_space(2 << 30, 3 << 30).is_some_and(|(problem, _)| problem.contains("2048 MiB")));
    }

    #[test]
    fn a_real_disk_has_room_or_not() {
        let file = std::env::temp_dir().join(format!("room-{}", crate::db::new_id()));
        fs::write(&file, [0; 10]).unwrap();
        let (free, size) = room(&file).unwrap();
        assert!(free > 0 && size == 10);
        fs::remove_file(&file).unwrap();
        assert!(room(&file).is_err());
    }
}

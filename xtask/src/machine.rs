//! What the system tells of a process and of its connections.

use std::collections::HashSet;

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// An established connection, as `/proc/net/tcp` spells it.
const ESTABLISHED: &str = "01";

/// Lets this command, and the servers that it starts, open so many files, connections included.
pub fn allow_files(count: u64) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= count) {
        return Ok(());
    }
    if let Some(most) = limit.maximum.filter(|most| *most < count) {
        bail!("{count} open files are needed, and {most} are allowed: raise the hard limit (`ulimit -Hn`)");
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(count), maximum: limit.maximum })
        .context("the limit of open files can't be raised")
}

/// Files and connections that a process has open.
pub fn files(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// Memory that a process occupies, in kB.
pub fn memory(pid: u32) -> Result<u64> {
    status(pid, "VmRSS:")
}

/// The most memory that a process has ever occupied, in kB.
pub fn most_memory(pid: u32) -> Result<u64> {
    status(pid, "VmHWM:")
}

fn status(pid: u32, name: &str) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server is gone")?;
    field(&status, name)
}

/// A number of /proc/…/status.
fn field(status: &str, name: &str) -> Result<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|word| word.parse().ok());
    number.with_context(|| format!("a process has no {name}"))
}

/// Processor time that a process has used, in hundredths of a second.
pub fn work(pid: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("a process is gone")?;
    ticks(&stat).context("a process has no processor time")
}

/// In user mode and in the system's; the name in front may contain anything.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// One end of a connection of this machine.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    /// The other end's port.
    pub peer: u16,
    /// Bytes that the other end has not taken.
    pub unsent: u64,
}

/// The connections of whoever listens on a port to some others.
pub fn connections(port: u16, peers: &HashSet<u16>) -> Result<Vec<End>> {
    let table = std::fs::read_to_string("/proc/net/tcp").context("connections can't be listed")?;
    Ok(ends(&table, port).filter(|end| peers.contains(&end.peer)).collect())
}

fn ends(table: &str, port: u16) -> impl Iterator<Item = End> {
    let port_of = |address: &str| u16::from_str_radix(address.split_once(':')?.1, 16).ok();
    table.lines().filter_map(move |line| {
        let mut words = line.split_whitespace().skip(1);
        let (local, peer, state, queues) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let is_wanted = state == ESTABLISHED && port_of(local) == Some(port);
        let unsent = u64::from_str_radix(queues.split_once(':')?.0, 16).ok()?;
        is_wanted.then_some(End { peer: port_of(peer)?, unsent })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_as_a_number() {
        let status = "Name:\tbackend\nVmHWM:\t   51200 kB\nVmRSS:\t   40960 kB\n";
        assert_eq!(field(status, "VmRSS:").unwrap(), 40_960);
        assert!(field(status, "VmSwap:").is_err());
    }

    #[test]
    fn processor_time_is_read() {
        assert_eq!(ticks("7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 500 60 7 8 20 0 1"), Some(560));
    }

    #[test]
    fn the_systems_table_is_read() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr\n\
            0: 0100007F:0FA0 00000000:0000 0A 00000000:00000000 00:00000000\n\
            1: 0100007F:0FA0 0100007F:8100 01 000000FF:00000000 00:00000000\n\
            2: 0100007F:8100 0100007F:0FA0 01 00000000:00000007 00:00000000\n";
        assert_eq!(ends(table, 4000).collect::<Vec<_>>(), [End { peer: 0x8100, unsent: 255 }]);
    }
}

//! What the operating system says of this process. What it does not say is left out.

use std::{fs, time::Duration};

use rustix::time::{ClockId, clock_gettime};

/// Processor time that was used so far, by all threads.
pub fn cpu_time() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let whole = u64::try_from(used.tv_sec).unwrap_or_default();
    Duration::new(whole, u32::try_from(used.tv_nsec).unwrap_or_default())
}

/// Bytes of memory in use.
pub fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kilobytes.checked_mul(1_024)
}

/// Open files and connections. The folder that lists them is open meanwhile, and not counted.
pub fn open_files() -> Option<u64> {
    let listed = fs::read_dir("/proc/self/fd").ok()?.count();
    u64::try_from(listed).ok()?.checked_sub(1)
}

/// Files and connections that may be open at once.
pub fn most_open_files() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_this_process() {
        assert!(resident_bytes().unwrap() > 1 << 20);
        assert!((3..10_000).contains(&open_files().unwrap()));
        assert!(most_open_files().unwrap() >= open_files().unwrap());
    }

    #[test]
    fn work_takes_processor_time() {
        let before = cpu_time();
        let mut sum = 0_u64;
        while cpu_time() < before + Duration::from_millis(5) {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(sum > 0);
    }
}

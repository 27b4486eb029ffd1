//! Lines on their way to standard error. Writing is a call of the system, which takes as long as answering from memory: so
//! lines wait a few milliseconds for others and go together, written by a thread of their own. A warning or an error takes
//! along what waits before it at once, and so does the end of the process; what is lost when the process is killed is the
//! last few milliseconds of ordinary lines.

use std::{
    io::{self, Write},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others.
const WAIT: Duration = Duration::from_millis(10);
/// So many bytes are written without waiting for more.
const ENOUGH: usize = 64 * 1024;

/// Lines that wait.
pub struct Lines {
    waiting: Mutex<Waiting>,
    is_there_any: Condvar,
}

struct Waiting {
    text: Vec<u8>,
    /// Whether a thread writes what waits.
    is_served: bool,
}

impl Lines {
    /// None yet; each is written by itself.
    pub const fn new() -> Self {
        let waiting = Waiting { text: Vec::new(), is_served: false };
        Self { waiting: Mutex::new(waiting), is_there_any: Condvar::new() }
    }

    /// Starts the thread that writes what waits.
    pub fn write_in_background(&'static self) -> io::Result<()> {
        thread::Builder::new().name("log".to_owned()).spawn(|| self.serve())?;
        self.lock().is_served = true;
        Ok(())
    }

    /// Writes what waits, now.
    pub fn flush(&self) {
        write_out(&mut self.lock());
    }

    fn serve(&self) {
        loop {
            let is_empty = |waiting: &mut Waiting| waiting.text.is_empty();
            drop(self.is_there_any.wait_while(self.lock(), is_empty).unwrap_or_else(PoisonError::into_inner));
            thread::sleep(WAIT);
            self.flush();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, text: &[u8], is_urgent: bool) {
        let mut waiting = self.lock();
        let is_first = waiting.text.is_empty();
        waiting.text.extend_from_slice(text);
        if is_urgent || !waiting.is_served || waiting.text.len() >= ENOUGH {
            write_out(&mut waiting);
        } else if is_first {
            self.is_there_any.notify_one();
        }
    }
}

/// The lock is held meanwhile, so that lines stay in order.
fn write_out(waiting: &mut Waiting) {
    // There is nowhere to report to that the log can't be written.
    let _ = io::stderr().lock().write_all(&waiting.text);
    waiting.text.clear();
}

/// One line on its way.
pub struct Line {
    lines: &'static Lines,
    is_urgent: bool,
}

impl Write for Line {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.lines.add(text, self.is_urgent);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.flush();
        Ok(())
    }
}

impl MakeWriter<'_> for &'static Lines {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line { lines: self, is_urgent: false }
    }

    fn make_writer_for(&self, event: &Metadata<'_>) -> Line {
        Line { lines: self, is_urgent: *event.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(lines: &Lines) -> String {
        String::from_utf8(lines.lock().text.clone()).unwrap()
    }

    fn served() -> Lines {
        let lines = Lines::new();
        lines.lock().is_served = true;
        lines
    }

    #[test]
    fn ordinary_lines_wait_for_each_other_and_an_urgent_one_for_nobody() {
        let lines = served();
        lines.add(b"", false);
        lines.add(b"", false);
        assert_eq!(waiting(&lines), "");
        lines.lock().text.extend_from_slice(b"\n");
        lines.add(b"\n", true);
        assert_eq!(waiting(&lines), "");
    }

    #[test]
    fn warnings_and_errors_are_urgent_and_take_along_what_waits_before_them() {
        static LINES: Lines = Lines::new();
        LINES.lock().is_served = true;
        let log = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(&LINES).finish();
        tracing::subscriber::with_default(log, || {
            tracing::info!("it waits");
            assert!(waiting(&LINES).contains("it waits"));
            tracing::warn!("it does not");
            assert_eq!(waiting(&LINES), "");
            tracing::debug!("it waits");
            tracing::error!("it does not");
            assert_eq!(waiting(&LINES), "");
        });
    }

    #[test]
    fn nothing_waits_when_nobody_would_write_it() {
        let lines = Lines::new();
        lines.add(b"\n", false);
        assert_eq!(waiting(&lines), "");
    }

    #[test]
    fn what_waits_does_not_grow_without_end() {
        let lines = served();
        for _ in 0..ENOUGH {
            lines.add(b"\0", false);
        }
        assert_eq!(waiting(&lines), "");
    }

    #[test]
    fn what_waits_is_written_by_the_thread() {
        static LINES: Lines = Lines::new();
        LINES.write_in_background().unwrap();
        LINES.add(b"\n", false);
        let patience = std::time::Instant::now() + Duration::from_secs(10);
        while !waiting(&LINES).is_empty() {
            assert!(std::time::Instant::now() < patience);
            thread::yield_now();
        }
    }
}

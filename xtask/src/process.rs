//! Running other programs: with visible progress, without stray environment, and without leaving them behind when the
//! command is interrupted.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How often a long silent step says that it is still running.
const HEARTBEAT: Duration = Duration::from_secs(20);

static STOP: OnceLock<Arc<AtomicBool>> = OnceLock::new();
static CANCELLED: AtomicBool = AtomicBool::new(false);

/// Turns Ctrl-C and SIGTERM into a flag, so that children are stopped and temporary data is deleted before the end.
pub fn watch_signals() -> Result<()> {
    let flag = STOP.get_or_init(Arc::default);
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag)).context("signals can't be watched")?;
    }
    Ok(())
}

/// Whether someone asked this command to stop.
pub fn interrupted() -> bool {
    STOP.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Runs two pieces of work side by side. The first failure stops the other one and is the one reported.
pub fn both(
    one: impl FnOnce() -> Result<()> + Send,
    other: impl FnOnce() -> Result<()> + Send,
) -> Result<()> {
    let first_error = Mutex::new(None);
    let guarded = |result: Result<()>| {
        if let Err(error) = result
            && let Ok(mut first) = first_error.lock()
        {
            CANCELLED.store(true, Ordering::Relaxed);
            first.get_or_insert(error);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| guarded(one()));
        guarded(other());
    });
    CANCELLED.store(false, Ordering::Relaxed);
    first_error.into_inner().ok().flatten().map_or(Ok(()), Err)
}

/// A command without the variables that `cargo run` adds for xtask itself: build scripts of other packages watch some of
/// them and would run again. It starts in its own process group, so that it can be stopped together with its children.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command.env_remove("LD_LIBRARY_PATH").stdin(Stdio::null()).process_group(0);
    command
}

/// A command that runs on one core only, so that what is measured is not what the machine's other cores do.
pub fn on_core(core: usize, program: impl AsRef<OsStr>) -> Command {
    let mut command = command("taskset");
    command.arg("--cpu-list").arg(core.to_string()).arg(program);
    command
}

/// `cargo` of the pinned toolchain, run in the repository's root.
pub fn cargo() -> Command {
    let mut cargo = command("cargo");
    cargo.current_dir(crate::workspace::root());
    cargo
}

/// Runs a command and shows each line it prints after `label`. Fails when it does.
pub fn run(command: &mut Command, label: &str) -> Result<()> {
    let status = follow(command, |event| {
        if let Event::Line(line) = event {
            println!("{label:>10} │ {line}");
        }
    })?;
    if !status.success() {
        bail!("{label}: `{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// What a command printed, and how it ended.
pub struct Finished {
    /// Whether it ended with exit code 0.
    pub success: bool,
    /// Standard output and standard error, in the order they came.
    pub output: String,
}

/// Runs a command silently except for a sign of life now and then, and keeps what it prints.
pub fn run_quietly(command: &mut Command) -> Result<Finished> {
    let mut output = String::new();
    let started = Instant::now();
    let status = follow(command, |event| match event {
        Event::Line(line) => {
            output.push_str(line);
            output.push('\n');
        }
        Event::Heartbeat(last) => println!("    … {:>3} s  {last}", started.elapsed().as_secs()),
    })?;
    Ok(Finished { success: status.success(), output })
}

/// Standard output of a command that must succeed, without the white space around it.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("`{}` can't be started", shown(command)))?;
    if !output.status.success() {
        bail!(
            "`{}` ended with {}: {}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a command can be started and succeeds; what it prints is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Asks a child and its process group to stop, waits for it, and kills it when it does not stop in time.
pub fn stop(child: &mut Child, signal: &str, patience: Duration) -> Option<ExitStatus> {
    if let Ok(Some(status)) = child.try_wait() {
        return Some(status);
    }
    signal_group(child.id(), signal);
    if let Some(status) = ended(child, patience) {
        return Some(status);
    }
    signal_group(child.id(), "KILL");
    child.wait().ok()
}

/// Waits until a child has ended; nothing when it goes on for longer than `patience`.
pub fn ended(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

/// Waits until a child ends by itself, or stops it when this command is asked to stop. The second value tells whether
/// the stop was asked for.
pub fn wait(child: &mut Child, patience: Duration) -> Result<(Option<ExitStatus>, bool)> {
    loop {
        if interrupted() {
            return Ok((stop(child, "TERM", patience), true));
        }
        if let Some(status) = child.try_wait().context("a started program can't be watched")? {
            return Ok((Some(status), false));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs a closure under a heading and prints how long it took.
pub fn timed<T>(heading: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    let result = work();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    println!("{mark} {heading} ({:.1} s)", started.elapsed().as_secs_f64());
    result
}

/// Sends a signal to a process group.
pub fn signal_group(group: u32, signal: &str) {
    // The shell's own `kill` needs no package and no unsafe code.
    succeeds(Command::new("sh").arg("-c").arg(format!("kill -{signal} -{group}")));
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

enum Event<'a> {
    Line(&'a str),
    Heartbeat(&'a str),
}

fn follow(command: &mut Command, mut on_event: impl FnMut(Event<'_>)) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{}` can't be started", shown(command)))?;
    let (sender, lines) = mpsc::channel();
    if let Some(out) = child.stdout.take() {
        forward_lines(out, sender.clone());
    }
    if let Some(err) = child.stderr.take() {
        forward_lines(err, sender);
    }
    let mut last = String::new();
    let mut spoken = Instant::now();
    let mut heard = Instant::now();
    let mut ended = None;
    let mut closed = false;
    loop {
        match lines.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => {
                on_event(Event::Line(&line));
                heard = Instant::now();
                last = line;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                closed = true;
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        if interrupted() || CANCELLED.load(Ordering::Relaxed) {
            stop(&mut child, "TERM", Duration::from_secs(10));
            bail!("interrupted");
        }
        if spoken.elapsed() >= HEARTBEAT {
            on_event(Event::Heartbeat(last.trim()));
            spoken = Instant::now();
        }
        if ended.is_none() {
            ended = child.try_wait().context("a started program can't be watched")?;
        }
        // A grandchild that outlives its parent may keep the pipes open: don't wait for it for long.
        if let Some(status) = ended
            && (closed || heard.elapsed() > Duration::from_secs(1))
        {
            return Ok(status);
        }
    }
}

fn forward_lines(pipe: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        // Lines are cut by hand, since output that is not UTF-8 must not end the reading.
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                break;
            }
            bytes.clear();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_runs_keep_both_outputs_and_the_result() {
        let finished = run_quietly(command("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(!finished.success);
        assert!(finished.output.contains("out") && finished.output.contains("err"));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut command("no-such-program-here"), "x").unwrap_err();
        assert!(error.to_string().contains("no-such-program-here"));
    }

    #[test]
    fn stopping_reaches_the_whole_group() {
        let mut child = command("sh").args(["-c", "sleep 60 & wait"]).spawn().unwrap();
        let started = Instant::now();
        stop(&mut child, "TERM", Duration::from_secs(5));
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

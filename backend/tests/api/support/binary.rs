//! The real program in a process of its own, for what only a process can do: be killed, exit, write a log.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use serde_json::Value;

use super::{actor::Actor, app::settings, database::TestDatabase, leaks, turn::Turn};

/// The program, with these variables and no others.
pub fn program(arguments: &[&str], settings: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backend"));
    command.args(arguments).env_clear().envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let settings: Vec<_> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    leaks::hide_settings(&settings);
    let output = program(arguments, &settings).output().unwrap();
    // The document has examples in it that look like somebody's; everything else that is printed has nothing to show.
    let printed = if arguments.contains(&"openapi") { &[][..] } else { &output.stdout };
    for line in [printed, &output.stderr].map(String::from_utf8_lossy).iter().flat_map(|text| text.lines()) {
        leaks::look_through("the output of a command", line);
    }
    output
}

/// The server as a process; killed when dropped.
pub struct ServerProcess {
    pub port: u16,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
    _turn: Turn,
}

impl ServerProcess {
    /// Starts the server and waits until it listens.
    pub fn start(database: &TestDatabase, more: &[(&str, &str)]) -> Self {
        let turn = Turn::take();
        let mut settings = settings(&database.url);
        settings.push(("LOG_FORMAT".to_owned(), "json".to_owned()));
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        leaks::hide_settings(&settings);
        let mut child = program(&["serve"], &settings).stderr(Stdio::piped()).spawn().unwrap();

        let log = Arc::new(Mutex::new(Vec::new()));
        let (listens, listening) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let reader = std::thread::spawn({
            let log = log.clone();
            move || {
                for line in lines.map_while(Result::ok) {
                    if let Some(port) = port_in(&line) {
                        listens.send(port).unwrap();
                    }
                    leaks::look_through("the log of a process", &line);
                    log.lock().unwrap().push(line);
                }
            }
        });
        let port = listening.recv().unwrap_or_else(|_| {
            panic!("the server did not start: {:?}", log.lock().unwrap());
        });
        Self { port, child, log, reader: Some(reader), _turn: turn }
    }

    pub fn anon(&self) -> Actor {
        Actor::anon(self.port)
    }

    /// `kill -9`: no warning, no tidying up.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as an orchestrator does.
    pub fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Stops it and answers everything it has logged.
    pub fn log_after_stopping(mut self) -> String {
        self.terminate();
        self.wait();
        self.reader.take().unwrap().join().unwrap();
        self.log.lock().unwrap().join("\n")
    }
}

fn port_in(line: &str) -> Option<u16> {
    let event: Value = serde_json::from_str(line).ok()?;
    if event["message"] != "listening" {
        return None;
    }
    u16::try_from(event["port"].as_u64()?).ok()
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take()
            && reader.join().is_ok()
            && !std::thread::panicking()
        {
            leaks::check();
        }
    }
}

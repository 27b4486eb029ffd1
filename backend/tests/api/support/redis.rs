//! A Redis server of a test's own, to be killed, held up and started again.

use std::{
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{http::free_port, wait_until};

/// A running Redis server; killed when dropped.
pub struct RedisServer {
    port: u16,
    child: Child,
    /// Where its key and its certificate are, if it speaks TLS.
    secrets: Option<PathBuf>,
}

impl RedisServer {
    /// Starts a server on a free port; `None` on a machine that has no Redis.
    pub fn start() -> Option<Self> {
        let port = free_port();
        Some(Self { port, child: spawn(&plain(port), port)?, secrets: None })
    }

    /// Starts one that speaks nothing but TLS, under a certificate of its own making.
    pub fn start_encrypted() -> Option<Self> {
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("alder-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        certify(&folder);
        let child = spawn(&encrypted(port, &folder), port)?;
        Some(Self { port, child, secrets: Some(folder) })
    }

    /// Its address.
    pub fn url(&self) -> String {
        let scheme = if self.secrets.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The file of its certificate, if it speaks TLS.
    pub fn certificate(&self) -> Option<String> {
        self.secrets.as_ref().map(|folder| folder.join("certificate").display().to_string())
    }

    /// `kill -9`: everything it held is gone.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again after it was killed.
    pub fn restart(&mut self) {
        self.child = spawn(&plain(self.port), self.port).unwrap();
    }

    /// Keeps its connections open and answers nothing.
    pub fn hold(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

fn plain(port: u16) -> Vec<String> {
    vec!["--port".to_owned(), port.to_string()]
}

fn encrypted(port: u16, folder: &Path) -> Vec<String> {
    let file = |name: &str| folder.join(name).display().to_string();
    let (port, key, certificate) = (port.to_string(), file("key"), file("certificate"));
    let words = [
        ("--port", "0"),
        ("--tls-port", &port),
        ("--tls-key-file", &key),
        ("--tls-cert-file", &certificate),
        ("--tls-auth-clients", "no"),
    ];
    words.iter().flat_map(|(name, value)| [(*name).to_owned(), (*value).to_owned()]).collect()
}

/// Writes a key, and a certificate for this machine that it signs itself.
fn certify(folder: &Path) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    command.args(["-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"]);
    command.arg("-keyout").arg(folder.join("key")).arg("-out").arg(folder.join("certificate"));
    let made = command.stderr(Stdio::null()).status().unwrap();
    assert!(made.success());
}

fn spawn(listening: &[String], port: u16) -> Option<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]).args(listening);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    wait_until("Redis listens", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    Some(child)
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(folder) = &self.secrets {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

//! The storefront's web server: a real nginx with the image's configuration, asked what browsers ask.

use std::fs::File;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::http::{self, Reply};
use crate::infra::{Tree, tools};
use crate::services::ScratchFolder;
use crate::setup::apt;
use crate::{process, server, workspace};

/// The module that the configuration loads, where Debian and Alpine put it.
pub const BROTLI: &str = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

/// The user that the image runs as.
const USER: u32 = 65532;
const PATIENCE: Duration = Duration::from_secs(10);

/// A storefront that is large enough to have something compressed, for when none is built.
const FIXTURE: [(&str, &str); 4] = [
    (
        "index.html",
        "<!doctype html><title>Shop</title><script>go()</script><script src=\"/app-0123456789abcdef.js\"></script>",
    ),
    ("app-0123456789abcdef.js", "console.log('shop');"),
    ("images/lamp.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ("manifest.webmanifest", "{}"),
];

/// nginx with the storefront; stopped when dropped.
pub struct Storefront {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    folder: ScratchFolder,
    child: Child,
}

impl Drop for Storefront {
    fn drop(&mut self) {
        process::stop(&mut self.child, "QUIT", PATIENCE);
    }
}

impl Storefront {
    /// Starts it with the tree's configuration, as the image's user when this runs as root.
    pub fn start(tree: &Tree) -> Result<Self> {
        let folder = ScratchFolder::for_me("storefront")?;
        let port = server::free_port()?;
        put_together(tree, &folder.path, port)?;
        let log = File::create(folder.path.join("log")).context("the log can't be created")?;
        let mut nginx =
            process::command(workspace::which("nginx").unwrap_or_else(|| PathBuf::from("/usr/sbin/nginx")));
        nginx
            .arg("-p")
            .arg(&folder.path)
            .arg("-c")
            .arg(folder.path.join("nginx.conf"))
            .args(["-g", "daemon off;"]);
        nginx.stderr(log.try_clone().context("the log can't be shared")?).stdout(log);
        if apt::is_root() {
            for place in ["log", "tmp"] {
                chown(folder.path.join(place), Some(USER), Some(USER))
                    .context("a folder can't be given away")?;
            }
            nginx.uid(USER).gid(USER);
        }
        let child = nginx.spawn().context("nginx can't be started")?;
        let mut storefront = Self { port, folder, child };
        storefront.wait()?;
        Ok(storefront)
    }

    fn wait(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if self.child.try_wait().context("nginx can't be watched")?.is_some() {
                break;
            }
            if http::is_ok(self.port, "/healthz") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!(
            "nginx did not start:\n{}",
            std::fs::read_to_string(self.folder.path.join("log")).unwrap_or_default()
        )
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Reply> {
        http::get(self.port, path, headers).with_context(|| path.to_owned())
    }
}

/// What the image holds in /srv, with another port and another place for temporary files.
fn put_together(tree: &Tree, folder: &Path, port: u16) -> Result<()> {
    let www = folder.join("www");
    site(tree, &www)?;
    std::fs::write(folder.join("policy.conf"), policy(tree, &www)?).context("the policy can't be written")?;
    std::fs::create_dir(folder.join("tmp")).context("a folder can't be made")?;
    let text = std::fs::read_to_string(tree.root.join("frontend/server/nginx.conf"));
    let text = text.context("nginx.conf can't be read")?;
    let text = text.replace(" /tmp/", &format!(" {}/tmp/", folder.display()));
    let text =
        text.replace("listen 8080;", &format!("listen 127.0.0.1:{port};")).replace("listen [::]:8080;", "");
    std::fs::write(folder.join("nginx.conf"), text).context("nginx.conf can't be written")
}

/// Puts a storefront into a folder that does not exist yet: the built one if there is one.
pub fn site(tree: &Tree, folder: &Path) -> Result<()> {
    let built = tree.root.join("frontend/dist");
    if !built.join("index.html").is_file() {
        return build_fixture(folder);
    }
    std::fs::create_dir_all(folder.parent().unwrap_or(folder)).context("a folder can't be made")?;
    tools::run(process::command("cp").arg("-R").arg(&built).arg(folder)).map(drop)
}

/// The content security policy of a storefront, as the image's build makes it.
pub fn policy(tree: &Tree, site: &Path) -> Result<String> {
    process::capture(process::command("node").arg(tree.root.join("frontend/server/policy.mjs")).arg(site))
}

fn build_fixture(site: &Path) -> Result<()> {
    for (name, text) in FIXTURE {
        let file = site.join(name);
        std::fs::create_dir_all(file.parent().unwrap_or(site)).context("a folder can't be made")?;
        std::fs::write(&file, format!("{text}{}", "\n".repeat(1000))).context("a file can't be written")?;
    }
    let mut node = process::command("node");
    tools::run(node.arg(workspace::root().join("xtask/js/precompress.mjs")).arg(site)).map(drop)
}

/// Pages, files, compression, caching and headers.
pub fn check(tree: &Tree) -> Result<()> {
    let storefront = Storefront::start(tree)?;
    let hashed = hashed_file(&storefront.folder.path.join("www"))?;
    pages(&storefront)?;
    compression(&storefront, &hashed)?;
    caching(&storefront, &hashed)?;
    headers(tree, &storefront)
}

/// The name of a compressed file with a hash, as the build makes them.
fn hashed_file(site: &Path) -> Result<String> {
    let entries = std::fs::read_dir(site).context("the storefront can't be listed")?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let compressed = names.filter_map(|name| name.strip_suffix(".br").map(str::to_owned));
    let mut hashed = compressed.filter(|name| name.contains('-'));
    hashed.next().context("the storefront has no compressed file with a hash")
}

fn pages(storefront: &Storefront) -> Result<()> {
    for page in ["/", "/products/any-lamp", "/account/orders"] {
        let answer = storefront.get(page, &[])?;
        ensure!(answer.status == 200, "{page} answers {}", answer.status);
        let kind = answer.header("Content-Type");
        ensure!(kind == Some("text/html; charset=utf-8"), "{page} is {kind:?}");
    }
    let missing = storefront.get("/images/none.png", &[])?.status;
    ensure!(missing == 404, "a missing picture answers {missing}");
    let written = http::ask(storefront.port, "POST", "/", &[], "{}")?.status;
    ensure!(written == 405, "POST answers {written}");
    Ok(())
}

fn compression(storefront: &Storefront, hashed: &str) -> Result<()> {
    for (accepted, sent) in [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        for path in ["/", &format!("/{hashed}")] {
            let answer = storefront.get(path, &[("Accept-Encoding", accepted)])?;
            let coding = answer.header("Content-Encoding");
            ensure!(coding == sent, "{path} comes as {coding:?} to those who accept {accepted}");
            let varies = answer.header("Vary");
            ensure!(varies == Some("Accept-Encoding"), "{path} varies by {varies:?}");
        }
    }
    Ok(())
}

fn caching(storefront: &Storefront, hashed: &str) -> Result<()> {
    let forever = "public, max-age=31536000, immutable";
    let missing = "/app-ffffffffffffffff.js";
    for (path, wanted) in
        [("/", "no-cache"), ("/orders", "no-cache"), (&format!("/{hashed}"), forever), (missing, "no-cache")]
    {
        let answer = storefront.get(path, &[])?;
        let caching = answer.header("Cache-Control");
        ensure!(caching == Some(wanted), "{path} may be kept: {caching:?}");
    }
    let first = storefront.get("/", &[])?;
    let tag = first.header("ETag").context("a page has no ETag")?;
    let again = storefront.get("/", &[("If-None-Match", tag)])?;
    ensure!(again.status == 304, "an unchanged page answers {}", again.status);
    Ok(())
}

/// The server sends the same when it serves the storefront itself, so its source is what they are compared with.
fn headers(tree: &Tree, storefront: &Storefront) -> Result<()> {
    let source = |name: &str| {
        std::fs::read_to_string(tree.root.join("backend/src/http").join(name))
            .with_context(|| format!("{name} can't be read"))
    };
    let (others, pages) = (source("security_headers.rs")?, source("spa.rs")?);
    for path in ["/", "/images/none.png", "/healthz"] {
        let answer = storefront.get(path, &[])?;
        for name in [
            "Strict-Transport-Security",
            "X-Content-Type-Options",
            "X-Frame-Options",
            "Referrer-Policy",
            "Cross-Origin-Opener-Policy",
            "Cross-Origin-Resource-Policy",
            "Permissions-Policy",
        ] {
            let value = answer.header(name).with_context(|| format!("{path} has no {name}"))?;
            ensure!(
                others.contains(&format!("(\"{value}\")")),
                "{path}: {name} is not the server's: {value}"
            );
        }
        let policy =
            answer.header("Content-Security-Policy").with_context(|| format!("{path} has no policy"))?;
        ensure!(policy.contains("'sha256-") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        let wanted = pages.replace("{hashes}", "").replace("\\\n         ", "");
        ensure!(wanted.contains(&without_hashes(policy)), "the policy is not the server's: {policy}");
        ensure!(answer.header("Server") == Some("nginx"), "the server tells its version");
    }
    Ok(())
}

/// A policy without its hashes.
fn without_hashes(policy: &str) -> String {
    let mut parts = policy.split(" 'sha256-");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once('\'').map_or("", |(_, rest)| rest));
    }
    text
}

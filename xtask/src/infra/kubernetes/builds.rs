//! The images' last stages, built by buildah: every instruction is carried out, with stand-ins for what only a registry
//! has. A base stands in that holds the libraries of this machine, and the stage before holds what it would have made.
//! Of the stages that compile, it is checked that they get all that cargo reads.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::storefront;
use crate::infra::{Tree, tools};
use crate::services::ScratchFolder;
use crate::setup::apt;
use crate::{process, server, workspace};

/// Installing packages needs a registry too; what they would bring is in the base already.
const INSTALLER: &str = "#!/bin/sh\nexit 0\n";

/// What the compilers read besides the crates.
const BESIDES: [&str; 5] =
    [".cargo/config.toml", "rust-toolchain.toml", "migrations/postgres", "migrations/sqlite", "xtask/js"];

/// Parts of the server's base that its image does without, as Debian places them.
const LEFT_OUT: [&str; 4] = [
    "usr/lib/any-linux-gnu/gconv/UTF-16.so",
    "usr/lib/any-linux-gnu/libstdc++.so.6",
    "usr/lib/any-linux-gnu/libgomp.so.1",
    "lib/any-linux-gnu/libmvec.so.1",
];

/// Builds both images and looks at what they would start.
pub fn check(tree: &Tree) -> Result<()> {
    if !apt::is_root() {
        println!("    left out: buildah changes roots, which only root can do here");
        return Ok(());
    }
    let place = ScratchFolder::for_me("images")?;
    let builder = Builder { folder: place.path.clone() };
    context(tree, &builder)?;
    backend(tree, &builder)?;
    frontend(tree, &builder)
}

/// What `COPY . .` brings into the stages that compile: all members of the workspace, and what they are compiled with.
fn context(tree: &Tree, builder: &Builder) -> Result<()> {
    let (recipe, copied) = (builder.folder.join("Context"), builder.folder.join("context"));
    write(&recipe, "FROM scratch\nCOPY . /\n")?;
    let mut buildah = builder.buildah();
    buildah.args(["build", "--isolation", "chroot", "--file"]).arg(&recipe).arg("--output").arg(&copied);
    tools::run(buildah.arg(".").current_dir(&tree.root)).context("the context can't be copied")?;
    let mut cargo = process::cargo();
    cargo.args(["metadata", "--no-deps", "--offline", "--locked", "--format-version", "1"]);
    tools::run(cargo.current_dir(&copied)).context("the context is no workspace")?;
    for name in BESIDES {
        ensure!(copied.join(name).exists(), "the context has no {name}");
    }
    Ok(())
}

fn backend(tree: &Tree, builder: &Builder) -> Result<()> {
    let program = server::binary("debug");
    let (base, built) = (builder.folder.join("backend-base"), builder.folder.join("backend-built"));
    libraries(&program, &base)?;
    for name in LEFT_OUT {
        write(&base.join(name), "")?;
    }
    put(&program, &built.join("out/backend"))?;
    programs(&["sh", "rm"], &built)?;
    builder.image(&base, "base")?;
    builder.image(&built, "built")?;
    builder.build(tree, "backend", "RUNTIME_IMAGE")?;
    builder.is_as_expected("backend", &["\"/backend\"", "\"serve\"", "4000/tcp", "APP_ENV=production"])?;
    let version = builder.run("backend", &["/backend", "--version"])?;
    ensure!(version.starts_with("backend "), "the image's program says {version}");
    let root = builder.root("backend")?;
    for name in LEFT_OUT {
        ensure!(!root.join(name).exists(), "the image has {name}, which the server never loads");
    }
    Ok(())
}

fn frontend(tree: &Tree, builder: &Builder) -> Result<()> {
    let (base, built) = (builder.folder.join("frontend-base"), builder.folder.join("frontend-built"));
    programs(&["nginx", "wget", "rm", "sh"], &base)?;
    let module = Path::new(storefront::BROTLI);
    libraries(module, &base)?;
    put(module, &base.join(storefront::BROTLI.trim_start_matches('/')))?;
    write(&base.join("usr/bin/apk"), INSTALLER)?;
    write(&base.join("etc/passwd"), "nobody:x:65534:65534::/:/bin/false\n")?;
    write(&base.join("etc/group"), "nogroup:x:65534:\nnobody:x:65534:\n")?;
    std::fs::create_dir_all(base.join("tmp")).context("a folder can't be made")?;
    let site = built.join("src/frontend/dist");
    storefront::site(tree, &site)?;
    write(&built.join("policy.conf"), &storefront::policy(tree, &site)?)?;
    builder.image(&base, "base")?;
    builder.image(&built, "built")?;
    builder.build(tree, "frontend", "SERVER_IMAGE")?;
    builder.is_as_expected("frontend", &["\"nginx\"", "8080/tcp", "healthz", "SIGQUIT"])
}

/// buildah with a store of its own.
struct Builder {
    folder: PathBuf,
}

impl Builder {
    fn buildah(&self) -> Command {
        let mut buildah = process::command("buildah");
        buildah.arg("--root").arg(self.folder.join("store")).arg("--runroot").arg(self.folder.join("run"));
        buildah.args(["--storage-driver", "vfs"]);
        buildah
    }

    /// An image that holds a folder.
    fn image(&self, folder: &Path, name: &str) -> Result<()> {
        let container = process::capture(self.buildah().args(["from", "scratch"]))?;
        tools::run(self.buildah().args(["copy", "--quiet", &container]).arg(folder).arg("/"))?;
        tools::run(self.buildah().args(["commit", "--quiet", &container, &format!("localhost/{name}:1")]))
            .map(drop)
    }

    /// Builds an image, with `localhost/base` as its base and `localhost/built` as the stage before.
    fn build(&self, tree: &Tree, name: &str, base: &str) -> Result<()> {
        let mut buildah = self.buildah();
        buildah.args(["build", "--format", "docker", "--isolation", "chroot", "--build-arg"]);
        buildah.arg(format!("{base}=localhost/base:1"));
        for earlier in ["RUST_IMAGE", "NODE_IMAGE"] {
            buildah.args(["--build-arg", &format!("{earlier}=localhost/built:1")]);
        }
        buildah.args(["--build-context", "build=container-image://localhost/built:1", "--file"]);
        buildah.arg(format!("{name}/Dockerfile")).args(["--tag", &format!("localhost/{name}:1"), "."]);
        tools::run(buildah.current_dir(&tree.root))
            .with_context(|| format!("{name} can't be built"))
            .map(drop)
    }

    /// What the image says of itself.
    fn is_as_expected(&self, name: &str, words: &[&str]) -> Result<()> {
        let image = format!("localhost/{name}:1");
        let said = process::capture(self.buildah().args(["inspect", "--type", "image", &image]))?;
        let said: String = said.split_whitespace().collect();
        for word in words.iter().chain(&["\"User\":\"65532:65532\"", "Healthcheck"]) {
            ensure!(said.contains(word), "{name} has no {word}: {said}");
        }
        Ok(())
    }

    /// A new container of an image.
    fn container(&self, name: &str) -> Result<String> {
        process::capture(self.buildah().args(["from", &format!("localhost/{name}:1")]))
    }

    /// Where the files of an image are.
    fn root(&self, name: &str) -> Result<PathBuf> {
        let container = self.container(name)?;
        process::capture(self.buildah().args(["mount", &container])).map(PathBuf::from)
    }

    /// Runs a program of an image as the image's user.
    fn run(&self, name: &str, words: &[&str]) -> Result<String> {
        let container = self.container(name)?;
        process::capture(self.buildah().args(["run", "--isolation", "chroot", &container, "--"]).args(words))
    }
}

/// Copies programs of this machine to where an image has them, with their libraries.
fn programs(names: &[&str], below: &Path) -> Result<()> {
    for name in names {
        let found = workspace::which(name).or_else(|| Some(PathBuf::from(format!("/usr/sbin/{name}"))));
        let found = found.filter(|file| file.is_file()).with_context(|| format!("{name} is missing"))?;
        libraries(&found, below)?;
        let place = if *name == "sh" { "bin" } else { "usr/bin" };
        put(&found, &below.join(place).join(name))?;
    }
    Ok(())
}

/// Copies the libraries that a program loads to the same places below a folder.
fn libraries(program: &Path, below: &Path) -> Result<()> {
    let listed = process::capture(process::command("ldd").arg(program))?;
    for library in listed.split_whitespace().filter(|word| word.starts_with('/')) {
        put(Path::new(library), &below.join(library.trim_start_matches('/')))?;
    }
    Ok(())
}

fn put(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to.parent().unwrap_or(to)).context("a folder can't be made")?;
    std::fs::copy(from, to).with_context(|| format!("{} can't be copied", from.display())).map(drop)
}

/// Writes a file that may be run.
fn write(to: &Path, text: &str) -> Result<()> {
    std::fs::create_dir_all(to.parent().unwrap_or(to)).context("a folder can't be made")?;
    std::fs::write(to, text).with_context(|| format!("{} can't be written", to.display()))?;
    let anybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(to, anybody).with_context(|| format!("{} can't be made a program", to.display()))
}

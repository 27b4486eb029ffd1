//! `cargo xtask infra-check`: what brings the shop into a cluster (images, charts, Terraform, ArgoCD, workflows, scripts),
//! checked with the real tools and without a network once these are installed.
//!
//! Every area lists its checks and its mutations. A mutation breaks one line of a copy of the tree and must be caught by
//! the check it names: a check that nothing can fail proves nothing.

mod kubernetes;
mod terraform;
mod tools;
mod workflows;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::{cli, process, workspace};

/// The areas, cheapest first.
const AREAS: &[Area] = &[workflows::AREA, kubernetes::AREA, terraform::AREA];

/// A group of artefacts that the same tools check.
pub struct Area {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Installs the tools of all its checks.
    pub install: fn() -> Result<()>,
    /// What is checked, in this order.
    pub checks: &'static [Check],
    /// What must not pass.
    pub mutations: &'static [Mutation],
}

/// One check of one kind of artefact by one tool.
pub struct Check {
    /// Its name, unique over all areas.
    pub name: &'static str,
    /// What it proves, in a few words.
    pub proves: &'static str,
    /// Looks at a tree and fails with the reason.
    pub run: fn(&Tree) -> Result<()>,
}

/// A change that a check has to notice.
pub struct Mutation {
    /// The file, from the tree's root.
    pub file: &'static str,
    /// Text that stands in the file; its first occurrence is replaced.
    pub from: &'static str,
    /// What stands there instead.
    pub to: &'static str,
    /// The name of the check that must fail.
    pub caught_by: &'static str,
}

/// The files under check: the repository itself, or a copy with a fault in it.
pub struct Tree {
    /// The folder that holds `charts/`, `terraform/` and the rest.
    pub root: PathBuf,
    /// A folder for what tools write. It is empty before each check.
    pub scratch: PathBuf,
}

/// Runs `cargo xtask infra-check`.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    let (mut named, mut mutate) = (Vec::new(), None);
    for argument in arguments {
        match argument.split_once('=') {
            // Those whose file or check has this word.
            Some(("--mutations", word)) => mutate = Some(word),
            None if argument == "--mutations" => mutate = Some(""),
            _ => named.push(argument.as_str()),
        }
    }
    if let Some(unknown) = named.iter().find(|word| !AREAS.iter().any(|area| area.name == **word)) {
        let known: Vec<&str> = AREAS.iter().map(|area| area.name).collect();
        return Ok(cli::misuse(
            "infra-check",
            &format!("there is no area `{unknown}`; the areas are {}", known.join(", ")),
        ));
    }
    let (passed, failed) = look_at(&named, mutate)?;
    println!("\n{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Installs the tools of all areas.
pub fn install() -> Result<()> {
    AREAS.iter().try_for_each(|area| (area.install)())
}

/// Looks at these areas, or at all when none is named; answers how many checks passed and how many failed. With a word,
/// it is the mutations of that word that are looked at.
pub fn look_at(named: &[&str], mutate: Option<&str>) -> Result<(u64, u64)> {
    let (mut passed, mut failed) = (0_u64, 0_u64);
    for area in AREAS.iter().filter(|area| named.is_empty() || named.contains(&area.name)) {
        println!("\n── {}", area.name);
        (area.install)()?;
        for (label, result) in mutate.map_or_else(|| checks(area), |word| mutations(area, word))? {
            match result {
                Ok(()) => passed += 1,
                Err(error) => {
                    failed += 1;
                    println!("✗ {label}\n{error:#}\n");
                }
            }
        }
    }
    Ok((passed, failed))
}

/// The result of every check of an area on the repository itself.
fn checks(area: &Area) -> Result<Vec<(String, Result<()>)>> {
    let tree = Tree { root: workspace::root(), scratch: scratch().join("check") };
    area.checks
        .iter()
        .map(|check| {
            let label = format!("{}: {}", check.name, check.proves);
            let result = look(check, &tree, &label)?;
            Ok((label, result))
        })
        .collect()
}

/// Whether every mutation of an area is caught. What the checks said is kept, for whoever wonders whether it was the
/// fault that they noticed; and each must pass first on a copy without a fault.
fn mutations(area: &Area, word: &str) -> Result<Vec<(String, Result<()>)>> {
    let tree = Tree { root: scratch().join("tree"), scratch: scratch().join("check") };
    let chosen: Vec<&Mutation> = area
        .mutations
        .iter()
        .filter(|mutation| mutation.file.contains(word) || mutation.caught_by.contains(word))
        .collect();
    copy_tree(&tree.root)?;
    for check in area.checks.iter().filter(|check| chosen.iter().any(|one| one.caught_by == check.name)) {
        look(check, &tree, check.name)?.with_context(|| format!("{} fails without a fault", check.name))?;
    }
    let mut said = String::new();
    let results = chosen
        .into_iter()
        .map(|mutation| {
            let label = format!("{}: `{}` instead of `{}`", mutation.file, mutation.to, mutation.from);
            let check = area.checks.iter().find(|check| check.name == mutation.caught_by);
            let check =
                check.with_context(|| format!("{} is no check of {}", mutation.caught_by, area.name))?;
            copy_tree(&tree.root)?;
            if let Err(outdated) = mutation.apply(&tree.root) {
                return Ok((label, Err(outdated)));
            }
            let result = match look(check, &tree, &label)? {
                Ok(()) => Err(anyhow!("{} did not notice", check.name)),
                Err(reason) => {
                    said.push_str(&format!("── {label}\n{}: {reason:#}\n\n", check.name));
                    Ok(())
                }
            };
            Ok((label, result))
        })
        .collect();
    let file = scratch().join(format!("{}-reasons.txt", area.name));
    std::fs::write(&file, said).with_context(|| format!("{} can't be written", file.display()))?;
    println!("  what the checks said: {}", file.display());
    results
}

/// Runs one check with an empty scratch folder.
fn look(check: &Check, tree: &Tree, label: &str) -> Result<Result<()>> {
    if process::interrupted() {
        bail!("interrupted");
    }
    empty(&tree.scratch)?;
    let started = Instant::now();
    let result = (check.run)(tree);
    let mark = if result.is_ok() { "passes" } else { "fails" };
    println!("  {label}: {mark} ({:.1} s)", started.elapsed().as_secs_f64());
    Ok(result)
}

impl Mutation {
    fn apply(&self, root: &Path) -> Result<()> {
        let file = root.join(self.file);
        let text = std::fs::read_to_string(&file).with_context(|| format!("{} can't be read", self.file))?;
        if !text.contains(self.from) {
            bail!("{} holds no `{}`: the mutation is out of date", self.file, self.from);
        }
        std::fs::write(&file, text.replacen(self.from, self.to, 1))
            .with_context(|| format!("{} can't be written", self.file))
    }
}

/// Copies what git knows of the working tree, uncommitted changes and new files included.
fn copy_tree(to: &Path) -> Result<()> {
    empty(to)?;
    let mut git = process::command("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(workspace::root());
    for name in process::capture(&mut git)?.lines() {
        let (source, target) = (workspace::root().join(name), to.join(name));
        if !source.is_file() {
            continue;
        }
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("{} can't be created", folder.display()))?;
        }
        std::fs::copy(&source, &target).with_context(|| format!("{name} can't be copied"))?;
    }
    Ok(())
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{} can't be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} can't be created", folder.display()))
}

fn scratch() -> PathBuf {
    workspace::target_dir().join("infra")
}

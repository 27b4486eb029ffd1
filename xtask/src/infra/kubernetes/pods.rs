//! A rendered pod as a process: its command, environment, user and view of the file system.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::setup::apt;

/// A view of this machine's files in which nothing can be written, entered as another user: what a container with a
/// read-only root has. `$1` is an empty folder, `$2` the user, `$3` ro or rw, `$4` the folder of the program.
const CONTAINED: &str = r#"root=$1 user=$2 mode=$3 program=$4
shift 4
mount --bind / "$root" && mount -o "remount,bind,$mode" "$root" &&
mount --bind "$program" "$root$program" && mount -o "remount,bind,$mode" "$root$program" &&
mount --rbind /dev "$root/dev" && mount --rbind /proc "$root/proc" &&
exec chroot --userspec="$user:$user" --groups= "$root" "$@""#;

/// A probe: where it asks, and for how long it may fail.
#[derive(Debug, PartialEq, Eq)]
pub struct Probe {
    /// The path of its address.
    pub path: String,
    /// Seconds until it has failed.
    pub seconds: u64,
}

/// What is known of a rendered pod.
#[derive(Debug, Default)]
pub struct Pod {
    /// The words after the program.
    pub arguments: Vec<String>,
    /// Variables with their values.
    pub environment: BTreeMap<String, String>,
    /// Variables that come from secrets.
    pub secrets: Vec<String>,
    /// The number of its user.
    pub user: u32,
    /// Whether its root can't be written to.
    pub read_only: bool,
    /// Seconds between the signal to stop and the end by force.
    pub grace: u64,
    /// By name: startup, liveness and readiness.
    pub probes: BTreeMap<String, Probe>,
}

/// Reads the lines that `pods.py` prints.
pub fn read(text: &str) -> Result<BTreeMap<String, Pod>> {
    let mut pods: BTreeMap<String, Pod> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split('\t');
        let pod = pods.entry(words.next().unwrap_or_default().to_owned()).or_default();
        let words: Vec<&str> = words.collect();
        match words.as_slice() {
            ["arg", word] => pod.arguments.push((*word).to_owned()),
            ["env", name, value] => drop(pod.environment.insert((*name).to_owned(), (*value).to_owned())),
            ["secret", name] => pod.secrets.push((*name).to_owned()),
            ["user", number] => pod.user = number.parse().context("a user is no number")?,
            ["readonly", word] => pod.read_only = *word == "true",
            ["grace", number] => pod.grace = number.parse().context("a time is no number")?,
            ["probe", name, path, seconds] => {
                let seconds = seconds.parse().context("a time is no number")?;
                pod.probes.insert((*name).to_owned(), Probe { path: (*path).to_owned(), seconds });
            }
            _ => bail!("`{line}` says nothing about a pod"),
        }
    }
    Ok(pods)
}

impl Pod {
    /// The pod's only container as a process, in `folder`, which has to be empty. `program` stands for the image's, and
    /// `secrets` for what the cluster keeps.
    pub fn command(
        &self,
        program: &Path,
        folder: &Path,
        secrets: &BTreeMap<&str, String>,
    ) -> Result<Command> {
        let mut command = self.contained(program, folder);
        command.args(&self.arguments).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
        command.envs(&self.environment);
        for name in &self.secrets {
            let value = secrets.get(name.as_str()).with_context(|| format!("there is no secret {name}"))?;
            command.env(name, value);
        }
        Ok(command)
    }

    /// A program in the pod's view of the file system, where this command may make one; in place otherwise.
    pub fn contained(&self, program: &Path, folder: &Path) -> Command {
        if !apt::is_root() {
            let mut command = process::command(program);
            command.current_dir(folder);
            return command;
        }
        let mut command = process::command("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", CONTAINED, "pod"]).arg(folder);
        command.arg(self.user.to_string()).arg(if self.read_only { "ro" } else { "rw" });
        command.arg(program.parent().unwrap_or(Path::new("/"))).arg(program);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_become_a_pod() {
        let text = "a\targ\tserve\na\tenv\tPORT\t4000\na\tsecret\tKEY\na\tuser\t65532\na\treadonly\ttrue\n\
                    a\tgrace\t35\na\tprobe\tstartup\t/health\t60\n";
        let pods = read(text).unwrap();
        let pod = &pods["a"];
        assert_eq!(
            (pod.arguments.join(" ").as_str(), pod.user, pod.read_only, pod.grace),
            ("serve", 65532, true, 35)
        );
        assert_eq!(pod.probes["startup"], Probe { path: "/health".to_owned(), seconds: 60 });
        assert!(pod.command(Path::new("/bin/true"), Path::new("/"), &BTreeMap::new()).is_err());
    }

    #[test]
    fn other_lines_are_refused() {
        assert!(read("a\tdance\n").is_err());
    }
}

//! The images' build files, and the file that runs the images together.

use anyhow::{Context, Result, bail};

use super::Tools;
use crate::infra::{Tree, tools};

const DOCKERFILES: [&str; 2] = ["backend/Dockerfile", "frontend/Dockerfile"];

/// Adminer looks into a developer's database when asked to; nothing depends on its exact bytes.
const BY_TAG: [&str; 1] = ["docker.io/library/adminer:"];

/// hadolint, and what it has no rule for.
pub fn dockerfiles(tree: &Tree) -> Result<()> {
    let hadolint = Tools::find()?.bin.join("hadolint");
    for name in DOCKERFILES {
        let file = tree.root.join(name);
        let mut command = crate::process::command(&hadolint);
        tools::run(command.args(["--failure-threshold", "style"]).arg(&file))?;
        let text = std::fs::read_to_string(&file).with_context(|| format!("{name} can't be read"))?;
        rules(&text).with_context(|| format!("{name} breaks a rule"))?;
    }
    Ok(())
}

/// Every base is empty or an argument that names a digest, and the image's own user has no rights.
fn rules(text: &str) -> Result<()> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let bases = text.lines().filter(|line| line.starts_with("FROM ")).map(words);
    for base in bases {
        let image = base.iter().skip(1).find(|word| !word.starts_with("--")).cloned().unwrap_or_default();
        let argument = image.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let default = argument.and_then(|name| {
            text.lines().find_map(|line| line.strip_prefix("ARG ")?.strip_prefix(name)?.strip_prefix('='))
        });
        if image != "scratch" && !default.is_some_and(by_digest) {
            bail!("{image} has no default that names a digest");
        }
    }
    let last = text.rsplit("\nFROM ").next().unwrap_or_default();
    if !last.lines().any(|line| line == "USER 65532:65532") {
        bail!("the image must run as 65532");
    }
    if !last.contains("\nHEALTHCHECK ") {
        bail!("the image has no health check");
    }
    Ok(())
}

/// compose.yaml against the specification that its name promises.
pub fn compose(tree: &Tree) -> Result<()> {
    let file = tree.root.join("compose.yaml");
    let mut schema = Tools::find()?.tool("check-jsonschema");
    tools::run(schema.args(["--builtin-schema", "vendor.compose-spec"]).arg(&file))?;
    let text = std::fs::read_to_string(&file).context("compose.yaml can't be read")?;
    let images = text.lines().filter_map(|line| line.trim().strip_prefix("image: ")).map(str::trim);
    for image in images.filter(|image| image.contains("docker.io/")) {
        if !by_digest(image) && !BY_TAG.iter().any(|known| image.starts_with(known)) {
            bail!("{image} is not named by digest");
        }
    }
    Ok(())
}

/// Whether a reference to an image ends with a digest.
fn by_digest(image: &str) -> bool {
    image
        .rsplit_once("@sha256:")
        .is_some_and(|(_, digest)| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_without_a_digest_and_images_of_root_are_refused() {
        let digest = "0123456789abcdef".repeat(4);
        let good = format!(
            "ARG A_IMAGE=x@sha256:{digest}\n\nFROM ${{A_IMAGE}}\nUSER 65532:65532\nHEALTHCHECK CMD x\n"
        );
        assert!(rules(&good).is_ok());
        for (from, to) in [("@sha256:", ":"), ("USER 65532:65532", "USER root"), ("${A_IMAGE}", "debian")] {
            assert!(rules(&good.replace(from, to)).is_err(), "{to}");
        }
    }
}

//! From the module that cargo compiled to the scripts and modules that a browser loads: cut along the pages that are
//! fetched later, bound, optimised, and named after the build.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result};

use crate::setup::tools::SpaTools;
use crate::{process, workspace};

/// What the modules that are fetched later are called; everything else belongs to the first visit.
pub const LATER: &str = "later-";

/// The script that fetches the later modules, as the cutting tool names it. The main module imports it by this name.
const PARTS: &str = "__wasm_split.js";

/// What rustc emits and every current browser runs. Never `--all-features`: that lets wasm-opt write encodings which
/// browsers do not know yet.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Makes the scripts and modules out of `module`, in `folder`.
pub fn make(tools: &SpaTools, module: &Path, folder: &Path) -> Result<()> {
    let cut = folder.join("main");
    process::timed("storefront: cut", || {
        let mut split = process::command(&tools.wasm_split);
        process::run(split.arg(module).arg(folder).args(["--out-name", "frontend"]), "wasm-split")
    })?;
    fs::create_dir_all(&cut).with_context(|| format!("{} can't be created", cut.display()))?;
    let main = cut.join("frontend.wasm");
    fs::rename(folder.join("frontend.wasm"), &main).context("the cutting tool has written no main module")?;
    process::timed("storefront: bind", || {
        let mut bindgen = process::command(&tools.wasm_bindgen);
        bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "frontend"]);
        process::run(bindgen.arg("--out-dir").arg(folder).arg(&main), "bindgen")
    })?;
    fs::remove_dir_all(&cut).context("the cut module can't be deleted")?;
    process::timed("storefront: optimise", || {
        modules(folder)?.iter().try_for_each(|name| optimise(tools, &folder.join(name)))
    })
}

fn modules(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".wasm") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn optimise(tools: &SpaTools, module: &Path) -> Result<()> {
    let optimised = module.with_extension("optimised");
    let mut node = process::command("node");
    node.arg(&tools.wasm_opt).args(["-O3", "--strip-debug", "--strip-producers"]).args(WASM_FEATURES);
    process::run(node.arg("--output").arg(&optimised).arg(module), "wasm-opt")?;
    let mut check = process::command("node");
    check.arg(workspace::root().join("xtask/js/check_wasm.mjs")).arg(&optimised);
    process::run(&mut check, "check").context("the optimised module is one that browsers refuse")?;
    fs::rename(&optimised, module).context("the optimised module can't be put in place")
}

/// Where the page finds what it loads first.
#[derive(Debug)]
pub struct Published {
    /// The script that starts the main module.
    pub script: String,
    /// The script that fetches the later modules; the first one imports it.
    pub parts: String,
    /// The main module.
    pub module: String,
    /// The later modules by their names in `pages/later.rs`, each with all that it needs.
    pub later: BTreeMap<String, Vec<String>>,
}

/// Copies what [`make`] made from `folder` to `out`, under names that may be cached for ever.
///
/// The scripts name each other and the modules, so all of them carry one hash: that of the whole build.
pub fn publish(folder: &Path, out: &Path) -> Result<Published> {
    let mut files = BTreeMap::new();
    for name in modules(folder)?.into_iter().chain(["frontend.js".to_owned(), PARTS.to_owned()]) {
        let file = folder.join(&name);
        files.insert(name, fs::read(&file).with_context(|| format!("{} can't be read", file.display()))?);
    }
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    let build = hasher.finish();
    for (name, bytes) in &files {
        let target = out.join(published_name(name, build));
        let written = if name.ends_with(".js") {
            let script = rename_imports(&String::from_utf8_lossy(bytes), files.keys(), build);
            fs::write(&target, script)
        } else {
            fs::write(&target, bytes)
        };
        written.with_context(|| format!("{} can't be written", target.display()))?;
    }
    let address = |name: &str| format!("/{}", published_name(name, build));
    let parts = files.get(PARTS).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let later = later_modules(&parts)
        .into_iter()
        .map(|(name, needed)| (name, needed.iter().map(|file| address(file)).collect()))
        .collect();
    Ok(Published {
        later,
        script: address("frontend.js"),
        parts: address(PARTS),
        module: address("frontend_bg.wasm"),
    })
}

fn published_name(name: &str, build: u64) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem = match stem {
        "frontend" | "frontend_bg" => "frontend".to_owned(),
        "__wasm_split" => "parts".to_owned(),
        part => {
            let part = part.strip_prefix("split_").or(part.strip_prefix("chunk_")).unwrap_or(part);
            format!("{LATER}{part}")
        }
    };
    format!("{stem}-{build:016x}.{extension}")
}

/// The later modules with the files each needs, read from the script that fetches them: a line that names the module, then
/// its own file, then the list of shared ones.
fn later_modules(parts: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for rest in parts.split("export const __wasm_split_load_").skip(1) {
        let name = rest.split([' ', '=']).next().unwrap_or_default();
        let own = rest.split("new URL(\"./").nth(1).and_then(|rest| rest.split('"').next());
        let shared = rest.split(", [").nth(1).and_then(|rest| rest.split(']').next()).unwrap_or_default();
        let shared = shared.split(',').map(str::trim).filter_map(|name| name.strip_prefix("__"));
        let needed = own.map(str::to_owned).into_iter().chain(shared.map(|name| format!("{name}.wasm")));
        found.insert(name.to_owned(), needed.collect());
    }
    found
}

/// The keys of the import object stay: they are names inside the main module.
fn rename_imports<'n>(script: &str, names: impl Iterator<Item = &'n String>, build: u64) -> String {
    let mut script = script.to_owned();
    for name in names {
        let published = published_name(name, build);
        for before in ["from ", "new URL("] {
            script = script.replace(&format!("{before}\"./{name}\""), &format!("{before}\"./{published}\""));
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::ScratchFolder;

    #[test]
    fn scripts_find_each_other_and_the_modules_under_their_published_names() {
        let folder = ScratchFolder::for_me("modules").unwrap();
        let (made, out) = (folder.path.join("made"), folder.path.join("out"));
        fs::create_dir_all(&made).unwrap();
        fs::create_dir_all(&out).unwrap();
        let write = |name: &str, text: &str| fs::write(made.join(name), text).unwrap();
        write("frontend_bg.wasm", "main");
        write("split_orders.wasm", "orders");
        write("chunk_4.wasm", "shared");
        write("frontend.js", "import * as a from \"./__wasm_split.js\"\nx = { \"./__wasm_split.js\": a }");
        write(
            PARTS,
            "import { initSync } from \"./frontend.js\"; new URL(\"./split_orders.wasm\", u); new URL(\"./chunk_4.wasm\", u)",
        );
        let published = publish(&made, &out).unwrap();
        let read = |address: &str| fs::read_to_string(out.join(address.trim_start_matches('/'))).unwrap();
        let (script, parts) = (read(&published.script), read(&published.parts));
        assert!(script.contains(&format!("from \".{}\"", published.parts)), "{script}");
        assert!(
            script.contains("{ \"./__wasm_split.js\": a }"),
            "the main module's own name stays: {script}"
        );
        assert!(parts.contains(&format!("from \".{}\"", published.script)), "{parts}");
        let later: Vec<&str> = parts.split('"').filter(|text| text.starts_with("./later-")).collect();
        assert_eq!(later.len(), 2, "{parts}");
        for address in later {
            assert!(out.join(address.trim_start_matches("./")).is_file(), "{address} is missing");
        }
        assert_eq!(read(&published.module), "main");
    }

    #[test]
    fn a_later_module_is_listed_with_what_it_shares() {
        let parts = "const __chunk_5 = makeLoad(() => { fetch(new URL(\"./chunk_5.wasm\", u)) }\n, []);\n\
                     export const __wasm_split_load_orders = wrap(makeLoad(() => { fetch(new URL(\"./split_orders.wasm\", u)) }\n\
                     , [__chunk_5, __chunk_6]));\n\
                     export const __wasm_split_load_shop = wrap(makeLoad(() => { fetch(new URL(\"./split_shop.wasm\", u)) }\n, []));\n";
        let modules = later_modules(parts);
        assert_eq!(modules["orders"], ["split_orders.wasm", "chunk_5.wasm", "chunk_6.wasm"]);
        assert_eq!(modules["shop"], ["split_shop.wasm"]);
    }

    #[test]
    fn another_build_has_other_names_throughout() {
        let names = [1, 2].map(|build| published_name("split_orders.wasm", build));
        assert_eq!(names, ["later-orders-0000000000000001.wasm", "later-orders-0000000000000002.wasm"]);
    }
}

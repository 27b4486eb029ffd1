//! What the first visit transfers, file by file, and how that has changed since it was last written down.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{dist, files, modules};
use crate::workspace;

/// The record: a line for each file. `UPDATE_WEIGHTS=1 cargo xtask spa` writes it.
const RECORD: &str = "xtask/weights.txt";
/// What browsers load before they show anything.
const KINDS: [&str; 4] = ["html", "css", "js", "wasm"];

/// Bytes by the names of files, without the hashes in them.
pub type Weights = BTreeMap<String, u64>;

/// What a first visitor transfers: HTML, CSS, JavaScript and the main WebAssembly module, as brotli where that form exists.
pub fn of_first_visit() -> Result<Weights> {
    let mut weights = Weights::new();
    for file in files(&dist())?.into_iter().filter(|file| is_needed_first(file)) {
        let brotli = PathBuf::from(format!("{}.br", file.display()));
        let sent = if brotli.is_file() { brotli } else { file.clone() };
        let bytes = fs::metadata(&sent).with_context(|| format!("{} can't be read", sent.display()))?.len();
        *weights.entry(name_without_hash(&file)).or_default() += bytes;
    }
    Ok(weights)
}

fn is_needed_first(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let extension = file.extension().map(|text| text.to_string_lossy()).unwrap_or_default();
    KINDS.contains(&extension.as_ref()) && !name.starts_with(modules::LATER)
}

/// `style-0123456789abcdef.css` is `style.css`.
fn name_without_hash(file: &Path) -> String {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some((stem, extension)) = name.rsplit_once('.') else { return name };
    let is_hash = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match stem.rsplit_once('-') {
        Some((stem, hash)) if is_hash(hash) => format!("{stem}.{extension}"),
        _ => name,
    }
}

/// Writes the record.
pub fn record(weights: &Weights) -> Result<()> {
    let lines: String = weights.iter().map(|(name, bytes)| format!("{name} {bytes}\n")).collect();
    fs::write(workspace::root().join(RECORD), lines).with_context(|| format!("{RECORD} can't be written"))
}

/// A table of every file, its weight, and how much it has gained since the record.
pub fn table(weights: &Weights) -> String {
    let recorded =
        fs::read_to_string(workspace::root().join(RECORD)).map(|text| read(&text)).unwrap_or_default();
    compare(weights, &recorded)
}

fn read(text: &str) -> Weights {
    text.lines()
        .filter_map(|line| line.rsplit_once(' '))
        .filter_map(|(name, bytes)| Some((name.to_owned(), bytes.parse().ok()?)))
        .collect()
}

fn compare(weights: &Weights, recorded: &Weights) -> String {
    let mut lines = format!("{:<16}{:>10}{:>12}\n", "file", "brotli", "growth");
    let mut row = |name: &str, bytes: u64, before: Option<u64>| {
        let growth = match before {
            Some(before) if bytes >= before => format!("+{}", bytes - before),
            Some(before) => format!("-{}", before - bytes),
            None => "new".to_owned(),
        };
        lines.push_str(&format!("{name:<16}{bytes:>10}{growth:>12}\n"));
    };
    for (name, bytes) in weights {
        row(name, *bytes, recorded.get(name).copied());
    }
    for (name, before) in recorded.iter().filter(|(name, _)| !weights.contains_key(*name)) {
        row(name, 0, Some(*before));
    }
    row("all", weights.values().sum(), Some(recorded.values().sum()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_from_build_to_build() {
        assert_eq!(name_without_hash(Path::new("/dist/frontend-0123456789abcdef.wasm")), "frontend.wasm");
        assert_eq!(name_without_hash(Path::new("/dist/index.html")), "index.html");
        assert_eq!(name_without_hash(Path::new("/dist/a-b.js")), "a-b.js");
    }

    #[test]
    fn later_modules_and_pictures_are_not_part_of_the_first_visit() {
        assert!(is_needed_first(Path::new("/dist/frontend-0123456789abcdef.wasm")));
        for other in
            ["/dist/later-shop-0123456789abcdef.wasm", "/dist/images/hero.svg", "/dist/index.html.br"]
        {
            assert!(!is_needed_first(Path::new(other)), "{other}");
        }
    }

    #[test]
    fn the_table_shows_growth_loss_and_what_is_new_or_gone() {
        let recorded = read("frontend.wasm 1000\nold.js 50\nstyle.css 70\n");
        let table = compare(&read("frontend.wasm 1200\nnew.js 5\nstyle.css 60\n"), &recorded);
        let row = |name: &str| {
            let line = table.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(row("frontend.wasm"), ["1200", "+200"]);
        assert_eq!(row("style.css"), ["60", "-10"]);
        assert_eq!(row("new.js"), ["5", "new"]);
        assert_eq!(row("old.js"), ["0", "-50"]);
        assert_eq!(row("all"), ["1265", "+145"]);
    }
}

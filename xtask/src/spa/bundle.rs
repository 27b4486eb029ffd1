//! Putting the published storefront together: names every asset after its content, and writes the page that loads them.
//!
//! Trunk could do this too, but compiling trunk takes longer than compiling the storefront: it is left to developers who
//! want hot reload.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::modules::{self, Published};
use super::page::{self, Asset, Part};
use crate::setup::tools::SpaTools;
use crate::{process, workspace};

/// Joins the storefront's style sheets into one before each build.
const STYLES_SCRIPT: &str = "style/bundle.sh";

/// The module behind an address, for visits that begin there: without it, the browser would learn which one it needs only
/// when the main module runs. The first path that fits counts. The modules are those of `pages/later.rs`.
const BEHIND: [(&str, &str); 8] = [
    ("/products", "shop"),
    ("/categories", "shop"),
    ("/cart", "buying"),
    ("/checkout", "buying"),
    ("/orders", "orders"),
    ("/account/orders", "orders"),
    ("/account", "account"),
    ("/auth", "account"),
];

/// Starts the storefront. What the first page needs besides the main module is fetched after it, so that the main module
/// is there sooner and is set up meanwhile; and not before the outline shows what `early.js` has asked for, which is there
/// sooner on all but the fastest lines.
const LOADER: &str = "\
const { default: init } = await import(\"@script\");
const module = await WebAssembly.compileStreaming(fetch(\"@module\"));
await Promise.race([window.early?.shown, new Promise((done) => setTimeout(done, 300))]);
const [, files] = @pages.find(([path]) => location.pathname.startsWith(path)) ?? [, []];
for (const href of files) {
  const link = document.createElement(\"link\");
  document.head.append(Object.assign(link, { rel: \"preload\", as: \"fetch\", crossOrigin: \"anonymous\", href }));
}
const wasm = await init({ module_or_path: module });
dispatchEvent(new CustomEvent(\"TrunkApplicationStarted\", { detail: { wasm } }));
";

/// Builds `frontend/dist` out of the compiled module, and replaces it only when everything has worked.
pub fn bundle(tools: &SpaTools, module: &Path) -> Result<()> {
    let source = workspace::root().join("frontend");
    // Beside what it replaces: from a target folder on another file system it could not be moved there.
    let stage = source.join(".generated/stage");
    remove_folder(&stage)?;
    let out = stage.join("dist");
    fs::create_dir_all(&out).with_context(|| format!("{} can't be created", out.display()))?;
    let bound = stage.join("bound");
    modules::make(tools, module, &bound)?;
    join_styles(&source)?;
    let html = read_text(&source.join("index.html"))?;
    let page = Bundler { source: &source, bound: &bound, out: &out }.page(&html)?;
    fs::write(out.join("index.html"), page).context("index.html can't be written")?;
    process::timed("storefront: compress", || compress(&out))?;
    remove_folder(&super::dist())?;
    fs::rename(&out, super::dist()).context("frontend/dist can't be put in place")?;
    remove_folder(&stage)
}

/// Runs the script that Trunk.toml names as its hook too.
fn join_styles(source: &Path) -> Result<()> {
    process::run(process::command("sh").arg(STYLES_SCRIPT).current_dir(source), "styles")
}

/// Writes a brotli and a gzip form beside each file that gains from it.
fn compress(folder: &Path) -> Result<()> {
    let mut node = process::command("node");
    node.arg(workspace::root().join("xtask/js/precompress.mjs")).arg(folder);
    process::run(&mut node, "compress")
}

struct Bundler<'a> {
    source: &'a Path,
    bound: &'a Path,
    out: &'a Path,
}

impl Bundler<'_> {
    /// The page with every marked link replaced by what it stands for.
    fn page(&self, html: &str) -> Result<String> {
        let parts = page::parse(html)?;
        let mut styles = Some(self.styles(&parts)?);
        let mut result = String::new();
        for part in &parts {
            match part {
                Part::Text(text) => result.push_str(text),
                Part::Asset(Asset::Application) => result.push_str(&self.application()?),
                // All style sheets are one file, in the place of the first.
                Part::Asset(Asset::Css(_)) => result.push_str(&styles.take().unwrap_or_default()),
                Part::Asset(Asset::Icon { href, attributes }) => {
                    result.push_str(&self.icon(href, attributes)?)
                }
                Part::Asset(Asset::Inline(href)) => result.push_str(&self.inline(href)?),
                Part::Asset(Asset::CopyFile(href, folder)) => {
                    let from = self.source.join(href);
                    let name = from.file_name().context("copy-file: the href names no file")?;
                    copy(&from, &self.out.join(folder.unwrap_or_default()).join(name))?;
                }
                Part::Asset(Asset::CopyDir(href, name)) => {
                    let from = self.source.join(href);
                    let own = from.file_name().context("copy-dir: the href names no folder")?.to_owned();
                    copy(&from, &self.out.join(name.map_or(PathBuf::from(own), PathBuf::from)))?;
                }
            }
        }
        Ok(result)
    }

    /// The loader is a file of its own, since a strict content security policy forbids scripts in the page.
    fn application(&self) -> Result<String> {
        let snippets = self.bound.join("snippets");
        if snippets.is_dir() {
            copy(&snippets, &self.out.join("snippets"))?;
        }
        let Published { script, parts, module, later } = modules::publish(self.bound, self.out)?;
        let loader =
            LOADER.replace("@pages", &pages(&later)).replace("@script", &script).replace("@module", &module);
        let loader = self.hashed("start", "js", loader.as_bytes())?;
        Ok(format!(
            "<link rel=\"preload\" href=\"{module}\" as=\"fetch\" type=\"application/wasm\" crossorigin>\n\
             <link rel=\"modulepreload\" href=\"{script}\">\n\
             <link rel=\"modulepreload\" href=\"{parts}\">\n\
             <script type=\"module\" src=\"{loader}\"></script>"
        ))
    }

    fn styles(&self, parts: &[Part<'_>]) -> Result<String> {
        let mut css = String::new();
        for part in parts {
            if let Part::Asset(Asset::Css(href)) = part {
                css.push_str(&page::minify_css(&read_text(&self.source.join(href))?));
                css.push('\n');
            }
        }
        if css.contains("@import") {
            bail!("a style sheet imports another, which would load late: link it in index.html instead");
        }
        if css.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("<link rel=\"stylesheet\" href=\"{}\">", self.hashed("style", "css", css.as_bytes())?))
    }

    fn icon(&self, href: &str, attributes: &[(&str, &str)]) -> Result<String> {
        let file = self.source.join(href);
        let bytes = fs::read(&file).with_context(|| format!("{} can't be read", file.display()))?;
        let extension = file.extension().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = file.file_stem().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
        let address = self.hashed(&stem, &extension, &bytes)?;
        let others: String = attributes.iter().map(|(name, value)| format!(" {name}=\"{value}\"")).collect();
        Ok(format!("<link{others} href=\"{address}\">"))
    }

    fn inline(&self, href: &str) -> Result<String> {
        let text = read_text(&self.source.join(href))?;
        Ok(match href.rsplit('.').next() {
            Some("css") => format!("<style>{}</style>", page::minify_css(&text)),
            Some("js") => format!("<script>{text}</script>"),
            _ => text,
        })
    }

    /// Writes a file named after its content, which may therefore be cached for ever, and returns its address.
    fn hashed(&self, stem: &str, extension: &str, bytes: &[u8]) -> Result<String> {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let name = format!("{stem}-{:016x}.{extension}", hasher.finish());
        fs::write(self.out.join(&name), bytes).with_context(|| format!("{name} can't be written"))?;
        Ok(format!("/{name}"))
    }
}

/// The paths of visits' first pages with the files that each needs besides the main module, as JavaScript.
fn pages(later: &BTreeMap<String, Vec<String>>) -> String {
    let known = BEHIND.iter().filter_map(|(path, name)| Some((path, later.get(*name)?)));
    let pages: Vec<String> = known.map(|(path, files)| format!("[{path:?}, {files:?}]")).collect();
    format!("[{}]", pages.join(", "))
}

fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))
}

/// Copies a file, or a folder with all it holds.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        for file in super::files(from)? {
            copy(&file, &to.join(file.strip_prefix(from)?))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} can't be created", folder.display()))?;
    }
    fs::copy(from, to).map(drop).with_context(|| format!("{} can't be copied", from.display()))
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} can't be deleted", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::ScratchFolder;

    #[test]
    fn the_first_pages_module_is_fetched_early() {
        let later = BTreeMap::from([("orders".to_owned(), vec!["/later-orders-1.wasm".to_owned()])]);
        assert_eq!(
            pages(&later),
            "[[\"/orders\", [\"/later-orders-1.wasm\"]], [\"/account/orders\", [\"/later-orders-1.wasm\"]]]"
        );
        assert_eq!(pages(&BTreeMap::new()), "[]");
    }

    #[test]
    fn a_page_names_its_assets_after_their_content() {
        let folder = ScratchFolder::for_me("bundle").unwrap();
        let write = |name: &str, text: &str| {
            let file = folder.path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("src/a.css", "a { }\n");
        write("src/b.css", "b { }\n");
        write("src/public/robots.txt", "hello");
        write("bound/frontend.js", "export default 1;");
        write("bound/__wasm_split.js", "export default 2;");
        write("bound/frontend_bg.wasm", "wasm");
        write("out/empty", "");
        let html = "<link data-trunk rel=\"css\" href=\"a.css\"><link data-trunk rel=\"css\" href=\"b.css\">\
                    <link data-trunk rel=\"rust\"><link data-trunk rel=\"copy-dir\" href=\"public\">";
        let (source, bound, out) =
            (folder.path.join("src"), folder.path.join("bound"), folder.path.join("out"));
        let page = Bundler { source: &source, bound: &bound, out: &out }.page(html).unwrap();
        assert_eq!(page.matches("stylesheet").count(), 1);
        let addresses = page.split('"').filter(|text| text.starts_with('/'));
        assert!(addresses.clone().count() >= 4);
        for address in addresses {
            assert!(out.join(address.trim_start_matches('/')).is_file(), "{address} is missing");
        }
        assert!(out.join("public/robots.txt").is_file());
    }
}

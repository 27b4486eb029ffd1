//! The built storefront, served from memory: hashed files for ever, everything else on every visit.
//!
//! Files are read once at start. A file with `.br` or `.gz` beside it is sent compressed to clients that accept it. Any
//! other address is the application's own: it gets `index.html`, whose inline scripts are allowed by their hashes.

use std::{collections::HashMap, fs, io, path::Path};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{self, HeaderValue},
    },
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::encoding::wanted;
use crate::{cache::entry::Coding, error::AppError};

const INDEX: &str = "/index.html";
/// trunk puts a hash of the content into the name, so the content behind a name never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CHECK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");
/// Pictures keep their names; a day is how long an old one may be seen.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Every file of the storefront, by the path of its address.
pub struct Spa {
    files: HashMap<String, File>,
    policy: HeaderValue,
}

struct File {
    content_type: HeaderValue,
    cache_control: HeaderValue,
    etag: String,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Spa {
    /// Reads a folder that trunk has built.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let mut contents = HashMap::new();
        collect(folder, "", &mut contents)?;
        let index = contents.get(INDEX).ok_or_else(|| io::Error::other("there is no index.html"))?;
        let policy = policy(&String::from_utf8_lossy(index)).map_err(io::Error::other)?;
        let plain_files =
            contents.iter().filter(|(path, _)| !path.ends_with(".br") && !path.ends_with(".gz"));
        let files = plain_files.map(|(path, plain)| {
            let file = File {
                content_type: content_type(path),
                cache_control: cache_control(path),
                etag: format!("\"{}\"", BASE64.encode(Sha256::digest(plain).get(..12).unwrap_or_default())),
                plain: plain.clone(),
                brotli: contents.get(&format!("{path}.br")).cloned(),
                gzip: contents.get(&format!("{path}.gz")).cloned(),
            };
            (path.clone(), file)
        });
        Ok(Self { files: files.collect(), policy })
    }

    /// Answers a request for a file, or for a page of the application.
    pub fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, AppError> {
        if request.method() != Method::GET {
            return Err(AppError::not_found("Not found"));
        }
        let path = request.path();
        // Names with an extension are files: a missing picture must not be answered with a page.
        let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
        let file = self.files.get(path).or_else(|| is_page.then(|| self.files.get(INDEX)).flatten());
        let file = file.ok_or_else(|| AppError::not_found("Not found"))?;
        Ok(self.send(request, file))
    }

    fn send(&self, request: &HttpRequest, file: &File) -> HttpResponse {
        let asked = |name: header::HeaderName| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
        };
        let form = match wanted(request.headers()) {
            Coding::Brotli => file.brotli.as_ref().map(|bytes| (bytes, "br")),
            Coding::Gzip => file.gzip.as_ref().map(|bytes| (bytes, "gzip")),
            Coding::Plain => None,
        };
        let (body, coding) = form.map_or((&file.plain, None), |(bytes, name)| (bytes, Some(name)));
        let is_fresh = asked(header::IF_NONE_MATCH)
            .split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == file.etag);
        let mut response = if is_fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((header::CACHE_CONTROL, file.cache_control.clone()))
            .insert_header((header::ETAG, file.etag.clone()))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::CONTENT_SECURITY_POLICY, self.policy.clone()));
        if is_fresh {
            return response.finish();
        }
        if let Some(coding) = coding {
            response.insert_header((header::CONTENT_ENCODING, coding));
        }
        response.insert_header((header::CONTENT_TYPE, file.content_type.clone())).body(body.clone())
    }
}

fn collect(folder: &Path, prefix: &str, contents: &mut HashMap<String, Bytes>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, contents)?;
        } else {
            contents.insert(path, fs::read(entry.path())?.into());
        }
    }
    Ok(())
}

/// Everything comes from this server; inline scripts only when their hash is one of `index.html`'s.
fn policy(index: &str) -> Result<HeaderValue, header::InvalidHeaderValue> {
    let hashes: String = inline_scripts(index)
        .map(|script| format!(" 'sha256-{}'", BASE64.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    HeaderValue::try_from(format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; img-src 'self' data:; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ))
}

/// The text of each `<script>` without a `src`. Data blocks (JSON) never run and need no hash; one more does no harm.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains(" src=")).then_some(script)
    })
}

fn cache_control(path: &str) -> HeaderValue {
    match path {
        INDEX => CHECK_EACH_TIME,
        _ if has_hash(path) => FOREVER,
        _ if path.starts_with("/images/") || path.starts_with("/icons/") => A_DAY,
        _ => CHECK_EACH_TIME,
    }
}

/// `name-<16 hex digits>.ext` or `name-<16 hex digits>_bg.wasm`, as trunk names its output.
fn has_hash(path: &str) -> bool {
    path.rsplit_once('-').is_some_and(|(_, end)| {
        let digits = end.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits >= 15 && matches!(end.as_bytes().get(digits), Some(b'.' | b'_'))
    })
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "webmanifest" => "application/manifest+json; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert_eq!(cache_control("/frontend-6f0d1cc29a3b8f11_bg.wasm"), FOREVER);
        assert_eq!(cache_control("/main-6f0d1cc29a3b8f11.css"), FOREVER);
        assert_eq!(cache_control("/index.html"), CHECK_EACH_TIME);
        assert_eq!(cache_control("/images/products/iphone-15-pro.svg"), A_DAY);
    }

    #[test]
    fn inline_scripts_are_allowed_by_hash_and_nothing_else_inline_is() {
        let policy = policy("<script>a()</script><script type=\"module\" src=\"/x.js\"></script>").unwrap();
        let policy = policy.to_str().unwrap();
        assert_eq!(policy.matches("'sha256-").count(), 1);
        assert!(policy.contains(&BASE64.encode(Sha256::digest(b"a()"))) && !policy.contains("unsafe-inline"));
    }
}

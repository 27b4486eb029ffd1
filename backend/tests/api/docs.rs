//! `/api/docs`: the OpenAPI document is what is served, and does not change unnoticed.

use std::{collections::BTreeSet, io::Read as _};

use serde_json::Value;
use shared_types::ErrorCode;

use crate::support::{Content, TestApp};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/openapi.json");

fn document() -> Value {
    serde_json::to_value(backend::openapi::document()).unwrap()
}

/// Method, path and operation of everything that is described.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().unwrap().clone();
        methods
            .into_iter()
            .map(|(method, operation)| (method.to_uppercase(), path.clone(), operation))
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_document_is_the_committed_one() {
    let document = document();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(SNAPSHOT, format!("{document:#}\n")).unwrap();
    }
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(SNAPSHOT).unwrap()).unwrap();
    assert!(
        document == committed,
        "the API has changed; if that is meant, run the tests with UPDATE_SNAPSHOTS=1 and commit {SNAPSHOT}:\n{}",
        first_difference("", &committed, &document).unwrap_or_default()
    );
}

/// Where two documents part.
fn first_difference(path: &str, old: &Value, new: &Value) -> Option<String> {
    match (old, new) {
        _ if old == new => None,
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
            names.into_iter().find_map(|name| {
                let (old, new) =
                    (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
                first_difference(&format!("{path}/{name}"), old, new)
            })
        }
        _ => Some(format!("{path}: {old} became {new}")),
    }
}

/// The types of the parts that a value must have all at once, of every `allOf` below.
fn combined_types(document: &Value, schema: &Value, found: &mut Vec<(String, BTreeSet<String>)>) {
    let type_of = |part: &Value| {
        let pointer = part["$ref"].as_str().map(|reference| reference.trim_start_matches('#').to_owned());
        let part = pointer.and_then(|pointer| document.pointer(&pointer)).unwrap_or(part);
        // What is itself put together is put together out of objects: it is looked at by itself.
        part.get("type").map_or_else(|| "\"object\"".to_owned(), Value::to_string)
    };
    match schema {
        Value::Object(fields) => {
            if let Some(parts) = fields.get("allOf").and_then(Value::as_array) {
                found.push((schema.to_string(), parts.iter().map(type_of).collect()));
            }
            fields.values().for_each(|field| combined_types(document, field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| combined_types(document, item, found)),
        _ => {}
    }
}

#[test]
fn no_schema_contradicts_itself() {
    let document = document();
    let mut found = Vec::new();
    combined_types(&document, &document, &mut found);
    assert!(found.len() > 10, "{}", found.len());
    for (schema, types) in found {
        assert_eq!(types.len(), 1, "nothing is {types:?} at once: {schema}");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_a_tag_and_a_success() {
    let document = document();
    let operations = operations(&document);
    assert!(operations.len() >= 17, "{}", operations.len());
    let tags: BTreeSet<_> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone().to_string()).collect();
    let mut names = BTreeSet::new();
    for (method, path, operation) in &operations {
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(!name.is_empty() && names.insert(name), "operationId of {method} {path}: {name:?}");
        let tag = operation["tags"][0].to_string();
        assert!(tags.contains(&tag), "tag of {method} {path}: {tag}");
        assert!(
            operation["summary"].as_str().is_some_and(|text| !text.is_empty()),
            "summary of {method} {path}"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
    }
}

#[test]
fn every_operation_that_is_described_is_there() {
    let app = TestApp::start();
    let customer = app.customer();
    for (method, path, operation) in operations(&document()) {
        let reply = customer.request(&method, &path.replace("{key}", "nothing")).send();
        assert!(!path.contains("%7B"), "{path}");
        assert!(!reply.text().contains("\"message\":\"Not found\""), "{method} {path}: {reply}");
        let status = reply.status.to_string();
        assert!(
            operation["responses"].get(&status).is_some(),
            "{status} of {method} {path} is not described"
        );
    }
}

#[test]
fn every_body_has_an_example_that_is_accepted() {
    let app = TestApp::start();
    let admin = app.admin();
    for (method, path, operation) in operations(&document()) {
        let Some(body) = operation.pointer("/requestBody/content/application~1json") else { continue };
        let example = body.get("example").unwrap_or_else(|| panic!("{method} {path} has no example"));
        let reply = admin.request(&method, &path.replace("{key}", "nothing")).json(example).send();
        // Fields are checked before anything is looked up; a signature is checked before the fields.
        let is_signed = operation["security"].to_string().contains("paymentSignature");
        assert_ne!(reply.status, 422, "{method} {path}: {reply}");
        assert!(reply.status != 401 || is_signed || path.ends_with("/login"), "{method} {path}: {reply}");
    }
}

#[test]
fn every_refusal_has_an_example() {
    for (method, path, operation) in
        operations(&document()).iter().filter(|(_, path, _)| path.starts_with("/api/"))
    {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let is_refusal = status.parse::<u16>().unwrap() >= 400;
            let example = response.pointer("/content/application~1json/example/error/code");
            assert_eq!(is_refusal, example.is_some(), "{status} of {method} {path}");
        }
    }
}

#[test]
fn everything_that_needs_a_token_says_so() {
    let app = TestApp::start();
    for (method, path, operation) in operations(&document()) {
        let reply = app.anon().request(&method, &path.replace("{key}", "nothing")).send();
        // Without an entry of its own an operation needs what the document as a whole asks for: a token.
        let is_open = operation
            .get("security")
            .is_some_and(|ways| ways.as_array().unwrap().contains(&serde_json::json!({})));
        let refused = reply.status == 401 && path != "/api/auth/refresh";
        assert_eq!(refused, !is_open, "{method} {path}: {reply}");
        assert!(is_open || operation["responses"].get("401").is_some(), "{method} {path}");
    }
}

#[test]
fn the_document_is_served_as_json_and_as_yaml() {
    let app = TestApp::start();
    let json = app.anon().get("/api/docs/json");
    assert_eq!(json.expect(200).json(), document());
    let yaml = app.anon().get("/api/docs/yaml");
    yaml.expect(200);
    assert_eq!(yaml.header("content-type"), Some("application/yaml; charset=utf-8"));
    assert_eq!(yaml.text(), backend::openapi::document().to_yaml().unwrap());
    assert!(yaml.text().starts_with("openapi: 3."));
}

#[test]
fn the_documentation_is_a_page_that_reads_the_document() {
    let app = TestApp::start();
    let redirect = app.anon().get("/api/docs");
    assert_eq!((redirect.status, redirect.header("location")), (301, Some("/api/docs/")));
    let page = app.anon().get("/api/docs/");
    assert!(page.expect(200).header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    assert!(page.text().contains("swagger-ui"));
    let start = app.anon().get("/api/docs/swagger-initializer.js");
    assert!(start.expect(200).text().contains("/api/docs/json"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe-eval"), "{policy}");
}

#[test]
fn the_documentation_is_kept_compressed_and_anybody_can_read_it() {
    let app = TestApp::start();
    let ask = |coding: &str| {
        let page = app.anon().request("GET", "/api/docs/swagger-ui.css").header("accept-encoding", coding);
        let reply = page.send();
        reply.expect(200);
        assert!(reply.headers("vary").join(",").to_lowercase().contains("accept-encoding"), "{coding}");
        (reply.header("content-encoding").map(str::to_owned), reply.bytes().to_vec())
    };
    let (coding, plain) = ask("identity");
    assert!(coding.is_none() && plain.starts_with(b".swagger-ui"));
    let (coding, packed) = ask("gzip");
    assert_eq!(coding.as_deref(), Some("gzip"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked == plain, "it is another file");
    assert_eq!(ask("gzip, br").0.as_deref(), Some("br"));
    app.anon().get("/api/docs/nothing.js").refused(404, ErrorCode::NotFound, "Not found");
}

#[test]
fn the_documentation_can_be_switched_off() {
    let app = TestApp::builder(Content::Demo).set("ENABLE_SWAGGER", false).start();
    for path in ["/api/docs", "/api/docs/", "/api/docs/json", "/api/docs/yaml"] {
        app.anon().get(path).expect(404);
    }
    app.anon().get("/health").expect(200);
}

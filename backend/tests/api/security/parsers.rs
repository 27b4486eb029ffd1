//! Whatever is sent, it is answered and never with a failure of the server: random requests for everything that reads what
//! strangers write. `cargo xtask fuzz` asks by the document; here requests are wrong on purpose, down to their bytes.

use proptest::{prelude::*, sample::select, test_runner::Config as Settings};
use serde_json::{Value, json};
use shared_types::paths;

use crate::support::{Actor, Content, Reply, TestApp, app::WEBHOOK_SECRET, http, sign};

fn settings(cases: u32) -> Settings {
    Settings { cases, max_shrink_iters: 100, failure_persistence: None, ..Settings::default() }
}

/// A server that counts requests and trusts two proxies, so that their headers are read.
fn app() -> TestApp {
    TestApp::builder(Content::Demo)
        .set("ENABLE_RATE_LIMITING", true)
        .set("RATE_LIMIT_MAX", 1_000_000)
        .set("TRUSTED_PROXY_HOPS", 2)
        .set("RATE_LIMIT_BYPASS_TOKEN", "open sesame")
        .set("CORS_ORIGINS", "https://shop.example,*.shop.example")
        .start()
}

/// A request of nothing but bytes.
struct Bytes {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Bytes {
    fn new(method: &str, target: &[u8], actor: &Actor) -> Self {
        let mut head = [method.as_bytes(), b" ", target, b" HTTP/1.1\r\nconnection: close\r\n"].concat();
        if let Some(token) = &actor.token {
            head.extend_from_slice(format!("authorization: Bearer {token}\r\n").as_bytes());
        }
        Self { head, body: Vec::new() }
    }

    fn header(mut self, name: &str, value: &[u8]) -> Self {
        self.head.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        self
    }

    fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        let length = body.len().to_string();
        self.header("content-type", b"application/json").header("content-length", length.as_bytes())
    }

    /// Sends it, and looks at the answer like at any other one.
    fn send(self, port: u16) -> Result<u16, TestCaseError> {
        let what = String::from_utf8_lossy(&self.head).into_owned();
        let bytes = [&self.head, &b"\r\n"[..], &self.body].concat();
        let reply = http::send_raw(port, &bytes)
            .map_err(|error| TestCaseError::fail(format!("no answer ({error}) to {what}")))?;
        let status = reply.status;
        prop_assert!(status < 500, "{} to {}", status, what);
        if reply.headers.iter().any(|(name, _)| name == "x-request-id") {
            Reply::checked(reply, what);
        } else {
            // The HTTP server itself found that it is no request.
            prop_assert!(
                matches!(status, 400 | 413 | 431) && reply.body.is_empty(),
                "{} to {}",
                status,
                what
            );
        }
        Ok(status)
    }
}

/// Bytes that may stand in a line of a head: anything but its end.
fn line(pieces: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let random = prop::collection::vec(any::<u8>(), 0..6);
    let piece = prop_oneof![
        6 => select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => "[ -~]{0,8}".prop_map(String::into_bytes),
        1 => random,
        1 => Just("9".repeat(40).into_bytes()),
        1 => Just("\u{1f980}\u{202e}é".as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| {
        let bytes: Vec<u8> = pieces.concat();
        bytes.into_iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect()
    })
}

/// Where a header is read, and what those that mean something are made of.
const HEADERS: &[(&str, &[&str])] = &[
    ("if-match", &["\"", "W/", "*", ",", "\\\"", "-br\"", "-gzip", ".", "\t"]),
    ("if-none-match", &["\"", "W/", "*", ",", "\\\"", "-br\"", "-gzip", "."]),
    ("idempotency-key", &["key", " ", "\t", "\"", "%00", ","]),
    (
        "x-forwarded-for",
        &["203.0.113.9", ",", ":", "[", "]", "::1", "unknown", "_x", "%eth0", "999", "/64", " "],
    ),
    ("x-request-id", &["-", "_", "id", "0198c1a2", "<script>", "%0d%0a", " "]),
    (
        "x-payment-signature",
        &["t=", "v1=", ",", "v0=", "=", "0", "a438e398bf", "-", "9223372036854775807", " "],
    ),
    ("cookie", &["refresh_token=", ";", "=", "\"", " ", ",", "$Version", "%", "\\"]),
    ("authorization", &["Bearer ", "bearer", "Basic ", ".", "eyJhbGciOiJIUzI1NiJ9", "e30", "=", " "]),
    ("accept-encoding", &["br", "gzip", ";q=", "*", ",", "0.", "1", "identity", ";"]),
    ("origin", &["https://", "shop.example", ".", ":", "null", "@", "/", "#", "evil"]),
    ("sec-fetch-site", &["same-origin", "cross-site", "none", " "]),
    ("host", &["localhost", ":", "[", "]", "/", "@", "4000", " "]),
    ("content-type", &["application/json", ";", "charset=", "utf-8", "utf-16", "/", "\"", "*"]),
    ("range", &["bytes=", "-", ",", "0", "1"]),
    ("x-load-test-bypass", &["open", " ", "sesame"]),
    ("user-agent", &["Mozilla", "/", "(", ")", " "]),
    ("traceparent", &["00", "-", "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01", "ff", "0"]),
];

fn header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    select(HEADERS).prop_flat_map(|(name, pieces)| (Just(name), line(pieces)))
}

#[test]
fn any_bytes_in_any_header_are_read_or_refused() {
    let app = app();
    let (admin, anon) = (app.admin(), app.anon());
    let mat = paths::catalog::product(&app.product_id("YOGA-MAT-PRO"));
    let order =
        serde_json::to_vec(&crate::support::order_of(&[(&app.product_id("BOOK-CLEAN-CODE"), 1)])).unwrap();
    proptest!(settings(256), |(headers in prop::collection::vec(header(), 1..4))| {
        let requests = [
            Bytes::new("GET", mat.as_bytes(), &anon),
            Bytes::new("PATCH", mat.as_bytes(), &admin).body(b"{}"),
            Bytes::new("POST", paths::orders::ORDERS.as_bytes(), &admin).body(&order),
            Bytes::new("POST", paths::payments::WEBHOOK.as_bytes(), &anon).body(b"{\"id\":\"e\",\"type\":\"x\"}"),
            Bytes::new("POST", paths::auth::REFRESH.as_bytes(), &anon),
        ];
        for request in requests {
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            request.send(app.port)?;
        }
    });
}

/// Every address that reads a query, with the parameters that the document names.
fn queries() -> (Vec<String>, Vec<String>) {
    let document = serde_json::to_value(backend::openapi::document()).unwrap();
    let mut names: Vec<String> = Vec::new();
    let mut addresses: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let parameters = methods.pointer("/get/parameters").and_then(Value::as_array).into_iter().flatten();
        let found: Vec<_> = parameters.filter(|parameter| parameter["in"] == "query").collect();
        if !found.is_empty() {
            addresses.push(path.replace("{key}", "YOGA-MAT-PRO"));
            names.extend(found.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()));
        }
    }
    assert!(addresses.len() >= 8 && names.iter().any(|name| name == "page"), "{addresses:?} {names:?}");
    names.sort();
    names.dedup();
    (addresses, names)
}

fn value() -> impl Strategy<Value = String> {
    let numbers = &[
        "0",
        "1",
        "-1",
        "1e9",
        "0x1",
        "9223372036854775808",
        "99999999.99",
        "0.001",
        "NaN",
        "+1",
        "1_0",
        "٣",
    ];
    let words = &[
        "true", "TRUE", "null", "asc", "price", "ACTIVE", "PENDING", "a", "%", "%00", "%ff", "%2", "'", "\\",
        "_", "mat",
    ];
    prop_oneof![
        select(&numbers[..]).prop_map(str::to_owned),
        select(&words[..]).prop_map(str::to_owned),
        "[!-~]{0,12}",
        "(%[0-9a-fA-F]{2}){1,8}",
        "\\PC{0,8}".prop_map(|text| paths::segment(&text)),
        (1..2_000_usize).prop_map(|length| "a".repeat(length)),
    ]
}

#[test]
fn any_query_is_read_or_refused() {
    let app = app();
    let admin = app.admin();
    let (addresses, names) = queries();
    let name = prop_oneof![8 => select(names), 1 => "[a-zA-Z%&=\\[\\]]{0,6}"];
    let pairs = prop::collection::vec((name, value()), 0..5);
    proptest!(settings(512), |(address in select(addresses), pairs in pairs, tail in "[!-~]{0,3}")| {
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        // A fragment is not sent; everything else is.
        let query = format!("{}{tail}", pairs.join("&")).replace('#', "");
        Bytes::new("GET", format!("{address}?{query}").as_bytes(), &admin).header("host", b"localhost").send(app.port)?;
    });
}

#[test]
fn any_key_in_an_address_names_something_or_nothing() {
    let app = app();
    let admin = app.admin();
    let document = serde_json::to_value(backend::openapi::document()).unwrap();
    let keyed = |(path, methods): (&String, &Value)| {
        let methods: Vec<_> =
            methods.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        methods.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    let routes: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, _)| path.contains("{key}"))
        .flat_map(keyed)
        .collect();
    assert!(routes.len() > 10);
    proptest!(settings(256), |(route in select(routes), key in value(), slashes in "[/.;?]{0,3}")| {
        let target = route.1.replace("{key}", &format!("{key}{slashes}")).replace('#', "");
        let request = Bytes::new(&route.0, target.as_bytes(), &admin).header("host", b"localhost");
        request.body(b"{}").send(app.port)?;
    });
}

/// Any JSON, with the numbers and texts that parsers stumble over.
fn any_json() -> impl Strategy<Value = String> {
    let odd = &[
        "null",
        "true",
        "0",
        "-0",
        "-0.0",
        "1e400",
        "-1e400",
        "1e-400",
        "0.005",
        "0.1000000000000000055",
        "99999999.995",
        "9223372036854775808",
        "18446744073709551616",
        "4294967296",
        "2147483648",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"\u{1f980}\"",
        "\"29.90\"",
        "\"-1\"",
        "\"1e3\"",
        "\"NaN\"",
        "\"Infinity\"",
        "[]",
        "{}",
        "[null]",
        "{\"\":null}",
        "{\"a\":1,\"a\":2}",
        "\"2026-02-30T25:61:61Z\"",
        "\"a@b.c\"",
        "\"ADMIN\"",
    ];
    let leaf = prop_oneof![
        5 => select(&odd[..]).prop_map(str::to_owned),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => "\\PC{0,20}".prop_map(|text| json!(text).to_string()),
        1 => (0..30_000_usize).prop_map(|length| json!("x".repeat(length)).to_string()),
        1 => (1..300_usize).prop_map(|depth| format!("{}1{}", "[".repeat(depth), "]".repeat(depth))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(("[a-zA-Z]{0,8}", inner), 0..4).prop_map(|fields| {
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    })
}

/// Where there is a value in a body, as pointers.
fn places(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| places(value, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    found.push(at);
}

/// Every address that reads a body, with the example that the document gives.
fn bodies(app: &TestApp) -> Vec<(String, String, Value)> {
    let document = serde_json::to_value(backend::openapi::document()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if let Some(example) = operation.pointer("/requestBody/content/application~1json/example") {
                let key = if path.contains("/catalog/products/") {
                    app.product_id("YOGA-MAT-PRO")
                } else {
                    "nothing".to_owned()
                };
                found.push((method.to_uppercase(), path.replace("{key}", &key), example.clone()));
            }
        }
    }
    assert!(found.len() >= 15, "{}", found.len());
    found
}

#[test]
fn any_value_anywhere_in_a_body_is_read_or_refused() {
    let app = app();
    let admin = app.admin();
    let bodies = bodies(&app);
    proptest!(settings(512), |(body in select(bodies), place in any::<prop::sample::Index>(), value in any_json())| {
        let (method, path, mut example) = body;
        let mut found = Vec::new();
        places(&example, String::new(), &mut found);
        // The value is put in as text: what it says need not be anything that a JSON value can hold.
        let mark = "\u{1}put it here\u{1}";
        *example.pointer_mut(&found[place.index(found.len())]).unwrap() = json!(mark);
        let body = example.to_string().replace(&json!(mark).to_string(), &value);
        let signature = sign(WEBHOOK_SECRET, 0, body.as_bytes());
        let request = Bytes::new(&method, path.as_bytes(), &admin)
            .header("host", b"localhost")
            .header("x-load-test-bypass", b"open sesame")
            .header(paths::PAYMENT_SIGNATURE, signature.as_bytes());
        request.body(body.as_bytes()).send(app.port)?;
    });
}

#[test]
fn a_body_of_any_bytes_is_read_or_refused() {
    let app = app();
    let admin = app.admin();
    let bodies = bodies(&app);
    let damage = (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..4), any::<bool>());
    proptest!(settings(256), |(body in select(bodies), (at, bytes, cut) in damage)| {
        let (method, path, example) = body;
        let mut text = example.to_string().into_bytes();
        let at = at.index(text.len());
        let end = if cut { text.len() } else { at + 1 };
        text.splice(at..end, bytes);
        let signature = sign(WEBHOOK_SECRET, 0, &text);
        let request = Bytes::new(&method, path.as_bytes(), &admin)
            .header("host", b"localhost")
            .header("x-load-test-bypass", b"open sesame")
            .header(paths::PAYMENT_SIGNATURE, signature.as_bytes());
        request.body(&text).send(app.port)?;
    });
}

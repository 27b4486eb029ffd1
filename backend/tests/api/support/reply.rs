//! Answers, and what is true of every one of them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared_types::{Data, ErrorBody, ErrorCode, FieldErrors, Page, paths};

use super::{http::RawReply, leaks, shapes::assert_fields};

/// Sent with every answer, whatever it says. The content security policy differs and is checked apart.
pub const ALWAYS: [(&str, &str); 7] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
];

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    raw: RawReply,
    /// `GET /api/…`, for messages.
    asked: String,
}

impl Reply {
    /// Takes an answer over, after checking what every answer must have.
    pub fn checked(raw: RawReply, asked: String) -> Self {
        let reply = Self { status: raw.status, raw, asked };
        assert_ne!(reply.status, 500, "{reply}");
        for (name, value) in ALWAYS {
            assert_eq!(reply.header(name), Some(value), "{name} of {reply}");
        }
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{reply}");
        let request_id = reply.header("x-request-id").unwrap_or_default();
        assert!((8..=64).contains(&request_id.len()), "request id of {reply}");
        if let Some((token, _)) = reply.refresh_cookie() {
            leaks::hide_word(&token);
        }
        if reply.status >= 400 {
            leaks::look_through("a refusal", &reply.text());
        }
        if reply.status >= 400 && !reply.raw.body.is_empty() && !reply.asked.contains(paths::system::READY) {
            reply.error();
        }
        reply
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    /// All headers of this name.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let named = self.raw.headers.iter().filter(|(found, _)| found == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// All headers with their values.
    pub fn all_headers(&self) -> Vec<(String, String)> {
        self.raw.headers.clone()
    }

    /// The body's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.raw.body
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw.body).into_owned()
    }

    /// The body as JSON, which its content type must say.
    pub fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json; charset=utf-8"), "{self}");
        serde_json::from_slice(&self.raw.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Fails the test unless the answer has this status.
    pub fn expect(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// `data` of a successful answer, as JSON.
    pub fn value(&self, status: u16) -> Value {
        self.expect(status);
        let mut body = self.json();
        assert_fields(&body, &["success", "data"]);
        assert_eq!(body["success"], true, "{self}");
        body["data"].take()
    }

    /// `data` of a successful answer, as the type the storefront reads it with.
    pub fn data<T: DeserializeOwned>(&self, status: u16) -> T {
        self.value(status);
        let body: Data<T> = self.read();
        body.data
    }

    /// A page, as the type the storefront reads it with.
    pub fn page<T: DeserializeOwned>(&self) -> Page<T> {
        self.expect(200);
        let body = self.json();
        assert_fields(&body, &["success", "data", "meta"]);
        assert_fields(&body["meta"], &["page", "limit", "total", "totalPages"]);
        assert_eq!(body["success"], true, "{self}");
        self.read()
    }

    /// The whole body as one type.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.raw.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Fails the test unless the answer is `{success: true, message}` with this message.
    pub fn says(&self, message: &str) {
        self.expect(200);
        let body = self.json();
        assert_fields(&body, &["success", "message"]);
        assert_eq!(
            (&body["success"], &body["message"]),
            (&Value::from(true), &Value::from(message)),
            "{self}"
        );
    }

    /// Fails the test unless the answer is this refusal.
    pub fn refused(&self, status: u16, code: ErrorCode, message: &str) {
        self.expect(status);
        let body = self.error();
        assert_eq!((body.error.code, body.error.message.as_str()), (code, message), "{self}");
    }

    /// The messages by path of an answer that says that fields are wrong.
    pub fn invalid(&self) -> FieldErrors {
        self.refused(422, ErrorCode::ValidationError, "Validation failed");
        self.error().error.errors.unwrap_or_else(|| panic!("no paths: {self}"))
    }

    /// Fails the test unless exactly this path is wrong, for this reason.
    pub fn invalid_at(&self, path: &str, message: &str) {
        assert_eq!(self.invalid(), FieldErrors::single(path, message), "{self}");
    }

    /// The paths of an answer that says that fields are wrong.
    pub fn invalid_paths(&self) -> Vec<String> {
        self.invalid().iter().map(|(path, _)| path.to_owned()).collect()
    }

    /// The error envelope, which has exactly the fields of the contract and the id of this request.
    pub fn error(&self) -> ErrorBody {
        let body = self.json();
        assert_fields(&body, &["success", "error"]);
        assert_eq!(body["success"], false, "{self}");
        let fields: &Map<String, Value> = body["error"].as_object().unwrap();
        let expected: &[&str] = if self.status == 422 {
            &["code", "message", "requestId", "errors"]
        } else {
            &["code", "message", "requestId"]
        };
        assert_fields(&body["error"], expected);
        // A stored answer carries the id of the request it was given to first.
        if self.header("idempotent-replayed").is_none() {
            assert_eq!(fields["requestId"].as_str(), self.header("x-request-id"), "{self}");
        }
        self.read()
    }

    /// The value of the refresh cookie this answer sets, with its attributes.
    pub fn refresh_cookie(&self) -> Option<(String, String)> {
        let cookie =
            self.headers("set-cookie").into_iter().find_map(|text| text.strip_prefix("refresh_token="))?;
        let (value, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        Some((value.to_owned(), attributes.trim().to_owned()))
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} → {} {}", self.asked, self.status, self.text())
    }
}

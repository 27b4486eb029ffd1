//! Who sends requests: somebody unknown, a customer, an administrator.

use serde::Serialize;
use shared_types::{ErrorCode, auth::UserSummary, paths};

use super::{http, leaks, reply::Reply};

/// Somebody with a connection to one server, and perhaps with a token.
#[derive(Debug, Clone)]
pub struct Actor {
    pub port: u16,
    pub token: Option<String>,
    /// The refresh token, when the actor has signed in.
    pub refresh_token: Option<String>,
    /// Who it is, when known.
    pub user: Option<UserSummary>,
}

impl Actor {
    /// Somebody unknown.
    pub fn anon(port: u16) -> Self {
        Self { port, token: None, refresh_token: None, user: None }
    }

    /// The same actor with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The account's id.
    pub fn id(&self) -> &str {
        &self.user.as_ref().expect("somebody who is signed in").id
    }

    /// The account's address.
    pub fn email(&self) -> &str {
        &self.user.as_ref().expect("somebody who is signed in").email
    }

    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path).send()
    }

    /// `POST` without a body.
    pub fn post_nothing(&self, path: &str) -> Reply {
        self.request("POST", path).send()
    }

    pub fn post(&self, path: &str, body: &impl Serialize) -> Reply {
        self.request("POST", path).json(body).send()
    }

    pub fn patch(&self, path: &str, body: &impl Serialize) -> Reply {
        self.request("PATCH", path).json(body).send()
    }

    /// `POST` with an `Idempotency-Key`.
    pub fn post_keyed(&self, path: &str, key: &str, body: &impl Serialize) -> Reply {
        self.request("POST", path).header(paths::IDEMPOTENCY_KEY, key).json(body).send()
    }

    /// A request, to be added to.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let mut request = Request {
            port: self.port,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        };
        if let Some(token) = &self.token {
            request = request.header("authorization", &format!("Bearer {token}"));
        }
        request
    }

    /// Fails the test unless this actor's token is refused.
    pub fn assert_signed_out(&self) {
        self.get(paths::auth::ME).refused(401, ErrorCode::Unauthorized, "Invalid or expired token");
    }
}

/// A request that is being put together.
#[derive(Debug, Clone)]
pub struct Request {
    port: u16,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).unwrap();
        self.body("application/json", bytes)
    }

    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// Sends it. Every answer is checked for what all of them have in common.
    pub fn send(&self) -> Reply {
        self.try_send().unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.path))
    }

    /// Sends it to a server that may be gone.
    pub fn try_send(&self) -> std::io::Result<Reply> {
        self.body.as_deref().into_iter().for_each(leaks::hide_passwords);
        let raw = http::exchange(self.port, &self.method, &self.path, &self.headers, self.body.as_deref())?;
        Ok(Reply::checked(raw, format!("{} {}", self.method, self.path)))
    }
}

/// Runs `work(0)` to `work(count - 1)` at the same time and collects what they answer, in that order.
pub fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(count);
    std::thread::scope(|scope| {
        let run = |index| {
            let (work, start) = (&work, &start);
            scope.spawn(move || {
                start.wait();
                work(index)
            })
        };
        let threads: Vec<_> = (0..count).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

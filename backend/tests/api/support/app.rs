//! The real application, started inside the test's process on a port of its own and stopped when dropped.

use std::{
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use backend::{
    config::{Config, Source},
    startup,
    state::State,
};
use serde_json::json;
use shared_types::{
    auth::{LoggedIn, Registered, UserSummary},
    paths,
};
use tokio::sync::oneshot;

use super::{
    actor::Actor,
    database::{BCRYPT_COST, Content, TestDatabase, redis_url},
    leaks,
    turn::Turn,
};

/// Signs the tests' tokens.
pub const JWT_SECRET: &str = "the-secret-of-the-tests-0123456789abcdef";
/// Signs the payment provider's events in the tests.
pub const WEBHOOK_SECRET: &str = "the-webhook-secret-of-the-tests-0123456789";
/// The password of everybody in the tests, and in the demo shop.
pub const PASSWORD: &str = "password123";

/// A running application with a database of its own.
pub struct TestApp {
    pub port: u16,
    /// Where it serves metrics, when it does.
    pub admin_port: Option<u16>,
    // Dropped in this order: the server stops, its database goes, the next one may start.
    server: RunningServer,
    pub database: TestDatabase,
    _turn: Turn,
}

/// What an application is started with.
pub struct Builder {
    content: Content,
    settings: Vec<(String, String)>,
    is_alone: bool,
}

impl Builder {
    /// Sets a variable of the environment.
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// For a test of many requests at once: no other application runs, so that the machine is its own.
    pub fn alone(mut self) -> Self {
        self.is_alone = true;
        self
    }

    pub fn start(self) -> TestApp {
        self.start_with(|_| {})
    }

    /// Starts the application on a database that holds more.
    pub fn start_with(self, fill: impl FnOnce(&TestDatabase)) -> TestApp {
        let turn = if self.is_alone { Turn::alone() } else { Turn::take() };
        let database = TestDatabase::with(self.content);
        fill(&database);
        self.start_on(database, turn)
    }

    fn start_on(self, database: TestDatabase, turn: Turn) -> TestApp {
        let mut settings = settings(&database.url);
        settings.extend(self.settings);
        let server = RunningServer::start(settings);
        TestApp { port: server.port, admin_port: server.admin_port, server, database, _turn: turn }
    }
}

/// The settings every server of the tests is started with.
pub fn settings(database_url: &str) -> Vec<(String, String)> {
    let mut settings: Vec<(String, String)> = [
        ("DATABASE_URL", database_url),
        ("DATABASE_POOL_SIZE", "4"),
        ("HOST", "127.0.0.1"),
        ("PORT", "0"),
        ("JWT_SECRET", JWT_SECRET),
        ("PAYMENT_WEBHOOK_SECRET", WEBHOOK_SECRET),
        // Once at the start, and never again while a test looks.
        ("JOB_INTERVAL_SECONDS", "3600"),
        ("BCRYPT_SALT_ROUNDS", &BCRYPT_COST.to_string()),
        ("ENABLE_RATE_LIMITING", "false"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    settings.extend(redis_url().map(|url| ("REDIS_URL".to_owned(), url)));
    settings
}

impl TestApp {
    /// The demo shop.
    pub fn start() -> Self {
        Self::builder(Content::Demo).start()
    }

    pub fn builder(content: Content) -> Builder {
        Builder { content, settings: Vec::new(), is_alone: false }
    }

    /// Stops the server and starts another one on the same database.
    pub fn restart(self) -> Self {
        self.restart_with(&[])
    }

    /// Stops the server and starts another one with these settings on the same database.
    pub fn restart_with(self, settings: &[(&str, &str)]) -> Self {
        let Self { server, database, _turn: turn, .. } = self;
        drop(server);
        let builder = Self::builder(Content::Demo);
        settings
            .iter()
            .fold(builder, |builder, (name, value)| builder.set(name, value))
            .start_on(database, turn)
    }

    /// Stops the server, with all that belongs to its end.
    pub fn stop(self) {
        drop(self);
    }

    /// Another server on the same database, as a second replica is.
    pub fn replica(&self) -> Replica {
        let turn = Turn::take();
        Replica { server: RunningServer::start(settings(&self.database.url)), _turn: turn }
    }

    /// What another replica on the same database has, for calling its jobs.
    pub fn replica_state(&self) -> State {
        let settings = settings(&self.database.url);
        let pairs = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        State::new(Config::read(Source::from_pairs(pairs)).unwrap()).unwrap()
    }

    /// Somebody unknown.
    pub fn anon(&self) -> Actor {
        Actor::anon(self.port)
    }

    /// A customer who has just registered.
    pub fn customer(&self) -> Actor {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        self.register(&format!("shopper-{}@example.com", NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The demo shop's administrator.
    pub fn admin(&self) -> Actor {
        self.login("admin@example.com")
    }

    /// The demo shop's customer with two orders.
    pub fn john(&self) -> Actor {
        self.login("john@example.com")
    }

    /// Registers with the tests' password.
    pub fn register(&self, email: &str) -> Actor {
        let body = json!({"email": email, "password": PASSWORD, "firstName": "Sam", "lastName": "Shopper"});
        let reply = self.anon().post(paths::auth::REGISTER, &body);
        let Registered { user, token } = reply.data(201);
        let user = UserSummary {
            id: user.id,
            email: user.email,
            first_name: user.first_name,
            last_name: user.last_name,
            role: user.role,
        };
        let refresh_token = reply.refresh_cookie().map(|(value, _)| value);
        Actor { token: Some(token), refresh_token, user: Some(user), ..self.anon() }
    }

    /// Signs in with the tests' password.
    pub fn login(&self, email: &str) -> Actor {
        self.login_with(email, PASSWORD)
    }

    /// Signs in with another password.
    pub fn login_with(&self, email: &str, password: &str) -> Actor {
        let reply = self.anon().post(paths::auth::LOGIN, &json!({"email": email, "password": password}));
        let LoggedIn { user, token } = reply.data(200);
        let refresh_token = reply.refresh_cookie().map(|(value, _)| value);
        Actor { token: Some(token), refresh_token, user: Some(user), ..self.anon() }
    }
}

/// A second server on the database of a [`TestApp`], which must outlive it.
pub struct Replica {
    server: RunningServer,
    _turn: Turn,
}

impl Replica {
    /// Somebody unknown who asks this server.
    pub fn anon(&self) -> Actor {
        Actor::anon(self.server.port)
    }
}

struct RunningServer {
    port: u16,
    admin_port: Option<u16>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningServer {
    fn start(settings: Vec<(String, String)>) -> Self {
        leaks::watch();
        leaks::hide_settings(&settings);
        let (started, starting) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let pairs = settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let config =
                    Config::read(Source::from_pairs(pairs)).unwrap_or_else(|error| panic!("{error}"));
                let application = startup::build(config).await.unwrap();
                started.send((application.port, application.admin_port)).unwrap();
                let until_dropped = async {
                    // An error means that the test is gone, which is a reason to stop, too.
                    let _ = stopped.await;
                };
                application.run_until(until_dropped).await.unwrap();
            });
        });
        let (port, admin_port) = starting.recv().expect("the application starts");
        Self { port, admin_port, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
            && !std::thread::panicking()
        {
            panic!("the application ended badly");
        }
        if !std::thread::panicking() {
            leaks::check();
        }
    }
}

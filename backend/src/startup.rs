//! From settings to a running server.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_http::{HttpService, Protocol, error::DispatchError};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    dev::{AppConfig, Server, fn_service},
    middleware::from_fn,
    rt::net::TcpStream,
    web::{self, Data},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use utoipa_actix_web::AppExt;

use crate::{
    config::Config,
    db::{DatabaseUrl, migrations},
    error::AppError,
    http::{
        admin,
        connection::{Connection, HEAD_TIMEOUT, KEEP_ALIVE},
        front, input,
        recent::Recent,
        spa::Spa,
    },
    jobs::{Jobs, catalog_follower::CatalogFollower},
    routes,
    state::State,
    telemetry::traffic::Worker,
};

/// How long requests may take to finish after the signal to stop, in seconds.
const GRACE_SECONDS: u64 = 20;
/// How long the jobs may take to finish their round; what they leave, the next process finds.
const JOBS_WAIT: Duration = Duration::from_secs(3);
/// How long a client may leave what was sent to it unread.
const UNREAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client whose connection was ended may take to end it, too.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Connections that wait to be accepted, if the system allows so many. When there is no place, a client tries again after a
/// second, after two more, after four more.
const BACKLOG: i32 = 4096;
/// Files that are no clients' connections but databases, the storefront's files while they are read, and the like.
const OTHER_FILES: u64 = 256;

/// A server that listens, and what it was started with.
pub struct Application {
    /// The port it listens on; the system's choice when 0 was configured.
    pub port: u16,
    /// What its requests use.
    pub state: Data<State>,
    /// The port that `/metrics` is served on, if it is.
    pub admin_port: Option<u16>,
    server: Server,
    admin: Option<Server>,
    jobs: Jobs,
    follower: CatalogFollower,
}

/// Prepares everything and starts to listen. Migrates the embedded database; PostgreSQL is migrated by `backend migrate`.
pub async fn build(config: Config) -> io::Result<Application> {
    let listener = listen(&config.server.host, config.server.port, "HOST and PORT")?;
    let port = listener.local_addr()?.port();
    let telemetry = &config.telemetry;
    let admin_listener = telemetry
        .admin_port
        .map(|port| listen(&telemetry.admin_host, port, "ADMIN_HOST and ADMIN_PORT"))
        .transpose()?;
    let admin_port = admin_listener.as_ref().map(|listener| listener.local_addr()).transpose()?;
    let state = Data::new(State::new(config).map_err(io::Error::other)?);
    if let DatabaseUrl::Sqlite(_) = state.db.url() {
        let named = |error| io::Error::other(format!("{}: {error}", state.db.url()));
        migrations::run(&state.db).await.map_err(named)?;
    } else if let Err(error) = state.db.check().await {
        tracing::warn!(%error, "started without the database; /ready says when it is there");
    }
    let spa = state.config.server.spa_dir.as_deref().map(Spa::load).transpose()?.map(Arc::new);
    let jobs = Jobs::start(state.clone().into_inner());
    let follower = CatalogFollower::start(state.clone().into_inner());
    let server = serve(listener, state.clone(), spa)?;
    let admin = admin_listener.map(|listener| admin::serve(listener, state.clone())).transpose()?;
    let admin_port = admin_port.map(|address| address.port());
    Ok(Application { port, state, admin_port, server, admin, jobs, follower })
}

/// `settings` are the variables that say where.
fn listen(host: &str, port: u16, settings: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((host, port)).map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => "another program listens there; stop it, or choose another port with",
            io::ErrorKind::PermissionDenied => "ports below 1024 need privileges; choose another with",
            _ => "check",
        };
        io::Error::new(error.kind(), format!("can't listen on {host}:{port}: {error} ({remedy} {settings})"))
    })?;
    let socket = socket2::SockRef::from(&listener);
    // Connections inherit it.
    socket.set_tcp_user_timeout(Some(UNREAD_TIMEOUT))?;
    // It listens already, with the standard library's short line; this makes it longer.
    socket.listen(BACKLOG)?;
    Ok(listener)
}

fn serve(listener: TcpListener, state: Data<State>, spa: Option<Arc<Spa>>) -> io::Result<Server> {
    let with_documentation = state.config.server.enable_swagger;
    let workers = std::thread::available_parallelism()?.get();
    let connections = most_connections(state.config.server.max_connections);
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections((connections / workers).max(1))
        .disable_signals()
        .shutdown_timeout(GRACE_SECONDS);
    let stopping = server.graceful_shutdown_signal();
    let server = server.listen("shop", listener, move || {
        let spa = spa.clone();
        let (app, _) = App::new().into_utoipa_app().configure(routes::configure).split_for_parts();
        let app = app
            .app_data(state.clone())
            .app_data(Recent::default())
            .app_data(Worker::join(&state.traffic))
            .app_data(input::payload_config())
            .configure(routes::storefront)
            .configure(|map| {
                if with_documentation {
                    routes::documentation(map);
                }
            })
            .default_service(web::to(move |request: HttpRequest| {
                let answer = elsewhere(spa.as_deref(), &request);
                async move { answer }
            }))
            .wrap(from_fn(front::middleware));
        let app = app.into_factory().map_err(|error: Error| error.error_response());
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(KEEP_ALIVE)
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .on_connect_ext(Connection::introduce)
            .finish(map_config(app, |()| AppConfig::default()));
        fn_service(|stream: TcpStream| async {
            let connection = Connection::new(stream);
            let peer = connection.peer();
            Ok::<_, DispatchError>((connection, Protocol::Http1, peer))
        })
        .and_then(http)
    })?;
    Ok(server.run())
}

/// How many of the connections that clients are to have at once the system allows: those who come later wait to be accepted.
/// A server that had no file left could not even open its database.
fn most_connections(wished: u32) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wished = u64::from(wished) + OTHER_FILES;
    let allowed = limit.current.unwrap_or(wished);
    let wanted = limit.maximum.map_or(wished, |most| most.min(wished)).max(allowed);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    if let Err(error) = &raised {
        tracing::warn!(%error, allowed, wanted, "the limit of open files can't be raised");
    }
    let files = if raised.is_ok() { wanted } else { allowed }.min(wished);
    usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX)
}

/// Addresses that are not on the map: the storefront's, when it is served here.
fn elsewhere(spa: Option<&Spa>, request: &HttpRequest) -> Result<HttpResponse, AppError> {
    match spa {
        Some(spa) if !request.path().starts_with("/api/") => spa.answer(request),
        _ => Err(AppError::not_found("Not found")),
    }
}

impl Application {
    /// Serves until the process is told to stop (SIGTERM or Ctrl-C), then finishes the requests that are running.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        // Watched before anybody is told that the server is there: from then on it ends in order.
        let stop = stop_signal();
        let config = &self.state.config;
        tracing::info!(host = config.server.host, port = self.port, database = %config.database.url, "listening");
        if let Some(port) = self.admin_port {
            tracing::info!(host = config.telemetry.admin_host, port, "metrics are served");
        }
        self.run_until(stop).await
    }

    /// Serves until `stop` ends, then finishes the requests that are running.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let handle = self.server.handle();
        tokio::spawn(async move {
            stop.await;
            tracing::info!("stopping: finishing the requests that are running");
            handle.stop(true).await;
        });
        let admin = self.admin.map(|server| (server.handle(), tokio::spawn(server)));
        let outcome = self.server.await;
        // A database that hangs holds them up, too.
        if tokio::time::timeout(JOBS_WAIT, self.jobs.stop()).await.is_err() {
            tracing::warn!("the jobs do not end; leaving them");
        }
        self.follower.stop().await;
        self.state.db.close().await;
        self.state.traces.stop().await;
        if let Some((handle, task)) = admin {
            handle.stop(false).await;
            task.await.map_err(io::Error::other)??;
        }
        tracing::info!("stopped");
        outcome
    }
}

/// Watches for SIGTERM and Ctrl-C from now on; the future ends with the first of them.
fn stop_signal() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{Signal, SignalKind, signal};
    let watch = |kind| match signal(kind) {
        Ok(signal) => Some(signal),
        Err(error) => {
            tracing::warn!(%error, "a signal can't be watched; the server may end without finishing its requests");
            None
        }
    };
    async fn next(signal: Option<Signal>) {
        match signal {
            Some(mut signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }
    let (terminate, interrupt) = (watch(SignalKind::terminate()), watch(SignalKind::interrupt()));
    async {
        tokio::select! {
            () = next(terminate) => {}
            () = next(interrupt) => {}
        }
    }
}

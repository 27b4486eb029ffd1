//! What is served where the public can't ask: metrics, on a port and perhaps an address of its own.

use std::net::TcpListener;

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::Server,
    http::header,
    web::{self, Data},
};

use crate::{error::AppError, http::answer::Answer, state::State, telemetry::metrics};

/// The server beside the server. One thread is enough: it is asked a few times a minute.
pub fn serve(listener: TcpListener, state: Data<State>) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .service(web::resource("/metrics").route(web::get().to(metrics)).route(web::head().to(metrics)))
    });
    let server = server.workers(1).worker_max_blocking_threads(1).disable_signals().shutdown_timeout(1);
    Ok(server.listen(listener)?.run())
}

/// Everything that is counted, as Prometheus reads it.
async fn metrics(state: Data<State>) -> Answer {
    let text =
        metrics::text(&state).await.map_err(|error| AppError::Internal(format!("metrics: {error}")))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, metrics::CONTENT_TYPE));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(response.body(text))
}

//! The reference for reads: actix with a handler that does nothing but send bytes. They are those that the shop sent when
//! it was asked the same, in the coding that it chose.
//!
//! `bare <port> <port of the shop> <coding> (bytes|headers) <address>…`. With `headers` it also sends the shop's headers.

use actix_web::{App, HttpResponse, HttpServer, http::header, rt, web};
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use loadtest::http::{Connection, get};

/// Written by actix itself.
const OWN: [&str; 3] = ["content-length", "date", "connection"];
/// What a client needs to read the bytes.
const NEEDED: [&str; 2] = ["content-type", "content-encoding"];

/// What one address answers.
#[derive(Clone)]
struct Copied {
    path: String,
    headers: Vec<(header::HeaderName, header::HeaderValue)>,
    body: Bytes,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, shop, coding, what, addresses @ ..] = arguments.as_slice() else {
        bail!("usage: bare <port> <port of the shop> <coding> (bytes|headers) <address>…");
    };
    let port: u16 = port.parse().context("the first argument is a port")?;
    let shop: u16 = shop.parse().context("the second argument is a port")?;
    let with_headers = what == "headers";
    rt::System::new().block_on(async {
        let mut copies = Vec::new();
        for address in addresses {
            copies.push(copy(shop, address, coding, with_headers).await?);
        }
        let server = HttpServer::new(move || copies.iter().fold(App::new(), with_route));
        server.workers(1).bind(("127.0.0.1", port))?.run().await.context("the reference can't be served")
    })
}

async fn copy(shop: u16, address: &str, coding: &str, with_headers: bool) -> Result<Copied> {
    let mut connection = Connection::open(shop).await?;
    let answer = connection.send(&get(address, &[format!("accept-encoding: {coding}")])).await?;
    if answer.status != 200 {
        bail!("{address} answers {}", answer.status);
    }
    let mut headers = Vec::new();
    for (name, value) in answer.head.lines().filter_map(|line| line.split_once(": ")) {
        if NEEDED.contains(&name) || (with_headers && !OWN.contains(&name)) {
            headers.push((header::HeaderName::try_from(name)?, header::HeaderValue::try_from(value)?));
        }
    }
    let path = address.split('?').next().unwrap_or(address).to_owned();
    Ok(Copied { path, headers, body: Bytes::copy_from_slice(answer.body) })
}

fn with_route<T>(app: App<T>, copied: &Copied) -> App<T>
where
    T: actix_web::dev::ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Error = actix_web::Error,
            InitError = (),
        >,
{
    let copied = copied.clone();
    let path = copied.path.clone();
    let handler = move || {
        let mut response = HttpResponse::Ok();
        for (name, value) in &copied.headers {
            response.append_header((name.clone(), value.clone()));
        }
        let response = response.body(copied.body.clone());
        async move { response }
    };
    app.route(&path, web::get().to(handler))
}

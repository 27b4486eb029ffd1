//! `/sitemap.xml` and `/robots.txt`

use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};

use super::service::{self, KEPT};
use crate::{http::answer::Answer, state::State};

/// Every page that search engines may list
#[get("/sitemap.xml")]
pub async fn sitemap(state: Data<State>, request: HttpRequest) -> Answer {
    let xml = service::sitemap(&state, host(&request)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={}", KEPT.as_secs())))
        .body(xml))
}

/// Which pages are not for search engines, and where the list of the others is
#[get("/robots.txt")]
pub async fn robots(state: Data<State>, request: HttpRequest) -> Answer {
    let text = service::robots(&state, host(&request))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={}", KEPT.as_secs())))
        .body(text))
}

fn host(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::HOST).and_then(|host| host.to_str().ok())
}

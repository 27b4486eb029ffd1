//! `/sitemap.xml`

use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};

use super::service::{self, KEPT};
use crate::{http::answer::Answer, state::State};

/// Every page that search engines may list
#[get("/sitemap.xml")]
pub async fn sitemap(state: Data<State>, request: HttpRequest) -> Answer {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let xml = service::sitemap(&state, host).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/xml; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, format!("public, max-age={}", KEPT.as_secs())))
        .body(xml))
}

//! The OpenAPI document, generated from the handlers, and Swagger UI.

use std::sync::LazyLock;

use actix_web::{
    App, HttpResponse, get,
    http::header::{self, HeaderValue},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::http::answer::{Answer, bytes_of_json};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Alder shop API",
        description = "Accounts, catalogue, cart, orders and payments. Every refusal has the same envelope: a code for \
                       programs, a message for people, and the id of the request.",
        license(name = "MIT", identifier = "MIT")
    ),
    tags(
        (name = "auth", description = "Accounts and sessions"),
        (name = "catalog", description = "Categories and products"),
        (name = "cart", description = "What an order would cost"),
        (name = "orders", description = "Placing, paying, reading and cancelling orders"),
        (name = "operations", description = "Probes")
    ),
    security(("bearer" = [])),
    modifiers(&BearerTokens)
)]
struct Outline;

struct BearerTokens;

impl Modify for BearerTokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("JWT".to_owned());
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// The document: what is mounted is what is described.
pub fn document() -> utoipa::openapi::OpenApi {
    let app = App::new().into_utoipa_app().openapi(Outline::openapi()).configure(crate::routes::configure);
    app.split_for_parts().1
}

static JSON: LazyLock<String> = LazyLock::new(|| document().to_pretty_json().unwrap_or_default());
static YAML: LazyLock<String> = LazyLock::new(|| document().to_yaml().unwrap_or_default());

/// The document as JSON, as `backend openapi` prints it.
pub fn as_json() -> &'static str {
    &JSON
}

/// Swagger UI is a folder.
#[get("/api/docs")]
pub async fn redirect() -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((header::LOCATION, "/api/docs/")).finish()
}

/// The document as JSON.
#[get("/api/docs/json")]
pub async fn json() -> Answer {
    Ok(bytes_of_json(HttpResponse::Ok(), JSON.as_str()))
}

/// The document as YAML.
#[get("/api/docs/yaml")]
pub async fn yaml() -> HttpResponse {
    let content_type = HeaderValue::from_static("application/yaml; charset=utf-8");
    HttpResponse::Ok().insert_header((header::CONTENT_TYPE, content_type)).body(YAML.as_str())
}

/// Swagger UI over the JSON document; its files are part of the binary.
pub fn swagger_ui() -> SwaggerUi {
    SwaggerUi::new("/api/docs/{_:.*}").config(Config::new(["/api/docs/json"]).validator_url("none"))
}

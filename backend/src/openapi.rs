//! The OpenAPI document, generated from the handlers, and Swagger UI.

mod examples;

use std::io::Read as _;
use std::sync::{Arc, LazyLock};

use actix_web::{
    App, HttpRequest, HttpResponse, get,
    http::header::{self, ContentEncoding, HeaderValue},
    web,
};
use flate2::read::GzDecoder;
use shared_types::paths::PAYMENT_SIGNATURE;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, HeaderBuilder, Object, Ref, Response, ResponseBuilder, Type,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::Config;

use crate::{
    cache::entry::Coding,
    error::AppError,
    http::{
        answer::{Answer, bytes_of_json},
        encoding::wanted,
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Alder shop API",
        description = "Accounts, catalogue, search, cart, orders and payments. Every refusal has the same envelope: a code for \
                       programs, a message for people, and the id of the request.",
        license(name = "MIT", identifier = "MIT")
    ),
    tags(
        (name = "auth", description = "Accounts and sessions"),
        (name = "catalog", description = "Categories and products"),
        (name = "search", description = "Finding products and categories"),
        (name = "audit", description = "What administrators changed"),
        (name = "cart", description = "What an order would cost, and the carts of signed-in shoppers"),
        (name = "orders", description = "Placing, paying, reading and cancelling orders, and moving them on"),
        (name = "payments", description = "Payments that need a confirmation or time, and the provider's events"),
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
        let signature = ApiKeyValue::with_description(
            PAYMENT_SIGNATURE,
            "`t=<unix seconds>,v1=<hex HMAC-SHA256 of \"<t>.<body>\">`, made by the payment provider",
        );
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
        components.add_security_scheme("paymentSignature", SecurityScheme::ApiKey(ApiKey::Header(signature)));
    }
}

/// The document: what is mounted is what is described.
pub fn document() -> utoipa::openapi::OpenApi {
    let app = App::new().into_utoipa_app().openapi(Outline::openapi()).configure(crate::routes::configure);
    let mut document = app.split_for_parts().1;
    for (path, item) in &mut document.paths.paths {
        let methods = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in methods.into_iter().flatten().filter(|_| path.starts_with("/api/")) {
            add_common_answers(operation);
            examples::add(operation);
        }
    }
    document
}

/// What happens before a handler is reached can happen to every request; an operation that says more about it keeps that.
fn add_common_answers(operation: &mut Operation) {
    let mut common = vec![
        ("429", "Too many requests; `retry-after` says when to come back", true),
        ("503", "The database is out of reach; `retry-after` says when to come back", true),
    ];
    if operation.request_body.is_some() {
        common.extend([
            ("400", "The body is not JSON", false),
            ("413", "The body is larger than 1 MiB", false),
            ("415", "The body has another content type than `application/json`", false),
        ]);
    }
    for (status, description, has_retry_after) in common {
        let answer = operation.responses.responses.entry(status.to_owned());
        answer.or_insert_with(|| refusal(description, has_retry_after).into());
    }
}

fn refusal(description: &str, has_retry_after: bool) -> Response {
    let body = Content::new(Some(Ref::from_schema_name("ErrorBody")));
    let mut response = ResponseBuilder::new().description(description).content("application/json", body);
    if has_retry_after {
        let seconds = Object::with_type(Type::Integer);
        let header = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait")).build();
        response = response.header("retry-after", header);
    }
    response.build()
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

/// A file of Swagger UI over the JSON document. The files are part of the binary, where they are compressed.
#[get("/api/docs/{file:.*}")]
pub async fn swagger_ui(request: HttpRequest, name: web::Path<String>) -> Answer {
    let config = Config::new(["/api/docs/json"]).validator_url("none");
    let file = utoipa_swagger_ui::serve(&name, Arc::new(config))
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let file = file.ok_or_else(|| AppError::not_found("Not found"))?;
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type).insert_header((header::VARY, "Accept-Encoding"));
    if !file.gzpipped {
        return Ok(response.body(file.bytes.into_owned()));
    }
    if wanted(request.headers()) == Coding::Gzip {
        return Ok(response.insert_header(ContentEncoding::Gzip).body(file.bytes.into_owned()));
    }
    let mut plain = Vec::new();
    GzDecoder::new(file.bytes.as_ref())
        .read_to_end(&mut plain)
        .map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(response.body(plain))
}

//! `/api/search`

use actix_web::{HttpResponse, get, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody,
    search::{Popular, SearchAnswer, SearchQuery, SuggestQuery, Suggestions},
};

use super::service;
use crate::{
    http::{
        answer::{Answer, json, ok},
        input::Query,
    },
    state::State,
};

/// Find products and categories
///
/// Every word is found as a word, as its beginning or inside it, in the name, the SKU or the description, without regard to
/// case and accents. Only when that finds nothing, similar words are searched, and `meta.corrected` says which. A page past
/// the end is empty.
#[utoipa::path(tag = "search", operation_id = "search", security(()), params(SearchQuery),
    responses((status = 200, description = "What was found", body = SearchAnswer),
              (status = 422, description = "A parameter is missing or wrong", body = ErrorBody),
              (status = 503, description = "The index is still being built; retry later", body = ErrorBody)))]
#[get("")]
pub async fn search(state: Data<State>, query: Query<SearchQuery>) -> Answer {
    Ok(json(HttpResponse::Ok(), &service::search(&state, query.0).await?))
}

/// Suggest while somebody types
#[utoipa::path(tag = "search", operation_id = "suggest", security(()), params(SuggestQuery),
    responses((status = 200, description = "The best matches", body = DataOf<Suggestions>),
              (status = 422, description = "A parameter is missing or wrong", body = ErrorBody),
              (status = 503, description = "The index is still being built; retry later", body = ErrorBody)))]
#[get("/suggest")]
pub async fn suggest(state: Data<State>, query: Query<SuggestQuery>) -> Answer {
    Ok(ok(service::suggest(&state, query.0).await?))
}

/// What to show before anything is typed
#[utoipa::path(tag = "search", operation_id = "getPopular", security(()),
    responses((status = 200, description = "Recommended products and the largest categories", body = DataOf<Popular>),
              (status = 503, description = "The index is still being built; retry later", body = ErrorBody)))]
#[get("/popular")]
pub async fn popular(state: Data<State>) -> Answer {
    Ok(ok(service::popular(&state).await?))
}

//! `/api/search`

use actix_web::{get, web::Data};
use shared_types::{
    Data as DataOf, ErrorBody,
    search::{Popular, SearchAnswer, SearchQuery, SuggestQuery, Suggestions},
};

use super::service;
use crate::{
    http::{
        answer::Answer,
        input::Query,
        reading::{Asked, For},
    },
    state::State,
};

/// Find products and categories
///
/// Every word is found as a word, as its beginning or inside it, in the name, the SKU or the description, without regard to
/// case and accents. Only when that finds nothing, similar words are searched, and `meta.corrected` says which. A page past
/// the end is empty.
#[utoipa::path(tag = "search", operation_id = "search", security(()),
    params(SearchQuery, ("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "What was found", body = SearchAnswer,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 422, description = "A parameter is missing or wrong", body = ErrorBody),
              (status = 503, description = "The index is still being built; retry later", body = ErrorBody)))]
#[get("")]
pub async fn search(state: Data<State>, query: Query<SearchQuery>, asked: Asked) -> Answer {
    Ok(asked.answer_and_remember(&service::search(&state, query.0).await?, For::Anybody).await)
}

/// Suggest while somebody types
#[utoipa::path(tag = "search", operation_id = "suggest", security(()),
    params(SuggestQuery, ("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "The best matches", body = DataOf<Suggestions>,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 422, description = "A parameter is missing or wrong", body = ErrorBody),
              (status = 503, description = "The index is still being built; retry later", body = ErrorBody)))]
#[get("/suggest")]
pub async fn suggest(state: Data<State>, query: Query<SuggestQuery>, asked: Asked) -> Answer {
    Ok(asked.answer_and_remember(&service::suggest(&state, query.0).await?, For::Anybody).await)
}

/// What to show before anything is typed
#[utoipa::path(tag = "search", operation_id = "getPopular", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "Tags of answers the client has", nullable = false)),
    responses((status = 200, description = "Recommended products and the largest categories", body = DataOf<Popular>,
               headers(("ETag" = String, description = "Names this answer; for If-None-Match"))),
              (status = 304, description = "The client has it already"),
              (status = 503, description = "The index is still being built; retry later", body = ErrorBody)))]
#[get("/popular")]
pub async fn popular(state: Data<State>, asked: Asked) -> Answer {
    Ok(asked.answer_and_remember(&service::popular(&state).await?, For::Anybody).await)
}

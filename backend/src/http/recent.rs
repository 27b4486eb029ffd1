//! Public reads that this worker has answered a moment ago, by their address as it was written. The same address asks the
//! same question, so while the answer is true it is sent again without being routed and read, which takes as long as all the
//! rest. Whether it is true is asked of the cache, each time; nothing is kept alive here, and nothing is known here that the
//! cache does not know.

use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{Arc, Weak},
};

use actix_web::{
    FromRequest, HttpMessage, HttpResponse,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, header},
    web::Data,
};

use super::reading::{Asked, For};
use crate::{
    cache::entry::Entry,
    state::State,
    telemetry::traffic::{Series, Worker},
};

/// Addresses that a worker remembers at most, and the longest of them. More are all forgotten, and those that are asked for
/// often come back soon.
const ADDRESSES: usize = 512;
const LONGEST: usize = 256;
/// How often an answer is sent again before somebody goes the whole way. Then the cache hears what is asked for often, which
/// decides what it keeps when memory is short.
const TIMES: u32 = 50;

/// What a response says of an answer that was found or made for anybody. The handler leaves it in the response.
pub struct Given {
    /// The answer.
    pub entry: Weak<Entry>,
    /// For whom it is.
    pub whom: For,
}

/// The route of a request that was not routed, for its line in the log, and where it is counted.
pub struct Route(pub Arc<Series>);

struct Known {
    given: Given,
    series: Arc<Series>,
    times: u32,
}

/// What one worker remembers.
#[derive(Default)]
pub struct Recent(RefCell<HashMap<String, Known>>);

/// The address of a request that anybody may send and everybody gets the same answer to.
fn address(request: &ServiceRequest) -> Option<&str> {
    let is_public = request.method() == Method::GET && !request.headers().contains_key(header::AUTHORIZATION);
    let address = request.uri().path_and_query().filter(|_| is_public)?.as_str();
    (address.len() <= LONGEST).then_some(address)
}

/// An answer to this request that is still true.
pub async fn answer(request: &ServiceRequest) -> Option<HttpResponse> {
    let (entry, whom) = find(request)?;
    let Ok(asked) = Asked::from_request(request.request(), &mut Payload::None).await;
    Some(asked.answer(&entry, whom).await)
}

fn find(request: &ServiceRequest) -> Option<(Arc<Entry>, For)> {
    let address = address(request)?;
    let state = request.app_data::<Data<State>>()?;
    let mut all = request.app_data::<Recent>()?.0.borrow_mut();
    let known = all.get_mut(address)?;
    let entry = known.given.entry.upgrade().filter(|_| known.times < TIMES);
    let Some(entry) = entry.filter(|entry| state.reads.is_true(&state.db, entry)) else {
        all.remove(address);
        return None;
    };
    known.times += 1;
    request.extensions_mut().insert(Route(known.series.clone()));
    Some((entry, known.given.whom))
}

/// Remembers what a handler has answered, if it was a public read.
pub fn remember(response: &mut ServiceResponse) {
    let Some(given) = response.response_mut().extensions_mut().remove::<Given>() else { return };
    let request = response.request();
    let (Some(route), Some(address), Some(recent), Some(worker)) = (
        request.match_pattern(),
        request.uri().path_and_query(),
        request.app_data::<Recent>(),
        request.app_data::<Rc<Worker>>(),
    ) else {
        return;
    };
    if address.as_str().len() > LONGEST {
        return;
    }
    let series = worker.series(request.method().as_str(), &route);
    let mut all = recent.0.borrow_mut();
    if all.len() >= ADDRESSES {
        all.clear();
    }
    all.insert(address.as_str().to_owned(), Known { given, series, times: 0 });
}

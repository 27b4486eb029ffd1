//! Asking for suggestions while somebody types.

use std::sync::Arc;

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use shared_types::search::{SUGGEST_LIMIT, SuggestQuery, Suggestions};
use web_sys::AbortController;

use super::{
    reactive::{effect, memo},
    search::SearchBox,
};
use crate::{
    api::{self, Request, use_api},
    logic::{
        combobox::Combobox,
        suggest::{Wanted, popular},
    },
};

/// How long the text must rest before it is asked about, in milliseconds.
const REST: u32 = 300;

/// A question and its answer.
pub type Answered = (Wanted, Suggestions);

/// A question that waits to be asked, or to be answered. Dropping it calls it off.
struct Pending {
    controller: Option<AbortController>,
    _rest: Timeout,
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// The latest answer, with the question it belongs to. Failures are silent: the search itself works without suggestions.
pub fn use_suggestions(search: SearchBox) -> RwSignal<Option<Answered>> {
    let api = use_api();
    let answered = RwSignal::new(None);
    let pending: StoredValue<Option<Pending>, LocalStorage> = StoredValue::new_local(None);
    let question = memo(move || {
        let is_open = search.list.with(Combobox::is_open);
        is_open.then(|| search.text.with(|text| Wanted::of(text))).filter(|wanted| *wanted != Wanted::Nothing)
    });
    effect(move || {
        let asked = question.get();
        pending.set_value(None);
        let Some((wanted, request, rest)) =
            asked.and_then(|wanted| request(&wanted).map(|(request, rest)| (wanted, request, rest)))
        else {
            return;
        };
        if let Some(text) = api.remembered(&request.address()) {
            answered.set(read(wanted, &text));
            return;
        }
        let controller = AbortController::new().ok();
        let ask = {
            let controller = controller.clone();
            move || {
                spawn_local(async move {
                    let Ok(text) = api.text(&request, controller).await else { return };
                    // The text may have changed while this answer was being read.
                    let is_current = question.try_get_untracked().flatten().as_ref() == Some(&wanted);
                    if let Some(answer) = read(wanted, &text).filter(|_| is_current) {
                        answered.set(Some(answer));
                    }
                });
            }
        };
        pending.set_value(Some(Pending { controller, _rest: Timeout::new(rest, ask) }));
    });
    answered
}

/// What to ask, and how long to wait before asking.
fn request(wanted: &Wanted) -> Option<(Request, u32)> {
    match wanted {
        Wanted::Nothing => None,
        Wanted::Popular => Some((api::search::popular().request, 0)),
        Wanted::Fitting(query) => {
            let query = SuggestQuery { q: query.clone(), limit: SUGGEST_LIMIT };
            Some((api::search::suggest(&query).request, REST))
        }
    }
}

fn read(wanted: Wanted, text: &Arc<str>) -> Option<Answered> {
    let found = match &wanted {
        Wanted::Nothing => None,
        Wanted::Popular => (api::search::popular().decode)(text).map(popular).ok(),
        Wanted::Fitting(q) => {
            let query = SuggestQuery { q: q.clone(), limit: SUGGEST_LIMIT };
            (api::search::suggest(&query).decode)(text).ok()
        }
    };
    found.map(|found| (wanted, found))
}

//! Building the first page in several short tasks instead of a long one, so that a slow phone stays responsive while the shop
//! starts. Until the page is there, the outline of `index.html` covers it.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::page::PATIENCE;
use crate::api::early;

/// What is still to be built of the first page.
#[derive(Clone, Copy)]
struct Turns {
    is_starting: StoredValue<bool>,
    waiting: StoredValue<u32>,
}

/// Makes turns available below, and takes the outline away as soon as the first page is there.
pub fn provide_turns() {
    let turns = Turns { is_starting: StoredValue::new(true), waiting: StoredValue::new(0) };
    provide_context(turns);
    turns.uncover(PATIENCE);
}

/// A part of the first page that is built in a task of its own. Later pages are built at once.
pub fn in_turn(build: impl FnOnce() -> AnyView + 'static) -> AnyView {
    fn boxed(build: Box<dyn FnOnce() -> AnyView>) -> AnyView {
        let Some(turns) = use_context::<Turns>().filter(|turns| turns.is_starting.get_value()) else {
            return build();
        };
        let is_due = RwSignal::new(false);
        turns.waiting.update_value(|waiting| *waiting += 1);
        Timeout::new(0, move || {
            turns.waiting.update_value(|waiting| *waiting -= 1);
            // The page may have been left meanwhile.
            let _ = is_due.try_set(true);
        })
        .forget();
        let build = StoredValue::new_local(Some(build));
        (move || {
            let build = is_due.get().then(|| build.try_update_value(Option::take)).flatten().flatten();
            build.map(|build| build())
        })
        .into_any()
    }
    boxed(Box::new(build))
}

impl Turns {
    fn uncover(self, frames_left: u32) {
        request_animation_frame(move || {
            let is_built = self.waiting.get_value() == 0 && !is_loading();
            if is_built || frames_left == 0 {
                self.is_starting.set_value(false);
                early::forget();
                if let Some(outline) = outline() {
                    outline.remove();
                }
            } else {
                self.uncover(frames_left - 1);
            }
        });
    }
}

/// Leaves the outline to the eye alone: for the keyboard, and for those who have it read to them, what is under it is the page
/// from now on.
pub fn set_outline_aside() {
    if let Some(outline) = outline() {
        let _ = outline.set_attribute("inert", "");
        let _ = outline.set_attribute("aria-hidden", "true");
    }
}

fn outline() -> Option<web_sys::Element> {
    document().get_element_by_id("outline")
}

/// Whether the page shows placeholders.
fn is_loading() -> bool {
    document().query_selector("#main [aria-busy=\"true\"]").is_ok_and(|busy| busy.is_some())
}

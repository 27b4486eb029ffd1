//! What is shown when something could not be read, and the frame that shows loading, failure or content.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    api::ApiError,
    state::read::{Read, Reading},
};

/// An error with a way to try again.
#[component]
pub fn Problem(
    /// What went wrong.
    error: ApiError,
    /// Asks again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    view! {
        <section class="problem" role="alert">
            <Icon glyph=Glyph::Alert size=36 />
            <h2 class="problem-title">{error.title()}</h2>
            <p class="soft">{error.message()}</p>
            <button class="button" type="button" on:click=move |_| retry.run(())>
                "Try again"
            </button>
        </section>
    }
}

/// A page whose content could not be read: the same under a heading of its own, since every page has one.
#[component]
pub fn PageProblem(
    /// What went wrong.
    error: ApiError,
    /// Asks again.
    #[prop(into)]
    retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="container page">
            <section class="problem" role="alert">
                <Icon glyph=Glyph::Alert size=36 />
                <h1>{error.title()}</h1>
                <p class="lead">{error.message()}</p>
                <button class="button" type="button" on:click=move |_| retry.run(())>
                    "Try again"
                </button>
            </section>
        </div>
    }
}

/// A list with nothing in it, or a page that is not there: says so and offers ways on.
#[component]
pub fn Nothing(
    /// A few words.
    title: &'static str,
    /// A sentence that helps.
    #[prop(into)]
    text: String,
    /// Links onwards.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="problem">
            <h2 class="problem-title">{title}</h2>
            <p class="soft">{text}</p>
            <div class="row problem-actions">{children()}</div>
        </section>
    }
}

/// What went wrong with a form as a whole, read aloud when it appears.
#[component]
pub fn FormProblem(
    /// The sentence, if there is one.
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || problem.get().map(|text| view! { <p class="note note-alarm">{text}</p> }.into_any())}
        </div>
    }
}

/// Shows a read: a skeleton while it loads, the problem with "Try again" when it fails, else its content. `missing` shows
/// what does not exist; with it, the read is what the page is about, and a failure is the page's heading.
pub fn loaded<T>(
    read: Read<T>,
    skeleton: impl Fn() -> AnyView + Send + 'static,
    missing: Option<fn() -> AnyView>,
    show: impl Fn(T) -> AnyView + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    move || match (read.get(), missing) {
        (Reading::Loading, _) => {
            view! { <div aria-busy="true"><p class="visually-hidden">"Loading…"</p>{skeleton()}</div> }
                .into_any()
        }
        (Reading::Ready(value), _) => show(value),
        (Reading::Failed(error), Some(missing)) if error.is_not_found() => missing(),
        (Reading::Failed(error), Some(_)) => {
            view! { <PageProblem error retry=move |()| read.retry() /> }.into_any()
        }
        (Reading::Failed(error), None) => view! { <Problem error retry=move |()| read.retry() /> }.into_any(),
    }
}

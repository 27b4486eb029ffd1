//! Memos, effects and writes behind boxed closures.
//!
//! The reactive graph's code is compiled once for each type of closure; with the closures boxed it is compiled once for
//! each type of value. That is a fifth of what every visitor downloads.

use futures::{FutureExt, future::LocalBoxFuture};
use leptos::prelude::*;

/// A value computed from signals.
pub fn memo<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    fn boxed<T: PartialEq + Send + Sync + 'static>(compute: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
        Memo::new(move |_| compute())
    }
    boxed(Box::new(compute))
}

/// Something to do now and whenever the signals it reads change.
pub fn effect(run: impl FnMut() + 'static) {
    fn boxed(mut run: Box<dyn FnMut()>) {
        Effect::new(move |_| run());
    }
    boxed(Box::new(run));
}

/// A request that changes something, sent by `dispatch(())`.
pub fn write<Sent: Future<Output = ()> + 'static>(send: impl Fn() -> Sent + 'static) -> Action<(), ()> {
    fn boxed(send: Box<dyn Fn() -> LocalBoxFuture<'static, ()>>) -> Action<(), ()> {
        Action::new_unsync(move |(): &()| send())
    }
    boxed(Box::new(move || send().boxed_local()))
}

//! What the tests stand on: a running application, the people who use it, and what they may look at.

pub mod actor;
pub mod app;
pub mod binary;
pub mod collector;
pub mod database;
pub mod http;
pub mod leaks;
pub mod proxy;
pub mod redis;
pub mod reply;
pub mod shapes;
pub mod shop;
pub mod turn;
pub mod visitor;

pub use self::{
    actor::{Actor, at_once},
    app::{PASSWORD, TestApp},
    database::{Content, TestDatabase},
    reply::Reply,
    shop::{address, event, order_of, pay_with, sign},
};

/// Runs something asynchronous to its end.
pub fn block_on<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Runs something asynchronous that answers a `Result` to its end.
pub fn run<T, E: std::fmt::Debug>(work: impl Future<Output = Result<T, E>>) -> T {
    block_on(work).unwrap()
}

/// Waits until something is so, for as long as anything may take here.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = std::time::Instant::now();
    while !is_so() {
        assert!(started.elapsed() < std::time::Duration::from_secs(30), "still waiting: {what}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

//! What everything runs in: actix' system, whose workers may end after it.

use std::mem;

use actix_web::rt::System;

/// Runs this to its end, and waits for nothing else.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let system = System::new();
    // Every worker has a handle of the system. One that ends after this thread would drop the last of them among its
    // thread's variables, and wake whom that tells by one of them that is gone: the process would be aborted at its end.
    mem::forget(System::current());
    let outcome = system.block_on(work);
    // Dropped, it would wait for threads that a database holds up which does not answer.
    mem::forget(system);
    outcome
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use actix_rt::{self as rt, Arbiter};

    #[test]
    fn a_worker_that_ends_last_ends_quietly() {
        let (release, held_up) = mpsc::channel::<()>();
        let begin = move || {
            super::run(async {
                let (began, begun) = tokio::sync::oneshot::channel();
                let worker = Arbiter::new();
                worker.spawn(async move {
                    // The worker's runtime ends when this does.
                    rt::task::spawn_blocking(move || held_up.recv());
                    began.send(()).unwrap();
                });
                begun.await.unwrap();
                worker.stop();
                // The system hears that the worker stops, which nobody can ask it.
                rt::time::sleep(Duration::from_millis(200)).await;
                worker
            })
        };
        // As the process' own thread does, this one ends before the worker.
        let worker = thread::spawn(begin).join().unwrap();
        release.send(()).unwrap();
        worker.join().unwrap();
    }
}

//! Requests, counted by method, route and status. Each worker counts for itself, in numbers that it finds without taking a
//! lock or asking for memory, and no two of them write to the same line of the processor's cache. Whoever asks adds them up.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::histogram::{Bounds, Counted, Histogram};

/// Anything else counts as the last one: clients choose methods, and each would be a row of its own.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"];
/// Kinds of statuses, by their first digit.
pub const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// From an answer that is kept to a client that has given up. Objectives are bounds: 100 and 500 milliseconds.
pub const TIMES: &Bounds = &[
    Duration::from_micros(100),
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_micros(2_500),
    Duration::from_millis(5),
    Duration::from_millis(10),
    Duration::from_millis(25),
    Duration::from_millis(50),
    Duration::from_millis(100),
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(2_500),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Requests of one method to one route, as one worker has served them.
#[derive(Debug)]
pub struct Series {
    method: &'static str,
    route: Box<str>,
    classes: [AtomicU64; CLASSES.len()],
    times: Histogram,
}

impl Series {
    /// The pattern of the addresses.
    pub fn route(&self) -> &str {
        &self.route
    }

    /// Whether it is of this method.
    pub fn is_of(&self, method: &str) -> bool {
        self.method == method
    }

    fn add(&self, status: u16, time: Duration) {
        let class = usize::from(status / 100).checked_sub(1).and_then(|class| self.classes.get(class));
        if let Some(count) = class {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.times.add(time);
    }
}

/// What one worker has counted.
#[derive(Debug, Default)]
struct Tally {
    begun: AtomicU64,
    ended: AtomicU64,
    /// Taken when a route is asked for the first time, and by whoever adds up.
    series: Mutex<Vec<Arc<Series>>>,
}

/// What all workers have counted.
#[derive(Debug, Default)]
pub struct Traffic {
    workers: Mutex<Vec<Arc<Tally>>>,
}

/// Requests of one method to one route, as all workers have served them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The method.
    pub method: &'static str,
    /// The pattern of the addresses.
    pub route: String,
    /// How many, by [`CLASSES`].
    pub classes: [u64; CLASSES.len()],
    /// How long they took.
    pub times: Counted,
}

impl Traffic {
    /// Every row of which there was a request, in order.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: BTreeMap<(String, &'static str), Row> = BTreeMap::new();
        for worker in lock(&self.workers).iter() {
            for series in lock(&worker.series).iter() {
                let classes = series.classes.each_ref().map(|count| count.load(Ordering::Relaxed));
                let times = series.times.counted();
                let route = series.route().to_owned();
                rows.entry((route.clone(), series.method))
                    .and_modify(|row| {
                        row.classes.iter_mut().zip(classes).for_each(|(count, more)| *count += more);
                        row.times.add(&times);
                    })
                    .or_insert(Row { method: series.method, route, classes, times });
            }
        }
        rows.into_values().collect()
    }

    /// Requests that are being served.
    pub fn in_flight(&self) -> u64 {
        let workers = lock(&self.workers);
        // Those that have ended are read first, so that one that ends meanwhile is not missing among those that began.
        let sum = |count: fn(&Tally) -> &AtomicU64| -> u64 {
            workers.iter().map(|worker| count(worker).load(Ordering::Acquire)).sum()
        };
        let ended = sum(|worker| &worker.ended);
        sum(|worker| &worker.begun).saturating_sub(ended)
    }
}

/// The series of a route, by [`METHODS`].
type OfRoute = [Option<Arc<Series>>; METHODS.len()];

/// One worker's place to count.
#[derive(Debug)]
pub struct Worker {
    tally: Arc<Tally>,
    known: RefCell<HashMap<Box<str>, OfRoute>>,
}

impl Worker {
    /// A worker that begins to count.
    pub fn join(traffic: &Traffic) -> Rc<Self> {
        let tally = Arc::<Tally>::default();
        lock(&traffic.workers).push(tally.clone());
        Rc::new(Self { tally, known: RefCell::default() })
    }

    /// Where requests of this method to this route are counted.
    pub fn series(&self, method: &str, route: &str) -> Arc<Series> {
        let place = METHODS.iter().position(|known| *known == method).unwrap_or(METHODS.len() - 1);
        let mut known = self.known.borrow_mut();
        if let Some(series) = known.get(route).and_then(|of_route| of_route.get(place)?.as_ref()) {
            return series.clone();
        }
        let series = Arc::new(Series {
            method: METHODS.get(place).copied().unwrap_or_default(),
            route: route.into(),
            classes: Default::default(),
            times: Histogram::new(TIMES),
        });
        lock(&self.tally.series).push(series.clone());
        if let Some(empty) = known.entry(route.into()).or_default().get_mut(place) {
            *empty = Some(series.clone());
        }
        series
    }
}

/// A request that is being served, until it is dropped.
#[derive(Debug)]
pub struct Underway(Rc<Worker>);

impl Underway {
    /// A request begins.
    pub fn begin(worker: &Rc<Worker>) -> Self {
        worker.tally.begun.fetch_add(1, Ordering::Relaxed);
        Self(worker.clone())
    }

    /// It was answered.
    pub fn answered(&self, series: &Series, status: u16, time: Duration) {
        series.add(status, time);
    }

    /// Where requests of this method to this route are counted.
    pub fn series(&self, method: &str, route: &str) -> Arc<Series> {
        self.0.series(method, route)
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.tally.ended.fetch_add(1, Ordering::Release);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(worker: &Rc<Worker>, method: &str, route: &str, status: u16) {
        let request = Underway::begin(worker);
        request.answered(&request.series(method, route), status, Duration::from_millis(3));
    }

    #[test]
    fn what_the_workers_have_counted_is_added_up() {
        let traffic = Traffic::default();
        let workers = [(); 2].map(|()| Worker::join(&traffic));
        for worker in &workers {
            serve(worker, "GET", "/a/{key}", 200);
            serve(worker, "GET", "/a/{key}", 404);
            serve(worker, "POST", "/a/{key}", 503);
        }
        let rows = traffic.rows();
        let counts: Vec<_> = rows.iter().map(|row| (row.method, row.route.as_str(), row.classes)).collect();
        assert_eq!(counts, [("GET", "/a/{key}", [0, 2, 0, 2, 0]), ("POST", "/a/{key}", [0, 0, 0, 0, 2])]);
        assert_eq!((rows[0].times.count(), rows[0].times.sum()), (4, Duration::from_millis(12)));
    }

    #[test]
    fn methods_that_clients_make_up_are_one_row() {
        let traffic = Traffic::default();
        let worker = Worker::join(&traffic);
        for method in ["BREW", "PROPFIND", "get"] {
            serve(&worker, method, "(none)", 404);
        }
        let rows = traffic.rows();
        assert_eq!((rows.len(), rows[0].method, rows[0].classes[3]), (1, "other", 3));
    }

    #[test]
    fn a_request_is_in_flight_until_it_is_answered_or_given_up() {
        let traffic = Traffic::default();
        let worker = Worker::join(&traffic);
        let requests = [(); 3].map(|()| Underway::begin(&worker));
        assert_eq!(traffic.in_flight(), 3);
        let [answered, given_up, left] = requests;
        answered.answered(&answered.series("GET", "/a"), 200, Duration::ZERO);
        drop((answered, given_up));
        assert_eq!((traffic.in_flight(), traffic.rows().len()), (1, 1));
        drop(left);
        assert_eq!(traffic.in_flight(), 0);
    }

    #[test]
    fn a_status_that_is_none_is_counted_by_its_time_alone() {
        let traffic = Traffic::default();
        let worker = Worker::join(&traffic);
        serve(&worker, "GET", "/a", 999);
        serve(&worker, "GET", "/a", 0);
        assert_eq!((traffic.rows()[0].classes, traffic.rows()[0].times.count()), ([0; 5], 2));
    }
}

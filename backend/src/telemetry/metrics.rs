//! What Prometheus reads: everything that is counted, as text. It is put together when somebody asks, so that counting stays
//! an addition.

mod sheet;

use std::{fmt, time::UNIX_EPOCH};

use self::sheet::Sheet;
use super::{counts::JobName, process, traffic::CLASSES};
use crate::{db::PoolFigures, state::State};

/// What the text is: the names of metrics and their order are OpenMetrics'.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// All metrics.
pub async fn text(state: &State) -> Result<String, fmt::Error> {
    let (entries, bytes) = state.reads.kept().await;
    let mut sheet = Sheet::default();
    build(&mut sheet, state);
    requests(&mut sheet, state);
    database(&mut sheet, &state.db.figures());
    cache(&mut sheet, state, entries, bytes);
    shop(&mut sheet, state);
    jobs(&mut sheet, state);
    guards(&mut sheet, state);
    traces(&mut sheet, state);
    of_process(&mut sheet, state);
    sheet.finish()
}

fn build(sheet: &mut Sheet, state: &State) {
    let labels = [("version", env!("CARGO_PKG_VERSION")), ("database", state.db.url().engine())];
    sheet.gauges("shop_build_info", "Always 1; the labels say what runs", [(labels, 1)]);
}

fn requests(sheet: &mut Sheet, state: &State) {
    let rows = state.traffic.rows();
    sheet.counters(
        "shop_http_requests",
        "Requests that were answered, by the first digit of the status",
        rows.iter().flat_map(|row| {
            let counts = CLASSES.iter().zip(row.classes).filter(|(_, count)| *count > 0);
            counts.map(|(class, count)| {
                ([("method", row.method), ("route", row.route.as_str()), ("status", *class)], count)
            })
        }),
    );
    sheet.histograms(
        "shop_http_request_duration_seconds",
        "From the head of a request to the beginning of its answer",
        rows.iter().map(|row| ([("method", row.method), ("route", row.route.as_str())], row.times.clone())),
    );
    sheet.gauge("shop_http_requests_in_flight", "Requests that are being served", state.traffic.in_flight());
}

fn database(sheet: &mut Sheet, pools: &[PoolFigures]) {
    type Read = fn(&PoolFigures) -> u64;
    let gauges: [(&str, &str, Read); 4] = [
        ("shop_database_connections_open", "Connections that are open", |pool| pool.open),
        ("shop_database_connections_in_use", "Connections that somebody works with", |pool| pool.in_use),
        ("shop_database_connections_max", "Connections that may be open", |pool| pool.most),
        ("shop_database_waiting", "Requests that wait for a connection", |pool| pool.waiting),
    ];
    for (name, help, read) in gauges {
        sheet.gauges(name, help, pools.iter().map(|pool| ([("pool", pool.pool)], read(pool))));
    }
    sheet.counters(
        "shop_database_refusals",
        "Requests that waited for a connection in vain",
        pools.iter().map(|pool| ([("pool", pool.pool)], pool.refused)),
    );
    sheet.histograms(
        "shop_database_wait_seconds",
        "How long requests waited for a connection",
        pools.iter().map(|pool| ([("pool", pool.pool)], pool.waits.clone())),
    );
    sheet.histograms(
        "shop_database_work_seconds",
        "How long a connection was used at a time",
        pools.iter().map(|pool| ([("pool", pool.pool)], pool.work.clone())),
    );
}

fn cache(sheet: &mut Sheet, state: &State, entries: u64, bytes: u64) {
    let counts = state.reads.counts();
    sheet.counter("shop_cache_hits", "Public reads that were answered with a kept answer", counts.hits);
    sheet.counter("shop_cache_misses", "Public reads whose answer had to be made", counts.misses);
    sheet.gauge("shop_cache_entries", "Answers that are kept in memory", entries);
    sheet.gauge("shop_cache_bytes", "What they weigh", bytes);
    sheet.gauge("shop_cache_bytes_max", "What they may weigh", state.config.cache.max_bytes);
    let redis = state.redis.as_ref();
    sheet.gauges(
        "shop_redis_resting",
        "1 while Redis is not asked because it failed a moment ago; only with Redis",
        redis.map(|redis| ([("role", "cache and limits")], u64::from(redis.is_resting()))),
    );
    sheet.counters(
        "shop_redis_failures",
        "Times Redis did not answer; only with Redis",
        redis.map(|redis| ([("role", "cache and limits")], redis.failures())),
    );
}

fn shop(sheet: &mut Sheet, state: &State) {
    let products = u64::try_from(state.search.products()).unwrap_or(u64::MAX);
    sheet.gauge("shop_search_ready", "1 when the search index is there", state.search.is_built().into());
    sheet.gauge("shop_search_products", "Products in it", products);
    sheet.counter("shop_orders_placed", "Orders that were placed", state.counts.orders_placed.get());
    sheet.counters(
        "shop_payments",
        "Payments that have got this status, other than by the end of their order",
        state.counts.payments().map(|(status, count)| ([("status", status.as_str())], count)),
    );
}

fn jobs(sheet: &mut Sheet, state: &State) {
    let all = || JobName::ALL.into_iter().map(|name| ([("job", name.as_str())], state.counts.job(name)));
    let runs = all().map(|(label, job)| (label, job.runs.get()));
    sheet.counters("shop_job_runs", "Times a job ran, well or not", runs);
    let failures = all().map(|(label, job)| (label, job.failures.get()));
    sheet.counters("shop_job_failures", "Times a job failed", failures);
    let successes = all().map(|(label, job)| (label, job.last_success().as_secs()));
    sheet.gauges(
        "shop_job_last_success_timestamp_seconds",
        "When a job last did well; 0 for never",
        successes,
    );
    let left = all().map(|(label, job)| (label, job.left()));
    sheet.gauges("shop_job_left", "What a job found and had to leave, when it last did well", left);
}

fn guards(sheet: &mut Sheet, state: &State) {
    let refused = state.limits.refusals().map(|(rule, count)| ([("rule", rule)], count));
    sheet.counters("shop_rate_limit_refusals", "Requests over a limit", refused);
    let line = state.passwords.line();
    sheet.gauge("shop_passwords_working", "Passwords that are being hashed", line.working);
    sheet.gauge("shop_passwords_waiting", "Passwords that wait for their turn", line.waiting);
    sheet.counter("shop_passwords_refused", "Requests for which the line was too long", line.refused);
}

fn traces(sheet: &mut Sheet, state: &State) {
    let counts = state.traces.counts().map(|counts| {
        [("ended", counts.ended), ("sent", counts.sent), ("lost", counts.lost)]
            .map(|(outcome, count)| ([("outcome", outcome)], count))
    });
    sheet.counters(
        "shop_trace_spans",
        "Spans that ended, that the collector took, and that it did not; only with a collector",
        counts.into_iter().flatten(),
    );
}

fn of_process(sheet: &mut Sheet, state: &State) {
    let started = state.counts.started.duration_since(UNIX_EPOCH).unwrap_or_default();
    sheet.spent("process_cpu_seconds", "Processor time that was used", process::cpu_time());
    sheet.gauge("process_start_time_seconds", "When the process started, since 1970", started.as_secs());
    for (name, help, value) in [
        ("process_resident_memory_bytes", "Memory in use", process::resident_bytes()),
        ("process_open_fds", "Open files and connections", process::open_files()),
        ("process_max_fds", "Files and connections that may be open", process::most_open_files()),
    ] {
        let none: [(&str, &str); 0] = [];
        sheet.gauges(name, help, value.map(|value| (none, value)));
    }
}

//! Probes. `/health`: the process answers, whatever its dependencies do. `/ready`: requests can be served; without
//! Redis they still can, so that is reported as degraded.

pub mod handlers;
pub mod service;

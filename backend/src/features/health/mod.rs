//! Probes. `/health`: the process answers, whatever its dependencies do. `/ready`: requests can be served; without
//! Redis they still can, so that is reported as degraded. `/metrics/cache`: how many public reads were answered from memory.

pub mod handlers;
pub mod service;

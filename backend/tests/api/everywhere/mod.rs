//! What is true of every address: headers, limits, envelopes, the order of checks.

mod addresses;
mod answers;
mod bodies;
mod connections;
mod cors;
mod hostile;
mod kept;
mod order_of_checks;
mod queries;
mod rate_limits;
mod replicas;

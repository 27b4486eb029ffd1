//! What the server tells those who look after it: metrics where the public can't ask, traces for a collector, and the rules
//! and panels that are made of them.

mod metrics;
mod rules;
mod sheet;
mod traces;

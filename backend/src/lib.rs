//! The shop's server. Begin at [`routes`], the map of every address; from there it is three jumps to any line of SQL:
//! `handlers`, `service`, `repo`.

pub mod backup;
pub mod cache;
pub mod commands;
pub mod config;
pub mod db;
pub mod digest;
pub mod doctor;
pub mod error;
pub mod features;
pub mod http;
pub mod idempotency;
pub mod jobs;
pub mod openapi;
pub mod routes;
pub mod seed;
pub mod startup;
pub mod state;
pub mod system;
pub mod telemetry;

//! The real program: what it refuses to start with, what it logs, how it stops, and what is left when it is killed.

mod commands;
mod crash;
mod doctor;
mod log;
mod refusals;
mod stop;

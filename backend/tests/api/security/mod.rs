//! What an attacker tries, where no other module has a home for it.

mod forged;
mod guessing;
mod log_scan;
mod markup;
mod other_sites;
mod overposting;
mod parsers;
mod permissions;
mod policies;
mod rotation;

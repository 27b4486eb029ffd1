//! What is kept so that it need not be made again: answers to public reads in this process and, with several replicas,
//! in Redis; and Redis itself behind one door.

pub mod entry;
pub mod key;
pub mod reads;
pub mod redis;
pub mod shared;
pub mod versions;
pub mod wakeups;

pub use self::{reads::Reads, redis::Redis};

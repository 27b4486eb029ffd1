//! Kept answers in Redis, where other replicas, and those that start later, find them.
//!
//! Replicas can't compare how far they have followed the catalogue by their own counts, so an answer travels with the number
//! up to which every change was known when it began to be made, and a replica takes it only when that includes every change
//! that it has followed itself. Nothing here can fail or hold up a request for longer than [`Redis`] allows: what is not
//! found in time is made.

use std::sync::{Arc, LazyLock, OnceLock};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{
    entry::Entry,
    key::Key,
    redis::Redis,
    versions::{Slot, Ticket, Versions},
};
use crate::{
    digest::{hex, short_hash},
    telemetry::traces,
};

/// Seconds an answer stays in Redis.
const LIFETIME: u64 = 600;
/// Larger answers stay here, in bytes.
const LARGEST: usize = 1 << 20;

/// Stands for this very program: another one may answer the same question differently, and both run side by side while a new
/// version is rolled out.
static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let made = file.and_then(|file| Ok((file.len(), file.modified()?)));
    match made {
        Ok(made) => short_hash(format!("{made:?}")),
        // Nobody shares what nobody can tell apart.
        Err(_) => crate::db::new_id(),
    }
});

/// Answers in Redis.
pub struct Shared {
    redis: Redis,
    /// Stands for the database, once it is known.
    place: OnceLock<String>,
}

impl Shared {
    /// Answers of one database; none until [`Self::is_about`] says of which.
    pub fn new(redis: Redis) -> Self {
        Self { redis, place: OnceLock::new() }
    }

    /// Whether it is known of which database.
    pub fn is_placed(&self) -> bool {
        self.place.get().is_some()
    }

    /// Says of which database the answers are.
    pub fn is_about(&self, database: &str) {
        self.place.get_or_init(|| short_hash(database));
    }

    fn name(&self, key: &Key) -> Option<String> {
        let hash = hex(&Sha256::digest(format!("{key:?}")));
        self.place.get().map(|place| format!("alder:answer:{place}:{}:{hash}", *PROGRAM))
    }

    /// An answer that another replica has made, if it has all that this one has followed. The ticket was taken before.
    pub async fn find(&self, key: &Key, ticket: Ticket, versions: &Versions) -> Option<Entry> {
        let found = self.redis.get(&self.name(key)?).await;
        let bytes =
            found.inspect_err(|error| tracing::debug!(%error, "an answer is not asked of Redis")).ok()??;
        let (floor, entry) = unpack(bytes, ticket)?;
        versions.includes(floor, key.namespace(), entry.slots()).then_some(entry)
    }

    /// Leaves an answer for others, without anybody waiting for it.
    pub fn keep(&self, key: &Key, entry: &Arc<Entry>) {
        let Some(name) = self.name(key).filter(|_| entry.body().len() <= LARGEST) else { return };
        let (redis, entry) = (self.redis.clone(), entry.clone());
        tokio::spawn(traces::within(traces::current(), async move {
            if let Err(error) = redis.set(&name, pack(&entry), LIFETIME).await {
                tracing::debug!(%error, "an answer is not left in Redis");
            }
        }));
    }
}

/// The floor, the slots, the tag and the rest: the body. Whole numbers in little-endian order.
fn pack(entry: &Entry) -> Vec<u8> {
    let count = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    let mut bytes = Vec::with_capacity(entry.body().len() + 256);
    bytes.extend(entry.ticket().floor.to_le_bytes());
    bytes.extend(count(entry.slots().len()));
    entry.slots().iter().for_each(|slot| bytes.extend(slot.to_le_bytes()));
    bytes.extend(count(entry.tag().len()));
    bytes.extend(entry.tag().as_bytes());
    bytes.extend(entry.body().as_ref());
    bytes
}

/// What was packed; `None` for anything else.
fn unpack(bytes: Vec<u8>, ticket: Ticket) -> Option<(i64, Entry)> {
    let all = Bytes::from(bytes);
    let (floor, rest) = all.split_first_chunk()?;
    let (slots, rest) = rest.split_first_chunk()?;
    let slots = usize::from(u16::from_le_bytes(*slots)).checked_mul(size_of::<Slot>())?;
    let (slots, rest) = rest.split_at_checked(slots)?;
    let (tag, rest) = rest.split_first_chunk()?;
    let (tag, body) = rest.split_at_checked(usize::from(u16::from_le_bytes(*tag)))?;
    let slots = slots.chunks_exact(2).filter_map(|pair| Some(Slot::from_le_bytes(*pair.first_chunk()?)));
    let tag = std::str::from_utf8(tag).ok()?.to_owned();
    Some((i64::from_le_bytes(*floor), Entry::restore(all.slice_ref(body), tag, slots.collect(), ticket)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::entry::Fresh;

    #[test]
    fn what_is_packed_is_unpacked_and_anything_else_is_nothing() {
        let shows = vec!["one".to_owned(), "other".to_owned()];
        let fresh = Fresh { body: b"{\"success\":true}".to_vec(), editions: Some("e".to_owned()), shows };
        let entry = Entry::new(fresh, Ticket { round: 3, floor: 77 });
        let packed = pack(&entry);
        let ticket = Ticket { round: 9, floor: 80 };
        let (floor, found) = unpack(packed.clone(), ticket).unwrap();
        assert_eq!((floor, found.ticket(), found.slots()), (77, ticket, entry.slots()));
        assert_eq!((found.tag(), found.body()), (entry.tag(), entry.body()));
        let head = packed.len() - entry.body().len();
        for end in 0..head {
            assert!(unpack(packed[..end].to_vec(), ticket).is_none(), "{end}");
        }
    }
}

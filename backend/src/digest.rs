//! Short names for long contents.

use sha2::{Digest, Sha256};

use crate::features::auth::token::hex;

/// 16 hexadecimal digits that stand for these bytes.
pub fn short_hash(bytes: impl AsRef<[u8]>) -> String {
    hex(Sha256::digest(bytes).get(..8).unwrap_or_default())
}

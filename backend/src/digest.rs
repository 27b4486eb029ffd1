//! Bytes as hexadecimal digits, and short names for long contents.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// 16 hexadecimal digits that stand for these bytes.
pub fn short_hash(bytes: impl AsRef<[u8]>) -> String {
    hex(Sha256::digest(bytes).get(..8).unwrap_or_default())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

//! Reading JSON. Every type is read from a parsed value: reading some from text as well would compile both ways for all.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a value.
pub fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    T::deserialize(serde_json::from_str::<Value>(text)?)
}

/// Reads what an object holds under a name.
pub fn read_field<T: DeserializeOwned>(text: &str, name: &str) -> serde_json::Result<T> {
    let mut object: Value = serde_json::from_str(text)?;
    T::deserialize(object.get_mut(name).map(Value::take).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_and_others_are_ignored() {
        assert_eq!(read_field::<u8>("{\"success\":true,\"data\":7}", "data").unwrap(), 7);
        assert_eq!(read::<Vec<u8>>("[1,2]").unwrap(), [1, 2]);
    }

    #[test]
    fn what_is_missing_or_no_json_is_an_error() {
        assert!(read_field::<u8>("{}", "data").is_err());
        assert!(read_field::<u8>("<html>", "data").is_err() && read::<u8>("").is_err());
    }
}

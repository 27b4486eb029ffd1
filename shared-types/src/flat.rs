//! Reading an object that is another one with a few more fields.
//!
//! serde's `flatten` can read such objects, too, but keeps every field in a form of its own on the way, and compiles each
//! type once more for it: in the browser that was a sixth of what a visitor downloads. Here the extra fields are taken
//! out of a JSON object, and what is left is the other one. Writing is left to `#[serde(flatten)]`, which costs little.

use serde::{
    Deserialize,
    de::{DeserializeOwned, Deserializer, Error},
};
use serde_json::{Map, Value};

/// A JSON object whose fields are taken out one by one.
pub struct Object(Map<String, Value>);

impl Object {
    /// Reads the object.
    pub fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self)
    }

    /// Takes a field out; one that is missing counts as `null`.
    pub fn take<T: DeserializeOwned, E: Error>(&mut self, name: &str) -> Result<T, E> {
        let value = self.0.remove(name).unwrap_or_default();
        T::deserialize(value).map_err(|error| E::custom(format_args!("{name}: {error}")))
    }

    /// What is left.
    pub fn rest<T: DeserializeOwned, E: Error>(self) -> Result<T, E> {
        T::deserialize(Value::Object(self.0)).map_err(E::custom)
    }
}

/// Makes a type readable: `Type { flattened, field: "name", … }`.
macro_rules! read_flat {
    ($type:ident $(<$parameter:ident>)? { $rest:ident, $($field:ident: $name:literal),+ $(,)? }) => {
        impl<'de $(, $parameter: serde::de::DeserializeOwned)?> serde::Deserialize<'de> for $type $(<$parameter>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut object = crate::flat::Object::read(deserializer)?;
                Ok(Self { $($field: object.take($name)?,)+ $rest: object.rest()? })
            }
        }
    };
}
pub(crate) use read_flat;

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        a: u8,
        b: Option<String>,
    }

    #[derive(Debug, PartialEq, Serialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
        #[serde(rename = "_more")]
        more: Option<u8>,
    }
    read_flat!(Outer { inner, more: "_more" });

    fn read(text: &str) -> serde_json::Result<Outer> {
        serde_json::from_str(text)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let outer = Outer { inner: Inner { a: 1, b: None }, more: Some(2) };
        let text = serde_json::to_string(&outer).unwrap();
        assert_eq!(text, r#"{"a":1,"b":null,"_more":2}"#);
        assert_eq!(read(&text).unwrap(), outer);
    }

    #[test]
    fn unknown_fields_are_ignored_and_missing_ones_named() {
        assert!(read(r#"{"a":1,"b":"x","_more":2,"c":[]}"#).is_ok());
        assert!(read(r#"{"b":"x","_more":2}"#).unwrap_err().to_string().contains("`a`"));
        assert!(read(r#"{"a":1,"_more":"two"}"#).unwrap_err().to_string().contains("_more"));
        assert!(read("[]").is_err());
    }
}

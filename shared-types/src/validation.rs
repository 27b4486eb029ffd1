//! Reading untrusted JSON into typed requests, with every mistake reported at its dot path.
//!
//! A request type says how it is read once, in [`FromFields`]; the server reads request bodies with it and the browser
//! checks forms with it, so the two can't disagree on a message.

use std::{borrow::Cow, collections::BTreeMap, mem, ops::RangeInclusive};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Messages by dot path, for example `items.0.quantity`. The empty path is the body itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(BTreeMap<String, Vec<String>>);

impl FieldErrors {
    /// One message at one path.
    pub fn single(path: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(path, message);
        errors
    }

    /// Adds a message at a path.
    pub fn add(&mut self, path: &str, message: impl Into<String>) {
        self.0.entry(path.to_owned()).or_default().push(message.into());
    }

    /// The first message at a path, as a form shows it.
    pub fn first(&self, path: &str) -> Option<&str> {
        self.0.get(path)?.first().map(String::as_str)
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Paths with their messages, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(path, messages)| (path.as_str(), messages.as_slice()))
    }
}

/// A value that passed its rule, or the message that says why not.
pub type Checked<T> = Result<T, Cow<'static, str>>;

/// A request that can be read from the fields of a JSON object.
pub trait FromFields: Sized {
    /// Reads every field before giving up, so that one answer reports all mistakes; `None` when any field was wrong.
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self>;
}

/// Reads a request from JSON. A missing value (no body) or one that is not an object is reported at the empty path.
pub fn validate<T: FromFields>(input: Option<&Value>) -> Result<T, FieldErrors> {
    let object = match input {
        Some(Value::Object(object)) => object,
        Some(_) => return Err(FieldErrors::single("", "Expected an object")),
        None => return Err(FieldErrors::single("", "Request body is required")),
    };
    let mut fields = Fields { object, prefix: String::new(), errors: FieldErrors::default() };
    match T::from_fields(&mut fields) {
        Some(request) if fields.errors.is_empty() => Ok(request),
        _ => Err(fields.errors),
    }
}

/// The fields of one JSON object, and the mistakes found so far.
pub struct Fields<'v> {
    object: &'v Map<String, Value>,
    prefix: String,
    errors: FieldErrors,
}

impl Fields<'_> {
    /// A field that must be there; when it is missing its rule sees `null` and names the problem.
    pub fn required<T>(&mut self, name: &str, rule: impl FnOnce(&Value) -> Checked<T>) -> Option<T> {
        let checked = rule(self.object.get(name).unwrap_or(&Value::Null));
        self.keep(name, checked)
    }

    /// A field that may be left out, but not be `null`. The outer `None` means it was wrong.
    pub fn optional<T>(&mut self, name: &str, rule: impl FnOnce(&Value) -> Checked<T>) -> Option<Option<T>> {
        match self.object.get(name) {
            None => Some(None),
            Some(value) => {
                let checked = rule(value);
                self.keep(name, checked).map(Some)
            }
        }
    }

    /// A field that may be left out, and that `null` clears. The outer `None` means it was wrong.
    pub fn clearable<T>(
        &mut self,
        name: &str,
        rule: impl FnOnce(&Value) -> Checked<T>,
    ) -> Option<Option<Option<T>>> {
        match self.object.get(name) {
            Some(Value::Null) => Some(Some(None)),
            _ => self.optional(name, rule).map(|given| given.map(Some)),
        }
    }

    /// A list of at most `max` plain values that may be left out, but not be `null`. Each is reported at its own place.
    pub fn optional_values<T>(
        &mut self,
        name: &str,
        max: usize,
        rule: impl Fn(&Value) -> Checked<T>,
    ) -> Option<Option<Vec<T>>> {
        let items = match self.object.get(name) {
            None => return Some(None),
            Some(Value::Array(items)) => items,
            Some(_) => return self.fail(name, "Expected a list"),
        };
        if items.len() > max {
            return self.fail(name, format!("At most {max} are allowed"));
        }
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let checked = rule(item);
            values.push(self.keep(&format!("{name}.{index}"), checked));
        }
        values.into_iter().collect::<Option<Vec<_>>>().map(Some)
    }

    /// A nested object, read by `read`; when it is missing every field of it is reported.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> Option<T>) -> Option<T> {
        let empty = Map::new();
        match self.object.get(name) {
            Some(Value::Object(object)) => self.nested(name, object, read),
            None => self.nested(name, &empty, read),
            Some(_) => self.fail(name, "Expected an object"),
        }
    }

    /// A nested object that may be left out, but not be `null`. The outer `None` means it was wrong.
    pub fn optional_object<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.object.contains_key(name) { self.object(name, read).map(Some) } else { Some(None) }
    }

    /// A list of objects with between `length.start()` and `length.end()` of them.
    pub fn list<T>(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
        too_few: &'static str,
        read: impl Fn(&mut Fields<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = match self.object.get(name) {
            Some(Value::Array(items)) => items,
            None => return self.fail(name, too_few),
            Some(_) => return self.fail(name, "Expected a list"),
        };
        if items.len() < *length.start() {
            return self.fail(name, too_few);
        }
        if items.len() > *length.end() {
            return self.fail(name, format!("At most {} are allowed", length.end()));
        }
        let mut read_items = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = format!("{name}.{index}");
            read_items.push(match item {
                Value::Object(object) => self.nested(&path, object, &read),
                _ => self.fail(&path, "Expected an object"),
            });
        }
        read_items.into_iter().collect()
    }

    /// Records a mistake that involves several fields, at one of them.
    pub fn fail<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        let path = self.path(name);
        self.errors.add(&path, message);
        None
    }

    fn keep<T>(&mut self, name: &str, checked: Checked<T>) -> Option<T> {
        checked.map_err(|message| self.fail::<()>(name, message)).ok()
    }

    fn nested<T>(
        &mut self,
        name: &str,
        object: &Map<String, Value>,
        read: impl FnOnce(&mut Fields<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut inner = Fields { object, prefix: self.path(name), errors: mem::take(&mut self.errors) };
        let result = read(&mut inner);
        self.errors = inner.errors;
        result
    }

    fn path(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}.{name}", self.prefix) }
    }
}

/// Text of at least one character and at most `max`, surrounding white space removed. `required` is the message when it
/// is missing, empty or not text at all. U+0000 is refused because PostgreSQL can't store it.
pub fn text(max: usize, required: &'static str) -> impl Fn(&Value) -> Checked<String> {
    move |value| {
        let text = value.as_str().map(str::trim).filter(|text| !text.is_empty()).ok_or(required)?;
        if text.chars().count() > max {
            return Err(format!("Must be at most {max} characters").into());
        }
        if text.contains('\0') {
            return Err("Must not contain the character U+0000".into());
        }
        Ok(text.to_owned())
    }
}

/// Free text that may be empty, at most `max` characters.
pub fn free_text(max: usize) -> impl Fn(&Value) -> Checked<String> {
    move |value| match value.as_str() {
        Some(blank) if blank.trim().is_empty() => Ok(String::new()),
        _ => text(max, "Expected a text")(value),
    }
}

/// A whole JSON number within `range`.
pub fn whole_number(range: RangeInclusive<i64>) -> impl Fn(&Value) -> Checked<i64> {
    move |value| match value {
        Value::Number(number) => in_range(number.as_i64(), &range),
        _ => Err("Expected a whole number".into()),
    }
}

/// A whole number within `range`, written in a query string.
pub fn whole_number_text(range: RangeInclusive<i64>) -> impl Fn(&Value) -> Checked<i64> {
    move |value| in_range(value.as_str().and_then(|text| text.parse().ok()), &range)
}

fn in_range(number: Option<i64>, range: &RangeInclusive<i64>) -> Checked<i64> {
    match number {
        None => Err("Expected a whole number".into()),
        Some(number) if number < *range.start() => Err(format!("Must be at least {}", range.start()).into()),
        Some(number) if number > *range.end() => Err(format!("Must be at most {}", range.end()).into()),
        Some(number) => Ok(number),
    }
}

/// `true` or `false` in JSON.
pub fn flag(value: &Value) -> Checked<bool> {
    value.as_bool().ok_or_else(|| "Expected true or false".into())
}

/// `true` or `false`, written in a query string.
pub fn flag_text(value: &Value) -> Checked<bool> {
    match value.as_str() {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        _ => Err("Expected true or false".into()),
    }
}

/// One of a fixed set of words; `all` lists them for the message.
pub fn one_of<T: Copy>(all: &'static [T], spelling: fn(T) -> &'static str) -> impl Fn(&Value) -> Checked<T> {
    move |value| {
        let found = value.as_str().and_then(|text| all.iter().copied().find(|item| spelling(*item) == text));
        found.ok_or_else(|| {
            let words: Vec<_> = all.iter().map(|item| spelling(*item)).collect();
            format!("Expected one of {}", words.join(", ")).into()
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Probe {
        name: String,
        counts: Vec<i64>,
    }

    impl FromFields for Probe {
        fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
            let name = fields.required("name", text(5, "Name is required"));
            let counts = fields.list("items", 1..=2, "At least one item is required", |item| {
                item.required("count", whole_number(1..=9))
            });
            Some(Self { name: name?, counts: counts? })
        }
    }

    #[test]
    fn a_well_formed_request_is_read() {
        let probe: Probe =
            validate(Some(&json!({"name": " Ada ", "items": [{"count": 3}], "unknown": 1}))).unwrap();
        assert_eq!((probe.name.as_str(), probe.counts.as_slice()), ("Ada", [3].as_slice()));
    }

    #[test]
    fn every_mistake_is_reported_at_its_path() {
        let errors = validate::<Probe>(Some(&json!({"name": "", "items": [{"count": 3}, {"count": "4"}]})))
            .err()
            .unwrap();
        assert_eq!(errors.first("name"), Some("Name is required"));
        assert_eq!(errors.first("items.1.count"), Some("Expected a whole number"));
        assert_eq!(errors.iter().count(), 2);
    }

    #[test]
    fn a_missing_body_and_a_body_that_is_no_object_are_reported_at_the_empty_path() {
        assert_eq!(validate::<Probe>(None).err().unwrap().first(""), Some("Request body is required"));
        assert_eq!(validate::<Probe>(Some(&json!([]))).err().unwrap().first(""), Some("Expected an object"));
    }

    #[test]
    fn text_with_a_nul_is_refused() {
        assert!(text(9, "required")(&json!("a\0b")).is_err());
    }
}

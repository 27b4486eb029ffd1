//! Forms as flat maps of dot path to text, turned into the JSON that the API and its validation read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What is typed, by dot path (`shippingAddress.city`).
pub type Values = BTreeMap<String, String>;

/// The JSON object of a form. Empty texts at the paths `optional` names are left out, as the API wants it.
pub fn to_json(values: &Values, optional: &[&str]) -> Value {
    let mut root = Map::new();
    for (path, text) in values {
        if text.trim().is_empty() && optional.contains(&path.as_str()) {
            continue;
        }
        insert(&mut root, path, Value::String(text.clone()));
    }
    Value::Object(root)
}

/// Puts a value at a dot path, making the objects on the way.
pub fn insert(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((name, rest)) => {
            let inner = object.entry(name.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// The texts of a JSON object by dot path, under a prefix: the way back for stored values.
pub fn flatten(prefix: &str, value: &Value, into: &mut Values) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(&path, inner, into);
            }
        }
        Value::String(text) => {
            into.insert(prefix.to_owned(), text.clone());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_types::{auth::Register, validate};

    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect()
    }

    #[test]
    fn dot_paths_become_objects_and_come_back() {
        let form = values(&[
            ("notes", "Ring twice"),
            ("shippingAddress.city", "Turin"),
            ("shippingAddress.phone", ""),
        ]);
        let json = to_json(&form, &["shippingAddress.phone"]);
        assert_eq!(json, json!({"notes": "Ring twice", "shippingAddress": {"city": "Turin"}}));
        let mut back = Values::new();
        flatten("", &json, &mut back);
        assert_eq!(back, values(&[("notes", "Ring twice"), ("shippingAddress.city", "Turin")]));
    }

    #[test]
    fn an_empty_optional_field_is_not_a_mistake_and_an_empty_required_one_is() {
        let form = values(&[("email", ""), ("password", "password123"), ("firstName", " ")]);
        let errors = validate::<Register>(Some(&to_json(&form, &["firstName", "lastName"]))).unwrap_err();
        assert_eq!(errors.first("email"), Some("Invalid email address"));
        assert_eq!(errors.first("firstName"), None);
    }
}

//! Changing one's own account: what is sent, and where the server's refusals belong.

use serde_json::{Map, Value};
use shared_types::FieldErrors;

use super::form::Values;

/// The fields of the profile.
pub const FIELDS: [&str; 3] = ["firstName", "lastName", "email"];
/// Asked for only when the e-mail address changes.
pub const CURRENT_PASSWORD: &str = "currentPassword";

/// Whether the e-mail address differs from the one that is saved, as the server compares them.
pub fn changes_email(saved: &Values, typed: &Values) -> bool {
    let email = |values: &Values| values.get("email").map(|text| text.trim().to_lowercase());
    email(saved) != email(typed)
}

/// The JSON object of a change: only what differs from what is saved.
pub fn changes(saved: &Values, typed: &Values) -> Value {
    let mut changes = Map::new();
    let text = |name: &str| Value::String(typed.get(name).cloned().unwrap_or_default());
    for name in FIELDS {
        let differs = if name == "email" {
            changes_email(saved, typed)
        } else {
            saved.get(name).map(|text| text.trim()) != typed.get(name).map(|text| text.trim())
        };
        if differs {
            changes.insert(name.to_owned(), text(name));
        }
    }
    if changes_email(saved, typed) {
        changes.insert(CURRENT_PASSWORD.to_owned(), text(CURRENT_PASSWORD));
    }
    Value::Object(changes)
}

/// The field that a refusal without field names is about: a wrong password, or an address that is taken.
pub fn refusal(status: u16, message: &str) -> Option<FieldErrors> {
    match status {
        400 => Some(FieldErrors::single(CURRENT_PASSWORD, message)),
        409 => Some(FieldErrors::single("email", message)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared_types::{
        auth::{CURRENT_PASSWORD_REQUIRED, UpdateProfile},
        validate,
    };

    use super::*;

    fn values(first: &str, email: &str, password: &str) -> Values {
        [("firstName", first), ("lastName", ""), ("email", email), (CURRENT_PASSWORD, password)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into()
    }

    #[test]
    fn only_what_differs_is_sent() {
        let saved = values("Ada", "ada@example.com", "");
        assert_eq!(changes(&saved, &saved), json!({}));
        assert_eq!(changes(&saved, &values("Ada ", " ADA@example.com ", "typed")), json!({}));
        assert_eq!(
            changes(&saved, &values("Augusta", "ada@example.com", "")),
            json!({"firstName": "Augusta"})
        );
    }

    #[test]
    fn a_new_address_needs_the_password_and_a_name_cannot_be_taken_back() {
        let saved = values("Ada", "ada@example.com", "");
        let check = |typed: &Values| validate::<UpdateProfile>(Some(&changes(&saved, typed)));
        let errors = check(&values("", "new@example.com", "")).unwrap_err();
        assert_eq!(errors.first(CURRENT_PASSWORD), Some(CURRENT_PASSWORD_REQUIRED));
        assert_eq!(errors.first("firstName"), Some("First name must not be empty"));
        assert!(check(&values("Ada", "new@example.com", "secret")).is_ok());
    }

    #[test]
    fn refusals_find_their_fields() {
        assert_eq!(refusal(409, "taken").unwrap().first("email"), Some("taken"));
        assert_eq!(refusal(400, "wrong").unwrap().first(CURRENT_PASSWORD), Some("wrong"));
        assert!(refusal(404, "gone").is_none());
    }
}

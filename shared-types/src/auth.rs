//! Accounts: registration, sign-in and sessions.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::{
    flat::read_flat,
    text_enum::text_enum,
    timestamp::Timestamp,
    validation::{Checked, Fields, FromFields, text},
};

/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 100;
/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 8;
/// Longest password, in bytes: bcrypt ignores what comes after.
pub const PASSWORD_MAX_BYTES: usize = 72;

text_enum! {
    /// What a user may do.
    Role {
        /// Shops.
        Customer = "CUSTOMER",
        /// Runs the shop.
        Admin = "ADMIN",
    }
}

/// An e-mail address, trimmed and in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "email", max_length = 254, examples("john@example.com")))]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Reads an address: the dot-atom form of RFC 5321, at most 254 characters, with a domain of at least two labels.
    pub fn rule(value: &Value) -> Checked<Self> {
        let text = value.as_str().map(|text| text.trim().to_lowercase()).unwrap_or_default();
        if is_email(&text) { Ok(Self(text)) } else { Err("Invalid email address".into()) }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let atom_char = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let local_ok =
        local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(atom_char));
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let labels: Vec<_> = domain.split('.').collect();
    let top_level_ok = labels
        .last()
        .is_some_and(|label| label.len() >= 2 && !label.bytes().all(|byte| byte.is_ascii_digit()));
    text.len() <= 254
        && local_ok
        && labels.len() >= 2
        && labels.iter().all(|label| label_ok(label))
        && top_level_ok
}

/// A password in clear text, on its way to the hash. Never printed.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Password, min_length = 1, max_length = 72, examples("password123")))]
pub struct Password(String);

impl Password {
    /// Reads a new password: at least 8 characters, at most 72 bytes.
    pub fn new_rule(value: &Value) -> Checked<Self> {
        Self::long_enough(value, "Password must be at least 8 characters")
    }

    fn long_enough(value: &Value, too_short: &'static str) -> Checked<Self> {
        let text = value.as_str().unwrap_or_default();
        if text.chars().count() < PASSWORD_MIN { Err(too_short.into()) } else { Self::within_bcrypt(text) }
    }

    /// Reads the password of somebody who signs in. One beyond 72 bytes can't be anybody's.
    pub fn given_rule(value: &Value) -> Checked<Self> {
        Self::given(value, "Password is required")
    }

    fn given(value: &Value, missing: &'static str) -> Checked<Self> {
        match value.as_str() {
            None | Some("") => Err(missing.into()),
            Some(text) => Self::within_bcrypt(text),
        }
    }

    fn within_bcrypt(text: &str) -> Checked<Self> {
        if text.len() > PASSWORD_MAX_BYTES {
            return Err("Password must be at most 72 bytes".into());
        }
        if text.contains('\0') {
            return Err("Must not contain the character U+0000".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The clear text, for the hash function only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A new account. It is always a customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Register {
    /// Signs in with it.
    pub email: Email,
    /// 8 characters to 72 bytes.
    pub password: Password,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 100))]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 100))]
    pub last_name: Option<String>,
}

impl FromFields for Register {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required("email", Email::rule);
        let password = fields.required("password", Password::new_rule);
        let first_name = fields.optional("firstName", text(NAME_MAX, "First name must not be empty"));
        let last_name = fields.optional("lastName", text(NAME_MAX, "Last name must not be empty"));
        Some(Self { email: email?, password: password?, first_name: first_name?, last_name: last_name? })
    }
}

/// Credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The account.
    pub email: Email,
    /// Its password.
    pub password: Password,
}

impl FromFields for Login {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required("email", Email::rule);
        let password = fields.required("password", Password::given_rule);
        Some(Self { email: email?, password: password? })
    }
}

/// A change of the caller's own account: only what is given changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UpdateProfile {
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 100))]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, min_length = 1, max_length = 100))]
    pub last_name: Option<String>,
    /// Signs in with it from now on; a new one needs `currentPassword`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub email: Option<Email>,
    /// Proves that it is the account's owner who changes the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub current_password: Option<Password>,
}

impl FromFields for UpdateProfile {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let first_name = fields.optional("firstName", text(NAME_MAX, "First name must not be empty"));
        let last_name = fields.optional("lastName", text(NAME_MAX, "Last name must not be empty"));
        let email = fields.optional("email", Email::rule);
        let current_password = fields.optional("currentPassword", current_password);
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            email: email?,
            current_password: current_password?,
        })
    }
}

/// A new password. The caller's other sessions end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangePassword {
    /// The password so far.
    pub current_password: Password,
    /// 8 characters to 72 bytes.
    pub new_password: Password,
}

impl FromFields for ChangePassword {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let current_password = fields.required("currentPassword", current_password);
        let new_password = fields.required("newPassword", |value| {
            Password::long_enough(value, "New password must be at least 8 characters")
        });
        Some(Self { current_password: current_password?, new_password: new_password? })
    }
}

/// What to say when a change needs the password and it is missing.
pub const CURRENT_PASSWORD_REQUIRED: &str = "Current password is required";

fn current_password(value: &Value) -> Checked<Password> {
    Password::given(value, CURRENT_PASSWORD_REQUIRED)
}

/// A user as registration answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserPublic {
    /// Opaque id.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// What the user may do.
    pub role: Role,
    /// Registered at.
    pub created_at: Timestamp,
}

/// A user as `GET /api/auth/me` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserProfile {
    /// The public part.
    #[serde(flatten)]
    pub user: UserPublic,
    /// Last changed at.
    pub updated_at: Timestamp,
}
read_flat!(UserProfile { user, updated_at: "updatedAt" });

/// A user as a change of the account answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProfileUpdated {
    /// The account.
    #[serde(flatten)]
    pub user: UserSummary,
    /// Last changed at.
    pub updated_at: Timestamp,
}
read_flat!(ProfileUpdated { user, updated_at: "updatedAt" });

/// A device that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionInfo {
    /// Opaque id.
    pub id: String,
    /// The device, as its browser names itself.
    pub device: Option<String>,
    /// The network address it signed in from.
    pub address: Option<String>,
    /// Signed in at.
    pub created_at: Timestamp,
    /// Last renewed at.
    pub last_used_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// A user as sign-in answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UserSummary {
    /// Opaque id.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// What the user may do.
    pub role: Role,
}

/// A fresh account with its first access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Registered {
    /// The account.
    pub user: UserPublic,
    /// Access token for `Authorization: Bearer …`.
    pub token: String,
}

/// A signed-in user with an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoggedIn {
    /// The account.
    pub user: UserSummary,
    /// Access token for `Authorization: Bearer …`.
    pub token: String,
}

/// A fresh access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refreshed {
    /// Access token for `Authorization: Bearer …`.
    pub token: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validation::validate;

    #[test]
    fn addresses_are_trimmed_and_lower_cased() {
        assert_eq!(
            Email::rule(&json!("  John.Doe+shop@Example.COM ")).unwrap().as_str(),
            "john.doe+shop@example.com"
        );
    }

    #[test]
    fn addresses_without_the_shape_of_one_are_refused() {
        for text in [
            "",
            "john",
            "john@",
            "@example.com",
            "john@example",
            "jo hn@example.com",
            "a..b@example.com",
            "a@-x.com",
            "a@b.1",
            "a@b..com",
        ] {
            assert!(Email::rule(&json!(text)).is_err(), "{text}");
        }
        assert!(Email::rule(&json!(format!("{}@example.com", "a".repeat(65)))).is_err());
        assert!(Email::rule(&json!(7)).is_err());
    }

    #[test]
    fn passwords_have_8_characters_to_72_bytes() {
        assert!(Password::new_rule(&json!("12345678")).is_ok());
        assert!(Password::new_rule(&json!("x".repeat(72))).is_ok());
        assert_eq!(
            Password::new_rule(&json!("1234567")).unwrap_err(),
            "Password must be at least 8 characters"
        );
        assert_eq!(
            Password::new_rule(&json!("ä".repeat(37))).unwrap_err(),
            "Password must be at most 72 bytes"
        );
    }

    #[test]
    fn a_password_is_not_printed() {
        assert!(!format!("{:?}", Password::new_rule(&json!("hunter2hunter2")).unwrap()).contains("hunter"));
    }

    #[test]
    fn what_the_form_sends_is_what_the_server_reads() {
        let sent: Register =
            validate(Some(&json!({"email": "A@b.io", "password": "12345678", "lastName": "Lovelace"})))
                .unwrap();
        let read: Register = validate(Some(&serde_json::to_value(&sent).unwrap())).unwrap();
        assert_eq!(sent, read);
    }
}

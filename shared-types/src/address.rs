//! Postal addresses.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::validation::{Checked, Fields, FromFields, free_text, text};

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// Given name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("Ada")))]
    pub first_name: String,
    /// Family name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("Lovelace")))]
    pub last_name: String,
    /// Street and number.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("12 Analytical Way")))]
    pub address1: String,
    /// Flat, floor, care of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 200))]
    pub address2: Option<String>,
    /// Town.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("London")))]
    pub city: String,
    /// State, province or region.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("Greater London")))]
    pub state: String,
    /// Post code.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200, examples("W1U 6TQ")))]
    pub postal_code: String,
    /// Country, as a name or a code.
    #[cfg_attr(feature = "openapi", schema(min_length = 2, max_length = 100, examples("United Kingdom")))]
    pub country: String,
    /// For the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, max_length = 200))]
    pub phone: Option<String>,
}

impl FromFields for Address {
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let first_name = fields.required("firstName", text(200, "First name is required"));
        let last_name = fields.required("lastName", text(200, "Last name is required"));
        let address1 = fields.required("address1", text(200, "Address is required"));
        let address2 = fields.optional("address2", free_text(200));
        let city = fields.required("city", text(200, "City is required"));
        let state = fields.required("state", text(200, "State is required"));
        let postal_code = fields.required("postalCode", text(200, "Postal code is required"));
        let country = fields.required("country", country);
        let phone = fields.optional("phone", free_text(200));
        Some(Self {
            first_name: first_name?,
            last_name: last_name?,
            address1: address1?,
            address2: address2?,
            city: city?,
            state: state?,
            postal_code: postal_code?,
            country: country?,
            phone: phone?,
        })
    }
}

fn country(value: &Value) -> Checked<String> {
    let name = text(100, "Country is required")(value)?;
    if name.chars().count() < 2 { Err("Must be at least 2 characters".into()) } else { Ok(name) }
}

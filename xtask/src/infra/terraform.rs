//! Checks of the Terraform modules and layers.

use super::Area;

/// What is checked, and how.
pub const AREA: Area = Area { name: "terraform", install: || Ok(()), checks: &[], mutations: &[] };

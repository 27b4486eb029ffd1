//! Checks of the workflows and the scripts.

use super::Area;

/// What is checked, and how.
pub const AREA: Area = Area { name: "workflows", install: || Ok(()), checks: &[], mutations: &[] };

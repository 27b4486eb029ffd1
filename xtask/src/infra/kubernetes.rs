//! Checks of the images, charts and ArgoCD's objects.

use super::Area;

/// What is checked, and how.
pub const AREA: Area = Area { name: "kubernetes", install: || Ok(()), checks: &[], mutations: &[] };

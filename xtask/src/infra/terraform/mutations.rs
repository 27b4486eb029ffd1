//! What the checks of Terraform must notice.

use super::super::Mutation;

/// One fault each.
pub const MUTATIONS: &[Mutation] = &[];

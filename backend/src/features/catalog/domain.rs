//! The tree of categories and the editions of what is in it, without HTTP or SQL.

use std::collections::{HashMap, HashSet};

use shared_types::catalog::{Category, Product};

use crate::digest::short_hash;

/// The edition of a category that administrators edit: each edit has a moment of its own.
pub fn category_edition(category: &Category) -> String {
    short_hash(format!("category {} {}", category.id, category.updated_at.as_str()))
}

/// The edition of a product that administrators edit. Its stock is not part of it: it moves by itself.
pub fn product_edition(product: &Product) -> String {
    short_hash(format!("product {} {}", product.id, product.updated_at.as_str()))
}

/// The edition of a product together with its stock, for a write that sets stock.
pub fn product_and_stock_edition(product: &Product) -> String {
    format!("{}.{}", product_edition(product), product.stock)
}

/// A category's place in the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// Opaque id.
    pub id: String,
    /// The category above.
    pub parent_id: Option<String>,
    /// Name in addresses.
    pub slug: String,
}

/// The ids of the category with this slug and of everything below it; `None` when there is no such category.
///
/// Terminates on any input, also when rows changed by hand form a cycle.
pub fn with_descendants(nodes: &[Node], slug: &str) -> Option<Vec<String>> {
    let root = nodes.iter().find(|node| node.slug == slug)?;
    let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
    for node in nodes {
        if let Some(parent) = &node.parent_id {
            children.entry(parent).or_default().push(&node.id);
        }
    }
    let mut seen = HashSet::from([root.id.as_str()]);
    let mut open = vec![root.id.as_str()];
    while let Some(id) = open.pop() {
        open.extend(children.get(id).into_iter().flatten().copied().filter(|child| seen.insert(child)));
    }
    let mut ids: Vec<_> = seen.into_iter().map(str::to_owned).collect();
    ids.sort_unstable();
    Some(ids)
}

/// Whether the category is this one or below it, so that it can't be put above it.
///
/// Terminates on any input, also when rows changed by hand form a cycle.
pub fn is_within(nodes: &[Node], id: &str, ancestor: &str) -> bool {
    let parents: HashMap<&str, &str> =
        nodes.iter().filter_map(|node| Some((node.id.as_str(), node.parent_id.as_deref()?))).collect();
    let mut seen = HashSet::new();
    let mut at = Some(id);
    while let Some(here) = at.filter(|here| seen.insert(*here)) {
        if here == ancestor {
            return true;
        }
        at = parents.get(here).copied();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parent: Option<&str>) -> Node {
        Node { id: id.to_owned(), parent_id: parent.map(str::to_owned), slug: format!("slug-{id}") }
    }

    #[test]
    fn a_category_includes_everything_below_it_and_nothing_beside_it() {
        let nodes = [node("a", None), node("b", Some("a")), node("c", Some("b")), node("d", None)];
        assert_eq!(with_descendants(&nodes, "slug-a").unwrap(), ["a", "b", "c"]);
        assert_eq!(with_descendants(&nodes, "slug-d").unwrap(), ["d"]);
        assert_eq!(with_descendants(&nodes, "slug-x"), None);
    }

    #[test]
    fn a_cycle_does_not_hang() {
        let nodes = [node("a", Some("b")), node("b", Some("a"))];
        assert_eq!(with_descendants(&nodes, "slug-a").unwrap(), ["a", "b"]);
    }

    #[test]
    fn a_category_is_within_itself_and_all_its_ancestors() {
        let nodes = [node("a", None), node("b", Some("a")), node("c", Some("b")), node("d", None)];
        assert!(is_within(&nodes, "c", "a") && is_within(&nodes, "c", "c"));
        assert!(!is_within(&nodes, "a", "c") && !is_within(&nodes, "c", "d"));
        let cycle = [node("a", Some("b")), node("b", Some("a"))];
        assert!(!is_within(&cycle, "a", "c"));
    }
}

//! The tree of categories, without HTTP or SQL.

use std::collections::{HashMap, HashSet};

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
}

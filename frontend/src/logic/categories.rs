//! The category tree, from the flat list the API answers.

use shared_types::catalog::CategoryList;

/// A top-level category with what is below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The category itself.
    pub category: CategoryList,
    /// Its children, in the shop's order.
    pub children: Vec<CategoryList>,
    /// Products in it and below it.
    pub products: i64,
}

/// The tree, two levels deep as the shop shows it, in the order of the list.
pub fn tree(categories: &[CategoryList]) -> Vec<Branch> {
    let below = |id: &str| -> Vec<CategoryList> {
        categories
            .iter()
            .filter(|category| category.category.parent_id.as_deref() == Some(id))
            .cloned()
            .collect()
    };
    let is_root = |category: &&CategoryList| match &category.category.parent_id {
        None => true,
        // A parent that is not active is not listed: its children stand at the top.
        Some(parent) => !categories.iter().any(|other| &other.category.id == parent),
    };
    categories
        .iter()
        .filter(is_root)
        .map(|category| Branch {
            children: below(&category.category.id),
            products: products_within(categories, category),
            category: category.clone(),
        })
        .collect()
}

/// Products in a category and everything below it.
pub fn products_within(categories: &[CategoryList], root: &CategoryList) -> i64 {
    let mut total = 0;
    let mut open = vec![root];
    // The server refuses cycles; the bound keeps a wrong answer from hanging the page.
    for _ in 0..=categories.len() {
        let Some(category) = open.pop() else { break };
        total += category.count.products;
        let id = category.category.id.as_str();
        open.extend(categories.iter().filter(|child| child.category.parent_id.as_deref() == Some(id)));
    }
    total
}

/// The shown name of a category by its slug.
pub fn name_of(categories: &[CategoryList], slug: &str) -> Option<String> {
    categories
        .iter()
        .find(|category| category.category.slug == slug)
        .map(|category| category.category.name.clone())
}

/// The id of a category by its slug.
pub fn id_of(categories: &[CategoryList], slug: &str) -> Option<String> {
    categories
        .iter()
        .find(|category| category.category.slug == slug)
        .map(|category| category.category.id.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn category(id: &str, parent: Option<&str>, products: i64) -> CategoryList {
        serde_json::from_value(json!({
            "id": id, "name": id, "slug": id, "description": null, "imageUrl": null, "parentId": parent, "isActive": true,
            "sortOrder": 0, "createdAt": "", "updatedAt": "", "_count": {"products": products},
        }))
        .unwrap()
    }

    #[test]
    fn a_parent_counts_what_is_below_it() {
        let list = [
            category("electronics", None, 1),
            category("phones", Some("electronics"), 3),
            category("laptops", Some("electronics"), 2),
            category("books", None, 2),
        ];
        let tree = tree(&list);
        assert_eq!(tree.len(), 2);
        assert_eq!((tree[0].products, tree[0].children.len()), (6, 2));
        assert_eq!((tree[1].products, tree[1].children.len()), (2, 0));
    }

    #[test]
    fn a_child_without_a_listed_parent_stands_at_the_top_and_a_cycle_ends() {
        assert_eq!(tree(&[category("orphan", Some("hidden"), 4)])[0].products, 4);
        let cycle = [category("a", Some("b"), 1), category("b", Some("a"), 1)];
        assert!(products_within(&cycle, &cycle[0]) >= 2);
    }
}

//! Which kept answers are still true.
//!
//! An answer is stamped, before it is read from the database, with how far the catalogue had been followed by then. It is
//! true as long as nothing that it depends on was followed later. So an answer whose read began before a change, however
//! long it took, never counts as one made after it.
//!
//! What an answer depends on is coarse where changes are rare and fine where they are not. Every edit of the catalogue
//! makes all answers untrue, since it may change what belongs into a list and in which order. A sale that leaves some
//! units makes only those untrue that show the product: its stock is the one thing in them that changes.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
};

use super::key::Namespace;
use crate::db::catalog_changes::{Change, Entity};

/// Products share so many stamps. Two that share one go stale together, which is harmless and rare.
const SLOTS: usize = 16_384;

/// The place of a product's stamp; the same in every replica.
pub type Slot = u16;

/// How far the catalogue had been followed when an answer began to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Counts what this process has followed.
    pub round: u64,
    /// Every change up to this number was followed: what another replica can compare.
    pub floor: i64,
}

/// The last change of something: when this process followed it, and its number.
#[derive(Debug, Default)]
struct Stamp {
    round: AtomicU64,
    seq: AtomicI64,
}

impl Stamp {
    fn put(&self, round: u64, seq: i64) {
        self.seq.fetch_max(seq, Ordering::Release);
        self.round.fetch_max(round, Ordering::Release);
    }
}

/// The last changes of everything that answers depend on. A fixed amount of memory.
#[derive(Debug)]
pub struct Versions {
    round: AtomicU64,
    floor: AtomicI64,
    namespaces: [Stamp; Namespace::ALL.len()],
    products: Vec<Stamp>,
}

impl Default for Versions {
    fn default() -> Self {
        Self {
            round: AtomicU64::new(0),
            floor: AtomicI64::new(0),
            namespaces: Default::default(),
            products: std::iter::repeat_with(Stamp::default).take(SLOTS).collect(),
        }
    }
}

/// The place of the stamp of a product.
pub fn slot(product_id: &str) -> Slot {
    let mut hasher = DefaultHasher::new();
    product_id.hash(&mut hasher);
    let slots = u64::try_from(SLOTS).unwrap_or(1);
    Slot::try_from(hasher.finish() % slots).unwrap_or_default()
}

impl Versions {
    /// To be taken before the database is asked.
    pub fn ticket(&self) -> Ticket {
        // Whoever sees a round or a floor sees the changes behind it: they were committed before they were followed.
        Ticket { round: self.round.load(Ordering::Acquire), floor: self.floor.load(Ordering::Acquire) }
    }

    /// Takes over what has been followed. Only sales that left some units are `only_stock`. Every change up to `floor` has
    /// been told.
    pub fn changed(&self, changes: &[Change], only_stock: bool, floor: i64) {
        let round = self.round.load(Ordering::Acquire) + 1;
        for change in changes {
            match change.entity {
                Entity::Product => {
                    if let Some(stamp) = self.products.get(usize::from(slot(&change.entity_id))) {
                        stamp.put(round, change.seq);
                    }
                    if !only_stock {
                        self.put_all(round, change.seq);
                    }
                }
                Entity::Category | Entity::Everything => self.put_all(round, change.seq),
                Entity::Cache => match Namespace::parse(&change.entity_id) {
                    Some(namespace) => self.namespace(namespace).put(round, change.seq),
                    None => self.put_all(round, change.seq),
                },
            }
        }
        if !changes.is_empty() {
            self.round.store(round, Ordering::Release);
        }
        self.floor.fetch_max(floor, Ordering::Release);
    }

    fn put_all(&self, round: u64, seq: i64) {
        self.namespaces.iter().for_each(|stamp| stamp.put(round, seq));
    }

    fn namespace(&self, namespace: Namespace) -> &Stamp {
        let [products, categories, search] = &self.namespaces;
        match namespace {
            Namespace::Products => products,
            Namespace::Categories => categories,
            Namespace::Search => search,
        }
    }

    fn stamps(&self, namespace: Namespace, slots: &[Slot]) -> impl Iterator<Item = &Stamp> {
        let products = slots.iter().filter_map(|slot| self.products.get(usize::from(*slot)));
        std::iter::once(self.namespace(namespace)).chain(products)
    }

    /// Whether an answer that this process made is still true.
    pub fn holds(&self, ticket: Ticket, namespace: Namespace, slots: &[Slot]) -> bool {
        self.stamps(namespace, slots).all(|stamp| stamp.round.load(Ordering::Acquire) <= ticket.round)
    }

    /// Whether an answer that another replica made has everything that this process has followed.
    pub fn includes(&self, floor: i64, namespace: Namespace, slots: &[Slot]) -> bool {
        self.stamps(namespace, slots).all(|stamp| stamp.seq.load(Ordering::Acquire) <= floor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = "product-1";
    const OTHER: &str = "product-2";

    fn change(seq: i64, entity: Entity, id: &str) -> Change {
        Change { seq, entity, entity_id: id.to_owned() }
    }

    fn holds(versions: &Versions, ticket: Ticket, namespace: Namespace) -> bool {
        versions.holds(ticket, namespace, &[slot(SHOWN)])
    }

    #[test]
    fn a_sale_makes_only_answers_untrue_that_show_the_product() {
        let versions = Versions::default();
        let ticket = versions.ticket();
        versions.changed(&[change(1, Entity::Product, OTHER)], true, 1);
        assert!(holds(&versions, ticket, Namespace::Products));
        versions.changed(&[change(2, Entity::Product, SHOWN)], true, 2);
        assert!(!holds(&versions, ticket, Namespace::Products));
        assert!(versions.holds(ticket, Namespace::Categories, &[]));
    }

    #[test]
    fn an_edit_makes_every_answer_untrue_and_a_flush_those_of_its_namespace() {
        for entity in [Entity::Product, Entity::Category, Entity::Everything] {
            let versions = Versions::default();
            let ticket = versions.ticket();
            versions.changed(&[change(1, entity, OTHER)], false, 1);
            assert!(Namespace::ALL.into_iter().all(|namespace| !holds(&versions, ticket, namespace)));
        }
        let versions = Versions::default();
        let ticket = versions.ticket();
        versions.changed(&[change(1, Entity::Cache, "search")], true, 1);
        let left = Namespace::ALL.map(|namespace| holds(&versions, ticket, namespace));
        assert_eq!(left, [true, true, false]);
        versions.changed(&[change(2, Entity::Cache, "all")], true, 2);
        assert!(Namespace::ALL.into_iter().all(|namespace| !holds(&versions, ticket, namespace)));
    }

    #[test]
    fn an_answer_that_began_before_a_change_is_never_taken_for_one_made_after_it() {
        let versions = Versions::default();
        let before = versions.ticket();
        versions.changed(&[change(5, Entity::Product, SHOWN)], true, 5);
        let after = versions.ticket();
        assert!(!holds(&versions, before, Namespace::Products));
        assert!(holds(&versions, after, Namespace::Products));
    }

    #[test]
    fn another_replicas_answer_counts_when_it_has_all_that_was_followed_here() {
        let versions = Versions::default();
        let included = |floor| versions.includes(floor, Namespace::Products, &[slot(SHOWN)]);
        versions.changed(&[change(7, Entity::Product, SHOWN)], true, 7);
        assert_eq!([6, 7, 8].map(included), [false, true, true]);
        // A lower number that appears later is waited for by whoever says that they have followed everything up to 7.
        versions.changed(&[change(6, Entity::Product, SHOWN)], true, 7);
        assert_eq!([6, 7].map(included), [false, true]);
        versions.changed(&[change(9, Entity::Product, OTHER)], true, 9);
        assert!(included(7));
    }

    #[test]
    fn products_are_spread_over_the_slots() {
        let slots: std::collections::HashSet<_> =
            (0..1_000).map(|number| slot(&format!("product-{number}"))).collect();
        assert!(slots.len() > 950, "{}", slots.len());
    }
}

//! Categories in the index. There are few, so they are searched one by one.

use std::{cmp::Reverse, collections::HashMap};

use shared_types::catalog::{Category, CategoryRef};

use super::{
    rank::{Place, best, points},
    text::{fold, words},
};

/// All categories the index knows, numbered. A number stays what it is for as long as the index lives.
#[derive(Debug, Clone, Default)]
pub struct Categories {
    numbers: HashMap<String, u32>,
    entries: Vec<Option<Entry>>,
}

#[derive(Debug, Clone)]
struct Entry {
    category: Category,
    /// Folded.
    name: String,
    slug: String,
    description: String,
}

impl Categories {
    /// The number of a category, which it gets when it is asked for first.
    pub fn number(&mut self, id: &str) -> u32 {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.numbers.insert(id.to_owned(), number);
        self.entries.push(None);
        number
    }

    /// The number of a category; one that no product has when there is no such category.
    pub fn number_of(&self, id: &str) -> u32 {
        self.numbers.get(id).copied().unwrap_or(u32::MAX)
    }

    /// Whether the category has been read.
    pub fn has_read(&self, id: &str) -> bool {
        self.get(self.number_of(id)).is_some()
    }

    /// Replaces all that is known about categories by what was read.
    pub fn replace(&mut self, all: Vec<Category>) {
        self.entries.iter_mut().for_each(|entry| *entry = None);
        for category in all {
            let number = self.number(&category.id);
            if let Some(entry) = usize::try_from(number).ok().and_then(|index| self.entries.get_mut(index)) {
                *entry = Some(Entry {
                    name: fold(&category.name),
                    slug: fold(&category.slug),
                    description: category.description.as_deref().map(fold).unwrap_or_default(),
                    category,
                });
            }
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// A category.
    pub fn get(&self, number: u32) -> Option<&Category> {
        let entry = self.entries.get(usize::try_from(number).unwrap_or(usize::MAX))?;
        entry.as_ref().map(|entry| &entry.category)
    }

    /// Every category that is known.
    pub fn all(&self) -> impl Iterator<Item = &Category> {
        self.entries.iter().flatten().map(|entry| &entry.category)
    }

    /// A category as others name it.
    pub fn reference(&self, number: u32) -> Option<CategoryRef> {
        self.get(number).map(|category| CategoryRef {
            id: category.id.clone(),
            name: category.name.clone(),
            slug: category.slug.clone(),
        })
    }

    /// The numbers of all active categories.
    pub fn active(&self) -> impl Iterator<Item = u32> {
        self.shown().map(|(number, _)| number)
    }

    fn shown(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let entries = (0..).zip(&self.entries);
        entries
            .filter_map(|(number, entry)| Some((number, entry.as_ref()?)))
            .filter(|(_, entry)| entry.category.is_active)
    }

    /// Active categories in which every word is found, the best match first; `products` counts what is in one.
    pub fn search(&self, words: &[String], products: impl Fn(u32) -> i64) -> Vec<u32> {
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<_> = self
            .shown()
            .filter_map(|(number, entry)| {
                let points = words.iter().map(|word| entry.points_of(word)).sum::<Option<u32>>()?;
                let category = &entry.category;
                let order = (Reverse(points), Reverse(products(number)), &category.name, &category.id);
                Some((order, number))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, number)| number).collect()
    }

    /// The words of active categories' names.
    pub fn name_terms(&self) -> impl Iterator<Item = &str> {
        self.shown().flat_map(|(_, entry)| words(&entry.name))
    }
}

impl Entry {
    /// What a word is worth here; `None` where it is not found.
    fn points_of(&self, word: &str) -> Option<u32> {
        let in_name = words(&self.name).enumerate().filter_map(|(position, term)| {
            let place = if position == 0 { Place::NameStart } else { Place::Name };
            best(term, word).map(|quality| points(place, quality))
        });
        let in_slug = best(&self.slug, word).map(|quality| points(Place::Code, quality));
        let in_description = words(&self.description)
            .filter_map(|term| best(term, word).map(|quality| points(Place::Description, quality)));
        in_name.chain(in_slug).chain(in_description).max().map(u32::from)
    }
}

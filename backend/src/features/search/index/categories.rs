//! Categories in the index. There are few, so all their words are read for every search.

use std::{cmp::Reverse, collections::HashMap};

use memchr::memmem::Finder;
use shared_types::catalog::{Category, CategoryRef};

use super::{
    rank::{Place, points},
    text::{fold, words},
    texts::{Texts, offset},
};

/// All categories the index knows, numbered. A number stays what it is for as long as the index lives.
#[derive(Debug, Clone, Default)]
pub struct Categories {
    numbers: HashMap<String, u32>,
    entries: Vec<Option<Category>>,
    /// The words of active categories' names and descriptions, and their slugs, all folded.
    texts: Texts,
    /// Whose each of the texts is, and where it stands.
    owners: Vec<(u32, Place)>,
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
        self.texts = Texts::default();
        self.owners.clear();
        for category in all {
            let number = self.number(&category.id);
            if category.is_active {
                self.add_texts(number, &category);
            }
            if let Some(entry) = self.entries.get_mut(offset(number)) {
                *entry = Some(category);
            }
        }
    }

    fn add_texts(&mut self, number: u32, category: &Category) {
        let (name, slug) = (fold(&category.name), fold(&category.slug));
        let description = category.description.as_deref().map(fold).unwrap_or_default();
        let in_name = [Place::NameStart].into_iter().chain(std::iter::repeat(Place::Name)).zip(words(&name));
        let in_description = words(&description).map(|word| (Place::Description, word));
        for (place, text) in in_name.chain([(Place::Code, slug.as_str())]).chain(in_description) {
            self.texts.push(text);
            self.owners.push((number, place));
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// A category.
    pub fn get(&self, number: u32) -> Option<&Category> {
        self.entries.get(offset(number))?.as_ref()
    }

    /// Every category that is known.
    pub fn all(&self) -> impl Iterator<Item = &Category> {
        self.entries.iter().flatten()
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
        let entries = (0..).zip(&self.entries);
        entries.filter_map(|(number, entry)| entry.as_ref()?.is_active.then_some(number))
    }

    /// Active categories in which every word is found, the best match first; `products` counts what is in one.
    pub fn search(&self, words: &[String], products: impl Fn(u32) -> i64) -> Vec<u32> {
        let mut points = vec![Some(0_u32); if words.is_empty() { 0 } else { self.entries.len() }];
        for word in words {
            for (sum, worth) in points.iter_mut().zip(self.worth(word)) {
                *sum = sum.zip(worth).map(|(sum, worth)| sum + u32::from(worth));
            }
        }
        let mut found: Vec<_> = (0..)
            .zip(points)
            .filter_map(|(number, points)| {
                let (points, category) = (points?, self.get(number)?);
                Some(((Reverse(points), Reverse(products(number)), &category.name, &category.id), number))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, number)| number).collect()
    }

    /// What a word is worth in each category, by its number; `None` where it is not found.
    fn worth(&self, word: &str) -> Vec<Option<u8>> {
        let mut worth = vec![None; self.entries.len()];
        self.texts.scan(&Finder::new(word), 0..self.texts.count(), |text, quality| {
            if let Some((number, place)) = self.owners.get(text)
                && let Some(best) = worth.get_mut(offset(*number))
            {
                *best = (*best).max(Some(points(*place, quality)));
            }
        });
        worth
    }

    /// The words of active categories' names.
    pub fn name_terms(&self) -> impl Iterator<Item = &str> {
        let in_name = |place: Place| matches!(place, Place::NameStart | Place::Name);
        let all = self.owners.iter().zip(self.texts.iter());
        all.filter_map(move |((_, place), text)| in_name(*place).then_some(text))
    }
}

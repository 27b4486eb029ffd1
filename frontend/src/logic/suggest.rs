//! What to suggest for a text that is being typed.

use shared_types::search::{Popular, ProductHit, SUGGEST_MIN_CHARS, Suggestions};

use super::{listing::Listing, search::query_text, text::count};
use crate::routes;

/// Popular things of each kind to offer before anything is typed.
const POPULAR_EACH: usize = 4;

/// What would help somebody with what is in the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// One character says too little.
    Nothing,
    /// What others look at.
    Popular,
    /// What fits these words.
    Fitting(String),
}

impl Wanted {
    /// Reads the field.
    pub fn of(text: &str) -> Self {
        match query_text(text) {
            None => Self::Popular,
            Some(query) if query.chars().count() < SUGGEST_MIN_CHARS => Self::Nothing,
            Some(query) => Self::Fitting(query),
        }
    }

    /// What of an answer to another question may be shown until the answer to this one is there: what fits certainly.
    pub fn meanwhile(&self, answered: &Self, answer: &Suggestions) -> Suggestions {
        let none = Suggestions { products: Vec::new(), categories: Vec::new() };
        match (self, answered) {
            (wanted, answered) if wanted == answered => answer.clone(),
            (Self::Fitting(query), Self::Fitting(_)) => {
                let words: Vec<String> = query.split(' ').map(str::to_lowercase).collect();
                let fits = |name: &str| {
                    let name = name.to_lowercase();
                    words.iter().all(|word| name.contains(word))
                };
                Suggestions {
                    products: answer.products.iter().filter(|hit| fits(&hit.name)).cloned().collect(),
                    categories: answer
                        .categories
                        .iter()
                        .filter(|category| fits(&category.name))
                        .cloned()
                        .collect(),
                }
            }
            _ => none,
        }
    }

    /// The address of everything that fits.
    pub fn everything(&self) -> Option<String> {
        match self {
            Self::Fitting(query) => Some(Listing::search_for(query).href(routes::PRODUCTS)),
            Self::Nothing | Self::Popular => None,
        }
    }

    /// The titles over products and over categories.
    pub fn titles(&self) -> (&'static str, &'static str) {
        match self {
            Self::Popular => ("Popular products", "Popular categories"),
            Self::Nothing | Self::Fitting(_) => ("Products", "Categories"),
        }
    }
}

/// Popular things in the form of suggestions, a few of each.
pub fn popular(popular: Popular) -> Suggestions {
    let categories = popular.top_categories.into_iter().map(|top| top.category);
    Suggestions {
        products: popular.featured_products.into_iter().take(POPULAR_EACH).collect::<Vec<ProductHit>>(),
        categories: categories.take(POPULAR_EACH).collect(),
    }
}

/// The addresses of all options in their order.
pub fn addresses(wanted: &Wanted, found: &Suggestions) -> Vec<String> {
    let products = found.products.iter().map(|hit| routes::product(&hit.slug));
    let categories = found.categories.iter().map(|category| routes::category(&category.slug));
    products.chain(categories).chain(wanted.everything()).collect()
}

/// What is read aloud when an answer has come.
pub fn announcement(found: &Suggestions) -> String {
    let number = found.products.len() + found.categories.len();
    match i64::try_from(number) {
        Ok(0) => "No suggestions".to_owned(),
        Ok(number) => count(number, "suggestion", "suggestions"),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn phones() -> Suggestions {
        let hit = |name: &str, slug: &str| json!({"id": slug, "name": name, "slug": slug, "imageUrl": null, "price": "1.00"});
        serde_json::from_value(json!({
            "products": [hit("iPhone 15 Pro", "iphone-15-pro"), hit("Pixel 8 Pro", "pixel-8-pro")],
            "categories": [{"id": "1", "name": "Smartphones", "slug": "smartphones"}],
        }))
        .unwrap()
    }

    fn fitting(query: &str) -> Wanted {
        Wanted::of(query)
    }

    #[test]
    fn two_characters_are_enough_and_spaces_are_none() {
        assert_eq!(Wanted::of("  "), Wanted::Popular);
        assert_eq!(Wanted::of(" é "), Wanted::Nothing);
        assert_eq!(Wanted::of(" éa "), Wanted::Fitting("éa".into()));
    }

    #[test]
    fn until_the_answer_is_there_only_what_fits_is_shown() {
        let names = |wanted: &str| {
            let shown = fitting(wanted).meanwhile(&fitting("ph"), &phones());
            (shown.products.iter().map(|hit| hit.slug.clone()).collect::<Vec<_>>(), shown.categories.len())
        };
        assert_eq!(names("ph").0.len(), 2, "the answer itself is not questioned");
        assert_eq!(names("phone"), (vec!["iphone-15-pro".to_owned()], 1));
        assert_eq!(names("PRO phone"), (vec!["iphone-15-pro".to_owned()], 0));
        assert_eq!(names("mac"), (vec![], 0));
    }

    #[test]
    fn popular_things_never_pass_for_what_was_typed_nor_the_reverse() {
        let shown = fitting("phone").meanwhile(&Wanted::Popular, &phones());
        assert_eq!(addresses(&Wanted::Nothing, &shown), Vec::<String>::new());
        let shown = Wanted::Popular.meanwhile(&fitting("phone"), &phones());
        assert_eq!(addresses(&Wanted::Popular, &shown), Vec::<String>::new());
    }

    #[test]
    fn the_search_itself_is_the_last_option() {
        let addresses = addresses(&fitting("pro & co"), &phones());
        assert_eq!(
            addresses,
            [
                "/products/iphone-15-pro",
                "/products/pixel-8-pro",
                "/categories/smartphones",
                "/products?q=pro%20%26%20co"
            ]
        );
    }

    #[test]
    fn the_number_of_suggestions_is_told() {
        assert_eq!(announcement(&phones()), "3 suggestions");
        assert_eq!(
            announcement(&Suggestions { products: Vec::new(), categories: Vec::new() }),
            "No suggestions"
        );
    }
}

//! The file, from a list of pages.

use shared_types::{Timestamp, paths::storefront};

/// Most addresses in one file, as sitemaps.org sets it.
pub const MOST: usize = 50_000;

/// A page by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path on the shop's origin, percent-encoded.
    pub path: String,
    /// Last changed at, where somebody keeps account of it.
    pub changed: Option<Timestamp>,
}

/// What the database knows: the slug of something, and when it last changed.
pub struct Entry {
    /// Name in addresses.
    pub slug: String,
    /// Last changed at.
    pub changed: Timestamp,
}

/// All pages, at most [`MOST`]: first those that lead to the others.
pub fn pages(categories: Vec<Entry>, products: Vec<Entry>) -> Vec<Page> {
    let leading = [storefront::HOME, storefront::PRODUCTS, storefront::CATEGORIES];
    let leading = leading.map(|path| Page { path: path.to_owned(), changed: None });
    let page = |address: fn(&str) -> String| {
        move |entry: Entry| Page { path: address(&entry.slug), changed: Some(entry.changed) }
    };
    leading
        .into_iter()
        .chain(categories.into_iter().map(page(storefront::category)))
        .chain(products.into_iter().map(page(storefront::product)))
        .take(MOST)
        .collect()
}

/// The file. `origin` is known to hold nothing that XML would read as its own, and paths are percent-encoded.
pub fn document(origin: &str, pages: &[Page]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for Page { path, changed } in pages {
        xml.push_str("<url><loc>");
        xml.push_str(origin);
        xml.push_str(path);
        xml.push_str("</loc>");
        if let Some(changed) = changed {
            xml.push_str("<lastmod>");
            xml.push_str(changed.as_str());
            xml.push_str("</lastmod>");
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    xml
}

/// What crawlers leave alone: pages that exist for one visitor, and everything of the API but the catalogue, without which the
/// storefront shows them nothing.
pub fn robots(origin: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /account\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\nDisallow: /auth\n\
         Disallow: /api/\nAllow: /api/catalog/\nAllow: /api/search\n\nSitemap: {origin}/sitemap.xml\n"
    )
}

/// Whether a text is a host with or without a port, made of nothing but what hosts are made of.
pub fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<Entry> {
        let changed = Timestamp::from_wire("2026-01-31T10:00:00.000Z".to_owned());
        (0..count).map(|index| Entry { slug: format!("thing-{index}"), changed: changed.clone() }).collect()
    }

    #[test]
    fn a_file_holds_50_000_addresses_and_no_more() {
        let pages = pages(entries(10), entries(MOST));
        assert_eq!(pages.len(), MOST);
        assert_eq!(pages[3].path, "/categories/thing-0");
        assert_eq!(pages[13].path, "/products/thing-0");
    }

    #[test]
    fn addresses_are_absolute_and_carry_their_change() {
        let xml = document("https://shop.example", &pages(Vec::new(), entries(1)));
        assert!(xml.contains("<url><loc>https://shop.example/</loc></url>"), "{xml}");
        let lamp =
            "<loc>https://shop.example/products/thing-0</loc><lastmod>2026-01-31T10:00:00.000Z</lastmod>";
        assert!(xml.contains(lamp), "{xml}");
    }

    #[test]
    fn a_host_is_nothing_but_a_host() {
        for host in ["shop.example", "localhost:4000", "[::1]:4000"] {
            assert!(is_host(host), "{host}");
        }
        for other in ["", "shop.example/x", "a<b", "a&b", "a b", "user@shop.example", "\"", "ö.example"] {
            assert!(!is_host(other), "{other:?}");
        }
    }
}

//! What search engines read about a page: schema.org objects as JSON-LD.

use serde_json::{Value, json};
use shared_types::catalog::Product;

use super::text::Availability;

/// The script's text.
pub fn document(objects: Vec<Value>) -> String {
    json!({"@context": "https://schema.org", "@graph": objects}).to_string()
}

/// A product with its offer. `page` is its path; addresses need the shop's `origin`.
pub fn product(origin: &str, page: &str, product: &Product) -> Value {
    let mut pictures: Vec<&String> = product.image_url.iter().collect();
    pictures.extend(product.images.iter().filter(|picture| Some(*picture) != product.image_url.as_ref()));
    let pictures: Vec<String> = pictures.into_iter().map(|picture| absolute(origin, picture)).collect();
    let availability = match Availability::of(product.stock) {
        Availability::InStock => "https://schema.org/InStock",
        Availability::Low(_) => "https://schema.org/LimitedAvailability",
        Availability::SoldOut => "https://schema.org/OutOfStock",
    };
    json!({
        "@type": "Product",
        "name": product.name,
        "description": product.description,
        "sku": product.sku,
        "image": pictures,
        "offers": {
            "@type": "Offer",
            "url": absolute(origin, page),
            "price": product.price.to_string(),
            "priceCurrency": "USD",
            "availability": availability,
            "itemCondition": "https://schema.org/NewCondition",
        },
    })
}

/// The way down to a page: words and paths above it, and its own name.
pub fn breadcrumbs(origin: &str, above: &[(String, String)], here: &str) -> Value {
    let step = |index: usize, name: &str| json!({"@type": "ListItem", "position": index + 1, "name": name});
    let mut steps: Vec<Value> = Vec::new();
    for (index, (name, path)) in above.iter().enumerate() {
        let mut item = step(index, name);
        if let Value::Object(item) = &mut item {
            item.insert("item".into(), absolute(origin, path).into());
        }
        steps.push(item);
    }
    steps.push(step(above.len(), here));
    json!({"@type": "BreadcrumbList", "itemListElement": steps})
}

/// An address with its origin; pictures may be elsewhere already.
pub fn absolute(origin: &str, address: &str) -> String {
    if address.starts_with('/') { format!("{origin}{address}") } else { address.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://shop.example";

    fn lamp(stock: i32) -> Product {
        serde_json::from_value(json!({
            "id": "1", "categoryId": "c", "sku": "LAMP", "name": "Lamp </script>", "slug": "lamp", "description": null,
            "price": "79.90", "compareAt": null, "stock": stock, "imageUrl": "/images/lamp.svg",
            "images": ["/images/lamp.svg", "https://cdn.example/lamp.png"], "status": "ACTIVE", "isFeatured": false,
            "metadata": null, "createdAt": "", "updatedAt": "",
        }))
        .unwrap()
    }

    #[test]
    fn a_product_carries_its_offer_and_each_picture_once() {
        let value = product(ORIGIN, "/products/lamp", &lamp(20));
        assert_eq!(
            value["image"],
            json!(["https://shop.example/images/lamp.svg", "https://cdn.example/lamp.png"])
        );
        assert_eq!(value["offers"]["price"], "79.90");
        assert_eq!(value["offers"]["url"], "https://shop.example/products/lamp");
    }

    #[test]
    fn availability_follows_the_stock() {
        for (stock, word) in [(0, "OutOfStock"), (3, "LimitedAvailability"), (20, "InStock")] {
            let value = product(ORIGIN, "/", &lamp(stock));
            assert_eq!(value["offers"]["availability"], format!("https://schema.org/{word}"));
        }
    }

    #[test]
    fn the_page_itself_is_the_last_step_and_has_no_address() {
        let value = breadcrumbs(ORIGIN, &[("Products".into(), "/products".into())], "Lamp");
        let steps = value["itemListElement"].as_array().unwrap();
        assert_eq!(steps[0]["item"], "https://shop.example/products");
        assert_eq!((steps[1]["position"].as_i64(), steps[1].get("item")), (Some(2), None));
    }
}

//! The demo shop's data.

use shared_types::{
    Money,
    auth::Role,
    catalog::ProductStatus::{self, Active, Archived, Draft},
    orders::OrderStatus,
};

/// Everybody's password.
pub const PASSWORD: &str = "password123";

/// A person.
pub struct DemoUser {
    pub email: &'static str,
    pub first_name: &'static str,
    pub last_name: &'static str,
    pub role: Role,
}

/// A category; `parent` is a slug further up in the list.
pub struct DemoCategory {
    pub slug: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    pub parent: Option<&'static str>,
    pub sort_order: i32,
}

/// A product.
pub struct DemoProduct {
    pub sku: &'static str,
    pub slug: &'static str,
    pub name: &'static str,
    pub category: &'static str,
    pub price: Money,
    pub compare_at: Option<Money>,
    pub stock: i32,
    pub is_featured: bool,
    pub status: ProductStatus,
    /// Whether there is a second picture, `<slug>-2.svg`.
    pub has_second_picture: bool,
    pub description: &'static str,
}

/// An order; its items are SKUs and units.
pub struct DemoOrder {
    pub number: &'static str,
    pub email: &'static str,
    pub status: OrderStatus,
    pub items: &'static [(&'static str, i32)],
    pub tax: Money,
    pub shipping: Money,
    pub placed_at: &'static str,
}

pub const USERS: [DemoUser; 3] = [
    DemoUser { email: "admin@example.com", first_name: "Admin", last_name: "User", role: Role::Admin },
    DemoUser { email: "john@example.com", first_name: "John", last_name: "Doe", role: Role::Customer },
    DemoUser { email: "jane@example.com", first_name: "Jane", last_name: "Smith", role: Role::Customer },
];

const fn category(
    slug: &'static str,
    name: &'static str,
    parent: Option<&'static str>,
    sort_order: i32,
    description: &'static str,
) -> DemoCategory {
    DemoCategory { slug, name, description, parent, sort_order }
}

#[rustfmt::skip]
pub const CATEGORIES: [DemoCategory; 9] = [
    category("electronics", "Electronics", None, 1, "Phones, laptops and the things that go with them."),
    category("smartphones", "Smartphones", Some("electronics"), 1, "The phones we would buy ourselves."),
    category("laptops", "Laptops", Some("electronics"), 2, "For work, for play, for the sofa."),
    category("clothing", "Clothing", None, 2, "Well cut, well made, worn for years."),
    category("mens-clothing", "Men's Clothing", Some("clothing"), 1, "Tees, jeans and other good basics."),
    category("womens-clothing", "Women's Clothing", Some("clothing"), 2, "Dresses and jackets for every season."),
    category("home-garden", "Home & Garden", None, 3, "Light, greenery and quiet corners."),
    category("sports-outdoors", "Sports & Outdoors", None, 4, "For the mat, the track and the trail."),
    category("books", "Books", None, 5, "Books worth keeping on the desk."),
];

/// Where a product stands: its category, and what it costs in minor units.
const fn product(
    sku: &'static str,
    slug: &'static str,
    name: &'static str,
    category: &'static str,
    (price, compare_at): (i64, i64),
    (stock, is_featured, has_second_picture): (i32, bool, bool),
    description: &'static str,
) -> DemoProduct {
    let compare_at = if compare_at == 0 { None } else { Some(Money::from_minor(compare_at)) };
    let price = Money::from_minor(price);
    let status = Active;
    DemoProduct {
        sku,
        slug,
        name,
        category,
        price,
        compare_at,
        stock,
        is_featured,
        status,
        has_second_picture,
        description,
    }
}

const fn with_status(mut product: DemoProduct, status: ProductStatus) -> DemoProduct {
    product.status = status;
    product
}

#[rustfmt::skip]
pub const PRODUCTS: [DemoProduct; 18] = [
    product("IPHONE-15-PRO", "iphone-15-pro", "iPhone 15 Pro", "smartphones", (99_999, 109_999), (50, true, true),
        "A titanium phone with a camera that keeps up with you. Three lenses, a day and a half of battery, and a button you can make your own."),
    product("SAMSUNG-S24-ULTRA", "samsung-s24-ultra", "Samsung Galaxy S24 Ultra", "smartphones", (119_999, 129_999), (35, true, false),
        "A bright 6.8-inch display, a pen that is always there, and a zoom that reads the far end of the street."),
    product("PIXEL-8-PRO", "pixel-8-pro", "Google Pixel 8 Pro", "smartphones", (89_999, 0), (40, false, false),
        "The phone with the calm software and the clever camera. Seven years of updates."),
    product("MACBOOK-PRO-16", "macbook-pro-16", "MacBook Pro 16\"", "laptops", (349_999, 369_999), (20, true, true),
        "Sixteen inches of sharp display and a processor that does not need to breathe hard. Made for long projects and short deadlines."),
    product("DELL-XPS-15", "dell-xps-15", "Dell XPS 15", "laptops", (189_999, 0), (25, false, false),
        "A slim machine with a screen that reaches the edge, and a keyboard that is good to write on."),
    product("THINKPAD-X1-CARBON", "thinkpad-x1-carbon", "ThinkPad X1 Carbon", "laptops", (164_999, 0), (30, false, false),
        "Barely more than a kilogram, built to be dropped into bags for years."),
    product("MENS-CLASSIC-TEE", "mens-classic-tee", "Men's Classic Tee", "mens-clothing", (2_999, 3_999), (200, false, false),
        "Heavy organic cotton, a neckline that stays in shape, six colours that go with everything."),
    product("MENS-SLIM-JEANS", "mens-slim-jeans", "Men's Slim Jeans", "mens-clothing", (7_999, 0), (150, true, true),
        "Stretch denim with a slim leg. Gets better with every wash."),
    product("WOMENS-SUMMER-DRESS", "womens-summer-dress", "Women's Summer Dress", "womens-clothing", (8_999, 11_999), (75, true, true),
        "Light viscose, deep pockets, cut for warm evenings."),
    product("WOMENS-LEATHER-JACKET", "womens-leather-jacket", "Women's Leather Jacket", "womens-clothing", (29_999, 0), (40, false, false),
        "Soft lamb leather with a clean collar and a lining that lasts."),
    product("MODERN-TABLE-LAMP", "modern-table-lamp", "Modern Table Lamp", "home-garden", (7_999, 0), (60, false, false),
        "A warm pool of light with a dimmer at the base. Turned oak and linen."),
    product("INDOOR-PLANT-SET", "indoor-plant-set", "Indoor Plant Set", "home-garden", (4_999, 0), (45, true, true),
        "Three plants that forgive: a snake plant, a pothos and a peace lily, with pots."),
    product("YOGA-MAT-PRO", "yoga-mat-pro", "Yoga Mat Pro", "sports-outdoors", (5_999, 0), (100, false, false),
        "Six millimetres of natural rubber that does not slip, with a strap to carry it."),
    product("RUNNING-SHOES-AIR", "running-shoes-air", "Running Shoes Air", "sports-outdoors", (12_999, 15_999), (80, true, true),
        "Cushioned for the long run, light enough for the fast one."),
    product("BOOK-CLEAN-CODE", "book-clean-code", "Clean Code", "books", (4_499, 0), (120, false, false),
        "A handbook of agile software craftsmanship, still argued about and still useful."),
    product("BOOK-SYSTEM-DESIGN", "book-system-design", "System Design Interview", "books", (3_999, 0), (90, true, true),
        "How large systems are put together, one drawing at a time."),
    with_status(product("UNRELEASED-GADGET", "unreleased-gadget", "Unreleased Gadget", "electronics", (59_999, 0), (0, false, false),
        "We can't say yet."), Draft),
    with_status(product("OLD-PHONE-MODEL", "old-phone-model", "Old Phone Model", "smartphones", (29_999, 0), (0, false, false),
        "No longer made, fondly remembered."), Archived),
];

pub const ORDERS: [DemoOrder; 3] = [
    DemoOrder {
        number: "ORD-2024-0001",
        email: "john@example.com",
        status: OrderStatus::Delivered,
        items: &[("IPHONE-15-PRO", 1)],
        tax: Money::from_minor(10_000),
        shipping: Money::ZERO,
        placed_at: "2024-02-03T10:15:00.000Z",
    },
    DemoOrder {
        number: "ORD-2024-0002",
        email: "jane@example.com",
        status: OrderStatus::Processing,
        items: &[("MACBOOK-PRO-16", 1), ("MENS-CLASSIC-TEE", 1)],
        tax: Money::from_minor(35_300),
        shipping: Money::ZERO,
        placed_at: "2024-02-17T18:40:00.000Z",
    },
    DemoOrder {
        number: "ORD-2024-0003",
        email: "john@example.com",
        status: OrderStatus::Pending,
        items: &[("MENS-CLASSIC-TEE", 2)],
        tax: Money::from_minor(600),
        shipping: Money::from_minor(599),
        placed_at: "2024-03-01T08:05:00.000Z",
    },
];

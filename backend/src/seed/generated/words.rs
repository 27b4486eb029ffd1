//! The words that the generated catalogue is made of. None of the brands exists.

/// Kinds of goods in a section.
pub const KINDS: usize = 5;
/// Sections in a department.
pub const SECTIONS: usize = 4;

/// A category at the top.
pub struct Department {
    pub name: &'static str,
    /// Pictures of the demo shop that suit its goods, by the slugs of the products they show.
    pub pictures: [&'static str; 2],
    pub sections: [Section; SECTIONS],
}

/// A category below a department.
pub struct Section {
    pub name: &'static str,
    /// What the cheapest and the dearest things cost, in minor units.
    pub prices: (u64, u64),
    /// What is sold, in the singular; each is a category of its own.
    pub kinds: [&'static str; KINDS],
}

const fn section(name: &'static str, prices: (u64, u64), kinds: [&'static str; KINDS]) -> Section {
    Section { name, prices, kinds }
}

#[rustfmt::skip]
pub const DEPARTMENTS: [Department; 12] = [
    Department { name: "Lighting", pictures: ["modern-table-lamp", "placeholder"], sections: [
        section("Indoor Lamps", (1_900, 39_900), ["Table Lamp", "Floor Lamp", "Pendant Lamp", "Desk Lamp", "Wall Lamp"]),
        section("Outdoor Lights", (1_200, 24_900), ["Garden Light", "Lantern", "Path Light", "Flood Light", "Porch Light"]),
        section("Bulbs and Fittings", (300, 7_900), ["LED Bulb", "Dimmer", "Lamp Socket", "Lampshade", "Ceiling Rose"]),
        section("Candles", (400, 5_900), ["Scented Candle", "Candle Holder", "Tealight", "Oil Burner", "Storm Lamp"]),
    ] },
    Department { name: "Audio and Video", pictures: ["pixel-8-pro", "macbook-pro-16"], sections: [
        section("Headphones", (1_900, 89_900), ["Over-Ear Headphone", "Earbud", "Gaming Headset", "Studio Monitor", "Headphone Stand"]),
        section("Speakers", (2_900, 249_900), ["Bookshelf Speaker", "Soundbar", "Subwoofer", "Radio", "Turntable"]),
        section("Screens", (8_900, 349_900), ["Television", "Projector", "Monitor", "Digital Frame", "Wall Mount"]),
        section("Cameras", (4_900, 449_900), ["Mirrorless Camera", "Action Camera", "Tripod", "Zoom Lens", "Camera Bag"]),
    ] },
    Department { name: "Kitchen", pictures: ["placeholder", "modern-table-lamp"], sections: [
        section("Cookware", (1_500, 34_900), ["Frying Pan", "Saucepan", "Casserole", "Wok", "Roasting Tin"]),
        section("Tableware", (500, 14_900), ["Dinner Plate", "Cereal Bowl", "Coffee Mug", "Wine Glass", "Serving Board"]),
        section("Small Appliances", (2_500, 69_900), ["Kettle", "Toaster", "Stand Mixer", "Coffee Grinder", "Blender"]),
        section("Kitchen Tools", (400, 9_900), ["Chef's Knife Block", "Peeler", "Grater", "Kitchen Scale", "Salad Spinner"]),
    ] },
    Department { name: "Furniture", pictures: ["modern-table-lamp", "indoor-plant-set"], sections: [
        section("Seating", (6_900, 299_900), ["Armchair", "Dining Chair", "Bar Stool", "Sofa", "Rocking Chair"]),
        section("Tables", (5_900, 229_900), ["Dining Table", "Coffee Table", "Side Table", "Writing Desk", "Console Table"]),
        section("Storage", (2_900, 149_900), ["Bookcase", "Wardrobe", "Sideboard", "Shoe Rack", "Wall Shelf Unit"]),
        section("Bedroom", (4_900, 249_900), ["Bed Frame", "Mattress Topper", "Nightstand", "Headboard", "Blanket Chest"]),
    ] },
    Department { name: "Garden", pictures: ["indoor-plant-set", "indoor-plant-set-2"], sections: [
        section("Plants", (300, 12_900), ["House Plant", "Fruit Tree", "Rose", "Herb Pot", "Flower Bulb"]),
        section("Garden Tools", (900, 49_900), ["Spade", "Rake", "Hedge Trimmer", "Lawn Mower", "Pruner"]),
        section("Pots and Planters", (600, 19_900), ["Terracotta Pot", "Raised Planter", "Hanging Basket", "Trough", "Plant Stand"]),
        section("Watering", (700, 29_900), ["Watering Can", "Garden Hose", "Sprinkler", "Rain Barrel", "Drip Kit"]),
    ] },
    Department { name: "Footwear", pictures: ["running-shoes-air", "running-shoes-air-2"], sections: [
        section("Running", (5_900, 27_900), ["Road Shoe", "Trail Shoe", "Track Spike", "Racing Flat", "Recovery Slide"]),
        section("Walking", (4_900, 32_900), ["Hiking Boot", "Walking Shoe", "Sandal", "Wellington Boot", "Trekking Shoe"]),
        section("Everyday Shoes", (3_900, 24_900), ["Sneaker", "Loafer", "Ankle Boot", "Ballet Flat", "Slipper"]),
        section("Shoe Care", (300, 4_900), ["Shoe Brush Set", "Polish Tin", "Insole", "Lace Pair", "Shoe Tree"]),
    ] },
    Department { name: "Knitwear and Basics", pictures: ["mens-classic-tee", "womens-summer-dress"], sections: [
        section("Tops", (1_500, 15_900), ["T-Shirt", "Polo Shirt", "Linen Shirt", "Cardigan", "Hooded Sweater"]),
        section("Trousers and Skirts", (2_900, 19_900), ["Chino", "Denim Skirt", "Jogger", "Cargo Trouser", "Pleated Skirt"]),
        section("Outerwear", (5_900, 59_900), ["Rain Jacket", "Down Jacket", "Wool Coat", "Trench Coat", "Softshell"]),
        section("Headwear and Gloves", (900, 9_900), ["Beanie", "Sun Hat", "Scarf Ring", "Leather Glove", "Cap"]),
    ] },
    Department { name: "Outdoor Living", pictures: ["yoga-mat-pro", "running-shoes-air"], sections: [
        section("Camping", (1_900, 89_900), ["Dome Tent", "Sleeping Bag", "Camp Stove", "Camping Chair", "Headlamp"]),
        section("Cycling", (900, 399_900), ["City Bicycle", "Bicycle Helmet", "Pannier", "Bicycle Lock", "Floor Pump"]),
        section("Fitness", (900, 129_900), ["Yoga Mat", "Kettlebell", "Rowing Machine", "Resistance Band", "Foam Roller"]),
        section("Water Sports", (1_500, 149_900), ["Paddle Board", "Wetsuit", "Dry Bag", "Swim Goggle", "Kayak"]),
    ] },
    Department { name: "Toys and Games", pictures: ["unreleased-gadget", "placeholder"], sections: [
        section("Building", (900, 24_900), ["Brick Set", "Marble Run", "Model Kit", "Magnet Tile Set", "Wooden Block Set"]),
        section("Board Games", (1_200, 11_900), ["Strategy Game", "Card Game", "Party Game", "Chess Set", "Dice Tower"]),
        section("Puzzles", (700, 8_900), ["Jigsaw", "Brain Teaser", "Floor Puzzle", "Puzzle Cube", "Puzzle Mat"]),
        section("Soft Toys", (800, 9_900), ["Teddy Bear", "Hand Puppet", "Plush Rabbit", "Rag Doll", "Music Box"]),
    ] },
    Department { name: "Stationery and Print", pictures: ["book-clean-code", "book-system-design"], sections: [
        section("Paper", (200, 4_900), ["Notebook", "Sketch Pad", "Diary", "Card Set", "Wrapping Paper Roll"]),
        section("Writing", (150, 39_900), ["Fountain Pen", "Mechanical Pencil", "Marker Set", "Ink Bottle", "Pencil Case"]),
        section("Handbooks", (1_200, 8_900), ["Cook Book", "Field Guide", "Atlas", "Workbook", "Travel Guide"]),
        section("Desk Organisers", (500, 12_900), ["Letter Tray", "Pen Holder", "Desk Mat", "Book End", "Wall Calendar"]),
    ] },
    Department { name: "Workshop", pictures: ["old-phone-model", "unreleased-gadget"], sections: [
        section("Hand Tools", (500, 19_900), ["Hammer", "Screwdriver Set", "Hand Saw", "Spanner", "Plier Set"]),
        section("Power Tools", (3_900, 79_900), ["Cordless Drill", "Orbital Sander", "Circular Saw", "Jigsaw Tool", "Heat Gun"]),
        section("Hardware", (100, 4_900), ["Screw Box", "Door Handle", "Hinge Pair", "Bracket", "Padlock"]),
        section("Paint", (600, 12_900), ["Wall Paint", "Wood Stain", "Paint Roller", "Brush Set", "Spray Can"]),
    ] },
    Department { name: "Travel", pictures: ["womens-leather-jacket", "iphone-15-pro-2"], sections: [
        section("Luggage", (3_900, 69_900), ["Cabin Trolley", "Suitcase", "Duffel", "Garment Bag", "Luggage Strap"]),
        section("Backpacks", (2_900, 39_900), ["Day Pack", "Trekking Pack", "Laptop Backpack", "Hip Pack", "Rain Cover"]),
        section("Small Leather", (1_500, 24_900), ["Wallet", "Passport Cover", "Key Ring", "Belt", "Card Holder"]),
        section("Travel Aids", (400, 9_900), ["Neck Pillow", "Plug Adapter", "Packing Cube", "Travel Bottle", "Eye Mask"]),
    ] },
];

pub const BRANDS: [&str; 40] = [
    "Nordvik",
    "Alderby",
    "Castor & Lane",
    "Brightwell",
    "Okuda",
    "Fennimore",
    "Lumaro",
    "Tarnby",
    "Hollis",
    "Vesterholm",
    "Quillon",
    "Marchetti Uno",
    "Pinehurst",
    "Solvang",
    "Greywater",
    "Ellery",
    "Dovecote",
    "Kastrel",
    "Morrow",
    "Ashgrove",
    "Bellamar",
    "Caldera",
    "Dunmore",
    "Estrella Works",
    "Foxglade",
    "Gildern",
    "Harrowby",
    "Ivarsson",
    "Juniper Row",
    "Kilnhouse",
    "Larkspur",
    "Meridian",
    "Northfold",
    "Oakhaven",
    "Porter & Vale",
    "Rosendal",
    "Silverstrand",
    "Thornbury",
    "Umbra Nova",
    "Windermoor",
];

pub const SERIES: [&str; 48] = [
    "Fjell", "Aria", "Basalt", "Cirrus", "Delta", "Ember", "Flint", "Grove", "Halo", "Indigo", "Juno",
    "Koto", "Linnea", "Mistral", "Nova", "Orbit", "Piano", "Quartz", "Ripple", "Sable", "Terra", "Umber",
    "Vega", "Willow", "Xenia", "Yarrow", "Zephyr", "Atlas", "Birch", "Coral", "Dune", "Echo", "Fable",
    "Glade", "Harbor", "Iris", "Jasper", "Kelp", "Lyra", "Maple", "Nimbus", "Onyx", "Prism", "Quill", "Rune",
    "Sierra", "Tundra", "Vista",
];

pub const COLOURS: [&str; 16] = [
    "Black", "White", "Sand", "Olive", "Navy", "Rust", "Slate", "Mustard", "Rosé", "Teal", "Ivory",
    "Charcoal", "Crimson", "Sage", "Cobalt", "Walnut",
];

pub const MATERIALS: [&str; 12] = [
    "oak",
    "steel",
    "recycled plastic",
    "linen",
    "brass",
    "cork",
    "aluminium",
    "organic cotton",
    "bamboo",
    "stoneware",
    "wool",
    "glass",
];

pub const OPENINGS: [&str; 8] = [
    "Made for people who use it every day.",
    "A quiet classic that does one thing well.",
    "Our buyers' favourite of the season.",
    "Designed in a small studio and built to be repaired.",
    "Light in the hand and hard to wear out.",
    "The one we would buy ourselves.",
    "Simple to set up, simple to look after.",
    "Made in small batches by a family business.",
];

pub const DETAILS: [&str; 10] = [
    "The edges are rounded, and nothing rattles.",
    "Spare parts are kept in stock for ten years.",
    "It arrives in plain cardboard without any plastic.",
    "It goes with the rest of the series.",
    "Tested for 20,000 cycles before it left the factory.",
    "Wipe it clean with a damp cloth.",
    "It fits where space is short.",
    "The finish gets better with the years.",
    "Assembly takes five minutes and no tools.",
    "A care guide is in the box.",
];

pub const NOTES: [&str; 4] = [
    "Counted at the end of the year",
    "Damaged in the warehouse",
    "Given away as a sample",
    "Sold at the counter",
];

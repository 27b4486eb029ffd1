//! What is found follows what is sold and changed.

use backend::db::{
    catalog_changes::{self, Entity},
    schema::{categories, products},
};
use diesel::prelude::*;
use shared_types::{
    Money, paths,
    search::{Popular, SearchQuery},
};

use super::{
    add_category, add_product, asking, category_names, change, names, new, products_of, search, skus,
};
use crate::support::{
    Actor, Content, TestApp, TestDatabase, database::is_postgres, order_of, proxy::Proxy, wait_until,
};

fn sold_out(actor: &Actor, q: &str) -> Vec<String> {
    skus(actor, &SearchQuery { in_stock: Some(false), ..products_of(q) })
}

#[test]
fn whoever_buys_the_last_one_finds_it_sold_out_at_once() {
    let app = TestApp::start();
    let mat = app.product_id("YOGA-MAT-PRO");
    app.database.set_stock(&mat, 3);
    let customer = app.customer();
    for _ in 0..5 {
        assert_eq!(sold_out(&app.anon(), "yoga"), Vec::<String>::new());
        let order = customer.order(&[(&mat, 3)]).order;
        assert_eq!(sold_out(&app.anon(), "yoga"), ["YOGA-MAT-PRO"]);
        let answer = search(&app.anon(), &asking("yoga"));
        assert_eq!(answer.facets.unwrap().availability.out_of_stock, 1);
        assert_eq!(answer.products.unwrap()[0].product.stock, 0);
        customer.post_nothing(&paths::orders::cancel(&order.id)).expect(200);
    }
}

#[test]
fn an_order_that_fails_changes_nothing() {
    let app = TestApp::start();
    let mat = app.product_id("YOGA-MAT-PRO");
    let before = search(&app.anon(), &asking("yoga"));
    app.customer().post(paths::orders::ORDERS, &order_of(&[(&mat, 999)])).expect(400);
    assert_eq!(search(&app.anon(), &asking("yoga")), before);
}

#[test]
fn another_server_finds_it_sold_out_too() {
    let app = TestApp::start();
    let replica = app.replica();
    let mat = app.product_id("YOGA-MAT-PRO");
    assert_eq!(sold_out(&replica.anon(), "yoga"), Vec::<String>::new());
    app.customer().order(&[(&mat, 100)]);
    wait_until("the other server knows", || sold_out(&replica.anon(), "yoga") == ["YOGA-MAT-PRO"]);
}

#[test]
fn a_product_that_is_changed_is_found_by_its_new_words_only() {
    let app = TestApp::start();
    let mat = app.product_id("YOGA-MAT-PRO");
    assert_eq!(names(&app.anon(), "yoga"), ["Yoga Mat Pro"]);
    change(&app.database, &[&mat], |connection| {
        diesel::update(products::table.find(&mat))
            .set((products::name.eq("Pilates Roller"), products::sku.eq("ROLLER"), products::price.eq(77)))
            .execute(connection)
    });
    wait_until("the new name is found", || names(&app.anon(), "pilates") == ["Pilates Roller"]);
    assert_eq!(names(&app.anon(), "yoga"), Vec::<String>::new());
    assert_eq!(names(&app.anon(), "yoga-mat-pro"), Vec::<String>::new());
    let facets = search(&app.anon(), &asking("roller")).facets.unwrap();
    assert_eq!(facets.price_ranges[0].min, Money::ZERO);
}

#[test]
fn a_product_that_is_withdrawn_or_removed_disappears_and_one_that_is_released_appears() {
    let app = TestApp::start();
    let [lamp, gadget] = ["MODERN-TABLE-LAMP", "UNRELEASED-GADGET"].map(|sku| app.product_id(sku));
    let status = |id: &str, status: &str| {
        change(&app.database, &[id], |connection| {
            diesel::update(products::table.find(id)).set(products::status.eq(status)).execute(connection)
        });
    };
    status(&lamp, "ARCHIVED");
    wait_until("the lamp is gone", || names(&app.anon(), "lamp").is_empty());
    status(&gadget, "ACTIVE");
    wait_until("the gadget is there", || names(&app.anon(), "gadget") == ["Unreleased Gadget"]);
    change(&app.database, &[&gadget], |connection| {
        diesel::delete(products::table.find(&gadget)).execute(connection)
    });
    wait_until("the gadget is gone", || {
        search(&app.anon(), &asking("gadget")).meta.total_products == Some(0)
    });
}

#[test]
fn a_new_category_and_its_products_are_found() {
    let app = TestApp::start();
    app.database.query(|connection| {
        connection.transaction(|connection| {
            let id = add_category(connection, "Musical Instruments")?;
            add_product(connection, &id, &new("UKULELE", "Concert Ukulele"))
        })
    });
    wait_until("the product is found", || names(&app.anon(), "ukulele") == ["Concert Ukulele"]);
    let answer = search(&app.anon(), &asking("ukulele"));
    assert_eq!(answer.facets.unwrap().categories[0].category.name, "Musical Instruments");
    assert_eq!(category_names(&app.anon(), "musical"), ["Musical Instruments"]);
}

#[test]
fn a_category_that_is_renamed_or_closed_is_shown_as_it_is_now() {
    let app = TestApp::start();
    let id: String = app.database.query(|connection| {
        categories::table.filter(categories::slug.eq("books")).select(categories::id).first(connection)
    });
    let set = |name: &str, is_active: bool| {
        app.database.query(|connection| {
            diesel::update(categories::table.find(&id))
                .set((categories::name.eq(name), categories::is_active.eq(is_active)))
                .execute(connection)?;
            catalog_changes::record(connection, Entity::Category, &[&id])
        });
    };
    set("Literature", true);
    wait_until("the new name is found", || category_names(&app.anon(), "literature") == ["Literature"]);
    let answer = search(&app.anon(), &asking("clean code"));
    assert_eq!(answer.facets.unwrap().categories[0].category.name, "Literature");
    assert_eq!(answer.products.unwrap()[0].category.name, "Literature");
    set("Literature", false);
    wait_until("the category is closed", || category_names(&app.anon(), "literature").is_empty());
    let popular: Popular = app.anon().get(paths::search::POPULAR).data(200);
    assert!(popular.top_categories.iter().all(|top| top.category.id != id));
}

#[test]
fn everything_is_read_anew_when_that_is_said() {
    let app = TestApp::start();
    assert_eq!(names(&app.anon(), "lamp").len(), 1);
    app.database.query(|connection| {
        diesel::update(products::table).set(products::name.eq("Lamp")).execute(connection)?;
        catalog_changes::record(connection, Entity::Everything, &[""])
    });
    wait_until("all names are read", || names(&app.anon(), "lamp").len() == 16);
}

#[test]
fn what_is_shown_is_the_present_and_fits_the_filters_also_before_the_index_knows() {
    let app = TestApp::start();
    let mat = app.product_id("YOGA-MAT-PRO");
    // Nobody says that the price has changed, so the index does not.
    app.database.set_price(&mat, 1_234);
    let answer = search(&app.anon(), &asking("yoga"));
    assert_eq!(answer.products.unwrap()[0].product.price, Money::from_minor(1_234));
    let (min_price, max_price) = (Some(Money::from_minor(5_999)), Some(Money::from_minor(5_999)));
    assert_eq!(
        skus(&app.anon(), &SearchQuery { min_price, max_price, ..products_of("yoga") }),
        Vec::<String>::new()
    );
    app.database.query(|connection| {
        diesel::update(products::table.find(&mat)).set(products::status.eq("DRAFT")).execute(connection)
    });
    assert_eq!(names(&app.anon(), "yoga"), Vec::<String>::new());
}

#[test]
fn a_server_that_starts_knows_everything_that_happened_before() {
    let app = TestApp::start();
    app.database.set_stock(&app.product_id("YOGA-MAT-PRO"), 0);
    let app = app.restart();
    assert_eq!(sold_out(&app.anon(), "yoga"), ["YOGA-MAT-PRO"]);
}

#[test]
fn changes_made_while_the_database_was_out_of_reach_are_caught_up_with() {
    if !is_postgres() {
        return;
    }
    let database = TestDatabase::with(Content::Demo);
    let (wire, url) = Proxy::in_front_of(&database.url);
    let app = TestApp::builder(Content::Nothing).set("DATABASE_URL", url).start();
    assert_eq!(names(&app.anon(), "yoga").len(), 1);
    wire.cut();
    app.anon().get("/api/search?q=yoga").expect(503);
    let mat = database.product_id("YOGA-MAT-PRO");
    change(&database, &[&mat], |connection| {
        diesel::update(products::table.find(&mat))
            .set(products::name.eq("Pilates Roller"))
            .execute(connection)
    });
    wire.restore();
    wait_until("the change is found", || {
        let reply = app.anon().get("/api/search?q=pilates");
        reply.status == 200 && reply.json()["meta"]["totalProducts"] == 1
    });
}

//! Changes are followed in whatever order they appear.

use backend::db::schema::categories;
use diesel::{connection::SimpleConnection, prelude::*};

use super::{add_product, names, new};
use crate::support::{Content, TestApp, TestDatabase, database::is_postgres, wait_until};

fn books(database: &TestDatabase) -> String {
    database.query(|connection| {
        categories::table.filter(categories::slug.eq("books")).select(categories::id).first(connection)
    })
}

/// Numbers are handed out before transactions commit, on PostgreSQL: on SQLite there is one writer at a time.
#[test]
fn a_change_that_appears_after_one_with_a_higher_number_is_not_missed() {
    if !is_postgres() {
        return;
    }
    let app = TestApp::start();
    let books = books(&app.database);
    let mut slow = app.database.connect();
    slow.batch_execute("BEGIN").unwrap();
    add_product(&mut slow, &books, &new("SLOW", "Slow Reading")).unwrap();
    app.database.query(|connection| add_product(connection, &books, &new("QUICK", "Quick Reading")));
    wait_until("the quick one is found", || names(&app.anon(), "reading") == ["Quick Reading"]);
    slow.batch_execute("COMMIT").unwrap();
    wait_until("the slow one is found", || names(&app.anon(), "reading").len() == 2);
}

#[test]
fn a_change_that_was_under_way_when_the_server_started_is_not_missed() {
    if !is_postgres() {
        return;
    }
    let mut slow = None;
    let app = TestApp::builder(Content::Demo).start_with(|database| {
        let books = books(database);
        let mut connection = database.connect();
        connection.batch_execute("BEGIN").unwrap();
        add_product(&mut connection, &books, &new("SLOW", "Slow Reading")).unwrap();
        slow = Some(connection);
        database.query(|connection| add_product(connection, &books, &new("QUICK", "Quick Reading")));
    });
    assert_eq!(names(&app.anon(), "reading"), ["Quick Reading"]);
    slow.unwrap().batch_execute("COMMIT").unwrap();
    wait_until("the slow one is found", || names(&app.anon(), "reading").len() == 2);
}

#[test]
fn a_change_that_is_rolled_back_stops_nothing() {
    let app = TestApp::start();
    let books = books(&app.database);
    let mut undone = app.database.connect();
    undone.batch_execute("BEGIN").unwrap();
    add_product(&mut undone, &books, &new("UNDONE", "Undone Reading")).unwrap();
    undone.batch_execute("ROLLBACK").unwrap();
    for (sku, name, found) in [("ONE", "First Reading", 1), ("TWO", "Second Reading", 2)] {
        app.database.query(|connection| add_product(connection, &books, &new(sku, name)));
        wait_until("it is found", || names(&app.anon(), "reading").len() == found);
    }
}

#[test]
fn more_changes_than_are_read_at_once_are_followed() {
    let app = TestApp::start();
    let books = books(&app.database);
    let ids: Vec<String> = (0..1_500).map(|number| format!("gone-{number}")).collect();
    app.database.query(|connection| {
        connection.transaction(|connection| {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            backend::db::catalog_changes::record(
                connection,
                backend::db::catalog_changes::Entity::Product,
                &ids,
            )?;
            add_product(connection, &books, &new("LAST", "Last Reading"))
        })
    });
    wait_until("the last one is found", || names(&app.anon(), "reading") == ["Last Reading"]);
}

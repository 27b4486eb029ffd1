//! `GET /api/auth/me`

use backend::db::schema::users;
use diesel::prelude::*;
use shared_types::{auth::Role, paths};

use crate::support::{
    TestApp,
    shapes::{USER_PROFILE, assert_fields, assert_moment},
};

#[test]
fn everybody_sees_their_own_account() {
    let app = TestApp::start();
    for (actor, email, role) in
        [(app.john(), "john@example.com", "CUSTOMER"), (app.admin(), "admin@example.com", "ADMIN")]
    {
        let me = actor.get(paths::auth::ME).value(200);
        assert_fields(&me, USER_PROFILE);
        assert_moment(&me["createdAt"]);
        assert_moment(&me["updatedAt"]);
        assert_eq!((me["email"].as_str(), me["role"].as_str()), (Some(email), Some(role)));
        assert_eq!(me["id"], actor.id());
    }
}

#[test]
fn nobody_sees_an_account_without_a_token() {
    TestApp::start().anon().assert_signed_out();
}

#[test]
fn disabling_an_account_works_at_once() {
    let app = TestApp::start();
    let john = app.john();
    john.get(paths::auth::ME).expect(200);
    app.database.set_active(john.id(), false);
    john.assert_signed_out();
}

#[test]
fn the_database_decides_who_is_an_administrator_whatever_the_token_says() {
    let app = TestApp::start();
    let (john, admin) = (app.john(), app.admin());
    let order = john.order(&[(&app.product_id("YOGA-MAT-PRO"), 1)]).order;
    let path = paths::orders::order(&order.id);
    admin.get(&path).expect(200);
    app.database.query(|connection| {
        diesel::update(users::table.find(admin.id()))
            .set(users::role.eq(Role::Customer.as_str()))
            .execute(connection)
    });
    admin.get(&path).expect(404);
}

//! The demo shop: three people, nine categories, eighteen products, three orders. Loading it twice changes nothing. For
//! benchmarks a generated catalogue of any size is added to it.

mod demo;
pub mod generated;
mod repo;

use std::fmt;

use crate::{
    db::{Database, DbConnection},
    error::AppError,
    features::auth::repo as auth,
};

/// What loading came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// It was not there and now is.
    Now,
    /// It was there already.
    Before,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now => "The demo shop is loaded.",
            Self::Before => "The demo shop is there already.",
        })
    }
}

/// Loads the demo shop. A database that holds other data is refused unless `force` is given.
pub async fn load(database: &Database, bcrypt_cost: u32, force: bool) -> Result<Loaded, String> {
    let password_hash = bcrypt::hash(demo::PASSWORD, bcrypt_cost).map_err(|error| error.to_string())?;
    let loading = database.write(move |connection| load_in(connection, &password_hash, force)).await;
    loading.map_err(|error: AppError| error.to_string())
}

/// Addresses of the demo shop whose account can be signed in to with the demo shop's password.
pub async fn accounts_with_demo_password(database: &Database) -> Result<Vec<&'static str>, String> {
    let look = |connection: &mut DbConnection| {
        let accounts = demo::USERS.iter().map(|demo| auth::user_by_email(connection, demo.email));
        accounts.collect::<Result<Vec<_>, _>>().map_err(AppError::from)
    };
    let accounts = database.read(look).await.map_err(|error| error.to_string())?;
    let known = demo::USERS.iter().zip(accounts).filter_map(|(demo, account)| {
        let account = account.filter(|account| account.is_active)?;
        // A hash that can't be read lets nobody in.
        bcrypt::verify(demo::PASSWORD, &account.password_hash).unwrap_or(false).then_some(demo.email)
    });
    Ok(known.collect())
}

fn load_in(connection: &mut DbConnection, password_hash: &str, force: bool) -> Result<Loaded, AppError> {
    if repo::has_user(connection, demo::USERS[0].email)? {
        return Ok(Loaded::Before);
    }
    if !force && repo::has_any_data(connection)? {
        return Err(AppError::conflict(
            "the database holds other data; use `seed --force` to add the demo shop to it",
        ));
    }
    repo::insert_demo(connection, password_hash)?;
    Ok(Loaded::Now)
}

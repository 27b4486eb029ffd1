//! What signing in costs beside what bcrypt alone costs.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use loadtest::{
    figures::{Times, tell},
    http::{Connection, post},
    shop::{CUSTOMERS, PASSWORD, credentials},
};
use shared_types::paths;

/// As the server does by default.
const COST: u32 = 12;
const TIMES: usize = 12;

/// Checks a password and signs in, by turns.
pub async fn measure(port: u16) -> Result<()> {
    let hash = bcrypt::hash(PASSWORD, COST).context("bcrypt")?;
    let mut connection = Connection::open(port).await?;
    let (mut alone, mut signing_in) = (Times::default(), Times::default());
    for email in CUSTOMERS.iter().cycle().take(TIMES) {
        let started = Instant::now();
        ensure!(bcrypt::verify(PASSWORD, &hash).context("bcrypt")?, "the password is right");
        alone.add(started.elapsed());
        let answer = connection.send(&post(paths::auth::LOGIN, &[], &credentials(email))).await?;
        ensure!(answer.status == 200, "signing in answers {}", answer.status);
        signing_in.add(answer.took);
    }
    tell("passwords.bcrypt.p50", alone.permille(500));
    tell("passwords.login.p50", signing_in.permille(500));
    Ok(())
}

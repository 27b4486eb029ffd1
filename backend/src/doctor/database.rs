//! The database, and what is in it that should not be.

use chrono::TimeDelta;

use super::Report;
use crate::{
    config::Config,
    db::{
        Database, DatabaseUrl, DbConnection,
        inspect::{self, Inspection},
        migrations,
        time::now,
    },
    error::AppError,
    features::payments::repo as payments,
    seed,
};

/// Rules that need an answer of the database.
pub(super) const RULES: [&str; 8] = [
    "database",
    "migrations",
    "database-tls",
    "database-role",
    "durability",
    "clock",
    "demo-accounts",
    "payments",
];
/// Seconds by which clocks may differ.
const CLOCK_ERROR_MAX: i64 = 5;
/// Hours after which a payment has an outcome, whatever the provider's troubles.
const SETTLED_AFTER_HOURS: i64 = 24;

/// Looks at the database.
pub(super) async fn check(report: &mut Report, config: &Config) {
    let [reached, migrated, later @ ..] = RULES;
    let pending = match reach(config).await {
        Ok(pending) => pending,
        Err((problem, remedy)) => {
            report.rule(reached, Some((problem, remedy)));
            report.skip(&[migrated], "the database does not answer");
            report.skip(&later, "the database does not answer");
            return;
        }
    };
    report.rule(reached, None);
    if !pending.is_empty() {
        let problem = format!("migrations are missing: {}", pending.join(", "));
        report.rule(migrated, Some((problem, "run `backend migrate`, as the role that owns the tables")));
        report.skip(&later, "migrations are missing");
        return;
    }
    report.rule(migrated, None);
    let database = Database::new(config.database.url.clone(), 2);
    look_at_server(report, &database).await;
    look_at_rows(report, &database).await;
}

/// The migrations that are missing, or what is wrong and what to do about it.
async fn reach(config: &Config) -> Result<Vec<String>, (String, &'static str)> {
    if let DatabaseUrl::Sqlite(path) = &config.database.url
        && !path.is_file()
    {
        let problem = format!("there is no database at {}", path.display());
        return Err((problem, "set DATABASE_URL to where it is; `backend migrate` makes a new one"));
    }
    let database = Database::new(config.database.url.clone(), 2);
    let remedy = "see that it runs, and that DATABASE_URL, its password and the network are right";
    database.read(migrations::pending).await.map_err(|error| (error.to_string(), remedy))
}

async fn look_at_server(report: &mut Report, database: &Database) {
    let inspect = |connection: &mut DbConnection| inspect::inspect(connection).map_err(AppError::from);
    judge_server(report, database.read(inspect).await.map_err(|error| error.to_string()));
}

/// Judges what the database says about itself.
fn judge_server(report: &mut Report, asked: Result<Inspection, String>) {
    report.rule_if_known("database-tls", asked.clone(), |asked| encryption(&asked));
    report.rule_if_known("database-role", asked.clone(), |asked| role(&asked));
    report.rule_if_known("durability", asked.clone(), |asked| durability(&asked));
    report.rule_if_known("clock", asked, |asked| clock(asked.clock.error()));
}

async fn look_at_rows(report: &mut Report, database: &Database) {
    let demo = seed::accounts_with_demo_password(database).await;
    report.rule_if_known("demo-accounts", demo, |demo| demo_accounts(&demo));
    let since = now().checked_sub_signed(TimeDelta::hours(SETTLED_AFTER_HOURS)).unwrap_or_else(now);
    let unsettled = database.read(move |connection| {
        payments::count_unsettled_from_before(connection, since).map_err(AppError::from)
    });
    let unsettled = unsettled.await.map_err(|error| error.to_string());
    report.rule_if_known("payments", unsettled, unsettled_payments);
}

fn encryption(asked: &Inspection) -> Option<(String, &'static str)> {
    (!asked.is_private).then(|| {
        (
            "the database is asked over the network without TLS".to_owned(),
            "add ?sslmode=verify-full to DATABASE_URL, and let the server refuse anything else",
        )
    })
}

fn role(asked: &Inspection) -> Option<(String, &'static str)> {
    asked.is_superuser.then(|| {
        (
            "the server signs in to the database as a superuser: a mistake in it may change anything".to_owned(),
            "use a role that may read and write the shop's tables only; scripts/delivery/database-roles.sh makes one",
        )
    })
}

fn durability(asked: &Inspection) -> Option<(String, &'static str)> {
    (!asked.not_durable.is_empty()).then(|| {
        (
            format!(
                "orders that were acknowledged may be lost when the power fails: {}",
                asked.not_durable.join(", ")
            ),
            "set it to on in the database",
        )
    })
}

fn clock(seconds: i64) -> Option<(String, &'static str)> {
    (seconds > CLOCK_ERROR_MAX).then(|| {
        (
            format!("this machine's clock and the database disagree by {seconds} seconds"),
            "let both follow a time server (chrony, systemd-timesyncd)",
        )
    })
}

fn demo_accounts(accounts: &[&str]) -> Option<(String, &'static str)> {
    (!accounts.is_empty()).then(|| {
        // Without what follows the @: reports are passed around, and addresses are looked for in them.
        let names: Vec<&str> = accounts.iter().filter_map(|email| email.split('@').next()).collect();
        (
            format!("everybody knows the passwords of the demo shop's {}, from the README", names.join(", ")),
            "change it (POST /api/auth/change-password), or disable the account",
        )
    })
}

fn unsettled_payments(count: i64) -> Option<(String, &'static str)> {
    (count > 0).then(|| {
        (
            format!(
                "{count} payments have had no outcome for more than a day: somebody's money is somewhere"
            ),
            "see that a server runs, and ask the payment provider about them",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::inspect::Clock;

    const GOOD: Inspection = Inspection {
        is_private: true,
        is_superuser: false,
        not_durable: Vec::new(),
        clock: Clock::AtLeast(None),
    };

    #[test]
    fn a_good_server_is_fine() {
        let found = [encryption(&GOOD), role(&GOOD), durability(&GOOD), clock(CLOCK_ERROR_MAX)];
        assert_eq!(found.iter().flatten().count(), 0);
        assert_eq!((demo_accounts(&[]), unsettled_payments(0)), (None, None));
    }

    #[test]
    fn each_fault_of_a_server_is_reported_under_its_rule_and_nothing_else_is() {
        let judged = |asked: Result<Inspection, String>| {
            let mut report = Report::default();
            judge_server(&mut report, asked);
            report
        };
        let found = |asked: Inspection| -> Vec<_> {
            judged(Ok(asked)).findings.into_iter().map(|finding| finding.rule).collect()
        };
        let late = now().checked_add_signed(TimeDelta::hours(1));
        assert_eq!(found(GOOD), [""; 0]);
        assert_eq!(found(Inspection { is_private: false, ..GOOD }), ["database-tls"]);
        assert_eq!(found(Inspection { is_superuser: true, ..GOOD }), ["database-role"]);
        assert_eq!(found(Inspection { not_durable: vec!["fsync = off".to_owned()], ..GOOD }), ["durability"]);
        assert_eq!(found(Inspection { clock: Clock::AtLeast(late), ..GOOD }), ["clock"]);
        let silent = judged(Err("no answer".to_owned()));
        let unchecked: Vec<_> = silent.unchecked.iter().map(|unchecked| unchecked.rule).collect();
        assert_eq!(unchecked, ["database-tls", "database-role", "durability", "clock"]);
        assert_eq!((silent.findings, silent.fine), (Vec::new(), Vec::new()));
    }

    #[test]
    fn each_fault_is_found() {
        assert!(encryption(&Inspection { is_private: false, ..GOOD }).is_some());
        assert!(role(&Inspection { is_superuser: true, ..GOOD }).is_some());
        let lossy = Inspection { not_durable: vec!["fsync = off".to_owned()], ..GOOD };
        assert!(durability(&lossy).is_some_and(|(problem, _)| problem.contains("fsync = off")));
        assert!(clock(CLOCK_ERROR_MAX + 1).is_some());
        let said = demo_accounts(&["anna@b.c"]).unwrap_or_default().0;
        assert!(said.contains("anna,") && !said.contains('@'), "{said}");
        assert!(unsettled_payments(1).is_some());
    }
}

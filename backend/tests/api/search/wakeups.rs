//! Replicas wake each other through Redis, when there is one, and do without when there is none.

use std::time::Duration;

use backend::cache::wakeups;
use backend::db::schema::products;
use diesel::prelude::*;
use tokio::sync::{Notify, watch};

use super::{change, names};
use crate::support::{Content, TestApp, block_on, database::redis_url, proxy::Proxy, wait_until};

/// Longer than a message takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn hears(woken: &Notify) -> bool {
    tokio::time::timeout(PATIENCE, woken.notified()).await.is_ok()
}

#[test]
fn a_change_here_wakes_whoever_listens_there() {
    let Some(url) = redis_url() else { return };
    let (written, there, here) = (watch::Sender::new(0_u64), Notify::new(), Notify::new());
    let silent = watch::Sender::new(0_u64);
    block_on(async {
        let test = async {
            // Both say once that they listen.
            assert!(hears(&there).await && hears(&here).await);
            for _ in 0..3 {
                written.send_modify(|count| *count += 1);
                assert!(hears(&there).await);
            }
        };
        tokio::select! {
            () = wakeups::run(&url, silent.subscribe(), &there) => unreachable!("it never ends"),
            () = wakeups::run(&url, written.subscribe(), &here) => unreachable!("it never ends"),
            () = test => {}
        }
    });
}

#[test]
fn the_connection_comes_back_by_itself() {
    let Some(url) = redis_url() else { return };
    let (wire, through) = Proxy::in_front_of(&url);
    let (written, woken) = (watch::Sender::new(0_u64), Notify::new());
    block_on(async {
        let test = async {
            assert!(hears(&woken).await, "it listens");
            wire.cut();
            written.send_modify(|count| *count += 1);
            wire.restore();
            assert!(hears(&woken).await, "it listens again");
        };
        tokio::select! {
            () = wakeups::run(&through, written.subscribe(), &woken) => unreachable!("it never ends"),
            () = test => {}
        }
    });
}

#[test]
fn without_redis_changes_are_found_all_the_same() {
    let Some(url) = redis_url() else { return };
    let (wire, through) = Proxy::in_front_of(&url);
    wire.cut();
    let app = TestApp::builder(Content::Demo).set("REDIS_URL", through).start();
    let mat = app.product_id("YOGA-MAT-PRO");
    change(&app.database, &[&mat], |connection| {
        diesel::update(products::table.find(&mat))
            .set(products::name.eq("Pilates Roller"))
            .execute(connection)
    });
    wait_until("the change is found", || names(&app.anon(), "pilates") == ["Pilates Roller"]);
}

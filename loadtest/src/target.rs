//! Which shop may be put under load: one on this machine, unless somebody insists.

use std::net::IpAddr;

use anyhow::{Result, bail};

/// Refuses a shop on another machine. `anywhere` is for whoever owns that one, and has said so.
pub fn check(address: &str, anywhere: bool) -> Result<()> {
    let host = host(address)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_here = host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if !is_here && !anywhere {
        bail!("{host} is another machine: load tests stay on this one, unless `--anywhere` is given");
    }
    Ok(())
}

/// The host of `http://host:port`.
fn host(address: &str) -> Result<&str> {
    let Some(rest) = ["http://", "https://"].iter().find_map(|scheme| address.strip_prefix(scheme)) else {
        bail!("{address:?} must be http:// or https:// and a host");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // What stands before an @ is a name to sign in with, not the host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(_) => host.split_inclusive(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() {
        bail!("{address:?} names no host");
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_on_this_machine_may_be_put_under_load() {
        for address in
            ["http://localhost:4000", "http://127.0.0.1:4000/", "http://[::1]:4000", "http://127.9.9.9"]
        {
            assert!(check(address, false).is_ok(), "{address}");
        }
    }

    #[test]
    fn another_machine_only_when_somebody_insists() {
        for address in [
            "http://shop.example",
            "https://192.0.2.1:4000",
            "http://localhost.evil.example",
            "http://localhost@shop.example",
            "http://127.0.0.1:80@shop.example/",
            "http://[2001:db8::1]:4000",
        ] {
            assert!(check(address, false).is_err(), "{address}");
            assert!(check(address, true).is_ok(), "{address}");
        }
    }

    #[test]
    fn what_is_no_address_is_never_accepted() {
        for address in ["", "localhost:4000", "ftp://localhost", "http://", "http://:4000"] {
            assert!(check(address, true).is_err(), "{address}");
        }
    }
}

//! Who is on the other end of the connection.

use std::{
    future::{Ready, ready},
    net::{IpAddr, SocketAddr},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::{Payload, RequestHead},
    http::header::{self, HeaderMap, HeaderName},
    web::Data,
};

use crate::{error::AppError, state::State};

/// Longest device description that is stored, in characters.
const USER_AGENT_MAX: usize = 200;

/// Each proxy appends the address it was called from.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address and device, as shown in the list of sessions.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The client's address, as far as it can be trusted.
    pub address: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// Whether this client's requests are not counted.
    pub is_exempt: bool,
}

impl FromRequest for Client {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user_agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let state = request.app_data::<Data<State>>();
        let hops = state.map_or(0, |state| state.config.limits.trusted_proxy_hops);
        ready(Ok(Self {
            address: address(request.head(), hops).map(|address| address.to_string()),
            user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_MAX).collect()),
            is_exempt: state.is_some_and(|state| state.limits.exempts(request.headers())),
        }))
    }
}

/// The client's address: the one function that the session list, the log and the rate limits use.
///
/// Behind `hops` proxies it is what the farthest of them saw, which is the entry that many from the right in
/// `X-Forwarded-For`; whatever stands to the left of it the client may have made up. A header with fewer entries was
/// written by these proxies alone, so its first one counts; one that is missing or not an address leaves the
/// connection's other end.
pub fn address(head: &RequestHead, hops: usize) -> Option<IpAddr> {
    let peer = head.peer_addr.map(|peer| peer.ip().to_canonical());
    forwarded(head.headers(), hops).or(peer)
}

fn forwarded(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    if hops == 0 {
        return None;
    }
    let lines = headers.get_all(&FORWARDED_FOR).map(|line| line.to_str().unwrap_or_default());
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let seen_by_the_farthest = entries.get(entries.len().saturating_sub(hops))?;
    read_address(seen_by_the_farthest)
}

/// An address, perhaps with the port that some proxies add.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const PEER: &str = "192.0.2.1:9999";

    fn seen(hops: usize, lines: &[&str]) -> String {
        let request = TestRequest::default().peer_addr(PEER.parse().unwrap());
        let request =
            lines.iter().fold(request, |request, line| request.append_header((FORWARDED_FOR, *line)));
        address(request.to_http_request().head(), hops).unwrap().to_string()
    }

    #[test]
    fn without_proxies_the_header_means_nothing() {
        assert_eq!(seen(0, &["203.0.113.9"]), "192.0.2.1");
    }

    #[test]
    fn the_entry_that_many_hops_from_the_right_counts_and_those_left_of_it_do_not() {
        let line = "10.9.9.9, 203.0.113.9, 198.51.100.7";
        assert_eq!(seen(1, &[line]), "198.51.100.7");
        assert_eq!(seen(2, &[line]), "203.0.113.9");
        assert_eq!(seen(2, &["10.9.9.9", "203.0.113.9", "198.51.100.7"]), "203.0.113.9");
    }

    #[test]
    fn with_fewer_entries_than_hops_the_first_one_counts() {
        assert_eq!(seen(3, &["203.0.113.9, 198.51.100.7"]), "203.0.113.9");
    }

    #[test]
    fn a_missing_or_malformed_entry_leaves_the_connections_other_end() {
        for lines in [&[][..], &[""], &["unknown"], &["203.0.113.9,"], &["203.0.113.999"], &["_hidden"]] {
            assert_eq!(seen(1, lines), "192.0.2.1", "{lines:?}");
        }
    }

    #[test]
    fn ports_and_brackets_are_taken_off_and_mapped_addresses_are_plain() {
        for (entry, expected) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(seen(1, &[entry]), expected, "{entry}");
        }
    }
}

//! How many requests a client may send.
//!
//! - Everything under `/api/` and `/metrics/` is counted: 100 requests a minute by default. Sign-in (5 in 15 minutes) and
//!   registration (3 an hour) have limits of their own instead. Probes, preflights and the storefront's files are free.
//! - The payment provider's events come when shoppers pay, a thousand in a minute perhaps. Only requests that turn out not
//!   to be the provider's are counted: who has sent as many as anybody may send is not listened to until the window ends.
//! - Changes that need the current password are counted for the account, too (5 in 15 minutes): somebody with a stolen
//!   token guesses no faster than somebody who signs in.
//! - A client is an address; with IPv6 a /64, which is what one subscriber gets. Sign-in is counted for the account, too,
//!   so that many addresses don't help to guess one password. Accounts appear as keyed hashes only.
//! - A window begins with a client's first request and ends as a whole: what `x-ratelimit-reset` and `retry-after` say is
//!   exactly when the full allowance is back. (A limit that refills bit by bit would let more than 100 through in a minute.)
//! - With Redis all replicas count together. Each one also counts by itself, so that nobody starts anew when Redis goes,
//!   and a client that is over its limit here is refused without asking Redis.

mod table;

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, Instant},
};

use actix_web::{
    dev::{RequestHead, ServiceRequest},
    http::{
        Method,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    web::Data,
};
use sha2::{Digest, Sha256};
use shared_types::paths;

use self::table::{Count, Table};
use super::client;
use crate::{
    cache::Redis,
    config::{AccountsConfig, LimitsConfig},
    digest::hex,
    error::AppError,
    state::State,
    telemetry::counts,
};

/// Requests with the configured token in it are not counted.
const BYPASS: HeaderName = HeaderName::from_static("x-load-test-bypass");
const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// So many requests in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    name: &'static str,
    max: u32,
    window: Duration,
}

const LOGIN: Rule = Rule { name: "login", max: 5, window: Duration::from_secs(15 * 60) };
const LOGIN_ACCOUNT: Rule = Rule { name: "account", ..LOGIN };
const PASSWORD: Rule = Rule { name: "password", ..LOGIN };
const REGISTER: Rule = Rule { name: "register", max: 3, window: Duration::from_secs(60 * 60) };

const GENERAL: &str = "all";
const UNSIGNED: &str = "unsigned";
/// The names of all rules.
const RULES: [&str; 6] = [GENERAL, UNSIGNED, LOGIN.name, LOGIN_ACCOUNT.name, PASSWORD.name, REGISTER.name];

/// Where a client stands after a request was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    rule: Rule,
    count: Count,
}

impl Standing {
    /// Whether the request is one too many.
    pub fn is_over(&self) -> bool {
        self.count.times > self.rule.max
    }

    /// Whole seconds until the window ends, rounded up: a client that waits so long is let in.
    pub fn reset_seconds(&self) -> u64 {
        self.count.ends_in.div_ceil(1_000).max(1)
    }

    /// The sentence of the contract, which names the rule's window.
    pub fn message(&self) -> Cow<'static, str> {
        format!("Rate limit exceeded, retry in {}", in_words(self.rule.window)).into()
    }

    /// Writes the headers that say where the client stands, unless a stricter rule's are there.
    pub fn write(&self, headers: &mut HeaderMap) {
        if headers.contains_key(&LIMIT) {
            return;
        }
        headers.insert(LIMIT, HeaderValue::from(self.rule.max));
        headers.insert(REMAINING, HeaderValue::from(self.rule.max.saturating_sub(self.count.times)));
        headers.insert(RESET, HeaderValue::from(self.reset_seconds()));
    }
}

/// `1 minute`, `15 minutes`, `1 hour`: in the largest unit that divides the time, or else rounded up to seconds.
fn in_words(time: Duration) -> String {
    let seconds = u64::try_from(time.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX);
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let (size, unit) = units.into_iter().find(|(size, _)| seconds % size == 0).unwrap_or((1, "second"));
    let count = seconds / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Counts requests, here and in Redis.
pub struct RateLimits {
    config: LimitsConfig,
    /// Hash of the bypass token: comparing hashes takes the same time whatever was guessed.
    bypass: Option<[u8; 32]>,
    /// For the hashes of accounts, one for each secret that tokens may be signed with. An account is counted under all of
    /// them, so that nobody starts anew while the secret is being changed, and replicas with either secret count together.
    account_keys: Vec<[u8; 32]>,
    table: Table,
    redis: Option<Redis>,
    started: Instant,
    refusals: [counts::Count; RULES.len()],
}

impl RateLimits {
    /// Counts by these settings, together with the other replicas when there is Redis.
    pub fn new(config: LimitsConfig, accounts: &AccountsConfig, redis: Option<Redis>) -> Self {
        let digest = |text: &str| -> [u8; 32] { Sha256::digest(text.as_bytes()).into() };
        Self {
            bypass: config.bypass_token.as_deref().map(digest),
            account_keys: accounts
                .jwt_secrets()
                .map(|secret| digest(&format!("rate limits of accounts\n{secret}")))
                .collect(),
            table: Table::default(),
            redis,
            started: Instant::now(),
            refusals: Default::default(),
            config,
        }
    }

    /// Whether a request is not to be counted.
    pub fn exempts(&self, headers: &HeaderMap) -> bool {
        let given = || headers.get(BYPASS).map(|token| <[u8; 32]>::from(Sha256::digest(token.as_bytes())));
        !self.config.enabled || self.bypass.is_some_and(|bypass| given().is_some_and(|given| given == bypass))
    }

    /// Counts an attempt to sign in to an account, whoever makes it and whether or not there is such an account.
    pub async fn count_login(&self, email: &str) -> Result<(), AppError> {
        self.count_account(LOGIN_ACCOUNT, email).await
    }

    /// Counts an attempt of somebody who is signed in to prove that they know their password.
    pub async fn count_password_check(&self, user_id: &str) -> Result<(), AppError> {
        self.count_account(PASSWORD, user_id).await
    }

    /// Counts a request that claims to be the payment provider's and is not signed by it.
    pub async fn count_unsigned(&self, head: &RequestHead) -> Result<(), AppError> {
        if self.exempts(head.headers()) {
            return Ok(());
        }
        let standing = self.count(self.unsigned(), self.who(head)).await;
        if standing.is_over() { Err(self.refuse(standing)) } else { Ok(()) }
    }

    /// Refuses a request that is over a limit.
    pub fn refuse(&self, standing: Standing) -> AppError {
        let name = standing.rule.name;
        tracing::warn!(event = "rate_limited", rule = name, "a client is over its limit");
        RULES
            .iter()
            .zip(&self.refusals)
            .filter(|(rule, _)| **rule == name)
            .for_each(|(_, count)| count.add());
        AppError::RateLimited(standing)
    }

    /// How many requests each rule has refused.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        RULES.into_iter().zip(&self.refusals).map(|(rule, count)| (rule, count.get()))
    }

    /// Counts an account by all of its names, so that each is a full count.
    async fn count_account(&self, rule: Rule, account: &str) -> Result<(), AppError> {
        let mut over = None;
        for hash in self.account_hashes(account) {
            let standing = self.count(rule, Who::Account(&hash)).await;
            over = over.or(standing.is_over().then_some(standing));
        }
        over.map_or(Ok(()), |standing| Err(self.refuse(standing)))
    }

    /// The names under which an account is counted.
    fn account_hashes(&self, account: &str) -> impl Iterator<Item = String> {
        self.account_keys.iter().map(move |key| {
            let mut hash = Sha256::new_with_prefix(key);
            hash.update(account.as_bytes());
            hex(&hash.finalize())
        })
    }

    fn who(&self, head: &RequestHead) -> Who<'static> {
        Who::at(client::address(head, self.config.trusted_proxy_hops))
    }

    /// The rule for requests other than sign-in and registration.
    fn general(&self) -> Rule {
        Rule { name: GENERAL, max: self.config.max, window: self.config.window }
    }

    /// The rule for requests in the payment provider's name that it has not signed.
    fn unsigned(&self) -> Rule {
        Rule { name: UNSIGNED, ..self.general() }
    }

    /// Where somebody would stand with one more, if that were one too many. Only what was counted here is looked at.
    fn used_up(&self, rule: Rule, who: Who<'_>) -> Option<Standing> {
        let Count { times, ends_in } = self.table.look((rule.name, who), self.now())?;
        let next = Standing { rule, count: Count { times: times.saturating_add(1), ends_in } };
        next.is_over().then_some(next)
    }

    fn rule_for(&self, method: &Method, path: &str) -> Option<Rule> {
        match (method, path) {
            (&Method::POST, paths::auth::LOGIN) => Some(LOGIN),
            (&Method::POST, paths::auth::REGISTER) => Some(REGISTER),
            _ if path.starts_with("/api/") || path.starts_with("/metrics/") || path == "/api" => {
                Some(self.general())
            }
            _ => None,
        }
    }

    /// Milliseconds since the start.
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn count(&self, rule: Rule, who: Who<'_>) -> Standing {
        let window = u64::try_from(rule.window.as_millis()).unwrap_or(u64::MAX);
        let here = Standing { rule, count: self.table.count((rule.name, who), self.now(), window) };
        let (false, Some(redis)) = (here.is_over(), &self.redis) else { return here };
        let key = format!("rate-limit:{}:{}:{who}", rule.name, window);
        match redis.count(&key, window).await {
            Ok((times, ends_in)) => Standing { rule, count: Count { times, ends_in } },
            Err(error) => {
                tracing::debug!(%error, "Redis can't count; this process does by itself");
                here
            }
        }
    }
}

/// Refuses a request that is over a limit.
pub fn refuse(request: &ServiceRequest, standing: Standing) -> AppError {
    match request.app_data::<Data<State>>() {
        Some(state) => state.limits.refuse(standing),
        None => AppError::RateLimited(standing),
    }
}

/// Counts a request; `None` when it is free, or its client exempt.
pub async fn count(request: &ServiceRequest) -> Option<Standing> {
    let limits = &request.app_data::<Data<State>>()?.limits;
    if limits.exempts(request.headers()) {
        return None;
    }
    let who = limits.who(request.request().head());
    // The address as it is routed: percent-encoded letters are decoded.
    let (method, path) = (request.method(), request.match_info().as_str());
    if (method, path) == (&Method::POST, paths::payments::WEBHOOK) {
        return limits.used_up(limits.unsigned(), who);
    }
    Some(limits.count(limits.rule_for(method, path)?, who).await)
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who<'w> {
    /// Connections without an address, which only a local socket has.
    Local,
    /// An address.
    V4(Ipv4Addr),
    /// A /64 of addresses, by the first of them.
    V6(Ipv6Addr),
    /// An account, by its keyed hash.
    Account(&'w str),
}

impl Who<'_> {
    /// Whoever has this address.
    fn at(address: Option<IpAddr>) -> Self {
        match address {
            None => Self::Local,
            Some(IpAddr::V4(address)) => Self::V4(address),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// As it is named in Redis, where all replicas must agree.
impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(first) => write!(f, "{first}/64"),
            Self::Account(hash) => f.write_str(hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_named_as_the_contract_names_them() {
        let words = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!(words(60), "1 minute");
        assert_eq!([LOGIN, REGISTER].map(|rule| in_words(rule.window)), ["15 minutes", "1 hour"]);
        assert_eq!([words(90), words(1), words(7_200)], ["90 seconds", "1 second", "2 hours"]);
        assert_eq!(in_words(Duration::from_millis(1_500)), "2 seconds");
    }

    #[test]
    fn a_client_is_an_address_or_a_64_of_ipv6() {
        let who = |text: &str| Who::at(Some(text.parse().unwrap()));
        assert_eq!(who("203.0.113.9").to_string(), "203.0.113.9");
        assert_eq!(who("2001:db8:1:2:aaaa::1"), who("2001:db8:1:2:bbbb::2"));
        assert_eq!(who("2001:db8:1:2:aaaa::1").to_string(), "2001:db8:1:2::/64");
        assert_ne!(who("2001:db8:1:2::1"), who("2001:db8:1:3::1"));
        assert_ne!(who("203.0.113.9"), who("203.0.113.8"));
    }

    #[test]
    fn who_waits_as_long_as_told_is_let_in() {
        let standing = |ends_in| Standing { rule: LOGIN, count: Count { times: 6, ends_in } };
        assert_eq!([1, 1_000, 1_001].map(|left| standing(left).reset_seconds()), [1, 1, 2]);
        assert!(standing(1).is_over());
    }
}

//! Everything that the servers of the tests log, and every refusal they answer, is looked through for what is secret or
//! somebody's. What is found fails the test whose server stops next: so no test has to think of it, and none is left out.
//!
//! Servers in this process log through the one subscriber below, at every level of the shop's own code; servers in
//! processes of their own are read line by line. Tokens, addresses, hashes and card numbers are known by their form;
//! passwords, refresh tokens and the secrets of the configuration by what the tests have sent, received and set.

use std::{
    collections::HashSet,
    io,
    sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError},
};

use serde_json::Value;
use tracing_subscriber::EnvFilter;

use super::app::{JWT_SECRET, PASSWORD, WEBHOOK_SECRET};

/// Marks what a test has planted to see whether it is found.
pub const PLANTED: &str = "planted-";
/// Texts shorter than this are found everywhere.
const SHORTEST: usize = 8;

#[derive(Default)]
struct Known {
    /// Looked for in every line.
    texts: HashSet<String>,
    /// Too many to look for each: words of a line are looked up.
    words: HashSet<String>,
    /// Why and where.
    found: Vec<String>,
}

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(|| {
    let texts = [JWT_SECRET, WEBHOOK_SECRET, PASSWORD].map(str::to_owned).into();
    Mutex::new(Known { texts, ..Known::default() })
});

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks through what is logged in this process from now on.
pub fn watch() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("debug,backend=trace"))
            .with_ansi(false)
            .with_writer(|| Lines)
            .init();
    });
}

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        look_through("a log", &String::from_utf8_lossy(text));
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Remembers a text that must not be seen again.
pub fn hide(text: &str) {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() >= SHORTEST && !is_number {
        known().texts.insert(text.to_owned());
    }
}

/// Remembers a refresh token.
pub fn hide_word(word: &str) {
    if word.len() >= 2 * SHORTEST {
        known().words.insert(word.to_owned());
    }
}

/// Remembers the secrets of a configuration.
pub fn hide_settings(settings: &[(String, String)]) {
    for (name, value) in settings {
        if name.contains("SECRET") || name.contains("TOKEN") {
            hide(value);
        }
        let password = value.split_once("://").and_then(|(_, rest)| rest.split_once('@'));
        if let Some((_, password)) = password.and_then(|(user, _)| user.split_once(':')) {
            hide(password);
        }
    }
}

/// Remembers the passwords in the body of a request.
pub fn hide_passwords(body: &[u8]) {
    let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(body) else { return };
    for (name, value) in fields {
        if name.to_lowercase().contains("password") {
            value.as_str().into_iter().for_each(hide);
        }
    }
}

/// Notes what a text shows that it must not.
pub fn look_through(place: &str, text: &str) {
    let mut known = known();
    if let Some(what) = leak(&known, text) {
        known.found.push(format!("{what} is in {place}: {text}"));
    }
}

/// Fails the test if anything was found until now.
pub fn check() {
    let found: Vec<String> = {
        let mut known = known();
        known.found.extract_if(.., |found| !found.contains(PLANTED)).collect()
    };
    assert!(found.is_empty(), "a server shows what it must not:\n{}", found.join("\n"));
}

/// What was found that a test has planted under this name.
pub fn planted(name: &str) -> Vec<String> {
    known().found.extract_if(.., |found| found.contains(name)).collect()
}

/// What a text shows that is nobody's business, if anything.
pub fn shown_by(text: &str) -> Option<&'static str> {
    leak(&known(), text)
}

fn leak(known: &Known, text: &str) -> Option<&'static str> {
    let has = |part: &str| text.contains(part);
    if has("eyJ") {
        Some("an access token")
    } else if has("Bearer ") || has("bearer ") {
        Some("an Authorization header")
    } else if has("refresh_token=") {
        Some("a refresh cookie")
    } else if has("$2a$") || has("$2b$") || has("$2y$") {
        Some("the hash of a password")
    } else if has_email(text) {
        Some("an address")
    } else if has_card_number(text) {
        Some("a card number")
    } else if known.texts.iter().any(|secret| has(secret)) {
        Some("a password or a secret of the configuration")
    } else if words(text).any(|word| known.words.contains(word)) {
        Some("a refresh token")
    } else {
        None
    }
}

/// Words that a refresh token may be one of.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split(move |c| !is_part(c)).filter(|word| word.len() >= 2 * SHORTEST)
}

/// `somebody@shop.example`: a host without a dot and letters at its end is no address but a server's name.
fn has_email(text: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let host: String =
            text[at + 1..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).collect();
        let ending = host.trim_end_matches('.').rsplit_once('.').map(|(_, ending)| ending);
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-'))
            && ending.is_some_and(|ending| ending.len() >= 2 && ending.chars().all(char::is_alphabetic))
    })
}

/// 13 to 19 digits, in groups or not, that begin as cards do and that the check digit holds for.
fn has_card_number(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == '-' || c == '.';
    text.split(|c| !is_part(c)).any(|run| {
        let groups = run.split(' ').collect::<Vec<_>>();
        let is_digits = |group: &&str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
        groups.chunk_by(|one, next| is_digits(one) && is_digits(next)).any(|groups| {
            let digits = groups.concat();
            groups.iter().all(is_digits)
                && (13..=19).contains(&digits.len())
                && digits.starts_with(['3', '4', '5', '6'])
                && luhn(&digits)
        })
    })
}

fn luhn(digits: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let digits = digits.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 =
        digits.enumerate().map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit }).sum();
    sum > 0 && sum.is_multiple_of(10)
}

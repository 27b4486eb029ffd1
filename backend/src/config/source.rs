//! Where settings come from, and what was wrong with them.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use super::{AppEnv, secret};

/// A key of HMAC-SHA256 must have at least as many bytes as the hash (RFC 7518, section 3.2).
const SECRET_MIN_BYTES: usize = 32;
/// How to make a secret.
const SECRET_EXAMPLE: &str = "<the output of `openssl rand -base64 48`>";

/// Variables by name, and the mistakes found while reading them.
pub struct Source {
    variables: BTreeMap<String, String>,
    /// Names that were asked for: those of all settings, once everything is read.
    asked: RefCell<BTreeSet<String>>,
    mistakes: Vec<String>,
}

/// Everything that is wrong with the settings.
#[derive(Debug)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration is not usable:")?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

impl std::error::Error for ConfigError {}

impl Source {
    /// The process's environment.
    pub fn from_environment() -> Self {
        let variables = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()));
        Self { variables: variables.collect(), asked: RefCell::default(), mistakes: Vec::new() }
    }

    /// Given variables, for tests.
    pub fn from_pairs<'p>(pairs: impl IntoIterator<Item = (&'p str, &'p str)>) -> Self {
        let variables = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { variables, asked: RefCell::default(), mistakes: Vec::new() }
    }

    /// The same settings, as they are read in production.
    pub fn as_production(mut self) -> Self {
        let production = AppEnv::Production.as_str().to_owned();
        self.variables.insert("APP_ENV".to_owned(), production);
        self
    }

    /// Names that were asked for.
    pub(super) fn asked(&self) -> BTreeSet<String> {
        self.asked.borrow().clone()
    }

    /// Names that are set.
    pub(super) fn given(&self) -> BTreeSet<String> {
        self.variables.keys().filter(|name| is_set(self.variables.get(*name)).is_some()).cloned().collect()
    }

    /// A text; one that is empty counts as unset.
    pub fn text(&self, name: &str) -> Option<String> {
        self.asked.borrow_mut().insert(name.to_owned());
        is_set(self.variables.get(name))
    }

    /// A value read by `read`, whose error says what the value must be; `default` when unset.
    pub fn value<T>(
        &mut self,
        name: &str,
        default: T,
        example: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        let Some(text) = self.text(name) else {
            return default;
        };
        match read(&text) {
            Ok(value) => value,
            Err(problem) => {
                self.refuse(name, &problem, example);
                default
            }
        }
    }

    /// A whole number within a range.
    pub fn number<T>(&mut self, name: &str, default: T, range: std::ops::RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + fmt::Display + Copy,
    {
        let problem = format!("must be a whole number from {} to {}", range.start(), range.end());
        self.value(name, default, &default.to_string(), |text| {
            text.parse().ok().filter(|number| range.contains(number)).ok_or(problem)
        })
    }

    /// `true` or `false`.
    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        self.value(name, default, &default.to_string(), |text| match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("must be true or false".to_owned()),
        })
    }

    /// A secret that signs something: `development` when unset on a developer's machine, one's own in production.
    pub fn secret(&mut self, name: &str, development: &'static str, app_env: AppEnv) -> String {
        let given = self.optional_secret(name, development, app_env);
        if given.is_none() && app_env == AppEnv::Production {
            self.refuse(name, "is required in production", SECRET_EXAMPLE);
        }
        given.unwrap_or_else(|| development.to_owned())
    }

    /// A secret that may be unset: one's own in production.
    pub fn optional_secret(
        &mut self,
        name: &str,
        development: &'static str,
        app_env: AppEnv,
    ) -> Option<String> {
        let given = self.text(name);
        let problem = match &given {
            Some(text) if text.len() < SECRET_MIN_BYTES => Some("must have at least 32 bytes"),
            Some(text) if text == development && app_env == AppEnv::Production => {
                Some("must be a secret of your own")
            }
            Some(text) if app_env == AppEnv::Production => secret::weakness(text),
            _ => None,
        };
        if let Some(problem) = problem {
            self.refuse(name, problem, SECRET_EXAMPLE);
        }
        given
    }

    /// Notes a mistake.
    pub fn refuse(&mut self, name: &str, problem: &str, example: &str) {
        self.mistakes.push(format!("{name} {problem}, for example {name}={example}"));
    }

    /// The mistakes, if there were any.
    pub fn finish(self) -> Result<(), ConfigError> {
        if self.mistakes.is_empty() { Ok(()) } else { Err(ConfigError(self.mistakes)) }
    }
}

impl ConfigError {
    /// A sentence for each mistake; it begins with the variable's name.
    pub fn into_mistakes(self) -> Vec<String> {
        self.0
    }
}

/// One that is empty counts as unset.
fn is_set(value: Option<&String>) -> Option<String> {
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
